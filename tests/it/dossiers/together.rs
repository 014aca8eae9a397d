//! Two people up to the two signatures, in both orders, each told why they wait and when they may sign; and
//! what each of them reads of what is common.

use super::couple::Couple;
use super::signing::{CONTRACTS, IBAN, act, asked_code, count, prepared, program};
use super::{fill, link, written};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};

/// From page 9 to the documents.
async fn account(first: &mut Surfer, page: &Seen) -> Seen {
    assert_eq!(page.heading(), "Le compte à prélever", "{}", page.body);
    let account = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    let page = fill(first, page, &account).await;
    prepared(first, page).await
}

/// Somebody types the code that they asked for.
async fn signs(app: &App, surfer: &mut Surfer, page: &Seen, mobile: &str) -> Seen {
    let code = asked_code(app, surfer, page, mobile).await;
    act(surfer, page, &code).await
}

/// How many letters say so to somebody.
async fn letters(app: &App, email: &str) -> usize {
    let path = format!("/dev/messages.json?to={}", email.replace('@', "%40"));
    let kept: serde_json::Value = app.get(&path).await.json().await.expect("JSON");
    let all = kept["messages"].as_array().expect("a list");
    all.iter().filter(|one| one["subject"] == "Vous pouvez signer").count()
}

/// The letter that says that somebody may sign.
async fn called(app: &App, email: &str) {
    eventually("a letter", async || (letters(app, email).await > 0).then_some(())).await;
    assert_eq!(letters(app, email).await, 1, "once");
}

#[tokio::test]
async fn who_comes_before_the_account_is_told_to_wait_and_then_called() {
    let mut couple = Couple::begin(program().await).await;
    let path = couple.invite("").await;
    let base = couple.base();
    let (mut second, recap) = couple.second_at_the_recap(&path).await;
    // What is common is read, and changed by who began.
    for at in ["/pret/1", "/garanties"] {
        assert!(!recap.body.contains(&format!("{base}{at}\"")), "{at}: {}", recap.body);
    }
    assert!(recap.body.contains(&format!("{base}/a2/adresse")) && recap.says("Banque du Nord"));
    let waits = fill(&mut second, &recap, &[("lu", "oui")]).await;
    assert_eq!(waits.heading(), "Bientôt à vous de signer", "{}", waits.body);
    assert!(waits.says("Camille doit encore indiquer le compte à prélever"), "{}", waits.body);
    assert!(waits.says("Nous vous écrivons quand vous pouvez signer"), "{}", waits.body);
    let recap = couple.first.open(&format!("{base}/recapitulatif")).await;
    assert!(recap.body.contains(&format!("{base}/garanties\"")), "{}", recap.body);
    let page = fill(&mut couple.first, &recap, &[("lu", "oui")]).await;
    let page = account(&mut couple.first, &page).await;
    assert_eq!(letters(&couple.app, &couple.sam.0).await, 0, "nobody has signed yet");
    let seen = signs(&couple.app, &mut couple.first, &page, &couple.camille.1).await;
    assert!(seen.says("Vous avez signé") && seen.says("Sam : à signer"), "{}", seen.body);
    called(&couple.app, &couple.sam.0).await;
    assert!(link(&couple.app, &couple.sam.0, "/r/").await.len() > 20, "with a way back");
    let page = second.open(&format!("{base}/signature")).await;
    let end = signs(&couple.app, &mut second, &page, &couple.sam.1).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    assert_eq!(count(&couple.app, CONTRACTS, &base).await, 1);
}

#[tokio::test]
async fn two_on_one_telephone_are_led_to_the_link_and_sign_each_on_their_own() {
    let mut couple = Couple::begin_as(program().await, "1992", "ici").await;
    let base = couple.base();
    // The offer is there; nobody goes on without the other's own number.
    assert_eq!(written(&couple.app, &base).await.0, "offer");
    let at = format!("{base}/recapitulatif");
    let recap = couple.first.open(&at).await;
    assert!(recap.says("Sam : pas encore invité(e)."), "{}", recap.body);
    assert!(recap.body.contains(&format!("{base}/invitation\"")), "{}", recap.body);
    assert!(!recap.says("Continuer vers la signature"), "{}", recap.body);
    let hub = couple.first.open(&base).await;
    assert!(hub.body.contains(&format!("{base}/invitation\"")), "{}", hub.body);
    // Sent all the same, nothing is received and nobody goes on.
    let mut sent = hub.form("/quitter").with(&[("lu", "oui")]);
    sent.action.clone_from(&at);
    let stays = couple.first.submit(&sent).await;
    assert_eq!((stays.status.as_u16(), stays.at), (200, at.clone()));
    let path = couple.invite("").await;
    let recap = couple.first.open(&at).await;
    assert!(recap.says("Sam : lien envoyé."), "{}", recap.body);
    let page = fill(&mut couple.first, &recap, &[("lu", "oui")]).await;
    let own = account(&mut couple.first, &page).await;
    // The second signs first: all was typed for them.
    let (mut second, hub) = couple.second(&path).await;
    assert_eq!(hub.heading(), "Votre dossier", "{}", hub.body);
    let recap = second.open(&at).await;
    let page = fill(&mut second, &recap, &[("lu", "oui")]).await;
    let page = prepared(&mut second, page).await;
    let seen = signs(&couple.app, &mut second, &page, &couple.sam.1).await;
    assert!(seen.says("Vous avez signé"), "{}", seen.body);
    called(&couple.app, &couple.camille.0).await;
    let end = signs(&couple.app, &mut couple.first, &own, &couple.camille.1).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    assert_eq!(count(&couple.app, CONTRACTS, &base).await, 1);
}

#[tokio::test]
async fn who_has_nothing_left_to_do_is_told_whom_they_wait_for() {
    // Beyond the 60th birthday: the first has questions to answer, the second none.
    let mut couple = Couple::begin_as(App::start().await, "1985", "lien").await;
    let path = couple.invite("").await;
    let (_, recap) = couple.second_at_the_recap(&path).await;
    assert!(recap.says("La partie de Camille n’est pas terminée"), "{}", recap.body);
    assert!(!recap.says("Il manque") && !recap.says("Continuer vers la signature"));
    assert_eq!(written(&couple.app, &couple.base()).await.0, "medical");
}

/// Another loan makes other documents: who had signed is told, and a code that was asked for the old ones signs none.
#[tokio::test]
async fn a_loan_that_changes_voids_a_signature_and_the_codes_that_were_asked_for() {
    let mut couple = Couple::begin(program().await).await;
    let path = couple.invite("").await;
    let at = couple.base();
    let (mut second, _) = couple.second_at_the_recap(&path).await;
    let recap = couple.first.open(&format!("{at}/recapitulatif")).await;
    let page = fill(&mut couple.first, &recap, &[("lu", "oui")]).await;
    let page = account(&mut couple.first, &page).await;
    let early = asked_code(&couple.app, &mut couple.first, &page, &couple.camille.1).await;
    let theirs = second.open(&format!("{at}/signature")).await;
    let theirs = prepared(&mut second, theirs).await;
    let seen = signs(&couple.app, &mut second, &theirs, &couple.sam.1).await;
    assert!(seen.says("Vous avez signé"), "{}", seen.body);
    let terms = couple.first.open(&format!("{at}/pret/1/modifier")).await;
    let loan = [
        ("type", "classique"),
        ("capital", "140000"),
        ("duree", "20"),
        ("taux", "3,45"),
        ("differe_type", "non"),
        ("echeance_m", "1"),
        ("echeance_a", "2027"),
    ];
    let page = fill(&mut couple.first, &terms, &loan).await;
    let recap = super::protected(&mut couple.first, page).await;
    let void = "Ce qui était signé ne compte plus : relisez, puis signez les nouveaux documents.";
    assert!(recap.says(void), "{}", recap.body);
    let path = format!("/dev/messages.json?to={}", couple.sam.0.replace('@', "%40"));
    eventually("the letter", async || {
        let kept: serde_json::Value = couple.app.get(&path).await.json().await.ok()?;
        let mut all = kept["messages"].as_array()?.iter();
        all.find(|one| one["subject"] == "Des documents à signer de nouveau").map(|_| ())
    })
    .await;
    assert!(second.open(&at).await.says(void));
    // Read and received again, what was said of the old documents is over; so is the code.
    fill(&mut couple.first, &recap, &[("lu", "oui")]).await;
    let page = couple.first.open(&format!("{at}/signature")).await;
    let page = prepared(&mut couple.first, page).await;
    let seen = act(&mut couple.first, &page, &early).await;
    assert!(seen.says("Ce code a expiré"), "{}", seen.body);
    assert_eq!(count(&couple.app, CONTRACTS, &at).await, 0);
    assert!(!couple.first.open(&at).await.says(void), "{at}");
}
