//! What the optional script adds: a price that follows the answers, a form that is sent once, an IBAN in
//! groups, a word before the session ends. Each page without it: `subscription::alone_without_script_…`.

use super::house::House;
use super::people::{CAMILLE, LOAN, ON, RECAP};

#[tokio::test]
async fn the_price_follows_the_answers_before_anything_is_sent() {
    let house = House::open().await;
    house.go("/simuler?capital=220000&duree=20&taux=3,45&projet=nouveau").await;
    assert_eq!(house.text("output").await.as_deref(), Some(""), "nothing is known yet");
    for (name, text) in [("naissance_j", "27"), ("naissance_m", "3"), ("naissance_a", "1988")] {
        house.fill(name, text).await;
    }
    house.choose("fumeur", "non").await;
    house.sees("output", "€ le premier mois").await;
    let cheap = house.text("output").await.expect("a price");
    house.fill("capital", "330000").await;
    let dearer = house
        .eventually("another price", async || {
            house.text("output").await.filter(|now| !now.is_empty() && *now != cheap)
        })
        .await;
    assert!(dearer.starts_with("Environ "), "{dearer}");
    house.fill("capital", "").await;
    house
        .eventually("no price", async || house.text("output").await.filter(String::is_empty))
        .await;
    house.close().await;
}

#[tokio::test]
async fn a_journey_has_a_live_price_one_submission_and_a_word_before_its_session_ends() {
    // The shortest session: its last five minutes begin at once.
    let house = House::with(&[("DOSSIERS__SESSION_MINUTES", "5".to_owned())]).await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    house.sees("[data-alerte]", "se ferme dans moins de 5 minutes").await;
    house.answer(LOAN, "Vos garanties").await;
    house.choose("quotite_1", "100").await;
    house.choose("franchise", "90").await;
    house.sees("output", "Premier mois").await;
    let before = house.text("output").await.expect("a price");
    house.choose("franchise", "30").await;
    let now = house
        .eventually("another price", async || {
            house.text("output").await.filter(|now| *now != before)
        })
        .await;
    assert!(now.contains('€'), "{now}");
    let sent = "const form = document.querySelector('form[data-prix]'); \
        const send = () => { const sent = new SubmitEvent('submit', {bubbles: true, cancelable: true}); \
        form.dispatchEvent(sent); return !sent.defaultPrevented; }; return [send(), send()]";
    assert_eq!(house.ask::<[bool; 2]>(sent).await, [true, false], "a form goes once");
    house.go_again().await;
    house.choose("quotite_1", "100").await;
    house.choose("franchise", "90").await;
    house.press(ON).await;
    house.protected().await;
    house.sees("h1", RECAP).await;
    house.press("#lu").await;
    house.press(ON).await;
    house.sees("h1", "Le compte à prélever").await;
    house.fill("iban", "fr7630006000011234567890189").await;
    house.press("#titulaire").await;
    let grouped = "return document.querySelector('#iban').value";
    house.becomes(grouped, "FR76 3000 6000 0112 3456 7890 189".to_owned()).await;
    house.close().await;
}
