//! What the payer's pages show: made of the demand and of what they typed, for the browser that may see it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::kernel::french;
use crate::kernel::iban::Iban;
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::pages::frame::{said, unkept};
use crate::slices::contracts::pages::mandate::CHOICES;
use crate::slices::contracts::payers::{CONSENTS, Offered, Payer, Typed};
use crate::slices::documents::InsurerSettings;
use crate::slices::messages::Recipient;
use crate::slices::signature::Ceremony;

/// A page behind a payer's link.
macro_rules! titled {
    ($($name:ident $title:literal),+) => {$(
        impl Sheet for $name {
            fn title(&self) -> &str {
                $title
            }

            fn is_refused(&self) -> bool {
                !self.form.is_sound()
            }
        }
    )+};
}

#[derive(Template)]
#[template(path = "contracts/debtor.html")]
struct DebtorPage {
    form: Form,
    secret: String,
    by: String,
    insurer: InsurerSettings,
    rum: String,
    first: String,
    most: String,
    days: [(&'static str, &'static str); 3],
}

#[derive(Template)]
#[template(path = "contracts/debtor_sign.html")]
struct SignPage {
    form: Form,
    secret: String,
    holder: String,
    account: String,
    day: u8,
    first: String,
    size: String,
    email: String,
    consents: [&'static str; 3],
    told: String,
    is_sent: bool,
    /// What is shown here: another one is not signed by this page.
    lot: String,
}

#[derive(Template)]
#[template(path = "contracts/debtor_preparing.html")]
struct PreparingPage {
    form: Form,
    secret: String,
}

#[derive(Template)]
#[template(path = "contracts/debtor_done.html")]
struct DonePage {
    form: Form,
    secret: String,
    insurer: InsurerSettings,
    rum: String,
    account: String,
    day: u8,
}

titled!(
    DebtorPage "Le mandat de prélèvement",
    SignPage "Signer le mandat",
    PreparingPage "Signer le mandat",
    DonePage "Votre mandat est signé"
);

/// The same words for a link that never was, is over, or was replaced.
pub(super) fn closed() -> Response {
    let line =
        "Demandez-en un nouveau à la personne qui vous l’a fait envoyer. Rien n’est prélevé.";
    said("Ce lien a déjà servi ou a expiré", &[line], StatusCode::GONE)
}

pub(super) fn changing() -> Response {
    let line =
        "La personne qui vous demande ce mandat modifie son contrat. Rouvrez ce lien plus tard.";
    said("Ce mandat n’est pas prêt", &[line], StatusCode::CONFLICT)
}

fn euros(cents: i64) -> String {
    french::euros(Cents::new(cents))
}

fn grouped(iban: &str) -> String {
    Iban::read(iban).map(|iban| iban.masked()).unwrap_or_default()
}

pub(super) fn done(contracts: &Contracts, secret: &str, payer: &Payer) -> Response {
    let typed = payer.person.typed.as_ref();
    unkept(DonePage {
        form: Form::default(),
        secret: secret.to_owned(),
        insurer: contracts.core.documents.insurer().clone(),
        rum: payer.rum.clone(),
        account: typed.map(|typed| grouped(&typed.iban)).unwrap_or_default(),
        day: payer.person.day,
    })
}

/// What they typed comes back to their own browser, but for the account.
fn filled(mut form: Form, offered: &Offered) -> Form {
    if form.has("titulaire") {
        return form;
    }
    let person = &offered.payer.person;
    form.set("titulaire", person.name.clone());
    form.set("jour", person.day.to_string());
    form.set("pays", "France");
    if let Some(typed) = person.typed.as_ref().filter(|_| offered.is_theirs) {
        let Typed { name, street, postcode, city, country, day, .. } = typed;
        for (field, value) in [
            ("titulaire", name),
            ("voie", street),
            ("cp", postcode),
            ("commune", city),
            ("pays", country),
        ] {
            form.set(field, value.clone());
        }
        form.set("jour", day.to_string());
    }
    form
}

pub(super) fn form_page(
    contracts: &Contracts,
    secret: &str,
    offered: &Offered,
    form: Form,
) -> Response {
    let (day, cents) = offered.first;
    unkept(DebtorPage {
        form: filled(form, offered),
        secret: secret.to_owned(),
        by: offered.by.clone(),
        insurer: contracts.core.documents.insurer().clone(),
        rum: offered.payer.rum.clone(),
        first: format!("{} le {}", euros(cents), french::day(day)),
        most: euros(offered.most_cents),
        days: CHOICES,
    })
}

pub(super) fn to(secret: &str, path: &str) -> Response {
    Redirect::to(&format!("/m/{secret}{path}")).into_response()
}

pub(super) fn sign_page(
    (secret, offered): (&str, &Offered),
    ceremony: &Ceremony,
    form: Form,
    (told, is_sent): (String, bool),
) -> Response {
    let person = &offered.payer.person;
    let typed = person.typed.as_ref();
    let (day, cents) = offered.first;
    unkept(SignPage {
        form,
        secret: secret.to_owned(),
        holder: typed.map(|typed| typed.name.clone()).unwrap_or_default(),
        account: typed.map(|typed| grouped(&typed.iban)).unwrap_or_default(),
        day: typed.map_or(person.day, |typed| typed.day),
        first: format!("{} le {}", euros(cents), french::day(day)),
        size: ceremony.papers.first().map(|one| french::bytes(one.size)).unwrap_or_default(),
        email: Recipient::Email(person.email.clone()).masked(),
        consents: CONSENTS,
        told,
        is_sent,
        lot: ceremony.id.simple().to_string(),
    })
}

/// The page that says that the document is being made.
pub(super) fn preparing(secret: &str) -> Response {
    unkept(PreparingPage { form: Form::default(), secret: secret.to_owned() })
}
