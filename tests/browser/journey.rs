//! From the first question to the quote, without any script.

use serde_json::json;

use super::house::House;

#[tokio::test]
async fn a_price_in_six_answers_without_script() {
    let house = House::open().await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    house.simulate().await;
    house.sees(".montant", "€").await;
    let quote = house.browser.current_url().await.expect("an address");
    house.press("summary").await;
    house.fill("actuelle", "62,50").await;
    house.press("section[aria-labelledby=economie] button").await;
    house.sees(".avis.bien", "d’économie").await;
    let compared = house.browser.current_url().await.expect("an address");
    assert_ne!(compared, quote, "another quote, copied from the first");
    house.press("a.retour").await;
    house.sees("h1", "Combien").await;
    let capital = house.find("#capital").await.prop("value").await.expect("a value");
    assert_eq!(capital.as_deref(), Some("220\u{202F}000"));
    house.press("form > .bouton").await;
    house.sees("h1", "Votre prix").await;
    house.press("section[aria-labelledby=envoi] button").await;
    house.sees(".bilan", "Indiquez votre adresse e-mail").await;
    house.fill("email", "camille@exemple.fr").await;
    house.press("section[aria-labelledby=envoi] button").await;
    house.sees("h1", "C’est envoyé").await;
    house.press("main .bouton").await;
    house.sees("h1", "Votre prix").await;
    house.press(".prix .bouton").await;
    house.sees("h1", "pas encore souscrire").await;
    house.sees("main", "/devis/quo_").await;
    house.close().await;
}

#[tokio::test]
async fn two_persons_and_two_loans_keep_what_was_typed() {
    let house = House::open().await;
    house.go("/simuler?capital=160000&duree=20&taux=3,5").await;
    house.press("[name=action][value=deux]").await;
    house.sees("main", "La deuxième personne").await;
    house.press("[name=action][value=prets]").await;
    house.sees("main", "Votre deuxième prêt").await;
    let capital = house.find("#capital").await.prop("value").await.expect("a value");
    assert_eq!(capital.as_deref(), Some("160000"));
    house.choose("projet", "nouveau").await;
    house.choose("type2", "ptz").await;
    house.choose("lisse", "oui").await;
    for (name, text) in [
        ("capital2", "40 000"),
        ("duree2", "20"),
        ("differe2", "120"),
        ("part1", "60"),
        ("part2", "50"),
        ("naissance_j", "15"),
        ("naissance_m", "9"),
        ("naissance_a", "1990"),
        ("naissance2_j", "2"),
        ("naissance2_m", "2"),
        ("naissance2_a", "1988"),
    ] {
        house.fill(name, text).await;
    }
    house.choose("fumeur", "non").await;
    house.choose("fumeur2", "oui").await;
    house.press("form > .bouton").await;
    house.sees("h1", "Votre prix").await;
    house.sees(".prix", "Deuxième personne").await;
    house.width(320).await;
    let width: u32 = house.ask("return document.documentElement.scrollWidth").await;
    assert_eq!(width, 320, "the price of a couple");
    house.close().await;
}

#[tokio::test]
async fn somebody_too_young_gets_an_answer_and_not_an_error() {
    let house = House::open().await;
    house.go("/simuler?capital=160000&duree=20&taux=3,5").await;
    house.choose("projet", "nouveau").await;
    for (name, text) in [("naissance_j", "1"), ("naissance_m", "1"), ("naissance_a", "2020")] {
        house.fill(name, text).await;
    }
    house.choose("fumeur", "non").await;
    house.press("form > .bouton").await;
    house.sees("h1", "Nous ne pouvons pas vous assurer en ligne").await;
    house.sees("main", "Il faut avoir de 18 à 69 ans au début de l’assurance.").await;
    house.press("form > .bouton").await;
    house.sees("h1", "Combien").await;
    let year = house.find("#naissance_a").await.prop("value").await.expect("a value");
    assert_eq!(year.as_deref(), Some("2020"));
    house.close().await;
}

#[tokio::test]
async fn changing_an_answer_keeps_what_was_assumed() {
    let house = House::open().await;
    house.simulate().await;
    house.press("section[aria-labelledby=hypotheses] summary").await;
    house.choose("franchise", "30").await;
    house.press("section[aria-labelledby=hypotheses] form > .bouton").await;
    house.sees("section[aria-labelledby=hypotheses] dl", "30 jours d’arrêt").await;
    house.press("a.retour").await;
    house.sees("h1", "Combien").await;
    house.fill("capital", "230 000").await;
    house.press("form > .bouton").await;
    house.sees("section[aria-labelledby=hypotheses] dl", "30 jours d’arrêt").await;
    house.sees("section[aria-labelledby=hypotheses] dl", "230 000").await;
    house.close().await;
}

#[tokio::test]
async fn a_running_loan_starts_from_its_balance_told_or_assumed() {
    let house = House::open().await;
    house.go("/simuler?capital=200000&duree=20&taux=3,30&projet=encours").await;
    for (name, text) in [("naissance_j", "27"), ("naissance_m", "3"), ("naissance_a", "1988")] {
        house.fill(name, text).await;
    }
    house.choose("fumeur", "non").await;
    house.press("form > .bouton").await;
    house.sees("section[aria-labelledby=hypotheses] .avis", "Nous supposons").await;
    let warnings: u32 =
        house.ask("return document.querySelectorAll('.suite > .avis').length").await;
    assert_eq!(warnings, 0, "the bank has its ten business days");
    house.press("section[aria-labelledby=hypotheses] .avis a").await;
    house.sees("h1", "Combien").await;
    house.fill("restant", "150 000").await;
    house.press("form > .bouton").await;
    house.sees("section[aria-labelledby=hypotheses] .avis", "Nous calculons sur 1").await;
    house.press("section[aria-labelledby=economie] button").await;
    house.sees("#actuelle-err", "Indiquez le prix").await;
    house.close().await;
}

#[tokio::test]
async fn an_address_of_no_quote_says_so() {
    let house = House::open().await;
    for reference in ["quo_01900000000070008000000000000001", "rien"] {
        let answer = reqwest::get(format!("{}/devis/{reference}", house.origin)).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 404);
        assert!(answer.text().await.expect("a page").contains("Ce devis n’est plus disponible"));
    }
    house.close().await;
}

#[tokio::test]
async fn two_strangers_without_a_key_have_two_quotes() {
    let house = House::open().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let answers = "projet=nouveau&capital=220000&duree=20&taux=3,45&naissance_j=27&naissance_m=3\
                   &naissance_a=1988&fumeur=non";
    let mut places = Vec::new();
    for key in ["", "&cle=", "&cle=--"] {
        let request = client
            .post(format!("{}/simuler", house.origin))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("{answers}{key}"));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 303);
        places.push(answer.headers()["location"].clone());
    }
    assert!(places[0] != places[1] && places[1] != places[2] && places[0] != places[2]);
    house.close().await;
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_quote() {
    let house = House::open().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let answers = |capital: &'static str| {
        [
            ("cle", "abc123"),
            ("projet", "nouveau"),
            ("capital", capital),
            ("duree", "20"),
            ("taux", "3,45"),
            ("naissance_j", "27"),
            ("naissance_m", "3"),
            ("naissance_a", "1988"),
            ("fumeur", "non"),
        ]
    };
    let mut places = Vec::new();
    for capital in ["220000", "220000", "230000"] {
        let request = client.post(format!("{}/simuler", house.origin)).form(&answers(capital));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 303);
        assert!(!answer.headers().contains_key("set-cookie"));
        places.push(answer.headers()["location"].clone());
    }
    assert_eq!(places[0], places[1]);
    assert_ne!(places[0], places[2]);
    house.close().await;
}
