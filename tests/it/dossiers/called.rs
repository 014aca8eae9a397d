//! Who somebody is in law: of the name at birth and of the one in use, which documents say which, and an account in
//! either of them is theirs. The contract replaces an insurance within a month: its first premium says how it is made,
//! and its certificate the level on each criterion.

use serde_json::json;

use super::api::{Town, answers};
use super::serving::running;
use super::somebody;
use crate::papers::templates::asked;
use crate::quotes::with;

const IN_LAW: &str = "Camille D’Aubigné (nom d’usage O'Brien de Lœuf)";

/// The words of a document of this contract, each space plain and single.
async fn said(town: &Town, who: &str, contract: &str, name: &str) -> String {
    let path = town.app.url(&format!("{contract}/documents/{name}"));
    let pdf = town.app.client.get(path).header("authorization", who).send().await;
    let pdf = pdf.expect("an answer").bytes().await.expect("bytes");
    assert!(pdf.starts_with(b"%PDF"), "{name}");
    let text = asked("pdftotext", &["-layout", "FILE", "-"], &pdf);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn documents_say_the_name_of_birth_and_an_account_in_it_is_theirs() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contact = somebody("anne");
    let quote = with(running(), "/effect_date", json!("2026-12-20"));
    let quote = town.quote_of(&anne, quote).await;
    let mut told = town.begin(&anne, &quote, &contact).await;
    for (path, mut body) in answers() {
        match path {
            "insured/1/identity" => {
                body["family_name"] = json!("D’Aubigné");
                body["usage_name"] = json!("O'Brien de Lœuf");
            }
            "loan" => body["first_instalment"] = json!("2025-01"),
            _ => {}
        }
        told = town.put(&anne, &told, path, body).await;
    }
    let account = (contact.0.as_str(), "CAMILLE D'AUBIGNE");
    let contract = town.concluded_by(&anne, told, account).await;
    let sql = "SELECT identity FROM contract ORDER BY concluded_at DESC LIMIT 1";
    let identity: String =
        sqlx::query_scalar(sql).fetch_one(town.app.opened().pool()).await.expect("a contract");
    assert_eq!(identity, "ok", "nobody has to look at an account in the name of birth");

    let demand = json!({ "agency": "1 place de la Mairie, 35000 Rennes", "loan_number": "P-42",
        "effect_on": "2027-02-01" });
    let sent = town.put_at(&anne, &format!("{contract}/lender"), demand).await;
    assert_eq!(sent.body["state"], "sent", "{}", sent.body);
    for name in
        ["conditions_particulieres", "attestation_preteur", "preuve_signature", "lettre_banque"]
    {
        let text = said(&town, &anne, &contract, name).await;
        assert!(text.contains(IN_LAW), "{name}: {text}");
    }
    first_premium_is_explained(&town, &anne, &contract).await;
    levels_are_listed(&town, &anne, &contract).await;
}

/// Sixteen days from 20 December to the instalment of 5 January, and the first whole month after them: the two
/// figures and the schedule add up.
async fn first_premium_is_explained(town: &Town, who: &str, contract: &str) {
    let text = said(town, who, contract, "conditions_particulieres").await;
    let paid = "ne paie que les 16 jours qui vont du 20 décembre 2026 à l’échéance du 5 janvier 2027, soit 16/30";
    assert!(text.contains(paid), "{text}");
    assert!(text.contains("Cotisation du premier mois entier"), "{text}");
    let cents = |after: &str| {
        let rest = text.split_once(after).map_or("", |(_, rest)| rest);
        let euros = rest.split('€').next().unwrap_or_default().trim();
        euros.replace(',', "").parse::<i64>().unwrap_or_default()
    };
    let (first, month) = (cents("La première cotisation ("), cents("le premier mois entier ("));
    assert!(first > 0 && month > first, "{text}");
    assert_eq!(first, (month * 16 + 15) / 30, "{text}");
    assert_eq!(cents("1 10 janvier 2027"), first, "the first row: {text}");
    assert_eq!(cents("2 10 février 2027"), month, "the second: {text}");
    assert!(text.contains("À la date d’effet, il reste 185 "), "what is covered: {text}");
}

async fn levels_are_listed(town: &Town, who: &str, contract: &str) {
    let text = said(town, who, contract, "attestation_preteur").await;
    for line in ["6 Incapacité : délai de franchise 90 jours", "3 Décès : couverture pendant toute"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.contains("18 Invalidité") && text.contains("ne nous ont pas été communiqués"));
}
