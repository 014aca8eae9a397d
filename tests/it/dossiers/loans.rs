//! The loans of a dossier: one more, another one, one less, none; what follows from each, and who may.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::api::{Told, Town};
use super::couple::Couple;
use super::signing::{base, program};
use super::{begin, describe, fill, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::surfer::{Seen, Surfer};

const WHOLE: &[(&str, &str)] = &[
    ("banque", "Banque du Nord"),
    ("objet", "residence_principale"),
    ("echeance_m", "1"),
    ("echeance_a", "2027"),
];

/// An interest-free loan, repaid after five years.
const PTZ: &[(&str, &str)] = &[
    ("type", "ptz"),
    ("capital", "40000"),
    ("duree", "20"),
    ("differe", "60"),
    ("echeance_m", "1"),
    ("echeance_a", "2027"),
];

/// A classic loan with these answers over it.
fn classic<'a>(over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("type", "classique"),
        ("capital", "60000"),
        ("duree", "15"),
        ("taux", "3"),
        ("differe_type", "non"),
        ("echeance_m", "1"),
        ("echeance_a", "2027"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| over.iter().all(|(it, _)| it != name));
    kept.chain(over.iter().copied()).collect()
}

/// Somebody at page 5: their browser and the page.
async fn at_the_loan(app: &App) -> (Surfer, Seen) {
    let (mut phone, who) = (Surfer::new(app), somebody("prets"));
    let mut page = begin(app, &mut phone, &quote(app, "1990", "150000").await, &who).await;
    let described: [&[(&str, &str)]; 3] = [
        &[("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")],
        &[("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")],
        &[("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")],
    ];
    for answers in described {
        page = fill(&mut phone, &page, answers).await;
    }
    assert_eq!(page.heading(), "Votre prêt", "{}", page.body);
    (phone, page)
}

/// What the quote of a dossier asks for.
async fn asked(app: &App, at: &str) -> Value {
    let text = "SELECT CAST(q.request AS CHAR) FROM quote q JOIN dossier d ON d.quote_id = q.id \
        WHERE d.id = ?";
    let id = super::hex(base(at).rsplit('_').next().expect("an identifier"));
    let text: String =
        sqlx::query_scalar(text).bind(id).fetch_one(app.opened().pool()).await.expect("a quote");
    serde_json::from_str(&text).expect("a document")
}

#[tokio::test]
async fn another_loan_is_described_with_the_project_and_shares_follow() {
    let app = App::start().await;
    let (mut phone, page) = at_the_loan(&app).await;
    assert!(page.says("Ce prêt a un différé ou un palier") && page.says("Modifier"));
    let page = fill(&mut phone, &page, &[WHOLE, &[("action", "autre_pret")]].concat()).await;
    assert_eq!(page.heading(), "Ajouter un prêt", "{}", page.body);
    let list = fill(&mut phone, &page, PTZ).await;
    assert_eq!(list.heading(), "Vos prêts", "{}", list.body);
    for words in [
        "Prêt à taux zéro",
        "40 000 €",
        "60 mois à 0,00 €, puis 222,22 €",
        "150 000 €",
        "janvier 2027",
    ] {
        assert!(list.says(words), "{words}: {}", list.body);
    }
    // Year by year, down to nothing.
    assert!(list.says("Fin de l’année") && list.says("2046"), "{}", list.body);
    let document = asked(&app, &list.at).await;
    let loans = document["loans"].as_array().expect("loans");
    assert_eq!(loans.len(), 2);
    assert_eq!(loans[1]["kind"], "ptz");
    assert_eq!(loans[1]["deferral_months"], 60);
    assert_eq!(loans[1]["release_date"], loans[0]["release_date"], "they begin together");
    let shares = document["insured"][0]["shares"].as_array().expect("shares");
    assert_eq!(shares.len(), 2, "each loan is insured");
    // On with the journey, whose price is of both.
    let next = format!("{}/garanties", base(&list.at));
    assert!(list.body.contains(&format!("class=\"bouton\" href=\"{next}\"")), "{}", list.body);
    let page = phone.open(&next).await;
    let page = fill(&mut phone, &page, &[("quotite_1", "60"), ("franchise", "90")]).await;
    assert_eq!(page.heading(), "Aucune question de santé", "{}", page.body);
    let shares = asked(&app, &page.at).await["insured"][0]["shares"].clone();
    assert!(shares.as_array().expect("shares").iter().all(|share| share["percent"] == 60));
    let recap = phone.open(&format!("{}/recapitulatif", base(&page.at))).await;
    assert!(recap.says("Prêt à taux zéro : 40 000 €") && recap.says("150 000 €"), "{}", recap.body);
    assert!(recap.body.contains("/pret/2/modifier"), "{}", recap.body);
}

#[tokio::test]
async fn a_deferral_steps_and_another_month_change_one_loan_and_the_price_is_told() {
    let app = App::start().await;
    let (mut phone, page) = at_the_loan(&app).await;
    let terms = phone.open(&format!("{}/modifier", page.at)).await;
    let digits = terms.form("").values["capital"].replace(|c: char| !c.is_ascii_digit(), "");
    assert_eq!(digits, "150000", "{}", terms.body);
    let deferred = [
        ("type", "classique"),
        ("capital", "150 000"),
        ("duree", "20"),
        ("taux", "3,45"),
        ("differe_type", "rien"),
        ("differe", "24"),
        ("echeance_m", "3"),
        ("echeance_a", "2027"),
    ];
    // The page of the project is still to be done.
    let page = fill(&mut phone, &terms, &deferred).await;
    assert_eq!(page.heading(), "Votre prêt", "{}", page.body);
    assert!(page.says("Prêt à différé total") && page.says("24 mois"), "{}", page.body);
    assert!(page.says("Le prix du premier mois passe") || page.says("votre prêt"), "{}", page.body);
    let loan = asked(&app, &page.at).await["loans"][0].clone();
    assert_eq!((&loan["kind"], &loan["deferral_months"]), (&json!("differe_total"), &json!(24)));
    assert!(loan["first_due_date"].as_str().expect("a day").starts_with("2027-03"), "{loan}");
    let page = fill(
        &mut phone,
        &page,
        &[&WHOLE[..2], &[("echeance_m", "3"), ("echeance_a", "2027")]].concat(),
    )
    .await;
    let page = fill(&mut phone, &page, &[("quotite_1", "100"), ("franchise", "90")]).await;
    let recap = super::protected(&mut phone, page).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    // From the recap and back to it: steps, and nothing else asked again.
    let terms = phone.open(&format!("{}/pret/1/modifier", base(&recap.at))).await;
    assert_eq!(terms.form("").values["differe"], "24");
    let steps = [
        ("type", "paliers"),
        ("capital", "150 000"),
        ("duree", "20"),
        ("taux", "3,45"),
        ("palier1_mois", "60"),
        ("palier1", "640,50"),
        ("echeance_m", "3"),
        ("echeance_a", "2027"),
    ];
    let recap = fill(&mut phone, &terms, &steps).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert!(recap.says("Prêt à paliers"), "{}", recap.body);
    let loan = asked(&app, &recap.at).await["loans"][0].clone();
    assert_eq!(loan["steps"], json!([{"months": 60, "instalment_cents": 64_050}, {"months": 180}]));
    let (state, _, acts) = written(&app, &recap.at).await;
    assert_eq!(state, "offer", "{acts:?}");
    assert!(acts.contains(&"change_facts".to_owned()), "another loan is another offer: {acts:?}");
    // Shown again as it was typed.
    let terms = phone.open(&format!("{}/pret/1/modifier", base(&recap.at))).await;
    let values = terms.form("").values;
    assert_eq!((values["palier1_mois"].as_str(), values["palier1"].as_str()), ("60", "640,50"));
}

#[tokio::test]
async fn what_cannot_be_a_loan_is_said_at_its_field() {
    let app = App::start().await;
    let (mut phone, page) = at_the_loan(&app).await;
    let at = base(&page.at);
    let new = phone.open(&format!("{at}/pret/nouveau")).await;
    let empty = fill(&mut phone, &new, &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Indiquez le type du prêt",
        "Indiquez le montant emprunté",
        "Indiquez la durée du prêt",
        "Indiquez le taux du prêt",
        "Indiquez le mois et l’année de la première mensualité",
    ] {
        assert!(empty.says(words), "{words}: {}", empty.body);
    }
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("differe_type", "")], "Indiquez si le prêt a un différé"),
        (&[("differe_type", "rien")], "Indiquez la durée du différé, en mois"),
        (&[("differe_type", "rien"), ("differe", "61")], "Le différé doit être de 60 mois au plus"),
        (&[("type", "in_fine")], "La durée du prêt doit être comprise entre 1 et 10 ans"),
        (
            &[("type", "paliers"), ("palier1", "500")],
            "Indiquez la durée du premier palier, en mois",
        ),
        (
            &[("type", "paliers"), ("palier1_mois", "180"), ("palier1", "500")],
            "Ces paliers doivent être plus courts que le prêt",
        ),
        (
            &[("type", "paliers"), ("palier1_mois", "60"), ("palier1", "1")],
            "La mensualité de ce palier doit dépasser les intérêts du mois",
        ),
        (&[("echeance_a", "1998")], "Ce prêt serait déjà remboursé : vérifiez sa durée et ce mois"),
        // The loan of the quote begins tomorrow; the bank of this one has ten business days.
        (
            &[("echeance_a", "2024")],
            "Un prêt en cours et un prêt à venir s’assurent dans deux dossiers",
        ),
    ];
    for (over, words) in cases {
        let seen = fill(&mut phone, &new, &classic(over)).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{over:?}");
        assert!(seen.says(words), "{words}: {}", seen.body);
        assert!(seen.says("Une réponse est à corriger"), "{over:?}: {}", seen.body);
    }
}

#[tokio::test]
async fn what_was_typed_is_kept_until_it_is_taken_and_four_loans_are_enough() {
    let app = App::start().await;
    let (mut phone, page) = at_the_loan(&app).await;
    let at = base(&page.at);
    let new = phone.open(&format!("{at}/pret/nouveau")).await;
    // What was typed of one loan and not taken holds no month against the page of the project.
    let terms = phone.open(&format!("{at}/pret/1/modifier")).await;
    let odd = classic(&[("capital", "abc"), ("echeance_m", "12"), ("echeance_a", "2026")]);
    fill(&mut phone, &terms, &odd).await;
    let project = phone.open(&format!("{at}/pret/1")).await;
    fill(&mut phone, &project, WHOLE).await;
    let terms = phone.open(&format!("{at}/pret/1/modifier")).await.form("").values;
    assert_eq!((terms["echeance_m"].as_str(), terms["echeance_a"].as_str()), ("1", "2027"));
    assert_ne!(terms["capital"], "abc");
    // Kept for whoever comes back, and forgotten with what is taken.
    let later = [("capital", "61 000"), ("action", "plus_tard")];
    assert_eq!(fill(&mut phone, &new, &later).await.heading(), "Votre dossier est enregistré");
    let again = phone.open(&format!("{at}/pret/nouveau")).await;
    assert_eq!(again.form("").values["capital"], "61 000");
    fill(&mut phone, &again, &classic(&[])).await;
    let fresh = phone.open(&format!("{at}/pret/nouveau")).await;
    assert_eq!(fresh.form("").values["capital"], "", "{}", fresh.body);
    // Four of them, and no more.
    for _ in 0..2 {
        let page = phone.open(&format!("{at}/pret/nouveau")).await;
        fill(&mut phone, &page, &classic(&[])).await;
    }
    let list = phone.open(&format!("{at}/pret/nouveau")).await;
    assert_eq!(list.heading(), "Vos prêts", "{}", list.body);
    assert!(list.says("En ligne, nous assurons quatre prêts au plus"), "{}", list.body);
    assert_eq!(asked(&app, &at).await["loans"].as_array().map(Vec::len), Some(4));
    let late = fill(&mut phone, &new, &classic(&[])).await;
    assert_eq!(late.heading(), "Vos prêts", "a form of before adds none");
    assert_eq!(asked(&app, &at).await["loans"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_loan_goes_once_it_was_asked_twice_and_its_number_with_it() {
    let app = App::start().await;
    let (mut phone, page) = at_the_loan(&app).await;
    let at = base(&page.at);
    let new = fill(&mut phone, &page, &[WHOLE, &[("action", "autre_pret")]].concat()).await;
    fill(&mut phone, &new, PTZ).await;
    let ask = phone.open(&format!("{at}/pret/1/supprimer")).await;
    assert_eq!(ask.heading(), "Supprimer le prêt 1 ?", "{}", ask.body);
    assert!(ask.says("150 000 €"));
    assert_eq!(asked(&app, &at).await["loans"].as_array().map(Vec::len), Some(2), "not by looking");
    let list = fill(&mut phone, &ask, &[]).await;
    assert_eq!(list.heading(), "Votre prêt", "{}", list.body);
    assert!(list.body.contains("/pret/2/modifier") && !list.body.contains("/pret/1/modifier"));
    // Sent twice, it is gone once; its address leads to no other loan.
    assert_eq!(fill(&mut phone, &ask, &[]).await.heading(), "Votre prêt");
    for page in ["modifier", "supprimer"] {
        let seen = phone.open(&format!("{at}/pret/1/{page}")).await;
        assert_eq!(seen.heading(), "Votre prêt", "{page}: {}", seen.body);
        assert!(seen.at.ends_with("/prets"), "{}", seen.at);
    }
    assert_eq!(asked(&app, &at).await["loans"][0]["kind"], "ptz");
    let new = phone.open(&format!("{at}/pret/nouveau")).await;
    let list = fill(&mut phone, &new, &classic(&[])).await;
    assert!(list.body.contains("/pret/3/modifier"), "a number is of one loan: {}", list.body);
}

#[tokio::test]
async fn without_a_loan_nothing_is_demanded_until_another_is_described() {
    let app = App::start().await;
    let (mut phone, who) = (Surfer::new(&app), somebody("sans"));
    let page = begin(&app, &mut phone, &quote(&app, "1990", "150000").await, &who).await;
    let recap = describe(&mut phone, page).await;
    let at = base(&recap.at);
    assert_eq!(written(&app, &at).await.0, "offer");
    let project = phone.open(&format!("{at}/pret/1")).await;
    let ask = phone.open(&format!("{at}/pret/1/supprimer")).await;
    assert!(ask.says("Il ne restera aucun prêt"), "{}", ask.body);
    let list = fill(&mut phone, &ask, &[]).await;
    assert!(list.says("Aucun prêt. Ajoutez le prêt à assurer."), "{}", list.body);
    assert_eq!(written(&app, &at).await.0, "application", "no offer stands");
    for page in ["recapitulatif", "garanties", "pret/1", "pret/1/modifier"] {
        let seen = phone.open(&format!("{at}/{page}")).await;
        assert!(seen.says("Aucun prêt"), "{page}: {}", seen.body);
    }
    // A page that was open before brings the loan back no more than an address does.
    let sent = fill(&mut phone, &project, WHOLE).await;
    assert!(sent.says("Aucun prêt"), "{}", sent.body);
    assert_eq!(written(&app, &at).await.0, "application");
    let account = phone.open(&format!("{at}/prelevement")).await;
    assert!(!account.says("IBAN"), "{}", account.body);
    let hub = phone.open(&at).await;
    assert!(hub.body.contains(&format!("class=\"bouton\" href=\"{at}/prets\"")), "{}", hub.body);
    let new = phone.open(&format!("{at}/pret/nouveau")).await;
    let page = fill(&mut phone, &new, &classic(&[("capital", "90000")])).await;
    assert_eq!(page.heading(), "Votre prêt", "the project is asked again: {}", page.body);
    let document = asked(&app, &at).await;
    assert_eq!(document["loans"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["loans"][0]["capital_cents"], 9_000_000);
    let recap = fill(&mut phone, &page, WHOLE).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert_eq!(written(&app, &at).await.0, "offer");
}

#[tokio::test]
async fn loans_with_months_of_their_own_keep_them() {
    let app = App::start().await;
    let (mut phone, page) = at_the_loan(&app).await;
    let at = base(&page.at);
    let new = phone.open(&format!("{at}/pret/nouveau")).await;
    let over = [("echeance_m", "6"), ("echeance_a", "2027")];
    fill(&mut phone, &new, &classic(&over)).await;
    let page = phone.open(&format!("{at}/pret/1")).await;
    let list = fill(&mut phone, &page, WHOLE).await;
    assert_eq!(list.heading(), "Vos prêts", "several loans are shown once: {}", list.body);
    assert!(list.says("janvier 2027") && list.says("juin 2027"), "{}", list.body);
    let loans = asked(&app, &at).await["loans"].clone();
    let begins =
        |place: usize| loans[place]["first_due_date"].as_str().expect("a day")[..7].to_owned();
    assert_eq!(loans[0]["release_date"], loans[1]["release_date"], "one project, paid for at once");
    assert_eq!((begins(0), begins(1)), ("2027-01".to_owned(), "2027-06".to_owned()));
    // A loan that runs already makes the cover wait for its bank, and no day is before it.
    let terms = phone.open(&format!("{at}/pret/1/modifier")).await;
    let running = classic(&[("capital", "150000"), ("duree", "20"), ("echeance_a", "2024")]);
    let list = fill(&mut phone, &terms, &running).await;
    assert_eq!(list.heading(), "Vos prêts", "one of several: {}", list.body);
    let document = asked(&app, &at).await;
    assert_eq!(document["effect_date"], "2026-12-07", "ten business days: {document}");
    assert!(list.says("Reste à rembourser au début de l’assurance"), "{}", list.body);
}

#[tokio::test]
async fn the_other_borrower_and_another_window_change_no_loan_unseen() {
    let mut couple = Couple::begin(program().await).await;
    let path = couple.invite("").await;
    let at = couple.base();
    let (mut second, _) = couple.second_at_the_recap(&path).await;
    for page in ["prets", "pret/nouveau", "pret/1/modifier", "pret/1/supprimer"] {
        assert_eq!(
            second.open(&format!("{at}/{page}")).await.status,
            StatusCode::NOT_FOUND,
            "{page}"
        );
    }
    let mine = couple.first.open(&format!("{at}/pret/1/modifier")).await;
    let mut theirs = mine.form("");
    theirs.action = format!("{at}/pret/1/modifier");
    assert_eq!(second.submit(&theirs).await.status, StatusCode::NOT_FOUND);
    let ask = couple.first.open(&format!("{at}/pret/1/supprimer")).await;
    let values = classic(&[("capital", "100000"), ("duree", "20"), ("taux", "3,45")]);
    fill(&mut couple.first, &mine, &values).await;
    // The same page, from a window of before.
    let again = fill(&mut couple.first, &mine, &classic(&[("capital", "110000")])).await;
    assert!(again.says("Ce dossier a été modifié dans une autre fenêtre."), "{}", again.body);
    let list = fill(&mut couple.first, &ask, &[]).await;
    assert!(
        list.at.ends_with("/prets") && list.says("100 000 €"),
        "not what was seen: {}",
        list.body
    );
    let kept = asked(&couple.app, &at).await;
    assert_eq!(kept["loans"][0]["capital_cents"], 10_000_000);
    let people = kept["insured"].as_array().expect("people");
    assert!(people.iter().all(|one| one["shares"].as_array().map(Vec::len) == Some(1)));
}

/// What a program is told of loans that cannot be: status, code and pointer of the first fault.
fn fault(told: &Told) -> (u16, &str, &str) {
    let first = &told.body["errors"][0];
    let text = |name: &str| first[name].as_str().unwrap_or_default();
    (told.status.as_u16(), text("code"), text("pointer"))
}

#[tokio::test]
async fn a_program_names_the_loans_and_is_told_what_is_wrong_with_them() {
    let town = Town::start().await;
    let camille = town.customer("camille");
    let quote = town.quote(&camille, 1990).await;
    let begun = town.begin(&camille, &quote, &somebody("prets")).await;
    let page = format!("/d/{}", begun.body["id"].as_str().expect("an id"));
    let of_quote = asked(&town.app, &page).await["loans"][0].clone();
    let second = json!({"ref": "travaux", "kind": "amortissable", "capital_cents": 2_000_000,
        "months": 120, "nominal_rate": "4.1", "release_date": of_quote["release_date"]});
    let both = json!({"loans": [of_quote, second]});
    let seen = town.put(&camille, &begun, "loans", both.clone()).await;
    assert_ne!(seen.body["quote"], begun.body["quote"], "another quote");
    let document = asked(&town.app, &page).await;
    assert_eq!(document["loans"].as_array().map(Vec::len), Some(2));
    assert_eq!(document["insured"][0]["shares"].as_array().map(Vec::len), Some(2));
    let path = format!("{}/loans", super::api::base(&begun));
    let put = async |who: &str, etag: &str, body: Value| {
        town.ask(who, ("PUT", &path), &[("if-match", etag)], Some(body)).await
    };
    // A version of before; somebody else's.
    assert_eq!(put(&camille, &begun.etag, both.clone()).await.status, StatusCode::CONFLICT);
    let sam = town.customer("sam");
    assert_eq!(put(&sam, &seen.etag, both.clone()).await.status, StatusCode::NOT_FOUND);
    let none = put(&camille, &seen.etag, json!({"loans": []})).await;
    assert_eq!(fault(&none), (422, "LOAN_COUNT", "/loans"), "{}", none.body);
    let mut odd = both.clone();
    odd["loans"][1]["early_repayments"] =
        json!([{"after_month": 12, "amount_cents": 100_000, "keep": "term"}]);
    let odd = put(&camille, &seen.etag, odd).await;
    assert_eq!(fault(&odd), (422, "NOT_ONLINE", "/loans/1"), "{}", odd.body);
    let mut lonely = both.clone();
    lonely["loans"] = json!([of_quote]);
    lonely["loans"][0]["kind"] = json!("lisse");
    let lonely = put(&camille, &seen.etag, lonely).await;
    assert_eq!(fault(&lonely), (422, "FIELD_NOT_APPLICABLE", "/loans/0/kind"), "{}", lonely.body);
    let mut wrong = both;
    wrong["loans"][1]["months"] = json!(6);
    let wrong = put(&camille, &seen.etag, wrong).await;
    assert_eq!(fault(&wrong), (422, "LOAN_TERM_RANGE", "/loans/1/months"), "{}", wrong.body);
    let one = town.put(&camille, &seen, "loans", json!({"loans": [of_quote]})).await;
    assert_eq!(
        one.body["version"],
        seen.body["version"].as_u64().map_or(json!(0), |it| json!(it + 1))
    );
}
