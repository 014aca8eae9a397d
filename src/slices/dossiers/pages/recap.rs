//! Page 8: everything once more before the signature. Health is one line without a word of what was
//! answered, and the other person's answers are not there.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::answering::Saving;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::form::purpose_label;
use super::super::model::{Health, Insured};
use super::super::progress::{self, Task};
use super::essentials::essentials;
use super::frame::{Frame, sheets, unkept};
use super::guest::{Answer, Guest, Stop, guest, seen};
use super::hub::{closed, not_eligible, other, stale};
use super::loan::{LoanLine, lines};
use crate::domain::dossier::State as At;
use crate::domain::guarantee::Pack;
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::kernel::problem::Kind;
use crate::platform::web::archive;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::quotes::Offered;
use crate::slices::quotes::form::answers as known;
use crate::slices::quotes::wire::QuoteResponse;

/// A line of a card: what, the answer, where it is changed, and the words that a screen reader adds.
struct Row {
    term: &'static str,
    value: String,
    href: String,
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
    health: &'static str,
    price: Vec<(&'static str, String)>,
    valid_until: String,
    advice: String,
    essentials: [String; 8],
    papers: Vec<Paper>,
    /// Label and address of what is missing; the button is there when nothing is.
    missing: Vec<(String, String)>,
    other: String,
    is_ready: bool,
}

sheets!(RecapPage);

fn row(term: &'static str, value: String, href: &str, hidden: &'static str) -> Row {
    Row { term, value, href: href.to_owned(), hidden }
}

fn me(one: &Insured, birth: String, base: &str) -> Vec<Row> {
    let person = &one.person;
    let at = |page: &str| format!("{base}/a{}/{page}", one.place);
    let lines = [&person.street, &person.complement];
    let street = lines.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let town = [&person.postcode, &person.city];
    let town = town.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    vec![
        row("Nom", person.full_name(), &at("identite"), "le nom"),
        row("Naissance", birth, &at("identite"), "la naissance"),
        row("Adresse", format!("{street}, {town}"), &at("adresse"), "l’adresse"),
        row(
            "Travail et loisirs",
            "répondu".to_owned(),
            &at("travail"),
            "le travail et les loisirs",
        ),
    ]
}

fn loan(quote: &QuoteResponse, guest: &Guest, base: &str) -> Vec<Row> {
    let at = format!("{base}/pret/1");
    let assumed = known::assumptions(&quote.request);
    let due = quote.request.loans.first().map(known::first_due);
    vec![
        row("Banque", guest.dossier.answers.lender.clone().unwrap_or_default(), &at, "la banque"),
        row(
            "Ce que finance le prêt",
            purpose_label(assumed.value("objet")).to_owned(),
            &at,
            "ce que finance le prêt",
        ),
        row(
            "Première mensualité",
            due.map_or_else(String::new, french::month),
            &at,
            "la première mensualité",
        ),
    ]
}

fn cover(quote: &QuoteResponse, guest: &Guest, base: &str) -> Vec<Row> {
    let at = format!("{base}/garanties");
    let pack = match quote.request.options.pack {
        Pack::Full => "décès, perte d’autonomie, arrêt de travail, invalidité totale et partielle",
        Pack::DcPtia => "décès et perte d’autonomie",
    };
    let shares = guest.dossier.insured.iter().zip(&quote.request.insured).map(|(one, asked)| {
        let share = asked.shares.first().map_or(100, |share| share.percent);
        let who = if one.id == guest.visit.insured { "vous".to_owned() } else { one.called() };
        format!("{share}{HARD}% pour {who}")
    });
    let delay = format!("{}{HARD}jours d’arrêt", quote.request.options.franchise_days);
    vec![
        row("Garanties", pack.to_owned(), &at, "les garanties"),
        row("Part du prêt assurée", shares.collect::<Vec<_>>().join(", "), &at, "la part assurée"),
        row("Délai avant notre premier paiement", delay, &at, "le délai"),
    ]
}

fn price(quote: &QuoteResponse) -> Vec<(&'static str, String)> {
    let costs = &quote.result.project.costs;
    let euros = |cents| french::euros(Cents::new(cents));
    vec![
        ("Premier mois", euros(costs.first_month_cents)),
        ("Sur les 8 premières années", euros(costs.total_8y_cents)),
        ("En tout", euros(costs.total_cents)),
        ("TAEA (taux annuel effectif de l’assurance)", french::percent(&costs.taea, 2)),
    ]
}

/// What we advise and why (*devoir de conseil*, art. L521-4 C. ass.).
fn advice(quote: &QuoteResponse) -> String {
    let assumed = known::assumptions(&quote.request);
    // The label is said by the borrower, the advice is said to them.
    let purpose = purpose_label(assumed.value("objet")).to_lowercase().replacen("ma ", "votre ", 1);
    let sum: u32 = quote
        .request
        .insured
        .iter()
        .map(|one| one.shares.first().map_or(100, |share| share.percent))
        .sum();
    let cover = match quote.request.options.pack {
        Pack::Full => "toutes les garanties",
        Pack::DcPtia => "le décès et la perte d’autonomie",
    };
    let why = match quote.request.options.pack {
        Pack::Full => {
            "qu’un arrêt de travail ou une invalidité ne doit pas vous empêcher de rembourser"
        }
        Pack::DcPtia => "que ce sont les garanties que la banque exige pour ce projet",
    };
    let together = if quote.request.insured.len() > 1 { " en tout" } else { "" };
    format!(
        "Nous vous conseillons {cover}, pour {sum}{HARD}% du prêt{together}, parce qu’il finance \
         {purpose} et {why}."
    )
}

fn health(one: &Insured) -> &'static str {
    match one.health {
        Health::None => "Aucune question",
        Health::Asked => "À remplir",
        Health::Answered => "Questionnaire rempli",
        Health::Questionnaire => match one.decision {
            Some(decided) if decided.is_acceptance() => "Questionnaire rempli",
            Some(_) => "En cours",
            None => "À remplir",
        },
    }
}

async fn page(dossiers: &Dossiers, guest: &Guest, form: Form) -> Result<RecapPage, Stop> {
    let (dossier, me_now) = (&guest.dossier, guest.me()?);
    let quote = dossiers.quote_of(dossier).await?;
    let base = format!("/d/{}", dossier.id);
    let asked = quote.request.insured.get(usize::from(guest.place) - 1);
    let birth = asked.map_or_else(String::new, |one| french::day(one.birth_date));
    let missing = progress::missing(dossier, guest.place).into_iter();
    let missing = missing
        .map(|task: Task| (task.label(dossier, guest.place), format!("{base}/{}", task.path())));
    let papers = dossiers.core.quotes.offered(&quote, &guest.here()).await;
    let until = dossier.offered_until.map(super::frame::day);
    let valid = french::day_of_moment(&quote.expires_at).unwrap_or_default();
    Ok(RecapPage {
        number: dossier.number(),
        me: me(me_now, birth, &base),
        loans: lines(&quote),
        loan: loan(&quote, guest, &base),
        cover: cover(&quote, guest, &base),
        health: health(me_now),
        price: price(&quote),
        valid_until: until.unwrap_or(valid),
        advice: advice(&quote),
        essentials: essentials(&quote),
        papers: papers.into_iter().map(Paper::of).collect(),
        missing: missing.collect(),
        other: other(guest),
        is_ready: matches!(dossier.state, At::Offer | At::Signature),
        frame: Frame::new(guest, "Vérifiez avant de signer", 6, "", form),
    })
}

/// The dossier as it can be signed today; or what is answered in the place of the recap.
async fn up_to_date(dossiers: &Dossiers, guest: &mut Guest) -> Result<Option<Response>, Stop> {
    match dossiers.up_to_date(guest.dossier.clone(), guest.by()).await {
        Ok(dossier) => guest.dossier = dossier,
        Err(DossierError::Refused(problem)) if problem.kind == Kind::Invalid => {
            return Ok(Some(not_eligible(guest)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(closed(&guest.dossier))
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
    Ok(unkept(page(&dossiers, &guest, Form::default()).await?))
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
    if !matches!(guest.dossier.state, At::Offer | At::Signature) {
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
