//! The loans of a dossier: the list, one more, the terms of one ([`super::loan_removal`]: one less). Who began the dossier describes them; what
//! follows from a loan (instalment, what is left, price) is worked out and never typed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::answering::Saving;
use super::super::core::Dossiers;
use super::super::lending::{LOANS_MAX, TriedLoans};
use super::super::model::Dossier;
use super::super::progress::{self, Task};
use super::frame::{Frame, live_sheets, sheets};
use super::guest::{Answer, Guest, Stop, guest, seen};
use super::hub::{after, draft, keep_typed, prolonged, refused_at, shown, stale};
use super::loan::initiator;
use super::loan_lines::{LoanLine, lines};
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::platform::web::insurer::phone;
use crate::platform::web::live;
use crate::platform::web::page::Sheet as _;
use crate::slices::quotes::form::answers::first_due;
use crate::slices::quotes::form::changes::{self, GAP, LoanChange};
use crate::slices::quotes::form::terms as read;
use crate::slices::quotes::wire::{LoanRequest, QuoteResponse};

#[derive(Template)]
#[template(path = "dossiers/loans.html")]
struct LoansPage {
    frame: Frame,
    loans: Vec<LoanLine>,
    has_room: bool,
    /// Whom to call for one loan more than the pages take.
    phone: String,
    next: String,
}

#[derive(Template)]
#[template(path = "dossiers/loan_terms.html")]
struct TermsPage {
    frame: Frame,
    /// It is one loan more.
    is_new: bool,
    /// Instalments may be smoothed around another loan.
    has_others: bool,
    /// «Mensualité hors assurance : 1 270,27 €.»
    said: String,
}

sheets!(LoansPage);

live_sheets!(TermsPage);

/// Who may describe the loans, and the quote that has them.
pub(super) async fn describer(
    dossiers: &Dossiers,
    headers: &HeaderMap,
    id: &str,
) -> Result<(Guest, QuoteResponse), Stop> {
    let guest = guest(dossiers, headers, id).await?;
    initiator(&guest)?;
    let quote = dossiers.quote_of(&guest.dossier).await?;
    Ok((guest, quote))
}

/// The list.
pub(super) async fn list(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    let dossier = &guest.dossier;
    let loans = lines(dossier, &quote);
    let next = progress::next_page(dossier, guest.place).path_in(dossier);
    let page = LoansPage {
        has_room: loans.len() < LOANS_MAX,
        phone: phone(),
        next: format!("/d/{}/{next}", dossier.id),
        frame: Frame::new(&guest, title(loans.len()), 3, "", Form::default()),
        loans,
    };
    Ok(shown(page))
}

const fn title(loans: usize) -> &'static str {
    if loans == 1 { "Votre prêt" } else { "Vos prêts" }
}

/// A loan that is described: one of the quote, by its place and its number, or one more.
struct Described {
    place: Option<usize>,
    number: Option<u8>,
}

impl Described {
    /// The loan of this number; none when it is not there any more, or the page would lose something of it.
    fn of(guest: &Guest, quote: &QuoteResponse, number: &str) -> Option<Self> {
        let number = number.parse().ok()?;
        let place = guest.dossier.loan_at(number, quote)?;
        let is_here = !guest.dossier.answers.without_loan
            && quote.request.loans.get(place).is_some_and(read::is_typed);
        is_here.then_some(Self { place: Some(place), number: Some(number) })
    }

    /// One more, while there is room.
    fn another(guest: &Guest, quote: &QuoteResponse) -> Option<Self> {
        let has_room = guest.dossier.answers.without_loan || quote.request.loans.len() < LOANS_MAX;
        has_room.then_some(Self { place: None, number: None })
    }

    /// Under which name a form of it is kept that could not be taken.
    fn page(&self) -> String {
        self.number.map_or_else(|| "pret/nouveau".to_owned(), |number| format!("pret/{number}"))
    }

    /// Its place in the document that the change makes.
    fn place_in(&self, guest: &Guest, quote: &QuoteResponse) -> usize {
        let after = if guest.dossier.answers.without_loan { 0 } else { quote.request.loans.len() };
        self.place.unwrap_or(after)
    }

    /// The change that puts the loan into its dossier.
    fn change(guest: &Guest, loan: LoanRequest) -> LoanChange {
        if guest.dossier.answers.without_loan {
            LoanChange::All(vec![loan])
        } else {
            LoanChange::Put(loan)
        }
    }
}

fn terms_page(guest: &Guest, quote: &QuoteResponse, one: &Described, form: Form) -> TermsPage {
    let count = quote.request.loans.len();
    let title = match (one.place, count) {
        (None, _) => "Ajouter un prêt".to_owned(),
        (Some(_), 1) => "Modifier votre prêt".to_owned(),
        (Some(place), _) => format!("Modifier le prêt {}", place + 1),
    };
    let is_done = guest.dossier.answers.loan_done || guest.dossier.answers.without_loan;
    let back = if is_done { "prets" } else { "pret/1" };
    let others = count - usize::from(one.place.is_some());
    TermsPage {
        frame: Frame::new(guest, &title, 3, back, form).silent(),
        is_new: one.place.is_none(),
        has_others: others > 0 && !guest.dossier.answers.without_loan,
        said: String::new(),
    }
}

async fn show(dossiers: &Dossiers, guest: &Guest, quote: &QuoteResponse, one: Described) -> Answer {
    let mut form = Form::default();
    match one.place.and_then(|place| quote.request.loans.get(place)) {
        Some(loan) => read::fill(&mut form, loan),
        None => read::preset(&mut form),
    }
    let form = draft(dossiers, guest, &one.page(), form).await?;
    Ok(shown(terms_page(guest, quote, &one, form)))
}

/// «Ajouter un autre prêt».
pub(super) async fn new(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    match Described::another(&guest, &quote) {
        Some(one) => show(&dossiers, &guest, &quote, one).await,
        None => Ok(guest.to("prets")),
    }
}

/// «Modifier», and «Ce prêt a un différé ou un palier».
pub(super) async fn terms(
    State(dossiers): State<Dossiers>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    match Described::of(&guest, &quote, &number) {
        Some(one) => show(&dossiers, &guest, &quote, one).await,
        None => Ok(guest.to("prets")),
    }
}

pub(super) async fn add(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    match Described::another(&guest, &quote) {
        Some(one) => take(&dossiers, &guest, &quote, &one, (&headers, form)).await,
        None => Ok(guest.to("prets")),
    }
}

pub(super) async fn change(
    State(dossiers): State<Dossiers>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    match Described::of(&guest, &quote, &number) {
        Some(one) => take(&dossiers, &guest, &quote, &one, (&headers, form)).await,
        None => Ok(guest.to("prets")),
    }
}

/// Reads the terms, and answers with what was asked: the instalment, another page, or the next step.
async fn take(
    dossiers: &Dossiers,
    guest: &Guest,
    quote: &QuoteResponse,
    one: &Described,
    (headers, mut form): (&HeaderMap, Form),
) -> Answer {
    let (page, again) = (one.page(), |form| terms_page(guest, quote, one, form));
    if prolonged(dossiers, guest, &page, &form).await? {
        return Ok(shown(again(form)));
    }
    let is_tried = form.is("action", "recalculer");
    let loan = read::read(&mut form, &quote.request, one.place, dossiers.today());
    let is_part = is_tried && live::asks_for_price(headers);
    let Some(loan) = loan else {
        if is_part {
            return Ok(live::sentence(String::new()));
        }
        if !is_tried && let Some(answer) = keep_typed(dossiers, guest, &page, &form).await? {
            return Ok(answer);
        }
        return Ok(shown(again(form)));
    };
    let (name, place) = (loan.reference.clone(), one.place_in(guest, quote));
    let change = Described::change(guest, loan);
    if leaves_a_gap(dossiers, quote, &change) && !is_part {
        form.refuse_group("echeance", "echeance_m", &["echeance_m", "echeance_a"], GAP);
        dossiers.keep_draft(guest.dossier.id, &page, &form).await?;
        return Ok(shown(again(form)));
    }
    let refuse = |error, mut form| {
        let page = |form| shown(again(form));
        refused_at(guest, error, &mut form, |at| read::field(at, place), page)
    };
    if is_tried {
        return match dossiers.tried_loans(&guest.dossier, &change, &name).await {
            Ok(tried) if is_part => Ok(live::sentence(said(&tried))),
            Ok(tried) => Ok(shown(TermsPage { said: said(&tried), ..again(form) })),
            Err(_) if is_part => Ok(live::sentence(String::new())),
            Err(error) => refuse(error, form),
        };
    }
    let saving = Saving { id: guest.dossier.id, page: "prets", seen: seen(&form), by: guest.by() };
    let saved = dossiers.change_loans(saving, &change).await;
    if let Some(mut newer) = stale(dossiers, guest, &saved).await? {
        newer.say(&saved_now(dossiers, &newer.dossier, one).await?);
        let mut page = again(form);
        newer.onto(&mut page.frame);
        return Ok(shown(page));
    }
    match saved {
        Ok(saved) => {
            dossiers.forget_draft(guest.dossier.id, &page).await?;
            Ok(onwards(guest, &saved, (quote, one), &form))
        }
        Err(error) => {
            // Whoever cannot be insured with it comes back to what they typed.
            dossiers.keep_draft(guest.dossier.id, &page, &form).await?;
            refuse(error, form)
        }
    }
}

/// The answers of another window, as they are saved now.
async fn saved_now(dossiers: &Dossiers, now: &Dossier, one: &Described) -> Result<Form, Stop> {
    let quote = dossiers.quote_of(now).await?;
    let place = one.number.and_then(|number| now.loan_at(number, &quote));
    let mut kept = Form::default();
    if let Some(loan) = place.and_then(|place| quote.request.loans.get(place)) {
        kept.set("capital", french::euros_short(Cents::new(loan.capital_cents)));
        kept.set("duree", french::duration(loan.months));
        kept.set("taux", french::rate(&loan.nominal_rate));
        kept.set("echeance", french::month(first_due(loan)));
    }
    Ok(kept)
}

/// Whether some loan would be without cover for days with this change.
fn leaves_a_gap(dossiers: &Dossiers, quote: &QuoteResponse, change: &LoanChange) -> bool {
    let mut request = quote.request.clone();
    change.onto(&mut request, dossiers.today());
    changes::leaves_a_gap(&request, dossiers.today())
}

/// Page 5 first, when it is not done; what was added is shown among the others; what was changed leads on.
fn onwards(
    guest: &Guest,
    saved: &Dossier,
    (quote, one): (&QuoteResponse, &Described),
    form: &Form,
) -> Response {
    let is_one_of_several = quote.request.loans.len() > 1;
    match one.place {
        _ if form.is("action", "plus_tard") => after(guest, saved, form),
        _ if !saved.answers.loan_done => guest.to("pret/1"),
        None => guest.to("prets"),
        // One of several, before the end of the way: the list goes on.
        Some(_) if is_one_of_several && !is_whole(saved, guest.place) => guest.to("prets"),
        Some(_) => after(guest, saved, form),
    }
}

fn is_whole(saved: &Dossier, mine: u8) -> bool {
    matches!(progress::next_page(saved, mine), Task::Recap | Task::Health(_))
}

/// What the script shows while somebody types, and the button without it.
fn said(tried: &TriedLoans) -> String {
    if !tried.is_insurable {
        return "Avec ce prêt, nous ne pouvons pas vous assurer en ligne.".to_owned();
    }
    let instalment = french::euros(tried.instalment);
    let (price, total) = (french::euros(tried.first_month), french::euros(tried.total));
    let left = tried.owed.map_or_else(String::new, |owed| {
        format!(" Reste à rembourser au début de l’assurance\u{a0}: {}.", french::euros(owed))
    });
    format!(
        "Mensualité hors assurance\u{a0}: {instalment}.{left} Assurance, premier mois\u{a0}: {price}, en \
         tout\u{a0}: {total}."
    )
}
