//! Pages that only say something, and lead on.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::Frame;
use super::visit::{Stop, Visit};
use crate::platform::web::page::Sheet;

/// A sentence, and the way on.
#[derive(Template)]
#[template(path = "identity/notice.html")]
pub(super) struct NoticePage {
    pub(super) frame: Frame,
    pub(super) title: String,
    pub(super) sentence: String,
    /// Address and label.
    pub(super) way: (String, String),
}

impl Sheet for NoticePage {
    fn title(&self) -> &str {
        &self.title
    }

    fn locale(&self) -> crate::kernel::locale::Locale {
        self.frame.locale
    }

    fn area(&self) -> &str {
        &self.frame.area
    }

    fn accent(&self) -> &str {
        &self.frame.accent
    }
}

/// The login is over, or belongs to another browser.
pub(super) fn expired(visit: &Visit) -> Stop {
    let frame = visit.bare_frame();
    let page = NoticePage {
        title: frame.say("Cette page a expiré", "This page has expired").to_owned(),
        sentence: frame
            .say(
                "Une connexion dure une heure au plus et reste dans le même navigateur. Recommencez.",
                "A log-in lasts an hour at most and stays in one browser. Begin again.",
            )
            .to_owned(),
        way: (
            format!("{}/login", frame.base),
            frame.say("Se connecter", "Log in").to_owned(),
        ),
        frame: frame.clone(),
    };
    Stop::with(visit.show_as(StatusCode::GONE, page, &frame))
}

/// A form that is not one of ours, or older than its cookie.
pub(super) fn foreign(visit: &Visit) -> Stop {
    let frame = visit.bare_frame();
    let page = NoticePage {
        title: frame
            .say(
                "Ce formulaire ne vient pas de cette page",
                "This form does not come from this page",
            )
            .to_owned(),
        sentence: frame
            .say(
                "Rien n’a été fait. Rouvrez la page et recommencez.",
                "Nothing was done. Open the page again and start over.",
            )
            .to_owned(),
        way: (
            format!("{}/account", frame.base),
            frame.say("Rouvrir la page", "Open the page").to_owned(),
        ),
        frame: frame.clone(),
    };
    Stop::with(visit.show_as(StatusCode::FORBIDDEN, page, &frame))
}

/// A link that was used, or whose time is over, or that never was.
pub(super) fn used_link(visit: &Visit) -> Response {
    let frame = visit.bare_frame();
    let page = NoticePage {
        title: frame.say("Ce lien ne sert plus", "This link no longer works").to_owned(),
        sentence: frame
            .say(
                "Ce lien a déjà servi ou a expiré\u{a0}: demandez-en un nouveau.",
                "This link was used already or has expired: ask for another one.",
            )
            .to_owned(),
        way: (
            format!("{}/forgot", frame.base),
            frame.say("Demander un lien", "Ask for a link").to_owned(),
        ),
        frame: frame.clone(),
    };
    visit.show_as(StatusCode::GONE, page, &frame)
}

/// A link was asked for: the same words whether or not the address has an account.
pub(super) fn sent(visit: &Visit, frame: &Frame) -> Response {
    let if_known = frame.say(
        "Si cette adresse a un compte ici, un lien vient d’y partir. Il sert une fois, pendant 30 minutes.",
        "If this address has an account here, a link has just left for it. It works once, within 30 minutes.",
    );
    let if_not = frame.say(
        "Sinon, le message dit comment ouvrir un compte.",
        "If not, the message says how to open one.",
    );
    let sentence =
        if visit.pool.sign_up { format!("{if_known} {if_not}") } else { if_known.to_owned() };
    let page = NoticePage {
        title: frame.say("Regardez vos e-mails", "Look at your e-mails").to_owned(),
        sentence,
        way: (frame.to("login"), frame.say("Revenir à la connexion", "Back to log-in").to_owned()),
        frame: frame.clone(),
    };
    visit.show(page, frame)
}

/// The pool does not let people create their own account.
pub(super) fn no_sign_up(visit: &Visit) -> Stop {
    let frame = visit.bare_frame();
    let page = NoticePage {
        title: frame
            .say(
                "Les comptes de cet espace s’ouvrent sur invitation",
                "Accounts of this area are by invitation",
            )
            .to_owned(),
        sentence: frame
            .say(
                "Demandez la vôtre à votre interlocuteur.",
                "Ask the person you know here for yours.",
            )
            .to_owned(),
        way: (format!("{}/login", frame.base), frame.say("Se connecter", "Log in").to_owned()),
        frame: frame.clone(),
    };
    Stop::with(visit.show_as(StatusCode::NOT_FOUND, page, &frame))
}
