//! How long the journey takes somebody, computed from the pages as they are: a page that says more, or asks
//! one thing more, moves the figure, and the gate fails before anybody has to wait.
//!
//! The model is of keystrokes and reading (KLM on telephones): words at a speed, for each answer a thought,
//! a tap and its characters, 0.6 s for a value that is only shown, 15 s for an SMS, 15 % for mistakes.
//! Reading the PDFs and waiting for a person's decision are outside of it.

use super::signing::{prepared, program};
use super::{code, health, quote, somebody};
use crate::harness::app::App;
use crate::harness::surfer::{Seen, Surfer};

/// A sort of person.
struct Pace {
    words_per_minute: f64,
    characters_per_second: f64,
    tap: f64,
    thought: f64,
}

/// 230 words a minute, one finger at 29 words of five characters a minute.
const MEDIAN: Pace = Pace {
    words_per_minute: 230.0,
    characters_per_second: 29.0 * 5.0 / 60.0,
    tap: 1.1,
    thought: 1.35,
};

/// Who takes their time.
const SLOW: Pace = Pace {
    words_per_minute: 150.0,
    characters_per_second: 20.0 * 5.0 / 60.0,
    tap: 1.6,
    thought: 2.7,
};

/// Until the next page is there, on a telephone.
const ANSWER: f64 = 0.5;

const SMS: f64 = 15.0;

const MISTAKES: f64 = 1.15;

/// What one page asks of somebody.
#[derive(Default)]
struct Load {
    /// The page as it is sent: its bytes, and its elements.
    bytes: usize,
    nodes: usize,
    words: usize,
    shown: usize,
    typed: Vec<usize>,
    taps: usize,
    messages: usize,
}

impl Load {
    fn of(page: &Seen, answers: &[(&str, &str)]) -> Self {
        let main = page.body.split("<main").nth(1).and_then(|rest| rest.split("</main>").next());
        let main = open(main.expect("a main part"));
        let read = UNREAD.into_iter().fold(main.clone(), |text, part| without(&text, part));
        // Of a list, half is read before the answer is found.
        let mut load = Self {
            words: words(&read) - choices(&read) / 2,
            bytes: page.body.len(),
            nodes: page
                .body
                .split('<')
                .filter(|tag| tag.starts_with(|c: char| c.is_ascii_lowercase()))
                .count(),
            shown: main.matches("<dd").count(),
            ..Self::default()
        };
        for (name, value) in answers {
            let control = format!("name=\"{name}\"");
            let tag = main.split('<').find(|tag| tag.contains(&control));
            let Some(tag) = tag else { continue };
            let is_chosen = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            let is_there = !is_chosen && tag.contains(&format!("value=\"{value}\""));
            match (is_chosen, is_there) {
                (true, _) => load.typed.push(0),
                (false, false) => load.typed.push(value.chars().count()),
                // The page knows it already.
                (false, true) => {}
            }
        }
        load.taps += 1;
        load.messages += usize::from(answers.iter().any(|(name, _)| *name == "code"));
        load
    }

    fn seconds(&self, pace: &Pace) -> f64 {
        let number = |count: usize| f64::from(u32::try_from(count).expect("a page"));
        let typed: f64 = self
            .typed
            .iter()
            .map(|&length| pace.thought + pace.tap + number(length) / pace.characters_per_second)
            .sum();
        number(self.words) * 60.0 / pace.words_per_minute
            + number(self.shown) * 0.6
            + typed
            + number(self.taps) * (pace.tap + ANSWER)
            + number(self.messages) * SMS
    }
}

/// What nobody reads again on each page, what is there only after another answer, and values that are
/// shown: those have their own time.
const UNREAD: [(&str, &str); 7] = [
    // Ways out of the straight way.
    ("<button class=\"lien\"", "</button>"),
    ("<a class=\"retour\"", "</a>"),
    ("<p class=\"etape\"", "</p>"),
    ("<p class=\"note", "</p>"),
    ("<dl ", "</dl>"),
    ("<fieldset class=\"champ si-", "</fieldset>"),
    ("<div class=\"champ si-", "</div></div>"),
];

/// The text without these parts.
fn without(text: &str, (begins, ends): (&str, &str)) -> String {
    let mut parts = text.split(begins);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(ends).map_or("", |(_, rest)| rest))
}

/// A page as it is seen: without what is folded.
fn open(main: &str) -> String {
    let mut parts = main.split("<details");
    let mut seen = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (folded, rest) = part.split_once("</details>").expect("it is closed");
        let summary = folded.split("<summary>").nth(1).and_then(|it| it.split("</summary>").next());
        seen.push_str(summary.unwrap_or_default());
        seen.push_str(rest);
    }
    seen
}

fn words(main: &str) -> usize {
    let outside = main.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text));
    outside
        .flat_map(str::split_whitespace)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
}

/// Words of the radios of a page.
fn choices(main: &str) -> usize {
    let radios = main.split("type=\"radio\"").skip(1);
    radios
        .filter_map(|rest| rest.split_once("</label>").map(|(own, _)| words(&format!("<{own}"))))
        .sum()
}

/// A journey that is timed as it goes.
struct Timed<'a> {
    app: &'a App,
    surfer: Surfer,
    loads: Vec<(String, Load)>,
}

impl Timed<'_> {
    async fn answer(&mut self, page: &Seen, answers: &[(&str, &str)]) -> Seen {
        self.loads.push((page.heading(), Load::of(page, answers)));
        super::fill(&mut self.surfer, page, answers).await
    }

    /// From «Souscrire» to «C’est signé».
    async fn whole(&mut self, year: &str) {
        let who = somebody("temps");
        let quote = quote(self.app, year, "150000").await;
        let page = self.surfer.open(&format!("{quote}/suite")).await;
        let typed = [("email", "camille.martin@exemple.fr"), ("mobile", "06 12 34 56 78")];
        self.loads.push((page.heading(), Load::of(&page, &typed)));
        let contact = [("email", who.0.as_str()), ("mobile", &who.1)];
        let page = super::fill(&mut self.surfer, &page, &contact).await;
        let sms = code(self.app, &who.1).await;
        let mut page = self.answer(&page, &[("code", &sms)]).await;
        let steps: [&[(&str, &str)]; 5] = [
            &[("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")],
            &[("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")],
            &[("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")],
            &[
                ("banque", "Banque du Nord"),
                ("objet", "residence_principale"),
                ("echeance_m", "1"),
                ("echeance_a", "2027"),
            ],
            &[("quotite_1", "100"), ("franchise", "90")],
        ];
        for answers in steps {
            page = self.answer(&page, answers).await;
        }
        if page.heading() == "Quelques questions sur votre santé" {
            page = self.answer(&page, &[("action", "accepter")]).await;
            let declaration: Vec<_> = health(&[]).into_iter().collect();
            page = self.answer(&page, &declaration).await;
        }
        if page.heading() == "Aucune question de santé" {
            page = self.answer(&page, &[("action", "continuer")]).await;
        }
        page = self.answer(&page, &[("lu", "oui")]).await;
        let account = [
            ("titulaire", "Camille Martin"),
            ("iban", "FR7630006000011234567890189"),
            ("jour", "10"),
        ];
        page = self.answer(&page, &account).await;
        assert_eq!(page.heading(), "Signer", "{}", page.body);
        page = prepared(&mut self.surfer, page).await;
        self.loads.push((page.heading(), Load::of(&page, &[("code", "123456")])));
    }

    fn minutes(&self, pace: &Pace) -> f64 {
        let all: f64 = self.loads.iter().map(|(_, load)| load.seconds(pace)).sum();
        all * MISTAKES / 60.0
    }

    fn said(&self, pace: &Pace) -> String {
        let lines = self.loads.iter().map(|(heading, load)| {
            format!(
                "{heading}: {:.0} s, {} words, {} answers",
                load.seconds(pace),
                load.words,
                load.typed.len()
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Minutes at this pace, the quote among them: 80 s of the median by the same model (simulator and price).
async fn takes(app: &App, year: &str, pace: &Pace) -> (f64, String) {
    let mut timed = Timed { app, surfer: Surfer::new(app), loads: Vec::new() };
    timed.whole(year).await;
    let quote = 80.0 / 60.0 * if pace.tap > MEDIAN.tap { 1.6 } else { 1.0 };
    (timed.minutes(pace) + quote, timed.said(pace))
}

/// Words that are read from the contact to the signature, on the path without a question and on the other.
const WORDS: [usize; 2] = [600, 800];

/// Bytes and elements of one page.
const BYTES: usize = 60_000;
const NODES: usize = 900;

#[tokio::test]
async fn what_is_read_stays_little_and_pages_stay_light() {
    let app = program().await;
    for (year, most) in PATHS.into_iter().zip(WORDS) {
        let mut timed = Timed { app: &app, surfer: Surfer::new(&app), loads: Vec::new() };
        timed.whole(year).await;
        let read: usize = timed.loads.iter().map(|(_, load)| load.words).sum();
        assert!(read <= most, "{read} words of {most}\n{}", timed.said(&MEDIAN));
        for (heading, load) in &timed.loads {
            assert!(load.bytes <= BYTES, "{heading}: {} bytes", load.bytes);
            assert!(load.nodes <= NODES, "{heading}: {} elements", load.nodes);
        }
    }
}

/// A year of birth on the path without a question, and one with the short declaration.
const PATHS: [&str; 2] = ["1992", "1985"];

#[tokio::test]
async fn the_journey_without_a_question_stays_short_for_the_median_person() {
    let app = program().await;
    let (took, said) = takes(&app, PATHS[0], &MEDIAN).await;
    assert!(took <= 7.5, "{took:.2} minutes of 7.5\n{said}");
}

#[tokio::test]
async fn every_journey_stays_short_for_everybody() {
    let app = program().await;
    for (pace, limits) in [(&MEDIAN, [7.5, 9.0]), (&SLOW, [11.0, 13.5])] {
        for (year, most) in PATHS.into_iter().zip(limits) {
            let (took, said) = takes(&app, year, pace).await;
            assert!(took <= most, "{took:.2} minutes of {most}\n{said}");
        }
    }
}
