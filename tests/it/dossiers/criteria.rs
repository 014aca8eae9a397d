//! What the lender demands, against what is covered: the page keeps nothing and answers each criterion.

use super::fill;
use super::offers::at_the_loan;
use crate::harness::app::App;
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn what_the_lender_demands_is_held_against_what_is_covered() {
    let app = App::start().await;
    let (mut phone, loan) = at_the_loan(&app).await;
    let answers = [
        ("banque", "Banque du Nord"),
        ("objet", "residence_principale"),
        ("echeance_m", "1"),
        ("echeance_a", "2027"),
    ];
    let page = fill(&mut phone, &loan, &answers).await;
    assert!(page.says("Comparer avec cette fiche"), "{}", page.body);
    let at = format!("{}/banque", page.at);
    let empty = phone.open(&at).await;
    assert_eq!(empty.heading(), "Demandé par votre banque", "{}", empty.body);
    assert!(!empty.says("Demandé et couvert"), "nothing was chosen");
    // Ninety days are what is chosen until somebody chooses less.
    let same = phone.open(&format!("{at}?c3=oui&c6=90&c11=sans_condition")).await;
    assert!(same.says("Tout ce que vous avez choisi est couvert"), "{}", same.body);
    assert_eq!(same.body.matches("<dt>").count(), 3, "what was chosen, and no more");
    let less = phone.open(&format!("{at}?c6=30")).await;
    assert!(less.says("Une partie n’est pas couverte"), "{}", less.body);
    assert!(less.says("Pas couvert"), "{}", less.body);
    let said = less.body.split("<dl").nth(1).and_then(|rest| rest.split("</dl>").next());
    let said = said.expect("an answer").replace('\u{a0}', " ");
    let title = said.split("<dt>").nth(1).and_then(|rest| rest.split('<').next()).expect("a title");
    assert_eq!(said.matches(title).count(), 1, "a criterion is said once: {said}");
    assert!(said.contains("<small>Exigé 30 jours"), "{said}");
    let odd = phone.open(&format!("{at}?c6=31&c99=oui&c3=non")).await;
    assert!(!odd.says("Demandé et couvert"), "what is in no list is not chosen: {}", odd.body);
    let many = (1..=18).map(|number| match number {
        2 => "c2=personnel".to_owned(),
        6 => "c6=90".to_owned(),
        10 => "c10=1_49".to_owned(),
        11 | 12 | 17 | 18 => format!("c{number}=sans_condition"),
        _ => format!("c{number}=oui"),
    });
    let many = phone.open(&format!("{at}?{}", many.collect::<Vec<_>>().join("&"))).await;
    assert!(many.says("Une banque retient 11 critères au plus"), "{}", many.body);
    assert_ne!(Surfer::new(&app).open(&at).await.heading(), "Demandé par votre banque");
}
