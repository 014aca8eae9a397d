//! «Envoyer pour moi»: the lender reads three papers by its link, and nothing else; it says itself that it has received
//! them, once; the customer sees that.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::api::{Told, Town, pointers};
use super::link;
use super::serving::running;
use crate::harness::surfer::{Seen, Surfer};
use crate::papers::templates::asked;
use crate::quotes::with;
use assurly::kernel::french;
use assurly::kernel::money::Cents;

/// A contract that replaces an insurance, whose demand is dated for this agency: its lender's address.
async fn dated(town: &Town, who: &str, agency: &str) -> String {
    let contract = town.signed(who, running()).await;
    let path = format!("{contract}/lender");
    let early = json!({ "agency": agency, "loan_number": "voir banque.example", "effect_on": "2026-11-25" });
    let refused = town.put_at(who, &path, early).await;
    let wrong = vec!["/effect_on", "/loan_number"];
    assert_eq!((refused.status.as_u16(), sorted(&refused)), (422, wrong), "{}", refused.body);
    let demand = json!({ "agency": agency, "loan_number": "P-42", "effect_on": "2027-02-01" });
    let sent = town.put_at(who, &path, demand).await;
    assert_eq!(sent.body["state"], "sent", "{}", sent.body);
    path
}

/// Where a document is wrong, in the order of the letters.
fn sorted(told: &Told) -> Vec<&str> {
    let mut all = pointers(told);
    all.sort_unstable();
    all
}

async fn deliver(town: &Town, who: &str, path: &str) -> Told {
    town.ask(who, ("POST", &format!("{path}/delivery")), &[], None).await
}

/// The letters to this address: how many, and the newest as text.
async fn letters(town: &Town, to: &str) -> (usize, String) {
    let path = format!("/dev/messages.json?to={}", to.replace('@', "%40"));
    let json: Value = town.app.get(&path).await.json().await.expect("letters");
    let all = json["messages"].as_array().expect("a list");
    (all.len(), all.first().map(ToString::to_string).unwrap_or_default())
}

async fn acknowledges(bank: &mut Surfer, page: &Seen) -> Seen {
    bank.submit(&page.form("/recu")).await
}

#[tokio::test]
async fn a_demand_is_sent_to_the_lender_which_says_that_it_has_it() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let agency = "assurances@banque-du-nord.example";
    let path = dated(&town, &anne, agency).await;
    for _ in 0..2 {
        let sent = deliver(&town, &anne, &path).await;
        assert_eq!((sent.status.as_u16(), &sent.body["state"]), (200, &json!("sent")));
        assert!(sent.body["delivered_at"].is_string(), "{}", sent.body);
    }
    let at = link(&town.app, agency, "/b/").await;
    let (count, words) = letters(&town, agency).await;
    assert_eq!(count, 1, "sent once: {words}");
    for said in ["P-42", "Camille Martin vous demande", "1er février 2027"] {
        assert!(words.replace(['\u{a0}', '\u{202f}'], " ").contains(said), "{said}: {words}");
    }
    let mut bank = Surfer::new(&town.app);
    let page = bank.open(&at).await;
    assert_eq!(page.heading(), "Demande de changement d’assurance", "{}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    for hidden in ["FR76", "189", "anne", "1992", "Lilas"] {
        assert!(!page.body.contains(hidden), "{hidden}: {}", page.body);
    }
    for paper in ["lettre_banque", "attestation_preteur", "notice"] {
        let theirs = town.app.client.get(town.app.url(&format!("{at}/{paper}"))).send().await;
        let theirs = theirs.expect("an answer").bytes().await.expect("bytes");
        let own = path.replace("/lender", &format!("/documents/{paper}"));
        let own = town.app.client.get(town.app.url(&own)).header("authorization", &anne);
        let own = own.send().await.expect("an answer").bytes().await.expect("bytes");
        assert!(theirs.starts_with(b"%PDF") && theirs == own, "{paper}");
    }
    for other in ["mandat_sepa", "preuve_signature", "conditions_particulieres", "x"] {
        let seen = bank.open(&format!("{at}/{other}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{other}");
    }
    // What the letter says that it encloses is what the link opens.
    let letter = town.app.client.get(town.app.url(&format!("{at}/lettre_banque"))).send().await;
    let letter = letter.expect("an answer").bytes().await.expect("bytes");
    let letter = asked("pdftotext", &["-raw", "FILE", "-"], &letter);
    assert!(letter.contains("Notice d’information") && letter.contains("Attestation d’assurance"));
    assert!(!letter.contains("Conditions particulières"), "they may name what is excluded");
    // Opening says nothing.
    assert_eq!(town.get(&anne, &path).await.body["state"], "sent");
    let done = acknowledges(&mut bank, &page).await;
    assert!(done.says("au plus tard le 7 décembre 2026"), "{}", done.body);
    let seen = town.get(&anne, &path).await;
    assert_eq!(
        (&seen.body["state"], &seen.body["answer_due"]),
        (&json!("received"), &json!("2026-12-07"))
    );
    // Said again, by a page that was left open.
    town.app.clock.advance(std::time::Duration::from_secs(86_400));
    let again = acknowledges(&mut bank, &page).await;
    assert!(again.says("au plus tard le 7 décembre 2026"), "{}", again.body);
    town.is("UPDATE bank_request SET state = 'accepted', answered_on = '2026-11-24'").await;
    let over = bank.open(&at).await;
    assert!(over.says("déjà sa réponse") && !over.says("Répondez"), "{}", over.body);
}

#[tokio::test]
async fn a_demand_leaves_only_where_it_can_and_its_link_ends() {
    let town = Town::start().await;
    let (anne, bob) = (town.customer("anne"), town.customer("bob"));
    let postal = dated(&town, &anne, "1 place de la Mairie, 35000 Rennes").await;
    let refused = deliver(&town, &anne, &postal).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body["detail"].as_str().is_some_and(|it| it.contains("pas un e-mail")));
    let agency = "credits@banque-du-sud.example";
    let path = dated(&town, &anne, agency).await;
    assert_eq!(deliver(&town, &bob, &path).await.status, 404, "somebody else's");
    // While it is not known who pays, nothing leaves: a lender that accepts ends the insurance of before.
    town.is("UPDATE contract SET identity = 'pending'").await;
    let early = deliver(&town, &anne, &path).await;
    assert_eq!(early.status, 409, "{}", early.body);
    town.is("UPDATE contract SET identity = 'ok'").await;
    deliver(&town, &anne, &path).await;
    let at = link(&town.app, agency, "/b/").await;
    let mut bank = Surfer::new(&town.app);
    let page = bank.open(&at).await;
    let foreign = [("origin", "https://mechant.example")];
    let refused = town.app.client.post(town.app.url(&format!("{at}/recu")));
    let refused = refused.header(foreign[0].0, foreign[0].1).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let answer = format!("{path}/answer");
    let body = json!({ "answer": "refused", "reason": "Garanties" });
    let said = town.ask(&anne, ("POST", &answer), &[], Some(body)).await;
    assert_eq!(said.body["state"], "refused", "{}", said.body);
    assert_eq!(deliver(&town, &anne, &path).await.status, 409, "it has answered");
    let late = acknowledges(&mut bank, &page).await;
    assert!(late.says("déjà sa réponse"), "{}", late.body);
    town.app.clock.advance(std::time::Duration::from_secs(91 * 86_400));
    assert_eq!(bank.open(&at).await.status, StatusCode::GONE);
    assert_eq!(bank.open("/b/rien").await.status, StatusCode::GONE);
}

/// The words of a contract's document, without spaces.
pub(super) async fn words_of(town: &Town, who: &str, contract: &str, name: &str) -> String {
    let path = format!("{contract}/documents/{name}");
    let pdf = town.app.client.get(town.app.url(&path)).header("authorization", who);
    let pdf = pdf.send().await.expect("an answer").bytes().await.expect("bytes");
    let text = asked("pdftotext", &["-raw", "FILE", "-"], &pdf);
    text.split_whitespace().collect()
}

/// Equivalence is claimed when the lender's criteria are known and met, and never otherwise.
#[tokio::test]
async fn the_letter_claims_no_more_than_is_known() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let asks =
        |days: &str| json!({ "criteria": [{ "number": 3 }, { "number": 6, "value": days }] });
    for (lender, claims, criteria) in [
        (None, false, "Jevouspriedemepréciserceuxquevousexigez"),
        (Some(json!({})), false, "Jevouspriedemepréciserceuxquevousexigez"),
        (Some(asks("90")), true, "répondàchacundevoscritères"),
        (Some(asks("30")), false, "critèreparcritère,cequevousexigezetleniveauducontrat"),
    ] {
        let document = match &lender {
            Some(asked) => with(running(), "/lender", asked.clone()),
            None => running(),
        };
        let contract = town.signed(&anne, document).await;
        let demand = json!({ "agency": "1 place de la Mairie", "loan_number": "P-42", "effect_on": "2027-02-01" });
        let sent = town.put_at(&anne, &format!("{contract}/lender"), demand).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let letter = words_of(&town, &anne, &contract, "lettre_banque").await;
        assert_eq!(letter.contains("niveaudegarantieéquivalent"), claims, "{lender:?}: {letter}");
        assert!(letter.contains(criteria), "{lender:?}: {letter}");
        assert!(letter.contains("dixjoursouvrés"), "{letter}");
    }
}

/// How many certificates are archived, and the cents of a contract's premiums that are due in 2027 from a day on.
async fn archived(town: &Town, from: &str) -> (i64, i64) {
    let pool = town.app.opened();
    let count = "SELECT COUNT(*) FROM document WHERE kind = 'attestation_preteur'";
    let sum = "SELECT CAST(SUM(premium_cents) AS SIGNED) FROM contract_premium \
        WHERE due_on >= ? AND due_on < '2028-01-01'";
    let count = sqlx::query_scalar(count).fetch_one(pool.pool()).await.expect("a count");
    let sum = sqlx::query_scalar(sum).bind(from).fetch_one(pool.pool()).await.expect("a sum");
    (count, sum)
}

/// The lender accepts cover from a day: the certificate that it reads names that one, whatever was signed.
#[tokio::test]
async fn the_certificate_names_the_day_that_was_asked_for() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = town.signed(&anne, running()).await;
    let certificate = async || words_of(&town, &anne, &contract, "attestation_preteur").await;
    let conditions = async || words_of(&town, &anne, &contract, "conditions_particulieres").await;
    let signed = (certificate().await, conditions().await);
    assert!(signed.0.contains("àcompterdu5décembre2026"), "{}", signed.0);
    assert!(!signed.0.contains("Aucunecotisationn’estprélevéeavant"), "{}", signed.0);
    let demand = async |number: &str, day: &str| {
        let demand =
            json!({ "agency": "1 place de la Mairie", "loan_number": number, "effect_on": day });
        let sent = town.put_at(&anne, &format!("{contract}/lender"), demand).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
    };
    for (number, day, words) in
        [("P-42", "2027-02-01", "1erfévrier2027"), ("P-43", "2027-03-01", "1ermars2027")]
    {
        demand(number, day).await;
        let text = certificate().await;
        assert!(text.contains(&format!("àcompterdu{words}")), "{day}: {text}");
        assert!(!text.contains("àcompterdu5décembre2026"), "{day}: {text}");
        assert!(text.contains(&format!("n’estprélevéeavantle{words}")), "{day}: {text}");
        assert!(text.contains("Capitalrestantdûau5décembre2026"), "it was priced then: {text}");
        let (_, cents) = archived(&town, day).await;
        let year: String = french::euros(Cents::new(cents)).split_whitespace().collect();
        assert!(text.contains(&format!("2027{year}")), "{year}: {text}");
        assert_eq!(certificate().await, text, "read again");
    }
    // Another number of the loan, and the same day: the same certificate.
    demand("P-44", "2027-03-01").await;
    certificate().await;
    assert_eq!(archived(&town, "2027-03-01").await.0, 3, "one for each day, none written over");
    demand("P-44", "2026-12-05").await;
    assert_eq!((certificate().await, conditions().await), signed, "the first one is still there");
    assert_eq!(archived(&town, "2027-03-01").await.0, 3);
}
