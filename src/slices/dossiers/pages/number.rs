//! «Changer de numéro», from the page of the signature: the new number, then the two codes that prove who asks and
//! whose it is. What was typed is nowhere but in the page until both are right.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;

use super::super::codes::{Asked, Verdict};
use super::super::core::Dossiers;
use super::super::form;
use super::super::renumbering::{Codes, Renumbered};
use super::contact::{From, address};
use super::frame::{Frame, hour, sheets, unkept};
use super::guest::{Answer, Guest, Stop, guest};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::messages::Recipient;

const TITLE: &str = "Changer de numéro";

/// The page that it is reached from, and leads back to.
const SIGNATURE: &str = "signature";

/// The fields of the two codes, by e-mail and by SMS.
const BY_EMAIL: &str = "code_email";
const BY_SMS: &str = "code_sms";

#[derive(Template)]
#[template(path = "dossiers/number.html")]
struct NumberPage {
    frame: Frame,
    /// The number now, and the address, masked.
    now: String,
    email: String,
}

#[derive(Template)]
#[template(path = "dossiers/number_codes.html")]
struct CodesPage {
    frame: Frame,
    /// What is asked, with where each code went, masked.
    email_label: String,
    sms_label: String,
    /// What became of the last demand.
    told: String,
}

sheets!(NumberPage, CodesPage);

fn number_page(guest: &Guest, form: Form) -> Result<NumberPage, Stop> {
    let me = guest.me()?;
    let masked = |to: Option<Recipient>| to.map(|to| to.masked()).unwrap_or_default();
    Ok(NumberPage {
        now: masked(me.mobile.clone().map(Recipient::Mobile)),
        email: masked(me.email.clone().map(Recipient::Email)),
        frame: Frame::new(guest, TITLE, 6, SIGNATURE, form),
    })
}

fn codes_page(
    guest: &Guest,
    mobile: String,
    mut form: Form,
    told: String,
) -> Result<CodesPage, Stop> {
    let email = guest.me()?.email.clone().map(|to| Recipient::Email(to).masked());
    let email = email.unwrap_or_default();
    form.set("mobile", mobile.clone());
    let mobile = Recipient::Mobile(mobile).masked();
    Ok(CodesPage {
        frame: Frame::new(guest, TITLE, 6, "numero", form),
        email_label: format!("Code reçu par e-mail, à {email}"),
        sms_label: format!("Code reçu par SMS, au {mobile}"),
        told,
    })
}

/// The new number, none of those that the dossier has: each person signs on their own.
fn number(guest: &Guest, form: &mut Form) -> Option<String> {
    let taken = guest.dossier.insured.iter().filter_map(|one| {
        let is_mine = one.id == guest.visit.insured;
        let message = if is_mine {
            "C’est le numéro que nous avons déjà\u{a0}: indiquez-en un autre"
        } else {
            "Indiquez un autre numéro que celui de l’autre personne\u{a0}: chacun signe sur le sien"
        };
        Some((one.mobile.clone()?, message))
    });
    form::number(form, &taken.collect::<Vec<_>>())
}

/// The page of the new number.
pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    Ok(unkept(number_page(&guest, Form::default())?))
}

/// «Recevoir les deux codes».
pub(super) async fn ask(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    from: From,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    let Some(mobile) = number(&guest, &mut form) else {
        return Ok(unkept(number_page(&guest, form)?));
    };
    let asked = dossiers.ask_number(&guest.visit, &mobile, address(&from)).await?;
    let told = match asked {
        Asked::Sent => "Les deux codes sont partis. Ils sont valables 10\u{a0}minutes.".to_owned(),
        Asked::TooSoon(at) => {
            format!("Des codes viennent de partir. De nouveaux sont possibles à {}.", hour(at))
        }
        Asked::Blocked(at) => format!("Trop d’essais\u{a0}: recommencez à {}.", hour(at)),
        Asked::TooMany => "Beaucoup de codes sont partis. Attendez une heure.".to_owned(),
    };
    Ok(unkept(codes_page(&guest, mobile, Form::default(), told)?))
}

/// «Changer de numéro»: both codes.
pub(super) async fn change(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    guest.is_unsigned()?;
    let mine = guest.me()?.mobile.as_deref();
    if mine.is_some_and(|mine| mine == form.value("mobile")) {
        // Sent twice: the first answer.
        return Ok(guest.to("signature?numero=change"));
    }
    let Some(mobile) = number(&guest, &mut form) else {
        return Ok(unkept(number_page(&guest, form)?));
    };
    // In the order of the page.
    let sms = digits(&mut form, BY_SMS, "SMS");
    let email = digits(&mut form, BY_EMAIL, "e-mail");
    if form.is_sound() {
        let codes = Codes { email: &email, sms: &sms };
        match dossiers.renumber((&guest.visit, guest.by()), &mobile, &codes).await? {
            Renumbered::Done => return Ok(guest.to("signature?numero=change")),
            Renumbered::Refused { email, sms } => {
                refuse(&mut form, BY_SMS, sms);
                refuse(&mut form, BY_EMAIL, email);
            }
        }
    }
    Ok(unkept(codes_page(&guest, mobile, form, String::new())?))
}

/// Six digits, however they were spaced.
fn digits(form: &mut Form, field: &str, way: &str) -> String {
    let typed: String = form.value(field).chars().filter(|c| !c.is_whitespace()).collect();
    if typed.is_empty() {
        form.refuse(field, format!("Saisissez le code reçu par {way}"));
    } else if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        form.refuse(field, format!("Le code reçu par {way} doit comporter 6 chiffres"));
    }
    typed
}

/// Says why a code is not the one; a right one stays as it was typed.
fn refuse(form: &mut Form, field: &str, verdict: Verdict) {
    let message = match verdict {
        Verdict::Right(_) => return,
        Verdict::Wrong(left) => {
            let tries = if left > 1 { "essais" } else { "essai" };
            format!("Ce code ne correspond pas au dernier envoyé. Il reste {left} {tries}.")
        }
        Verdict::Expired => "Ce code a expiré\u{a0}: demandez-en deux nouveaux".to_owned(),
        Verdict::Unsent => "Demandez d’abord les deux codes".to_owned(),
        Verdict::Blocked(at) => format!("Trop d’essais\u{a0}: recommencez à {}", hour(at)),
    };
    form.set(field, "");
    form.refuse(field, message);
}
