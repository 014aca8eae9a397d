//! Page 8: everything once more before the signature. Health is one line without a word of what was
//! answered, and the other person's answers are not there.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::answering::Saving;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::form::{purpose_label, work_in_words};
use super::super::model::{Decision, Health, Insured};
use super::super::progress::{self, Task};
use super::cover::{self, Cover};
use super::essentials::essentials;
use super::frame::{Frame, sheets, unkept};
use super::guest::{Answer, Guest, Stop, guest, seen};
use super::hub::{as_it_is_now, other, stale, waits_for};
use super::loan_lines::{LoanLine, lines};
use crate::domain::guarantee::Pack;
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::platform::web::{archive, file};
use crate::slices::quotes::Offered;
use crate::slices::quotes::form::{answers as known, carry};
use crate::slices::quotes::wire::{InsuredRequest, QuoteResponse};

/// Where the documents of the list are, behind the dossier's address.
const PAPERS: &str = "recapitulatif/documents";

/// A line of a card: what, the answer, where it is changed (empty: not here, or not by them), and the
/// words that a screen reader adds.
struct Row {
    term: String,
    value: String,
    href: String,
    word: &'static str,
    hidden: &'static str,
}

/// A document to read before signing.
struct Paper {
    href: String,
    title: String,
    /// «PDF, 84 Ko».
    format: String,
}

impl Paper {
    fn of(one: Offered) -> Self {
        let size = one.size.map_or_else(|| "en préparation".to_owned(), french::bytes);
        Self { href: one.href, title: one.title, format: format!("PDF, {size}") }
    }
}

#[derive(Template)]
#[template(path = "dossiers/recap.html")]
struct RecapPage {
    frame: Frame,
    number: String,
    me: Vec<Row>,
    loans: Vec<LoanLine>,
    loan: Vec<Row>,
    cover: Vec<Row>,
    health: String,
    price: Vec<(&'static str, String)>,
    valid_until: String,
    /// Nothing that the price depends on is open any more.
    is_fixed: bool,
    /// Where another quote is made of this one, for who may; until when this dossier waits meanwhile.
    anew: String,
    kept_until: String,
    advice: String,
    essentials: [String; 8],
    papers: Vec<Paper>,
    /// Label and address of what is missing; the button is there when nothing is.
    missing: Vec<(String, String)>,
    /// How far the other person is, and whether they have still to be sent a link.
    other: String,
    is_uninvited: bool,
    /// Whom the other borrower waits for.
    waits_for: String,
    is_ready: bool,
}

sheets!(RecapPage);

fn row(term: impl Into<String>, value: String, href: &str, hidden: &'static str) -> Row {
    Row { term: term.into(), value, href: href.to_owned(), word: "Modifier", hidden }
}

/// The simulator as it was filled for this quote: another birth date is another quote.
fn anew(quote: &QuoteResponse) -> String {
    if carry::is_editable(&quote.request) {
        format!("/simuler?devis={}", quote.id)
    } else {
        "/simuler".to_owned()
    }
}

fn me(one: &Insured, asked: &InsuredRequest, base: &str, anew: &str) -> Vec<Row> {
    let person = &one.person;
    let at = |page: &str| format!("{base}/a{}/{page}", one.place);
    let lines = [&person.street, &person.complement];
    let street = lines.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let town = [&person.postcode, &person.city];
    let town = town.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    vec![
        row("Nom", person.full_name(), &at("identite"), "le nom"),
        // Prices were made of it: another one is another price.
        Row {
            word: "Refaire un devis pour corriger",
            ..row("Naissance", french::day(asked.birth_date), anew, "la naissance")
        },
        row("Adresse", format!("{street}, {town}"), &at("adresse"), "l’adresse"),
        row(
            "Travail et loisirs",
            if person.work_done { work_in_words(asked) } else { "à remplir".to_owned() },
            &at("travail"),
            "le travail et les loisirs",
        ),
    ]
}

/// What is common is changed by who began the dossier; the other reads it.
fn theirs(guest: &Guest, at: String) -> String {
    if guest.is_initiator() { at } else { String::new() }
}

/// What is common to the loans.
fn loan(quote: &QuoteResponse, guest: &Guest, base: &str) -> Vec<Row> {
    let (at, all) = (format!("{base}/pret/1"), format!("{base}/prets"));
    let (at, all) = (theirs(guest, at), theirs(guest, all));
    let assumed = known::assumptions(&quote.request);
    let due = known::first_months(&quote.request);
    let mut rows = vec![
        row("Banque", guest.dossier.answers.lender.clone().unwrap_or_default(), &at, "la banque"),
        row(
            "Ce que finance le prêt",
            purpose_label(assumed.value("objet")).to_owned(),
            &at,
            "ce que finance le prêt",
        ),
        row(
            "Première mensualité",
            due.join(", puis "),
            if due.len() > 1 { &all } else { &at },
            "la première mensualité",
        ),
    ];
    if quote.request.is_running() {
        let left = french::euros_round(quote.owed_at_start());
        rows.push(row("Reste à rembourser au début de l’assurance", left, "", ""));
    }
    rows
}

fn cover(quote: &QuoteResponse, guest: &Guest, base: &str) -> Vec<Row> {
    let at = theirs(guest, format!("{base}/garanties"));
    let shares = guest.dossier.insured.iter().zip(&quote.request.insured).map(|(one, asked)| {
        let share = share(asked);
        let who = if one.id == guest.visit.insured { "vous".to_owned() } else { one.called() };
        format!("{share}{HARD}% pour {who}")
    });
    let shares = shares.collect::<Vec<_>>().join(", ");
    let guarantees = cover::lines(quote, guest).into_iter().map(|(who, covered)| {
        let term =
            if who.is_empty() { "Garanties".to_owned() } else { format!("Garanties pour {who}") };
        row(term, covered.in_words(), &at, "les garanties")
    });
    let mut rows: Vec<_> = guarantees.collect();
    rows.push(row("Part du prêt assurée", shares, &at, "la part assurée"));
    if cover::is_work_covered(quote) {
        let delay = format!("{}{HARD}jours d’arrêt", quote.request.options.franchise_days);
        rows.push(row("Délai avant notre premier paiement", delay, &at, "le délai"));
    }
    rows
}

fn price(quote: &QuoteResponse) -> Vec<(&'static str, String)> {
    let costs = &quote.result.project.costs;
    let euros = |cents| french::euros(Cents::new(cents));
    vec![
        ("Début de l’assurance", french::day(quote.request.effect_date)),
        ("Premier mois", euros(costs.first_month_cents)),
        ("Sur les 8 premières années", euros(costs.total_8y_cents)),
        ("En tout", euros(costs.total_cents)),
        ("TAEA (taux annuel effectif de l’assurance)", french::percent(&costs.taea, 2)),
    ]
}

/// What we advise and why (*devoir de conseil*, art. L521-4 C. ass.).
fn advice(quote: &QuoteResponse, guest: &Guest) -> String {
    let assumed = known::assumptions(&quote.request);
    // The label is said by the borrower, the advice is said to them.
    let purpose = purpose_label(assumed.value("objet")).to_lowercase().replacen("ma ", "votre ", 1);
    let shares: Vec<u32> = quote.request.insured.iter().map(share).collect();
    let own = Cover::of(quote, guest.place);
    // Two persons who are not covered alike, or may not read it, are each advised on their own part.
    let is_alike = cover::lines(quote, guest).iter().all(|(who, _)| who.is_empty());
    let is_common = shares.len() > 1 && is_alike;
    let sum = if is_common { shares.iter().sum() } else { shares_of(&shares, guest.place) };
    let together = if is_common { " en tout" } else { "" };
    let what = if own.is_whole() {
        "toutes les garanties".to_owned()
    } else {
        format!("les garanties {}", own.in_words())
    };
    let why = if own.is_whole() {
        "reste à rembourser en cas d’arrêt de travail ou d’invalidité".to_owned()
    } else if cover::is_limited(quote, guest.place) {
        format!("qu’{}", cover::LIMITED)
    } else if quote.request.options.pack == Pack::DcPtia {
        "que vous n’avez pas demandé d’autres garanties".to_owned()
    } else {
        "que ce sont les garanties que nous pouvons vous proposer".to_owned()
    };
    format!(
        "Nous vous conseillons {what}, pour {sum}{HARD}% du prêt{together}, parce qu’il finance \
         {purpose} et {why}."
    )
}

fn share(asked: &InsuredRequest) -> u32 {
    asked.shares.first().map_or(100, |share| share.percent)
}

fn shares_of(shares: &[u32], place: u8) -> u32 {
    shares.get(usize::from(place).saturating_sub(1)).copied().unwrap_or(100)
}

/// One line, without a word of what was answered.
fn health(one: &Insured) -> String {
    let is_accepted = one.decision.is_some_and(Decision::is_acceptance);
    let day = one.decided_at.filter(|_| is_accepted).map(super::frame::day);
    match (one.health, day) {
        _ if one.is_protected() => {
            "Aucune question de santé\u{a0}: la loi vous protège.".to_owned()
        }
        (Health::None, _) => "Aucune question".to_owned(),
        (Health::Asked, _) => "À remplir".to_owned(),
        (Health::Answered, None) => "Questionnaire rempli".to_owned(),
        (Health::Answered, Some(day)) => format!("Questionnaire rempli le {day}"),
        (Health::Questionnaire, None) => "En cours".to_owned(),
        (Health::Questionnaire, Some(day)) => {
            format!("Questionnaire rempli, réponse donnée le {day}")
        }
    }
}

async fn page(dossiers: &Dossiers, guest: &Guest, form: Form) -> Result<RecapPage, Stop> {
    let (dossier, me_now) = (&guest.dossier, guest.me()?);
    let quote = dossiers.quote_of(dossier).await?;
    let base = format!("/d/{}", dossier.id);
    let asked = quote.request.insured.get(usize::from(guest.place) - 1);
    let asked = asked.ok_or_else(|| Stop::from(DossierError::Unknown))?;
    let anew = theirs(guest, anew(&quote));
    let missing = progress::missing(dossier, guest.place).into_iter();
    let missing = missing.map(|task: Task| {
        (task.label(dossier, guest.place), format!("{base}/{}", task.path_in(dossier)))
    });
    let papers =
        dossiers.core.quotes.offered(&quote, &guest.here(), &format!("{base}/{PAPERS}")).await;
    let until = dossier.offered_until.map(super::frame::day);
    let valid = french::day_of_moment(&quote.expires_at).unwrap_or_default();
    Ok(RecapPage {
        number: dossier.number(),
        me: me(me_now, asked, &base, &anew),
        loans: lines(dossier, &quote),
        loan: loan(&quote, guest, &base),
        cover: cover(&quote, guest, &base),
        health: health(me_now),
        price: price(&quote),
        valid_until: until.unwrap_or(valid),
        is_fixed: dossier.state.is_offered(),
        anew,
        kept_until: guest.kept_until(dossiers),
        advice: advice(&quote, guest),
        essentials: essentials(&quote, guest.place),
        papers: papers.into_iter().map(Paper::of).collect(),
        missing: missing.collect(),
        other: other(guest),
        is_uninvited: dossier.at(2).is_some_and(|two| two.mobile.is_none()),
        waits_for: waits_for(guest),
        is_ready: progress::is_ready(dossier, guest.place),
        frame: Frame::new(guest, "Vérifiez avant de signer", 6, "", form),
    })
}

/// The dossier as it can be signed today; or what is answered in the place of the recap.
async fn up_to_date(dossiers: &Dossiers, guest: &mut Guest) -> Result<Option<Response>, Stop> {
    let dossier = dossiers.up_to_date(guest.dossier.clone(), guest.by()).await;
    as_it_is_now(guest, dossier)
}

pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    if let Some(answer) = up_to_date(&dossiers, &mut guest).await? {
        return Ok(answer);
    }
    if guest.dossier.answers.without_loan && guest.is_initiator() {
        return Ok(guest.to("prets"));
    }
    Ok(unkept(page(&dossiers, &guest, Form::default()).await?))
}

/// A document of the list, for who may read it.
pub(super) async fn file(
    State(dossiers): State<Dossiers>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    let quote = dossiers.quote_of(&guest.dossier).await?;
    let (made, name) = dossiers.core.quotes.file(&quote, &guest.here(), &name).await?;
    Ok(file::inline(file::PDF, &name, &made.document.sha256, made.bytes, &headers))
}

/// «Tout télécharger»: the documents of the list, each as it is opened alone.
pub(super) async fn archive(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    let quote = dossiers.quote_of(&guest.dossier).await?;
    let files = dossiers.core.quotes.files(&quote, &guest.here()).await?;
    let (dossier, by) = (guest.dossier.id, guest.visit.insured);
    tracing::info!(%dossier, quote = %quote.id, %by, "the documents of an offer were taken");
    Ok(archive::download(&format!("dossier-{}.zip", guest.dossier.number()), &files)?)
}

/// «Continuer vers la signature».
pub(super) async fn accept(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let mut guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    if form.is("action", "plus_tard") {
        return Ok(guest.to("plus-tard"));
    }
    let shown = guest.dossier.quote_id;
    if let Some(answer) = up_to_date(&dossiers, &mut guest).await? {
        return Ok(answer);
    }
    if guest.dossier.quote_id != shown {
        // Time went on while the page was read: it shows other documents now.
        return Ok(guest.to("recapitulatif"));
    }
    if !form.is("lu", "oui") {
        form.refuse("lu", "Cochez la case pour confirmer que vous avez reçu les documents");
        return Ok(unkept(page(&dossiers, &guest, form).await?));
    }
    if !progress::is_ready(&guest.dossier, guest.place) {
        return Ok(guest.to("recapitulatif"));
    }
    if guest.dossier.answers.documents_received_at.is_none() {
        let saving = Saving {
            id: guest.dossier.id,
            page: "recapitulatif",
            seen: seen(&form),
            by: guest.by(),
        };
        let saved = dossiers.received(saving).await;
        if stale(&dossiers, &guest, &saved).await?.is_some() {
            return Ok(guest.to("recapitulatif"));
        }
        saved?;
    }
    Ok(guest.to("prelevement"))
}
