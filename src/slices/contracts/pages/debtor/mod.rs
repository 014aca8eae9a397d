//! The payer's own pages, behind their link: what they are asked for, their account, the code. They see who
//! asks and what is debited; what they typed is shown to the browser that typed it, and to no other.

mod sheets;

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};

use super::end::served;
use super::frame::{Answer, foreign, hour, said};
use super::sign::refusal;
use crate::platform::web::cookies::Cookies;
use crate::platform::web::csrf;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::payers::{Act, Given, Offered, Opened, typed};
use crate::slices::contracts::signing::Place;
use crate::slices::dossiers::Asked;
use crate::slices::dossiers::pages::Stop;
use sheets::{changing, closed, done, form_page, preparing, sign_page, to};

/// Name of the cookie of the browser that typed the account.
const COOKIE: &str = "mandat";

/// How long a look at the page waits for a document that is nearly made.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(250);

fn cookie<'a>(contracts: &Contracts, headers: &'a HeaderMap) -> Option<&'a str> {
    Cookies::of(&contracts.core.origin).read(headers, COOKIE)
}

/// The link itself is the secret of these forms; a page of another site still may not send one.
fn comes_from_us(contracts: &Contracts, headers: &HeaderMap) -> Result<(), Stop> {
    if csrf::comes_from_us(headers, &contracts.core.origin) {
        return Ok(());
    }
    Err(Stop::with(foreign()))
}

/// What opens, if it waits for the payer; else the answer that says what it is.
async fn offered(
    contracts: &Contracts,
    headers: &HeaderMap,
    secret: &str,
) -> Result<Box<Offered>, Stop> {
    match contracts.open_mandate(secret, cookie(contracts, headers)).await? {
        Opened::Open(offered) => Ok(offered),
        Opened::Changing => Err(Stop::with(changing())),
        Opened::Given(payer, true) => Err(Stop::with(done(contracts, secret, &payer))),
        Opened::Given(_, false) => {
            let line = "Ses références vous ont été envoyées par e-mail.";
            Err(Stop::with(said("Ce mandat est déjà signé", &[line], StatusCode::GONE)))
        }
        Opened::Closed => Err(Stop::with(closed())),
    }
}

/// The link: what is asked, and the account.
pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let offered = offered(&contracts, &headers, &secret).await?;
    Ok(form_page(&contracts, &secret, &offered, Form::default()))
}

/// «Continuer»: the account is kept, the mandate is written.
pub(super) async fn keep(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    comes_from_us(&contracts, &headers)?;
    let offered = offered(&contracts, &headers, &secret).await?;
    let Some(typed) = typed(&mut form) else {
        return Ok(form_page(&contracts, &secret, &offered, form));
    };
    let Some(visit) = contracts.type_mandate(&secret, &typed).await? else { return Ok(closed()) };
    let mut answer = to(&secret, "/signer");
    let cookies = Cookies::of(&contracts.core.origin);
    if let Some(line) = cookies.set(COOKIE, visit.expose(), None) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(answer)
}

/// The page of the act, or the one that says that the document is being made.
async fn act_page(
    contracts: &Contracts,
    (secret, offered): (&str, &Offered),
    form: Form,
    told: (String, bool),
) -> Answer {
    Ok(match contracts.ceremony_of_payer(&offered.payer).await? {
        Some(ceremony) => sign_page((secret, offered), &ceremony, form, told),
        None => preparing(secret),
    })
}

/// What opens for the browser that typed the account; any other begins again.
async fn typed_here(
    contracts: &Contracts,
    headers: &HeaderMap,
    secret: &str,
) -> Result<Box<Offered>, Stop> {
    let offered = offered(contracts, headers, secret).await?;
    if offered.is_theirs { Ok(offered) } else { Err(Stop::with(to(secret, ""))) }
}

/// The act.
pub(super) async fn read(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let offered = typed_here(&contracts, &headers, &secret).await?;
    let until = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < until
        && contracts.ceremony_of_payer(&offered.payer).await?.is_none()
    {
        tokio::time::sleep(LOOK).await;
    }
    act_page(&contracts, (&secret, &offered), Form::default(), (String::new(), false)).await
}

/// «Recevoir le code».
pub(super) async fn code(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
) -> Answer {
    comes_from_us(&contracts, &headers)?;
    let offered = typed_here(&contracts, &headers, &secret).await?;
    if contracts.ceremony_of_payer(&offered.payer).await?.is_none() {
        return Ok(to(&secret, "/signer"));
    }
    let from = address.map(|known| known.0.0);
    let cookie = cookie(&contracts, &headers);
    let told = match contracts.send_mandate_code((&secret, cookie), from).await? {
        None => return Ok(closed()),
        Some(Asked::Sent) => {
            ("Le code est parti par e-mail. Il est valable 10 minutes.".to_owned(), true)
        }
        Some(Asked::TooSoon(at)) => (format!("Un nouveau code est possible à {}.", hour(at)), true),
        Some(Asked::Blocked(at)) => (format!("Signature bloquée jusqu’à {}.", hour(at)), false),
        Some(Asked::TooMany) => {
            ("Beaucoup de codes sont partis. Attendez une heure.".to_owned(), false)
        }
    };
    act_page(&contracts, (&secret, &offered), Form::default(), told).await
}

/// «Signer le mandat».
pub(super) async fn sign(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    comes_from_us(&contracts, &headers)?;
    // Sent twice: the first answer.
    let offered = typed_here(&contracts, &headers, &secret).await?;
    let code: String = form.value("code").chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() {
        form.refuse("code", "Saisissez le code reçu");
    } else if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        form.refuse("code", "Le code doit comporter 6 chiffres");
    }
    if form.is_sound() {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let place = Place {
            address: address.map(|known| known.0.0.to_string()).unwrap_or_default(),
            agent: agent.unwrap_or_default().to_owned(),
        };
        let from = (secret.as_str(), cookie(&contracts, &headers));
        let act = Act { from, read: form.value("lot").parse().ok(), code: &code, place };
        match contracts.give_mandate(&act).await? {
            Given::Done => return Ok(to(&secret, "")),
            Given::Closed => return Ok(closed()),
            Given::Changed => {
                form.refuse(
                    "code",
                    "Le mandat a changé entre-temps\u{a0}: relisez-le, puis signez",
                );
            }
            Given::Refused(verdict) => form.refuse("code", refusal(verdict)),
        }
    }
    act_page(&contracts, (&secret, &offered), form, (String::new(), true)).await
}

/// «Ce n’est pas moi».
pub(super) async fn decline(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    comes_from_us(&contracts, &headers)?;
    contracts.decline_mandate(&secret).await?;
    let lines = &[
        "Le lien est fermé, rien ne sera prélevé, et la personne qui vous l’a fait envoyer est \
         prévenue.",
        "Nous effaçons votre adresse e-mail.",
    ];
    Ok(said("Merci de nous l’avoir dit", lines, StatusCode::OK))
}

/// The mandate, for the browser that typed it: before the act, and for a day after.
pub(super) async fn file(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let payer = match contracts.open_mandate(&secret, cookie(&contracts, &headers)).await? {
        Opened::Open(offered) if offered.is_theirs => offered.payer,
        Opened::Given(payer, true) => *payer,
        _ => return Ok(closed()),
    };
    let made = contracts.mandate_of_payer(&payer).await?;
    tracing::info!(dossier = %payer.dossier, document = "mandat_sepa", "a document was opened by its payer");
    Ok(served("mandat_sepa", made, &headers))
}
