//! The journey typed as fast as the median person types on a telephone, reading each page first: the pace of
//! the model of time (`tests/it/dossiers/time.rs`), in a real browser. Waits of a person are divided by
//! [`SCALE`] and counted whole; what the machine takes is added as it is.

use std::time::{Duration, Instant};

use super::house::House;
use super::people::{Answers, CAMILLE, LOAN, ON, PROTECTED, RECAP};

/// Ten minutes, from the first question to the signature.
const PROMISE: Duration = Duration::from_secs(600);

/// Nobody waits for a person here in whole.
const SCALE: u32 = 20;

/// 230 words a minute; one finger at 29 words of five characters a minute.
const WORD: Duration = Duration::from_millis(60_000 / 230);
const CHARACTER: Duration = Duration::from_millis(60_000 / (29 * 5));
const THOUGHT: Duration = Duration::from_millis(1350);
const TAP: Duration = Duration::from_millis(1100);
const SMS: Duration = Duration::from_secs(15);

/// Words of the main part that show, without ways out and what stands in the folds.
const WORDS: &str = "const main = document.querySelector('main').cloneNode(true); \
    main.querySelectorAll('details > :not(summary), .note, .lien, .retour, dl').forEach(one => one.remove()); \
    return main.textContent.split(/\\s+/).filter(word => /[\\p{L}\\p{N}]/u.test(word)).length";

/// Somebody at the telephone, and how long they have taken.
struct Typist {
    house: House,
    took: Duration,
}

impl Typist {
    /// A person takes so long: a part of it is waited for, all of it is counted.
    async fn takes(&mut self, time: Duration) {
        tokio::time::sleep(time / SCALE).await;
        self.took += time - time / SCALE;
    }

    /// Reads the page, answers key by key, and goes on to the one with this heading.
    async fn answer(&mut self, answers: &Answers<'_>, button: &str, then: &str) {
        let words: u32 = self.house.ask(WORDS).await;
        self.takes(WORD * words).await;
        for (name, value) in answers {
            self.takes(THOUGHT + TAP).await;
            let radio = format!("[name={name}][value='{value}']");
            if self.house.browser.find(thirtyfour::By::Css(&radio)).await.is_ok() {
                self.house.choose(name, value).await;
                continue;
            }
            let control = self.house.find(&format!("[name={name}]")).await;
            control.clear().await.expect("empties");
            for key in value.chars() {
                control.send_keys(key.to_string()).await.expect("types");
                self.takes(CHARACTER).await;
            }
        }
        self.takes(TAP).await;
        self.house.press(button).await;
        self.house.sees("h1", then).await;
    }
}

#[tokio::test]
#[ignore = "a measurement: judges by the time it takes, on a machine that has nothing else to do"]
async fn the_journey_typed_by_the_median_person_takes_less_than_ten_minutes() {
    let house = House::open().await;
    house.width(360).await;
    house.go("/simuler").await;
    let began = Instant::now();
    let mut one = Typist { house, took: Duration::ZERO };
    let price = [
        ("projet", "nouveau"),
        ("capital", "150000"),
        ("duree", "20"),
        ("taux", "3,45"),
        ("naissance_j", "27"),
        ("naissance_m", "3"),
        ("naissance_a", CAMILLE.birth_year),
        ("fumeur", "non"),
    ];
    one.answer(&price, "form > .bouton", "Votre prix").await;
    one.answer(&[], ".prix .bouton", "Où vous joindre").await;
    let contact = [("email", CAMILLE.email), ("mobile", CAMILLE.mobile)];
    one.answer(&contact, ON, "Le code reçu par SMS").await;
    one.takes(SMS).await;
    let code = one.house.code(CAMILLE.mobile, "").await;
    one.answer(&[("code", &code)], ON, "Qui êtes-vous").await;
    let names = [("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")];
    one.answer(&names, ON, "Où habitez-vous").await;
    let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
    one.answer(&address, ON, "Votre travail").await;
    let work = [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];
    one.answer(&work, ON, "Votre prêt").await;
    one.answer(LOAN, ON, "Vos garanties").await;
    let cover = [("quotite_1", "100"), ("franchise", "90")];
    one.answer(&cover, ON, PROTECTED).await;
    one.answer(&[], ON, RECAP).await;
    one.house.press("#lu").await;
    one.answer(&[], ON, "Le compte à prélever").await;
    let account = [("iban", "FR7630006000011234567890189"), ("jour", "10")];
    one.answer(&account, ON, "Signer").await;
    one.house.prepared().await;
    one.takes(SMS).await;
    let old = code;
    one.answer(&[], "form[action$='/signature/code'] .bouton", "Signer").await;
    let code = one.house.code(CAMILLE.mobile, &old).await;
    one.answer(&[("code", &code)], "form[action$='/signature'] .bouton", "C’est signé").await;
    let whole = one.took + began.elapsed();
    one.house.close().await;
    assert!(whole < PROMISE, "{whole:?} from the first question to the signature");
}
