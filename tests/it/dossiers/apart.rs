//! The documents of a couple: each reads and signs their own conditions, the account is who pays's alone, and nobody
//! is said to have a guarantee that they have not.

use std::time::Duration;

use reqwest::StatusCode;

use super::area::{registered, waiting};
use super::couple::Couple;
use super::signing::{IBAN, act, asked_code, base, file, prepared, program};
use super::{another_code, code, fill, somebody};
use crate::harness::app::App;
use crate::harness::surfer::{Seen, Surfer};
use crate::papers::templates::asked;

/// A couple before the signature: Camille works, Sam is retired.
struct Apart {
    couple: Couple,
    second: Surfer,
    base: String,
}

impl Apart {
    async fn begin() -> Self {
        let mut couple = Couple::begin(program().await).await;
        let (second, page, _) = couple.joined("retraite").await;
        let base = base(&page.at);
        Self { couple, second, base }
    }

    /// Both give what is asked of them before page 10; the pages of the signature, Camille's first.
    async fn at_the_code(&mut self) -> (Seen, Seen) {
        let recap = self.couple.first.open(&format!("{}/recapitulatif", self.base)).await;
        let page = fill(&mut self.couple.first, &recap, &[("lu", "oui")]).await;
        let account = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
        let page = fill(&mut self.couple.first, &page, &account).await;
        let first = prepared(&mut self.couple.first, page).await;
        let recap = self.second.open(&format!("{}/recapitulatif", self.base)).await;
        let page = fill(&mut self.second, &recap, &[("lu", "oui")]).await;
        let second = prepared(&mut self.second, page).await;
        (first, second)
    }
}

async fn said(app: &App, surfer: &Surfer, path: &str) -> String {
    let text = asked("pdftotext", &["-layout", "FILE", "-"], &file(app, surfer, path).await);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each reads their own and not the other's, before and after the signature.
async fn each_has_their_own(one: &mut Apart) {
    let documents = format!("{}/documents", one.base);
    for (surfer, own, other) in [(&mut one.couple.first, 1, 2), (&mut one.second, 2, 1)] {
        let conditions = |place| format!("{documents}/conditions_particulieres_{place}");
        let text = said(&one.couple.app, surfer, &conditions(own)).await;
        let (mine, theirs) = if own == 1 {
            ("rue des Lilas", "quai du Port")
        } else {
            ("quai du Port", "rue des Lilas")
        };
        assert!(text.contains(mine) && !text.contains(theirs), "{own}: {text}");
        assert_eq!(text.contains("ITT"), own == 1, "who is retired has no cover for stops: {text}");
        assert!(text.contains("Camille Martin") && text.contains("Sam Durand"), "{text}");
        let seen = surfer.open(&conditions(other)).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{own} reads {other}");
        let advice = |place| format!("{documents}/fiche_conseil_{place}");
        let text = said(&one.couple.app, surfer, &advice(own)).await;
        assert_eq!(text.contains("Arrêt de travail : pas couvert"), own == 2, "{own}: {text}");
        assert_eq!(text.contains("jours d’arrêt"), own == 1, "{own}: {text}");
        let seen = surfer.open(&advice(other)).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{own} reads the advice of {other}");
        let mandate = surfer.open(&format!("{documents}/mandat_sepa")).await;
        let expected = if own == 1 { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(mandate.status, expected, "the account, by {own}");
    }
}

/// The other borrower finds the contract by the account of their address, and opens it with a code.
async fn is_found_by_the_other(one: &mut Apart) {
    let app = &one.couple.app;
    let mut account = registered(app, &one.couple.sam.0).await;
    let home = account.open("/espace").await;
    assert!(home.says("Contrat à retrouver"), "{}", home.body);
    let old = code(app, &one.couple.sam.1).await;
    app.clock.advance(Duration::from_secs(31));
    let page = account.submit(&waiting(&home)).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    let typed = another_code(app, &one.couple.sam.1, &old).await;
    let end = fill(&mut account, &page, &[("code", &typed)]).await;
    assert!(end.body.contains("<a class=\"bouton\" href=\"/pools/clients/signup\">"));
    let to = one.couple.sam.0.replace('@', "%40");
    let told = app.get(&format!("/dev/messages.json?to={to}")).await.text().await.expect("letters");
    assert!(told.contains("La personne qui a commencé le dossier peut y renoncer"), "{told}");
    assert!(!told.contains("Vous pouvez y renoncer"), "{told}");
    assert!(end.says("Conditions particulières de Sam Durand"), "{}", end.body);
    // Nobody finds it by an address that is not theirs.
    let mut stranger = registered(app, &somebody("autre").0).await;
    assert!(!stranger.open("/espace").await.says("Contrat à retrouver"));
}

/// The owner's own guarantees are on the contract's page; the other's are theirs to read.
async fn owner_reads_of_the_other(one: &Apart) {
    let (app, who) = (&one.couple.app, &one.couple.camille);
    let mut account = registered(app, &who.0).await;
    let home = account.open("/espace").await;
    let old = code(app, &who.1).await;
    app.clock.advance(Duration::from_secs(31));
    let page = account.submit(&waiting(&home)).await;
    let typed = another_code(app, &who.1, &old).await;
    fill(&mut account, &page, &[("code", &typed)]).await;
    let home = account.open("/espace").await;
    let rest = home.body.split("href=\"/espace/contrats/").nth(1).expect("a contract");
    let id = rest.split(['"', '/']).next().expect("its end");
    let contract = account.open(&format!("/espace/contrats/{id}")).await;
    assert!(contract.says("Arrêt de travail (ITT)"), "{}", contract.body);
    assert!(contract.says("Ses garanties sont dans ses conditions"), "{}", contract.body);
    assert_eq!(contract.body.matches("<dt>Décès</dt>").count(), 1, "{}", contract.body);
}

/// Whoever has proven their number is somebody: who invited them names nobody else in their place.
#[tokio::test]
async fn nobody_takes_the_place_of_who_has_proven_their_number() {
    let mut one = Apart::begin().await;
    let page = one.couple.first.open(&format!("{}/invitation", one.base)).await;
    let mine = somebody("mine");
    let answers = [("prenom", "Sam"), ("email", mine.0.as_str()), ("mobile", mine.1.as_str())];
    let mut form = page.forms().into_iter().find(|form| form.values.contains_key("jeton"));
    if let Some(form) = &mut form {
        form.action = format!("{}/invitation", one.base);
        let sent = one.couple.first.submit(&form.clone().with(&answers)).await;
        assert_eq!(sent.status, StatusCode::CONFLICT, "{}", sent.body);
    }
    assert!(form.is_some(), "a form of this session: {}", page.body);
    let sql = "SELECT mobile FROM dossier_insured WHERE place = 2";
    let kept: Vec<String> =
        sqlx::query_scalar(sql).fetch_all(one.couple.app.opened().pool()).await.expect("numbers");
    assert_eq!(kept, [one.couple.sam.1.as_str()]);
    assert_eq!(
        one.second.open(&format!("{}/recapitulatif", one.base)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn each_of_a_couple_signs_their_own_conditions_and_reads_no_other() {
    let mut one = Apart::begin().await;
    let (first, second) = one.at_the_code().await;
    assert!(first.says("J’autorise le prélèvement") && first.body.contains("/mandat_sepa\""));
    assert!(second.says("rien n’est prélevé sur mon compte"), "{}", second.body);
    assert!(!second.body.contains("mandat_sepa"), "{}", second.body);
    assert!(second.says("Conditions particulières de Sam Durand"), "{}", second.body);
    each_has_their_own(&mut one).await;

    let app = &one.couple.app;
    let typed = asked_code(app, &mut one.couple.first, &first, &one.couple.camille.1).await;
    let waiting = act(&mut one.couple.first, &first, &typed).await;
    assert!(waiting.says("Vous avez signé"), "{}", waiting.body);
    let typed = asked_code(app, &mut one.second, &second, &one.couple.sam.1).await;
    let end = act(&mut one.second, &second, &typed).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    assert!(!end.body.contains("mandat_sepa"), "{}", end.body);
    each_has_their_own(&mut one).await;
    let all = file(&one.couple.app, &one.second, &format!("{}/documents.zip", one.base)).await;
    let holds = |name: &str| all.windows(name.len()).any(|part| part == name.as_bytes());
    assert!(holds("conditions-particulieres-2.pdf") && !holds("mandat-sepa.pdf"));
    assert!(!holds("conditions-particulieres-1.pdf"), "the other's");

    is_found_by_the_other(&mut one).await;
    owner_reads_of_the_other(&one).await;

    let path = format!("{}/documents/preuve_signature", one.base);
    for (surfer, own, other) in [
        (&one.couple.first, &one.couple.camille.1, &one.couple.sam.1),
        (&one.second, &one.couple.sam.1, &one.couple.camille.1),
    ] {
        let text = said(&one.couple.app, surfer, &path).await.replace('\u{a0}', " ");
        let ends = |mobile: &str| format!("•• {}", &mobile[mobile.len() - 2..]);
        assert!(text.contains(&ends(own)), "{text}");
        assert!(ends(own) == ends(other) || !text.contains(&ends(other)), "{text}");
        assert!(text.contains("Camille Martin") && text.contains("Sam Durand"), "{text}");
    }

    // The lender reads who has which guarantee.
    let path = format!("{}/documents/attestation_preteur", one.base);
    let text = said(&one.couple.app, &one.couple.first, &path).await;
    assert!(text.contains("Camille Martin : Arrêt"), "{text}");
    assert!(text.contains("Sam Durand : Décès") && !text.contains("Sam Durand : Arrêt"), "{text}");
    // And the level of each on the criteria about their guarantees: all of them, or the four of death and PTIA.
    let levels = text.split_once("niveau de garantie").expect("the level").1;
    let (camille, sam) = levels.split_once("Sam Durand").expect("both");
    assert!(camille.contains("18 Invalidité"), "{camille}");
    assert!(sam.contains("4 PTIA") && !sam.contains("Incapacité"), "{sam}");
}
