//! What the journeys of the subscription share: people with a telephone, and pages as they fill them in.

use serde_json::Value;
use thirtyfour::Key;

use super::house::House;

/// Somebody: their address and their number.
pub(crate) struct Somebody {
    pub(crate) email: &'static str,
    pub(crate) mobile: &'static str,
    pub(crate) given_name: &'static str,
    pub(crate) birth_year: &'static str,
}

/// Whom the law protects: the loan ends before sixty, below the threshold.
pub(crate) const CAMILLE: Somebody = Somebody {
    email: "camille@exemple.fr",
    mobile: "06 12 34 56 78",
    given_name: "Camille",
    birth_year: "1992",
};

/// Who gives the short declaration: the loan ends after sixty.
pub(crate) const NORA: Somebody = Somebody {
    email: "nora@exemple.fr",
    mobile: "06 98 76 54 32",
    given_name: "Nora",
    birth_year: "1985",
};

/// The page before the signature, and the one before it of whom the law protects.
pub(crate) const RECAP: &str = "Vérifiez avant de signer";
pub(crate) const PROTECTED: &str = "Aucune question de santé";

/// The main button of a page.
pub(crate) const ON: &str = "form.formulaire .bouton";

/// What is typed and chosen on a page: names of controls with a text, or with the value of a radio.
pub(crate) type Answers<'a> = [(&'a str, &'a str)];

/// The loan that everybody takes.
pub(crate) const LOAN: &Answers<'_> = &[
    ("banque", "Banque du Nord"),
    ("objet", "residence_principale"),
    ("echeance_m", "1"),
    ("echeance_a", "2027"),
];

impl House {
    /// A price for these people, 150 000 € over twenty years, and on to the contact.
    pub(crate) async fn price(&self, people: &[&Somebody]) {
        self.go("/simuler").await;
        if people.len() > 1 {
            self.press("[name=action][value=deux]").await;
            self.sees("main", "La deuxième personne").await;
        }
        self.choose("projet", "nouveau").await;
        for (name, text) in [("capital", "150 000"), ("duree", "20"), ("taux", "3,45")] {
            self.fill(name, text).await;
        }
        for (place, one) in people.iter().enumerate() {
            let part = if place == 0 { String::new() } else { (place + 1).to_string() };
            self.fill(&format!("naissance{part}_j"), "27").await;
            self.fill(&format!("naissance{part}_m"), "3").await;
            self.fill(&format!("naissance{part}_a"), one.birth_year).await;
            self.choose(&format!("fumeur{part}"), "non").await;
            if people.len() > 1 {
                self.fill(&format!("part{}", place + 1), "100").await;
            }
        }
        self.press("form > .bouton").await;
        self.sees("h1", "Votre prix").await;
        self.press(".prix .bouton").await;
        self.sees("h1", "Où vous joindre").await;
    }

    /// Fills in a page and goes on to the one with this heading.
    pub(crate) async fn answer(&self, answers: &Answers<'_>, then: &str) {
        for (name, value) in answers {
            let radio = format!("[name={name}][value='{value}']");
            if self.browser.find(thirtyfour::By::Css(&radio)).await.is_ok() {
                self.choose(name, value).await;
            } else {
                self.fill(name, value).await;
            }
        }
        self.press(ON).await;
        if then == RECAP {
            self.protected().await;
        }
        self.sees("h1", then).await;
    }

    /// Whom the law protects reads so before the recap, and goes on.
    pub(crate) async fn protected(&self) {
        let is_there = async || {
            let heading = self.text("h1").await?;
            [RECAP, PROTECTED].contains(&heading.as_str()).then_some(heading)
        };
        if self.eventually("the page of health or the recap", is_there).await == PROTECTED {
            self.press(ON).await;
        }
    }

    /// The contact and the code, to the first page of the dossier.
    pub(crate) async fn reach(&self, who: &Somebody, together: &Answers<'_>) {
        let contact = [("email", who.email), ("mobile", who.mobile)];
        self.answer(&[&contact[..], together].concat(), "Le code reçu par SMS").await;
        let code = self.code(who.mobile, "").await;
        self.answer(&[("code", &code)], "Qui êtes-vous").await;
    }

    /// Who, where, what: to the page with this heading.
    pub(crate) async fn introduce(&self, who: &Somebody, then: &str) {
        let names = [("prenom", who.given_name), ("nom", "Martin"), ("lieu", "Lille, France")];
        self.answer(&names, "Où habitez-vous").await;
        let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
        self.answer(&address, "Votre travail et vos loisirs").await;
        let work = [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];
        self.answer(&work, then).await;
    }

    /// The loan and the guarantees, to the page with this heading.
    pub(crate) async fn borrow(&self, shares: &Answers<'_>, then: &str) {
        self.answer(LOAN, "Vos garanties").await;
        self.answer(&[shares, &[("franchise", "90")]].concat(), then).await;
    }

    /// From the recap to the page of the documents, once they are made.
    pub(crate) async fn prepare(&self, who: &Somebody) {
        self.press("#lu").await;
        self.press(ON).await;
        self.sees("h1", "Le compte à prélever").await;
        let account = [
            ("titulaire", &*format!("{} Martin", who.given_name)),
            ("iban", "FR76 3000 6000 0112 3456 7890 189"),
            ("jour", "10"),
        ];
        self.answer(&account, "Signer").await;
        self.prepared().await;
    }

    /// Presses «Actualiser» until the documents are there.
    pub(crate) async fn prepared(&self) {
        const LOOKS: u32 = 1000;
        for _ in 0..LOOKS {
            let waits = self.browser.find(thirtyfour::By::Css("[data-attente]")).await.is_ok();
            if !waits {
                self.sees("main", "Les documents à signer").await;
                return;
            }
            let at = self.browser.current_url().await.expect("an address");
            self.go(at.path()).await;
        }
        unreachable!("the documents are never there");
    }

    /// Asks for the code of the signature and signs.
    pub(crate) async fn sign(&self, who: &Somebody, then: &str) {
        let old = self.newest_code(who.mobile).await.unwrap_or_default();
        self.press("form[action$='/signature/code'] .bouton").await;
        self.sees("main", "Le code est parti").await;
        let code = self.code(who.mobile, &old).await;
        self.fill("code", &code).await;
        self.press("form[action$='/signature'] .bouton").await;
        self.sees("main", then).await;
    }

    /// The code of the newest SMS to this number, once it is another one than this.
    pub(crate) async fn code(&self, mobile: &str, old: &str) -> String {
        self.eventually("a code", async || {
            self.newest_code(mobile).await.filter(|code| code != old)
        })
        .await
    }

    pub(crate) async fn newest_code(&self, mobile: &str) -> Option<String> {
        self.newest_code_to(&international(mobile)).await
    }

    /// The code of the newest message to this address.
    pub(crate) async fn code_to(&self, address: &str) -> String {
        self.eventually("a code", async || self.newest_code_to(address).await).await
    }

    async fn newest_code_to(&self, to: &str) -> Option<String> {
        let box_of = self.mailbox(to).await?;
        let mut codes =
            box_of["messages"].as_array()?.iter().filter_map(|one| one["code"].as_str());
        codes.next().map(str::to_owned)
    }

    /// The path of the link in a message to this recipient that begins so.
    pub(crate) async fn link(&self, to: &str, begins: &str) -> String {
        self.eventually("a link", async || {
            let text = self.mailbox(to).await?.to_string();
            let rest = &text[text.find(begins)?..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/-_".contains(c)));
            Some(rest[..end.unwrap_or(rest.len())].to_owned())
        })
        .await
    }

    async fn mailbox(&self, to: &str) -> Option<Value> {
        let to = to.replace('+', "%2B").replace('@', "%40");
        let address = format!("{}/dev/messages.json?to={to}", self.origin);
        reqwest::get(address).await.ok()?.json().await.ok()
    }

    /// Goes with the tabulator to the control that matches, which must be within reach.
    pub(crate) async fn tab_to(&self, css: &str) {
        const STOPS: u32 = 60;
        let there = format!("return document.activeElement.matches(\"{css}\")");
        for _ in 0..STOPS {
            if self.ask::<bool>(&there).await {
                return;
            }
            self.keys(Key::Tab + "").await;
        }
        unreachable!("{css} cannot be reached by the tabulator");
    }

    /// Types into what has the focus.
    pub(crate) async fn keys(&self, keys: impl Into<thirtyfour::TypingData>) {
        let focused = self.browser.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("types");
    }
}

/// A French number as it is kept.
pub(crate) fn international(mobile: &str) -> String {
    let digits: String = mobile.chars().filter(char::is_ascii_digit).collect();
    format!("+33{}", digits.trim_start_matches('0'))
}
