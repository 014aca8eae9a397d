//! A sample of every page, in both languages, with and without answers to correct, rendered and linted.

use askama::Template;

use super::account::AccountPage;
use super::consents::{ConsentPage, ConsentRow, ConsentsPage};
use super::factors::{FactorRow, FactorsPage};
use super::forgot::{ForgotPage, ResetPage};
use super::frame::Frame;
use super::links::{LinkedRow, LinksPage};
use super::login::LoginPage;
use super::logout::LogoutPage;
use super::mfa::MfaPage;
use super::notice::NoticePage;
use super::passkey::PasskeyPage;
use super::passwords::PasswordPage;
use super::qr::picture;
use super::sessions::{SessionRow, SessionsPage};
use super::setup::{CodesPage, SetupPage};
use super::signup::{CodePage, ConfirmPage, SignUpPage};
use crate::kernel::locale::Locale;
use crate::platform::web::form::Form;
use crate::platform::web::lint;

fn frame(locale: Locale, login: &str) -> Frame {
    let frame = Frame { locale, ..Frame::default() };
    Frame {
        area: frame.say("Espace client", "Customer area").to_owned(),
        accent: "#0f6e5b".to_owned(),
        base: "/pools/clients".to_owned(),
        word: "0123456789abcdef".to_owned(),
        login: login.to_owned(),
        switch: "/pools/clients/login?lang=en".to_owned(),
        told: frame.say("C’est enregistré.", "Saved.").to_owned(),
        ..frame
    }
}

fn wrong(fields: &[&str]) -> Form {
    let mut form = Form::new([("email", "camille@exemple.fr"), ("locale", "fr")]);
    for field in fields {
        form.refuse(field, "À corriger");
    }
    form
}

/// The pages of a login, then those of an account.
fn login_pages(frame: &Frame, form: &dyn Fn(&[&str]) -> Form) -> Vec<String> {
    let f = || frame.clone();
    let text = |page: askama::Result<String>| page.expect("it renders");
    let link = || "x".repeat(43);
    let email = || "camille@exemple.fr".to_owned();
    let mfa = |recovery| MfaPage {
        frame: f(),
        form: form(&["code"]),
        recovery,
        totp: true,
        passkeys: true,
    };
    let passkey = |act, named| PasskeyPage {
        frame: f(),
        form: form(&[]),
        action: "/pools/clients/passkey".to_owned(),
        act,
        options: "{\"publicKey\":{\"challenge\":\"abc\"}}".to_owned(),
        named,
        back: ("/pools/clients/login".to_owned(), "Retour".to_owned()),
    };
    let login = LoginPage {
        frame: f(),
        form: form(&["email", "password"]),
        client: "Simulateur Dupont".to_owned(),
        sign_up: true,
        passkeys: true,
    };
    let setup = SetupPage {
        frame: f(),
        form: form(&["code"]),
        action: "/pools/clients/setup".to_owned(),
        factor: String::new(),
        qr: picture("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP").expect("a picture"),
        secret: "JBSW Y3DP EHPK 3PXP".to_owned(),
        first: true,
        passkeys: true,
        other: "/pools/clients/passkey".to_owned(),
    };
    let fields = ["email", "password", "given_name", "family_name"];
    vec![
        text(login.render()),
        text(SignUpPage { frame: f(), form: form(&fields) }.render()),
        text(CodePage { frame: f(), form: form(&["code"]), email: email() }.render()),
        text(ConfirmPage { frame: f(), link: link() }.render()),
        text(ForgotPage { frame: f(), form: form(&["email"]) }.render()),
        text(
            ResetPage { frame: f(), form: form(&["password"]), link: link(), email: email() }
                .render(),
        ),
        text(mfa(false).render()),
        text(mfa(true).render()),
        text(setup.render()),
        text(passkey("get", false).render()),
        text(passkey("create", true).render()),
        text(notice(frame).render()),
        text(
            ConsentPage { frame: f(), client: "Simulateur Dupont".to_owned(), scopes: scopes() }
                .render(),
        ),
    ]
}

fn notice(frame: &Frame) -> NoticePage {
    NoticePage {
        frame: frame.clone(),
        title: "Regardez vos e-mails".to_owned(),
        sentence: "Un lien vient de partir.".to_owned(),
        way: ("/pools/clients/login".to_owned(), "Revenir".to_owned()),
    }
}

fn scopes() -> Vec<String> {
    vec!["Lire vos devis".to_owned()]
}

fn consent() -> ConsentRow {
    ConsentRow {
        id: "id".to_owned(),
        name: "Simulateur Dupont".to_owned(),
        scopes: scopes(),
        since: "Accord donné hier".to_owned(),
    }
}

fn linked() -> LinkedRow {
    LinkedRow {
        id: "id".to_owned(),
        issuer: "accounts.exemple.fr".to_owned(),
        subject: "7d9f2c".to_owned(),
        since: "Relié hier".to_owned(),
    }
}

fn account_pages(frame: &Frame, form: &dyn Fn(&[&str]) -> Form) -> Vec<String> {
    let f = || frame.clone();
    let text = |page: askama::Result<String>| page.expect("it renders");
    let email = || "camille@exemple.fr".to_owned();
    let names = ["given_name", "family_name"];
    let row = |current| SessionRow {
        id: format!("id-{current}"),
        name: "Firefox".to_owned(),
        detail: "Depuis hier".to_owned(),
        current,
    };
    let factor = FactorRow {
        id: "id".to_owned(),
        name: "Application de codes".to_owned(),
        detail: "Ajoutée hier".to_owned(),
    };
    let codes = vec!["7K2M-QX0P-94TD-HB3R".to_owned(); 10];
    let factors = |rows| FactorsPage { frame: f(), form: form(&[]), rows, passkeys: true, left: 9 };
    vec![
        text(
            AccountPage {
                frame: f(),
                form: form(&names),
                email: email(),
                protected: true,
                has_area: true,
            }
            .render(),
        ),
        text(
            PasswordPage { frame: f(), form: form(&["current", "password"]), email: email() }
                .render(),
        ),
        text(factors(vec![factor]).render()),
        text(factors(Vec::new()).render()),
        text(SessionsPage { frame: f(), rows: vec![row(true), row(false)] }.render()),
        text(ConsentsPage { frame: f(), rows: vec![consent()] }.render()),
        text(ConsentsPage { frame: f(), rows: Vec::new() }.render()),
        text(LinksPage { frame: f(), rows: vec![linked()] }.render()),
        text(LinksPage { frame: f(), rows: Vec::new() }.render()),
        text(LogoutPage { frame: f(), email: email() }.render()),
        text(CodesPage { frame: f(), codes, way: "/pools/clients/account".to_owned() }.render()),
    ]
}

#[test]
fn every_page_is_sound_in_both_languages_and_states() {
    let mut count = 0;
    for locale in [Locale::Fr, Locale::En] {
        for form in [&|_: &[&str]| Form::default(), &wrong as &dyn Fn(&[&str]) -> Form] {
            let login = frame(locale, "l0g1n");
            let own = frame(locale, "");
            for page in login_pages(&login, form).into_iter().chain(account_pages(&own, form)) {
                lint::check(&page);
                assert!(page.contains(&format!("<html lang=\"{locale}\">")));
                assert!(page.contains("#0f6e5b"), "the band");
                count += 1;
            }
        }
    }
    assert_eq!(count, 96);
}

#[test]
fn a_page_fits_into_its_budget() {
    for page in login_pages(&frame(Locale::Fr, "l0g1n"), &wrong) {
        assert!(page.len() < 24 * 1024, "{} bytes", page.len());
    }
}
