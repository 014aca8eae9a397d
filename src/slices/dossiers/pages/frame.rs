//! What every page of the journey has around its question: the way back, the step, what moved, the
//! foot; and the pages that only say something.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::model::{Anew, Dossier, DossierId, Health, Insured, Renewal, Why};
use super::cover::LIMITED;
use super::guest::Guest;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, Sheet};

/// The six steps: their number never changes with the path.
const STEPS: [&str; 6] = ["contact", "vous", "prêt", "garanties", "santé", "signature"];

/// Paris, whose clock people read.
const PARIS: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// Around a question.
pub struct Frame {
    /// The heading.
    pub title: String,
    /// From 1; 0 outside the steps.
    pub step: usize,
    /// Address of the page before.
    pub back: String,
    /// `/d/{id}`.
    pub base: String,
    /// Of the dossier, as the page shows it.
    pub version: u32,
    /// Word of the forms of this session.
    pub word: String,
    /// «14 h 32», once something was saved.
    pub saved: String,
    /// «15 h 04».
    pub until: String,
    /// Seconds until then.
    pub lasts_s: u64,
    /// A price that moved.
    pub notice: String,
    /// Answers saved from another window.
    pub conflict: String,
    /// What was typed.
    pub form: Form,
}

impl Frame {
    /// The frame of a page of this guest.
    pub fn new(guest: &Guest, title: &str, step: usize, back: &str, form: Form) -> Self {
        let dossier = &guest.dossier;
        let base = format!("/d/{}", dossier.id);
        let saved = dossier.answers.saved_at.as_deref();
        let saved = saved.and_then(|at| at.parse().ok()).map_or_else(String::new, hour);
        Self {
            title: title.to_owned(),
            step,
            back: if back.is_empty() { base.clone() } else { format!("{base}/{back}") },
            base,
            version: dossier.version,
            word: guest.word.clone(),
            saved,
            until: hour(guest.visit.ends_at),
            lasts_s: guest.visit.lasts.as_secs(),
            notice: again(guest).unwrap_or_else(|| notice(dossier)),
            conflict: String::new(),
            form,
        }
    }

    /// The same without what moved before: the page is about what may move next.
    pub(super) fn silent(mut self) -> Self {
        self.notice.clear();
        self
    }

    /// The name of a step.
    pub fn step_name(&self, step: usize) -> &'static str {
        step.checked_sub(1).and_then(|place| STEPS.get(place)).copied().unwrap_or("")
    }

    /// «Étape 2 sur 6 : vous».
    pub fn step_line(&self) -> String {
        format!("Étape {} sur 6\u{a0}: {}", self.step, self.step_name(self.step))
    }
}

/// An hour as it is read in Paris: «14 h 32».
pub(super) fn hour(at: Timestamp) -> String {
    let zone = TimeZone::posix(PARIS).unwrap_or(TimeZone::UTC);
    let at = at.to_zoned(zone);
    format!("{}\u{a0}h\u{a0}{:02}", at.hour(), at.minute())
}

/// A day as it is read in Paris.
pub(super) fn day(at: Timestamp) -> String {
    french::day_of_moment(&at.to_string()).unwrap_or_default()
}

/// Declarations of health are asked for again: who reads it is told of their own alone.
fn again(guest: &Guest) -> Option<String> {
    let dossier = &guest.dossier;
    let again = dossier.answers.again?;
    let is_asked = |one: &&Insured| one.health == Health::Asked;
    dossier.insured.iter().find(is_asked)?;
    let is_own = dossier.at(guest.place).filter(is_asked).is_some();
    let mut words = if is_own {
        "Votre déclaration de santé a plus de six mois\u{a0}: les mêmes questions vous sont posées de nouveau."
    } else {
        "Des réponses de ce dossier ont plus de six mois\u{a0}: elles sont demandées de nouveau."
    }
    .to_owned();
    if again.is_void {
        words.push_str(" Ce qui était signé ne compte plus.");
    }
    Some(words)
}

/// What moved, and what is to be done once more because of it.
fn notice(dossier: &Dossier) -> String {
    if let Some(renewal) = &dossier.answers.renewal {
        return renewed(renewal);
    }
    let words = moved(dossier);
    let anew = match dossier.answers.anew.filter(|_| dossier.state.is_offered()) {
        None => return words,
        Some(Anew::Reading) => {
            "Vos documents ont changé\u{a0}: relisez-les, puis cochez de nouveau."
        }
        Some(Anew::Signature) => {
            "Ce qui était signé ne compte plus\u{a0}: relisez, puis signez les nouveaux documents."
        }
    };
    format!("{words} {anew}").trim_start().to_owned()
}

/// «Le prix passe de … à …».
fn moved(dossier: &Dossier) -> String {
    let Some(moved) = dossier.answers.notice else { return amends(dossier) };
    let euros = |cents| french::euros(Cents::new(cents));
    let balance = moved.balance.map(|[before, now]| {
        let round = |cents| french::euros_round(Cents::new(cents));
        format!(
            "ce qu’il reste à rembourser au début de l’assurance passe de {} à {}",
            round(before),
            round(now)
        )
    });
    let why = match (moved.why, balance) {
        _ if moved.is_limited => LIMITED.to_owned(),
        (_, Some(balance)) => balance,
        // Whose work it is, the other borrower who reads this is not told.
        (Why::Work, None) => {
            "il tient compte du travail et des loisirs qui ont été indiqués".to_owned()
        }
        (Why::Loan, None) => "votre prêt n’est pas celui que nous supposions".to_owned(),
        (Why::Loans, None) => "ce qu’il faut assurer a changé".to_owned(),
        (Why::Guarantees, None) => "vos garanties ont changé".to_owned(),
    };
    if let Some([before, now]) = moved.total {
        let (before, now) = (euros(before), euros(now));
        return format!("Le coût total de l’assurance passe de {before} à {now}\u{a0}: {why}.");
    }
    if moved.now_cents == moved.before_cents {
        return format!("{}.", french::capitalised(&why));
    }
    format!(
        "Le prix du premier mois passe de {} à {}\u{a0}: {why}.",
        euros(moved.before_cents),
        euros(moved.now_cents)
    )
}

/// What a dossier is for that follows a lender's refusal.
fn amends(dossier: &Dossier) -> String {
    let Some(it) = &dossier.answers.amends else { return String::new() };
    let mut words = format!("La banque a refusé le contrat {}", it.contract);
    if !it.why.is_empty() {
        words.push_str("\u{a0}: ");
        words.push_str(&it.why);
    }
    words.push_str(". Le nouveau contrat le remplace quand il est signé.");
    words
}

/// What time has changed of an offer.
fn renewed(it: &Renewal) -> String {
    let euros = |cents| french::euros(Cents::new(cents));
    let begins = it.begins.map(french::day);
    let mut words = if it.before_cents == it.now_cents {
        match begins {
            Some(day) => format!("Votre assurance commence maintenant le {day}, au même prix."),
            None => "Votre devis avait expiré\u{a0}: le nouveau est au même prix.".to_owned(),
        }
    } else {
        let why = begins.map_or_else(
            || "votre devis avait expiré".to_owned(),
            |day| format!("votre assurance commence maintenant le {day}"),
        );
        let (before, now) = (euros(it.before_cents), euros(it.now_cents));
        format!("Le prix du premier mois passe de {before} à {now}\u{a0}: {why}.")
    };
    if it.is_limited {
        words.push(' ');
        words.push_str(&french::capitalised(LIMITED));
        words.push('.');
    }
    if it.is_void {
        words.push_str(" Ce qui était signé ne compte plus\u{a0}: relisez, puis signez les nouveaux documents.");
    }
    words
}

/// Gives a page its title and says whether answers are to be corrected.
macro_rules! sheets {
    ($($name:ident),+) => {$(
        impl crate::platform::web::page::Sheet for $name {
            fn title(&self) -> &str {
                &self.frame.title
            }

            fn is_refused(&self) -> bool {
                self.frame.form.is_refused()
            }
        }
    )+};
}

/// The same of a page whose price follows the answers.
macro_rules! live_sheets {
    ($($name:ident),+) => {$(
        impl crate::platform::web::page::Sheet for $name {
            fn title(&self) -> &str {
                &self.frame.title
            }

            fn is_refused(&self) -> bool {
                !self.frame.form.is_sound()
            }

            fn is_live(&self) -> bool {
                true
            }
        }
    )+};
}

pub(super) use {live_sheets, sheets};

/// A page that only says something, with where to go next.
#[derive(Template)]
#[template(path = "dossiers/notice.html")]
pub(super) struct Notice {
    title: String,
    lines: Vec<String>,
    /// Label and address of a link.
    link: Option<(String, String)>,
    /// Label and address of a form without a question.
    act: Option<(String, String)>,
}

impl Sheet for Notice {
    fn title(&self) -> &str {
        &self.title
    }
}

impl Notice {
    pub(super) fn new(title: &str, lines: &[&str]) -> Self {
        let lines = lines.iter().map(|&line| line.to_owned()).collect();
        Self { title: title.to_owned(), lines, link: None, act: None }
    }

    pub(super) fn link(mut self, label: &str, address: &str) -> Self {
        self.link = Some((label.to_owned(), address.to_owned()));
        self
    }

    pub(super) fn act(mut self, label: &str, address: &str) -> Self {
        self.act = Some((label.to_owned(), address.to_owned()));
        self
    }

    /// The answer with another status.
    pub(super) fn status(self, status: StatusCode) -> Response {
        Page::new(self).status(status).cache(CachePolicy::Never).into_response()
    }

    /// No session: the same words whether the dossier exists or not.
    pub(super) fn over(id: DossierId) -> Self {
        Self::new(
            "Votre session est terminée",
            &[
                "Vos réponses sont enregistrées. Pour revenir à votre dossier, demandez un lien.",
                "Le lien part à l’adresse e-mail du dossier.",
            ],
        )
        .act("Recevoir le lien par e-mail", &format!("/d/{id}/lien"))
    }

    /// The same after a form that is kept.
    pub(super) fn kept(id: DossierId) -> Self {
        Self::new(
            "Votre session est terminée",
            &[
                "Vos réponses sont gardées 20\u{a0}minutes. Demandez un lien pour les reprendre ici.",
                "Le lien part à l’adresse e-mail du dossier. Ouvrez-le sur cet appareil.",
            ],
        )
        .act("Recevoir le lien par e-mail", &format!("/d/{id}/lien"))
    }

    /// A form of another site, or of a session that is gone.
    pub(super) fn foreign() -> Self {
        Self::new(
            "Nous n’avons pas pris cette réponse",
            &[
                "Le formulaire ne vient pas de cette session. Revenez à votre dossier et recommencez.",
            ],
        )
    }
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        self.status(StatusCode::OK)
    }
}

/// What is signed is read elsewhere.
pub(super) fn signed(dossier: &Dossier) -> Response {
    let line = format!("Dossier {}.", dossier.number());
    Notice::new(
        "Votre contrat est signé",
        &["Ces réponses ne peuvent plus être modifiées ici.", &line],
    )
    .link("Ouvrir mes documents", &format!("/d/{}/fin", dossier.id))
    .into_response()
}

/// A page that nobody keeps.
pub(super) fn unkept<T: Template + Sheet>(page: T) -> Response {
    Page::new(page).cache(CachePolicy::Never).into_response()
}
