//! «J’ai mon offre en PDF ou en photo»: a person sends the offer of a loan, sees what was received and where
//! it stands, replaces it or takes it back. Works without JavaScript.

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::kernel::french;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::form::Form;
use crate::platform::web::media::Media;
use crate::platform::web::page::{CachePolicy, Page, Sheet};
use crate::platform::web::upload::{SentFile, Upload, UploadLimits};
use crate::slices::dossiers::pages::{Frame, Guest, Stop, guest};
use crate::slices::offers::core::Offers;
use crate::slices::offers::model::{LoanOf, OfferFile, OfferState, SentOffer};

type Answer = Result<Response, Stop>;
type At = Path<(String, String)>;

/// The control of the page.
const FIELD: &str = "fichier";

/// A file as the page shows it.
struct Shown {
    id: String,
    name: String,
    /// «PDF, 84 Ko».
    what: String,
    standing: &'static str,
}

#[derive(Template)]
#[template(path = "offers/offer.html")]
struct OfferPage {
    frame: Frame,
    /// From 1.
    loan: u8,
    files: Vec<Shown>,
    limits: String,
    /// The file that the next one takes the place of; empty: none.
    instead_of: String,
    /// Its name.
    instead_of_name: String,
    is_checking: bool,
    is_full: bool,
}

impl Sheet for OfferPage {
    fn title(&self) -> &str {
        &self.frame.title
    }

    fn is_refused(&self) -> bool {
        !self.frame.form.is_sound()
    }
}

/// Which file is to be replaced.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    remplacer: String,
}

/// Somebody who may send the offer of this loan: who began the dossier, before it is signed.
struct Sender {
    guest: Guest,
    of: LoanOf,
    /// From 1, as the loan is read; 0 when there is one.
    place: usize,
}

async fn sender(
    offers: &Offers,
    headers: &HeaderMap,
    (id, number): (&str, &str),
) -> Result<Sender, Stop> {
    let not_there = || Stop::from(Problem::new(Kind::NotFound));
    if !offers.takes_files() {
        return Err(not_there());
    }
    let dossiers = &offers.core.dossiers;
    let guest = guest(dossiers, headers, id).await?;
    guest.is_unsigned()?;
    let dossier = guest.visit.dossier;
    let shown = dossiers.shown(dossier).await?;
    let loan = number.parse::<u8>().ok().filter(|_| guest.is_initiator()).ok_or_else(not_there)?;
    let place = shown.loan_at(loan).ok_or_else(not_there)?;
    let place = if shown.loan_numbers.len() > 1 { place + 1 } else { 0 };
    Ok(Sender { guest, of: LoanOf { dossier, loan }, place })
}

pub(super) async fn show(
    State(offers): State<Offers>,
    Path((id, number)): At,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Answer {
    let sender = sender(&offers, &headers, (&id, &number)).await?;
    page(&offers, &sender, Form::default(), &asked.remplacer).await
}

/// Takes files, and says of each that was not taken why, and how to put it right.
pub(super) async fn send(
    State(offers): State<Offers>,
    Path((id, number)): At,
    request: Request,
) -> Answer {
    let headers = request.headers().clone();
    let sender = sender(&offers, &headers, (&id, &number)).await?;
    let Ok(_room) = offers.core.uploads.try_acquire() else {
        return Err(Problem::new(Kind::Unavailable).cause("enough people send files now").into());
    };
    let limits = limits(&offers);
    let upload = Upload::read(request, limits).await?;
    sender.guest.check(&offers.core.dossiers, &headers, &upload.form)?;
    let instead_of = upload.form.value("remplace").to_owned();
    let (taken, mut form) = sorted(upload.files, limits);
    if taken.is_empty() && form.is_sound() {
        form.refuse(FIELD, "Choisissez au moins un fichier");
    }
    if !form.is_sound() && taken.is_empty() {
        return page(&offers, &sender, form, &instead_of).await;
    }
    match offers.receive(sender.of, taken, Uuid::try_parse(&instead_of).ok()).await {
        Ok(_) if form.is_sound() => Ok(Redirect::to(&address(&sender)).into_response()),
        Ok(_) => page(&offers, &sender, form, "").await,
        Err(problem) if problem.kind == Kind::TooLarge => {
            // The control is not there when no file is taken any more.
            form.refuse_group("fichiers", "", &[], problem.detail.unwrap_or_default());
            page(&offers, &sender, form, &instead_of).await
        }
        Err(problem) => Err(problem.into()),
    }
}

/// «Supprimer».
pub(super) async fn remove(
    State(offers): State<Offers>,
    Path((id, number)): At,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let sender = sender(&offers, &headers, (&id, &number)).await?;
    sender.guest.check(&offers.core.dossiers, &headers, &form)?;
    if let Ok(file) = Uuid::try_parse(form.value(FIELD)) {
        offers.remove(sender.of, file).await?;
    }
    Ok(Redirect::to(&address(&sender)).into_response())
}

fn address(sender: &Sender) -> String {
    format!("/d/{}/pret/{}/offre", sender.of.dossier, sender.of.loan)
}

fn limits(offers: &Offers) -> UploadLimits {
    let settings = &offers.core.settings;
    UploadLimits {
        files: settings.files_max,
        file_bytes: settings.file_bytes_max,
        all_bytes: settings.bytes_max,
    }
}

/// What was sent, by what it is, and the words for what is not taken.
fn sorted(files: Vec<SentFile>, limits: UploadLimits) -> (Vec<SentOffer>, Form) {
    let (mut taken, mut form) = (Vec::new(), Form::default());
    for (place, file) in files.into_iter().enumerate() {
        let read = file.bytes.map_err(|why| why.said(limits)).and_then(|bytes| {
            let media = Media::of(&bytes).map_err(|odd| odd.said().to_owned())?;
            Ok((media, bytes))
        });
        match read {
            Ok((media, bytes)) => taken.push(SentOffer { name: file.name, media, bytes }),
            Err(why) => {
                let key =
                    if form.is_sound() { FIELD.to_owned() } else { format!("{FIELD}-{place}") };
                let text = format!("«\u{a0}{}\u{a0}» {why}", file.name);
                form.refuse_group(&key, FIELD, &[FIELD], text);
            }
        }
    }
    (taken, form)
}

async fn page(offers: &Offers, sender: &Sender, form: Form, instead_of: &str) -> Answer {
    let files = offers.files(sender.of).await?;
    let replaced = Uuid::try_parse(instead_of).ok();
    let replaced = files.iter().find(|file| Some(file.id) == replaced);
    let limits = limits(offers);
    let title = match sender.place {
        0 => "Votre offre de prêt".to_owned(),
        place => format!("L’offre du prêt {place}"),
    };
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = OfferPage {
        loan: sender.of.loan,
        frame: Frame::new(&sender.guest, &title, 3, "pret/1", form),
        limits: format!(
            "{}\u{a0}fichiers au plus, {} par fichier",
            limits.files,
            french::bytes(limits.file_bytes as u64)
        ),
        instead_of: replaced.map(|file| file.id.simple().to_string()).unwrap_or_default(),
        instead_of_name: replaced.map(|file| file.name.clone()).unwrap_or_default(),
        is_checking: files.iter().any(|file| file.state == OfferState::Quarantine),
        is_full: replaced.is_none() && files.len() >= limits.files,
        files: files.iter().map(shown).collect(),
    };
    Ok(Page::new(page).cache(CachePolicy::Never).status(status).into_response())
}

fn shown(file: &OfferFile) -> Shown {
    Shown {
        id: file.id.simple().to_string(),
        name: file.name.clone(),
        what: format!("{}, {}", file.media.code().to_uppercase(), french::bytes(file.size.into())),
        standing: match file.state {
            OfferState::Quarantine => "vérification en cours",
            OfferState::Clean | OfferState::Removed => "reçu et vérifié",
            OfferState::Infected => {
                "refusé\u{a0}: un virus a été trouvé. Envoyez-le depuis un autre appareil."
            }
        },
    }
}
