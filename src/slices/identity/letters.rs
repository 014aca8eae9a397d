//! The letters that identity sends, in French and in English. Words only: no decision, no sending.

use jiff::Timestamp;

use super::core::Core;
use super::model::Pool;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Problem;
use crate::platform::db::Connection;
use crate::platform::web::page::brand;
use crate::slices::messages::{Letter, Message, Recipient};

/// What is said.
pub(super) enum Said<'a> {
    /// Confirm the address of a new account: by a code, or by a link.
    Confirm { code: &'a str, link: &'a str },
    /// Somebody wanted an account for an address that has one.
    Already { login: &'a str, forgot: &'a str },
    /// Somebody lost the password of an address that has no account.
    Nobody { signup: &'a str },
    /// Choose another password.
    Reset { link: &'a str },
    /// Something was done to the account.
    Told(Told<'a>),
}

/// What was done to an account.
pub(super) enum Told<'a> {
    /// The password is another one.
    PasswordChanged,
    /// A login with another browser.
    NewDevice { agent: &'a str, address: &'a str },
    /// A second factor was added.
    FactorAdded,
    /// A second factor was removed.
    FactorRemoved,
    /// A recovery code was used; so many are left.
    RecoveryUsed { left: i64 },
    /// Another account was linked.
    AccountLinked { issuer: &'a str },
}

/// A letter to one person.
pub(super) struct Sending<'a> {
    /// Names what happened: one letter at most for each.
    pub(super) event: String,
    pub(super) to: &'a str,
    pub(super) locale: Locale,
    pub(super) said: Said<'a>,
    pub(super) expires: Option<Timestamp>,
}

/// Writes the letter in the caller's transaction.
pub(super) async fn send(
    core: &Core,
    connection: &mut Connection,
    pool: &Pool,
    sending: Sending<'_>,
) -> Result<(), Problem> {
    let message = Message {
        event: sending.event,
        to: Recipient::Email(sending.to.to_owned()),
        locale: sending.locale,
        letter: letter(&sending.said, pool.name(sending.locale), sending.locale),
        expires: sending.expires,
    };
    core.messages.post(connection, message).await?;
    Ok(())
}

fn letter(said: &Said<'_>, area: &str, locale: Locale) -> Letter {
    match locale {
        Locale::Fr => french(said, area),
        Locale::En => english(said, area),
    }
}

fn made(subject: String, paragraphs: &[&str]) -> Letter {
    Letter {
        short: subject.chars().take(150).collect(),
        subject,
        paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
        code: None,
        action: None,
    }
}

fn with_link(mut letter: Letter, label: &str, link: &str) -> Letter {
    letter.action = Some((label.to_owned(), link.to_owned()));
    letter
}

const NOT_YOU: &str = "Si ce n’est pas vous, choisissez tout de suite un autre mot de passe depuis la page \
    de connexion («\u{a0}Mot de passe oublié\u{a0}»), puis vérifiez vos appareils.";

fn french(said: &Said<'_>, area: &str) -> Letter {
    let brand = brand();
    match said {
        Said::Confirm { code, link } => {
            let mut letter = made(
                format!("{code} est votre code {brand}"),
                &[
                    "Vous avez demandé un compte. Tapez ce code dans la page restée ouverte, ou suivez le \
                     lien. Ils servent une fois, pendant 30 minutes.",
                    "Si ce n’est pas vous, ne faites rien\u{a0}: sans le code, aucun compte n’est ouvert.",
                ],
            );
            letter.code = Some((*code).to_owned());
            with_link(letter, "Confirmer mon adresse", link)
        }
        Said::Already { login, forgot } => with_link(
            made(
                format!("Vous avez déjà un compte {brand}"),
                &[
                    "Quelqu’un, vous sans doute, a demandé un compte pour cette adresse, qui en a déjà un. \
                     Connectez-vous avec votre mot de passe.",
                    &format!("Mot de passe oublié\u{a0}: {forgot}"),
                    "Si ce n’est pas vous, ne faites rien\u{a0}: votre compte n’a pas changé.",
                ],
            ),
            "Me connecter",
            login,
        ),
        Said::Nobody { signup } => with_link(
            made(
                format!("Aucun compte {brand} n’a cette adresse"),
                &[
                    "Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour cette adresse, qui \
                     n’a pas de compte. Si vous en avez un, il a une autre adresse.",
                    "Sinon, créez-le avec celle-ci\u{a0}: ce que vous avez commencé ou signé avec elle vous \
                     y attend.",
                    "Si ce n’est pas vous, ne faites rien\u{a0}: aucun compte n’est ouvert.",
                ],
            ),
            "Créer mon compte",
            signup,
        ),
        Said::Reset { link } => with_link(
            made(
                format!("Choisissez un nouveau mot de passe {brand}"),
                &[
                    "Suivez ce lien pour choisir un nouveau mot de passe. Il sert une fois, pendant \
                     30 minutes.",
                    "Si vous n’avez rien demandé, ne faites rien\u{a0}: votre mot de passe n’a pas changé.",
                ],
            ),
            "Choisir mon mot de passe",
            link,
        ),
        Said::Told(told) => french_told(told, area),
    }
}

fn french_told(told: &Told<'_>, area: &str) -> Letter {
    let brand = brand();
    let (subject, fact) = match told {
        Told::PasswordChanged => (
            format!("Votre mot de passe {brand} a changé"),
            format!(
                "Le mot de passe de votre compte ({area}) vient d’être changé. Vos autres appareils ont \
                 été déconnectés."
            ),
        ),
        Told::NewDevice { agent, address } => (
            format!("Nouvelle connexion à votre compte {brand}"),
            format!(
                "Quelqu’un vient de se connecter à votre compte ({area}) avec un appareil que nous ne \
                 connaissions pas\u{a0}: {agent}, depuis l’adresse {address}. Si c’est vous, il n’y a \
                 rien à faire."
            ),
        ),
        Told::FactorAdded => (
            "Une protection a été ajoutée à votre compte".to_owned(),
            format!("Votre compte ({area}) demande maintenant une deuxième preuve à la connexion."),
        ),
        Told::FactorRemoved => (
            "Une protection a été retirée de votre compte".to_owned(),
            format!(
                "Une deuxième preuve de connexion vient d’être retirée de votre compte ({area})."
            ),
        ),
        Told::AccountLinked { issuer } => (
            "Un autre compte a été relié au vôtre".to_owned(),
            format!(
                "Un compte de {issuer} vient d’être relié à votre compte ({area})\u{a0}: il ouvre \
                 désormais ce que le vôtre ouvre."
            ),
        ),
        Told::RecoveryUsed { left } => (
            "Un code de secours a servi".to_owned(),
            format!(
                "Quelqu’un s’est connecté à votre compte ({area}) avec un code de secours. Il vous en \
                 reste {left}."
            ),
        ),
    };
    made(subject, &[&fact, NOT_YOU])
}

const NOT_YOU_EN: &str = "If this was not you, choose another password now from the log-in page (“Forgotten \
    password”), then check your devices.";

fn english(said: &Said<'_>, area: &str) -> Letter {
    let brand = brand();
    match said {
        Said::Confirm { code, link } => {
            let mut letter = made(
                format!("{code} is your {brand} code"),
                &[
                    "You asked for an account. Type this code in the page that is still open, or follow the \
                     link. They work once, within 30 minutes.",
                    "If this was not you, do nothing: without the code no account is opened.",
                ],
            );
            letter.code = Some((*code).to_owned());
            with_link(letter, "Confirm my address", link)
        }
        Said::Already { login, forgot } => with_link(
            made(
                format!("You already have an account with {brand}"),
                &[
                    "Somebody, probably you, asked for an account with this address, which has one already. \
                     Log in with your password.",
                    &format!("Forgotten password: {forgot}"),
                    "If this was not you, do nothing: your account has not changed.",
                ],
            ),
            "Log in",
            login,
        ),
        Said::Nobody { signup } => with_link(
            made(
                format!("No {brand} account has this address"),
                &[
                    "Somebody, probably you, asked for another password for this address, which has no \
                     account. If you have one, it has another address.",
                    "If not, create it with this one: what you began or signed with it is there.",
                    "If this was not you, do nothing: no account is opened.",
                ],
            ),
            "Create my account",
            signup,
        ),
        Said::Reset { link } => with_link(
            made(
                format!("Choose a new {brand} password"),
                &[
                    "Follow this link to choose a new password. It works once, within 30 minutes.",
                    "If you asked for nothing, do nothing: your password has not changed.",
                ],
            ),
            "Choose my password",
            link,
        ),
        Said::Told(told) => english_told(told, area),
    }
}

fn english_told(told: &Told<'_>, area: &str) -> Letter {
    let brand = brand();
    match told {
        Told::PasswordChanged => made(
            format!("Your {brand} password has changed"),
            &[
                &format!(
                    "The password of your account ({area}) has just been changed. Your other devices \
                          were logged out."
                ),
                NOT_YOU_EN,
            ],
        ),
        Told::NewDevice { agent, address } => made(
            format!("New log-in to your {brand} account"),
            &[
                &format!(
                    "Somebody has just logged in to your account ({area}) with a device that we did not \
                          know: {agent}, from the address {address}."
                ),
                "If this was you, there is nothing to do.",
                NOT_YOU_EN,
            ],
        ),
        Told::FactorAdded => made(
            "A protection was added to your account".to_owned(),
            &[&format!("Your account ({area}) now asks for a second proof at log-in."), NOT_YOU_EN],
        ),
        Told::FactorRemoved => made(
            "A protection was removed from your account".to_owned(),
            &[&format!("A second proof was just removed from your account ({area})."), NOT_YOU_EN],
        ),
        Told::AccountLinked { issuer } => made(
            "Another account was linked to yours".to_owned(),
            &[
                &format!(
                    "An account of {issuer} has just been linked to your account ({area}): it now opens \
                          what yours opens."
                ),
                NOT_YOU_EN,
            ],
        ),
        Told::RecoveryUsed { left } => made(
            "A recovery code was used".to_owned(),
            &[
                &format!(
                    "Somebody logged in to your account ({area}) with a recovery code. You have {left} \
                          left."
                ),
                NOT_YOU_EN,
            ],
        ),
    }
}
