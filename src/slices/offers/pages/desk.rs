//! The desk of loan offers in the back office: what waits, and the offer of a loan beside what its person
//! typed. An advisor opens files, says whether they agree, and changes nothing.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use uuid::Uuid;

use crate::backoffice_page;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::backoffice::{Admitted, Deed, Frame, Room};
use crate::platform::web::file;
use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet as _};
use crate::slices::offers::core::Offers;
use crate::slices::offers::model::{LoanOf, OfferFile, OfferState, Verdict};

/// Most that are listed.
const MOST: u32 = 100;

/// The room.
pub struct OffersRoom;

impl Room for OffersRoom {
    const TITLE: &'static str = "Offres de prêt";
    const SUMMARY: &'static str =
        "Comparer les offres envoyées avec ce que les personnes ont saisi.";
    const PATH: &'static str = "/gestion/offres";
    const GROUPS: &'static [&'static str] = &["conseil", "administrateurs"];
}

/// The pages, below the room's address.
pub fn routes() -> Router<Offers> {
    Router::new()
        .route("/", get(queue))
        .route("/{dossier}/{loan}", get(show).post(compared))
        .route("/{dossier}/{loan}/{file}", get(open))
}

/// A loan that waits.
struct Row {
    href: String,
    number: String,
    loan: u8,
    since: String,
    files: u32,
}

#[derive(Template)]
#[template(path = "offers/desk_queue.html")]
struct QueuePage {
    frame: Frame,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "offers/desk_loan.html")]
struct LoanPage {
    frame: Frame,
    form: Form,
    action: String,
    number: String,
    typed: Vec<(&'static str, String)>,
    /// Address and name of each file that may be opened.
    files: Vec<(String, String)>,
    /// Files that no scanner has let through.
    others: usize,
    /// «Conforme, le 26 novembre 2026».
    last: String,
}

backoffice_page!(QueuePage, "Offres de prêt");
backoffice_page!(LoanPage, "Comparer une offre", form);

async fn queue(
    who: Admitted<OffersRoom>,
    State(offers): State<Offers>,
) -> Result<Page<QueuePage>, PageError> {
    let waiting = offers.waiting(MOST).await?;
    let dossiers: Vec<_> = waiting.iter().map(|one| one.of.dossier).collect();
    let numbers = offers.core.dossiers.numbers(&dossiers).await.map_err(Problem::from)?;
    // A dossier that is just forgotten takes its offers with it.
    let rows = waiting.into_iter().filter_map(|one| {
        Some(Row {
            href: address(one.of),
            number: numbers.get(&one.of.dossier)?.clone(),
            loan: one.of.loan,
            since: french::day_of_moment(&one.since.to_string()).unwrap_or_default(),
            files: one.files,
        })
    });
    let rows = rows.collect();
    Ok(Page::new(QueuePage { frame: who.frame(), rows }).cache(CachePolicy::Never))
}

fn address(of: LoanOf) -> String {
    format!("{}/{}/{}", OffersRoom::PATH, of.dossier, of.loan)
}

fn place(dossier: &str, loan: &str) -> Result<LoanOf, PageError> {
    let not_there = || Problem::new(Kind::NotFound);
    let dossier = dossier.parse().map_err(|_| not_there())?;
    let loan = loan.parse().map_err(|_| not_there())?;
    Ok(LoanOf { dossier, loan })
}

async fn show(
    who: Admitted<OffersRoom>,
    State(offers): State<Offers>,
    Path((dossier, loan)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let of = place(&dossier, &loan)?;
    page(&offers, who.frame(), of, Form::default()).await
}

async fn page(
    offers: &Offers,
    frame: Frame,
    of: LoanOf,
    form: Form,
) -> Result<Response, PageError> {
    let shown = offers.core.dossiers.shown(of.dossier).await.map_err(Problem::from)?;
    let not_there = || Problem::new(Kind::NotFound);
    let place = shown.loan_at(of.loan).ok_or_else(not_there)?;
    let loan = shown.quote.request.loans.get(place).ok_or_else(not_there)?;
    let files = offers.files(of).await?;
    let (clean, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.state == OfferState::Clean);
    let last = offers.review(of).await?.map(|review| {
        let day = french::day_of_moment(&review.reviewed_at.to_string()).unwrap_or_default();
        let what = match review.verdict {
            Verdict::Same => "Conforme",
            Verdict::Different => "Différent",
        };
        format!("{what}, le {day}. {}", review.note)
    });
    let lender = if shown.lender.is_empty() { "pas encore indiquée" } else { &shown.lender };
    let page = LoanPage {
        action: address(of),
        number: shown.number,
        typed: vec![
            ("Prêt", format!("{} sur {}", place + 1, shown.loan_numbers.len())),
            ("Banque", lender.to_owned()),
            ("Montant", french::euros(Cents::new(loan.capital_cents))),
            ("Durée", french::duration(loan.months)),
            ("Taux", french::rate(&loan.nominal_rate)),
        ],
        files: clean.iter().map(|file| line(of, file)).collect(),
        others: others.len(),
        last: last.unwrap_or_default(),
        frame,
        form,
    };
    Ok(Page::new(page).cache(CachePolicy::Never).into_response())
}

fn line(of: LoanOf, file: &OfferFile) -> (String, String) {
    let size = french::bytes(file.size.into());
    let name = format!("{} ({}, {size})", file.name, file.media.code().to_uppercase());
    (format!("{}/{}", address(of), file.id.simple()), name)
}

async fn open(
    who: Admitted<OffersRoom>,
    State(offers): State<Offers>,
    Path((dossier, loan, one)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let of = place(&dossier, &loan)?;
    let id = Uuid::try_parse(&one).map_err(|_| Problem::new(Kind::NotFound))?;
    let (file, bytes) = offers.opened(who.staff().subject(), of, id).await?;
    let name = format!("offre-{}.{}", &id.simple().to_string()[..8], file.media.code());
    Ok(file::inline(file.media.media_type(), &name, &file.sha256, bytes, &headers))
}

async fn compared(
    State(offers): State<Offers>,
    Path((dossier, loan)): Path<(String, String)>,
    mut deed: Deed<OffersRoom>,
) -> Result<Response, PageError> {
    let of = place(&dossier, &loan)?;
    let note = deed.form.value("note").trim().to_owned();
    let verdict = Verdict::of(deed.form.value("avis"));
    if verdict.is_none() {
        deed.form.refuse("avis", "Indiquez si l’offre est conforme");
    }
    let is_short = verdict == Some(Verdict::Different) && note.chars().count() < 3;
    if is_short || note.chars().count() > 500 {
        deed.form.refuse("note", "Indiquez ce qui diffère, en 3 à 500 caractères");
    }
    let Some(verdict) = verdict.filter(|_| deed.form.is_sound()) else {
        let form = std::mem::take(&mut deed.form);
        return page(&offers, deed.admitted.frame(), of, form).await;
    };
    let by = deed.admitted.staff().subject().to_owned();
    offers.compared(&by, of, verdict, &note).await?;
    Ok(Redirect::to(OffersRoom::PATH).into_response())
}
