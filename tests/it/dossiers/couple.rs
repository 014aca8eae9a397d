//! The other borrower, on a telephone of their own: the link alone opens nothing, wrong birth dates freeze
//! it, «Ce n’est pas moi» closes it, and neither of the two reads what the other answered.

use std::time::Duration;

use reqwest::StatusCode;

use super::signing::base;
use super::{another_code, begin_with, code, fill, link, protected, somebody, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};

/// Who is invited, born on 2 February 1991.
pub(super) const BIRTH: [(&str, &str); 3] =
    [("naissance_j", "2"), ("naissance_m", "2"), ("naissance_a", "1991")];

const ANOTHER_DAY: [(&str, &str); 3] =
    [("naissance_j", "3"), ("naissance_m", "2"), ("naissance_a", "1991")];

/// The price of two, 150 000 € over twenty years, each for the whole; the first born in this year.
async fn price(app: &App, year: &str) -> String {
    let mut surfer = Surfer::new(app);
    let page = surfer.open("/simuler?deux=1").await;
    let mut form = page.form("/simuler");
    form.values.retain(|name, _| ["cle", "deux", "prets"].contains(&name.as_str()));
    let answers = [
        ("projet", "nouveau"),
        ("capital", "150000"),
        ("duree", "20"),
        ("taux", "3,45"),
        ("naissance_j", "27"),
        ("naissance_m", "3"),
        ("naissance_a", year),
        ("fumeur", "non"),
        ("part1", "100"),
        ("naissance2_j", "2"),
        ("naissance2_m", "2"),
        ("naissance2_a", "1991"),
        ("fumeur2", "non"),
        ("part2", "100"),
    ];
    let seen = surfer.submit(&form.with(&answers)).await;
    assert_eq!(seen.heading(), "Votre prix", "{}", seen.body);
    seen.at
}

/// Two people: who begins, and who is invited.
pub(super) struct Couple {
    pub(super) app: App,
    pub(super) first: Surfer,
    pub(super) camille: (String, String),
    pub(super) sam: (String, String),
    /// The page where the invitation is.
    pub(super) invitation: Seen,
}

/// What Sam answers on pages 2 to 4, with how the pages are called when the other fills them in.
const SAM: [(&str, [(&str, &str); 3]); 3] = [
    (
        "Qui est l’autre personne ?",
        [("prenom", "Sam"), ("nom", "Durand"), ("lieu", "Nice, France")],
    ),
    ("Où habite Sam ?", [("voie", "9 quai du Port"), ("cp", "06000"), ("commune", "Nice")]),
    (
        "Le travail et les loisirs de Sam",
        [("activite", "fonctionnaire"), ("risque_pro", "non"), ("sport", "non")],
    ),
];

impl Couple {
    /// Up to the page of the invitation.
    pub(super) async fn begin(app: App) -> Self {
        Self::begin_as(app, "1992", "lien").await
    }

    /// The same, the first born in this year and filling in so: `lien`, or `ici` for both of them.
    pub(super) async fn begin_as(app: App, year: &str, way: &str) -> Self {
        let (camille, sam) = (somebody("camille"), somebody("sam"));
        let mut first = Surfer::new(&app);
        let quote = price(&app, year).await;
        let mut page = begin_with(&app, &mut first, &quote, &camille, &[("qui", way)]).await;
        let steps: [(&str, &[(&str, &str)]); 5] = [
            (
                "Qui êtes-vous ?",
                &[("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")],
            ),
            (
                "Où habitez-vous ?",
                &[("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")],
            ),
            (
                "Votre travail et vos loisirs",
                &[("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")],
            ),
            (
                "Votre prêt",
                &[
                    ("banque", "Banque du Nord"),
                    ("objet", "residence_principale"),
                    ("echeance_m", "1"),
                    ("echeance_a", "2027"),
                ],
            ),
            ("Vos garanties", &[("quotite_1", "100"), ("quotite_2", "100"), ("franchise", "90")]),
        ];
        for (heading, answers) in steps {
            assert_eq!(page.heading(), heading, "{}", page.body);
            page = fill(&mut first, &page, answers).await;
        }
        for (heading, answers) in SAM.iter().filter(|_| way == "ici") {
            assert_eq!(page.heading(), *heading, "{}", page.body);
            page = fill(&mut first, &page, answers).await;
        }
        assert_eq!(page.heading(), "Inviter l’autre personne", "{}", page.body);
        Self { app, first, camille, sam, invitation: page }
    }

    /// Sends the invitation, and reads its link: another one than `old`.
    pub(super) async fn invite(&mut self, old: &str) -> String {
        let answers =
            [("prenom", "Sam"), ("email", self.sam.0.as_str()), ("mobile", self.sam.1.as_str())];
        fill(&mut self.first, &self.invitation, &answers).await;
        eventually("another link", async || {
            let found = link(&self.app, &self.sam.0, "/i/").await;
            (found != old).then_some(found)
        })
        .await
    }

    /// Sam opens the link on a telephone of their own, up to the first page after the code.
    pub(super) async fn second(&self, path: &str) -> (Surfer, Seen) {
        let mut second = Surfer::new(&self.app);
        let page = second.open(path).await;
        let page = fill(&mut second, &page, &BIRTH).await;
        let sms = code(&self.app, &self.sam.1).await;
        let page = fill(&mut second, &page, &[("code", &sms)]).await;
        (second, page)
    }

    /// The same up to Sam's recap.
    pub(super) async fn second_at_the_recap(&self, path: &str) -> (Surfer, Seen) {
        let (mut second, mut page) = self.second(path).await;
        for (_, answers) in &SAM {
            page = fill(&mut second, &page, answers).await;
        }
        let page = protected(&mut second, page).await;
        assert_eq!(page.heading(), "Vérifiez avant de signer", "{}", page.body);
        (second, page)
    }

    /// Address of the dossier.
    pub(super) fn base(&self) -> String {
        base(&self.invitation.at)
    }

    /// The second person on a telephone of their own, as far as the recap: their browser, the page, and the link
    /// that they came by.
    pub(super) async fn joined(&mut self, activity: &str) -> (Surfer, Seen, String) {
        let path = self.invite("").await;
        let mut second = Surfer::new(&self.app);
        let page = second.open(&path).await;
        let page = fill(&mut second, &page, &BIRTH).await;
        let sms = code(&self.app, &self.sam.1).await;
        let mut page = fill(&mut second, &page, &[("code", &sms)]).await;
        for answers in [
            [("prenom", "Sam"), ("nom", "Durand"), ("lieu", "Nice, France")],
            [("voie", "9 quai du Port"), ("cp", "06000"), ("commune", "Nice")],
            [("activite", activity), ("risque_pro", "non"), ("sport", "non")],
        ] {
            page = fill(&mut second, &page, &answers).await;
        }
        let page = protected(&mut second, page).await;
        assert_eq!(page.heading(), "Vérifiez avant de signer", "{}", page.body);
        (second, page, path)
    }

    /// The page of the invitation, as who invited sees it.
    async fn seen_by_the_first(&mut self) -> Seen {
        self.first.open(&self.invitation.at).await
    }
}

#[tokio::test]
async fn each_has_a_telephone_and_reads_nothing_of_the_other() {
    let mut couple = Couple::begin(App::start().await).await;
    let path = couple.invite("").await;
    let waits = couple.first.open(&format!("{}/recapitulatif", couple.base())).await;
    assert!(waits.says("Attendre la partie de Sam"), "{}", waits.body);
    let mut second = Surfer::new(&couple.app);
    let page = second.open(&path).await;
    assert_eq!(page.heading(), "Votre partie de l’assurance de prêt");
    assert!(page.says("Camille vous invite") && !page.body.contains("Martin"), "{}", page.body);
    // The link alone is no session.
    let base = couple.invitation.at.split("/invitation").next().expect("a base").to_owned();
    assert_eq!(second.open(&base).await.status, StatusCode::FORBIDDEN);
    let page = fill(&mut second, &page, &BIRTH).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    assert_eq!(second.open(&base).await.heading(), "Le code reçu par SMS", "not before the code");
    let sms = code(&couple.app, &couple.sam.1).await;
    let mut page = fill(&mut second, &page, &[("code", &sms)]).await;
    assert_eq!(page.heading(), "Qui êtes-vous ?", "{}", page.body);
    let seen = couple.seen_by_the_first().await;
    assert!(seen.says("Un lien est parti"), "{}", seen.body);
    for (heading, answers) in [
        ("Où habitez-vous ?", [("prenom", "Sam"), ("nom", "Durand"), ("lieu", "Nice, France")]),
        (
            "Votre travail et vos loisirs",
            [("voie", "9 quai du Port"), ("cp", "06000"), ("commune", "Nice")],
        ),
        (
            "Aucune question de santé",
            [("activite", "fonctionnaire"), ("risque_pro", "non"), ("sport", "non")],
        ),
    ] {
        page = fill(&mut second, &page, &answers).await;
        assert_eq!(page.heading(), heading, "{}", page.body);
        assert!(!page.body.contains("rue des Lilas"), "{}", page.body);
    }
    for (surfer, other) in [(&mut couple.first, "a2"), (&mut second, "a1")] {
        for page in ["identite", "adresse", "travail", "sante", "sante/questions", "decision"] {
            let seen = surfer.open(&format!("{base}/{other}/{page}")).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND, "{other}/{page}: {}", seen.body);
        }
    }
    let recap = couple.first.open(&format!("{base}/recapitulatif")).await;
    assert!(!recap.body.contains("quai du Port") && !recap.body.contains("Durand"));
    // The pages of who began are not the second's, and neither is the invitation.
    assert_eq!(second.open(&format!("{base}/invitation")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(written(&couple.app, &base).await.0, "offer");
}

#[tokio::test]
async fn three_wrong_birth_dates_freeze_the_link_and_who_invited_is_told() {
    let database = TestDatabase::own().await;
    let mut couple = Couple::begin(App::on_database(&database, &[]).await).await;
    let path = couple.invite("").await;
    let mut second = Surfer::new(&couple.app);
    let page = second.open(&path).await;
    for says in ["Il reste 2 essais", "Il reste 1 essai"] {
        let wrong = fill(&mut second, &page, &ANOTHER_DAY).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says(says), "{}", wrong.body);
    }
    let frozen = fill(&mut second, &page, &ANOTHER_DAY).await;
    assert_eq!((frozen.status, frozen.heading()), (StatusCode::GONE, "Ce lien est bloqué".into()));
    let late = fill(&mut second, &page, &BIRTH).await;
    assert_eq!(late.status, StatusCode::GONE, "the right date opens it no more");
    let seen = couple.seen_by_the_first().await;
    assert!(seen.says("Le lien a été bloqué"), "{}", seen.body);
    let told = eventually("a letter", async || {
        let to = couple.camille.0.replace('@', "%40");
        let text = couple.app.get(&format!("/dev/messages.json?to={to}")).await.text().await;
        text.ok().filter(|text| text.contains("a été bloqué"))
    })
    .await;
    assert!(told.contains("Un lien de votre dossier a été bloqué"));
    // Another link opens, with the right date.
    couple.app.clock.advance(Duration::from_secs(60));
    let again = couple.invite(&path).await;
    let page = second.open(&again).await;
    let page = fill(&mut second, &page, &BIRTH).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    assert_eq!(second.open(&path).await.status, StatusCode::GONE, "the old one is replaced");
}

#[tokio::test]
async fn somebody_else_says_so_and_the_link_is_closed() {
    let database = TestDatabase::own().await;
    let mut couple = Couple::begin(App::on_database(&database, &[]).await).await;
    let path = couple.invite("").await;
    let mut stranger = Surfer::new(&couple.app);
    let page = stranger.open(&path).await;
    let told = stranger.submit(&page.form("/pas-moi")).await;
    assert_eq!(told.heading(), "Merci de nous l’avoir dit", "{}", told.body);
    assert_eq!(stranger.open(&path).await.status, StatusCode::GONE);
    let late = fill(&mut stranger, &page, &BIRTH).await;
    assert_eq!((late.status, late.heading()), (StatusCode::GONE, "Ce lien ne s’ouvre plus".into()));
    let seen = couple.seen_by_the_first().await;
    assert!(seen.says("La personne a répondu « Ce n’est pas moi »"), "{}", seen.body);
    // Fourteen days, and not a moment more.
    couple.app.clock.advance(Duration::from_secs(60));
    let again = couple.invite(&path).await;
    assert_eq!(stranger.open(&again).await.status, StatusCode::OK);
    couple.app.clock.advance(Duration::from_secs(14 * 86_400 + 1));
    assert_eq!(stranger.open(&again).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn one_number_is_no_telephone_for_two() {
    let mut couple = Couple::begin(App::start().await).await;
    let mine = couple.camille.1.clone();
    let answers = [("prenom", "Sam"), ("email", "sam@exemple.fr"), ("mobile", mine.as_str())];
    let refused = fill(&mut couple.first, &couple.invitation, &answers).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("Indiquez un autre numéro que le vôtre"), "{}", refused.body);
}

#[tokio::test]
async fn who_was_invited_comes_back_by_a_link_of_their_own() {
    let database = TestDatabase::own().await;
    let mut couple = Couple::begin(App::on_database(&database, &[]).await).await;
    let path = couple.invite("").await;
    let mut second = Surfer::new(&couple.app);
    let page = second.open(&path).await;
    let page = fill(&mut second, &page, &BIRTH).await;
    let sms = code(&couple.app, &couple.sam.1).await;
    let page = fill(&mut second, &page, &[("code", &sms)]).await;
    let later = fill(&mut second, &page, &[("prenom", "Samuel"), ("action", "plus_tard")]).await;
    assert_eq!(later.heading(), "Votre dossier est enregistré", "{}", later.body);
    second.submit(&later.form("/plus-tard")).await;
    let back = link(&couple.app, &couple.sam.0, "/r/").await;
    couple.app.clock.advance(Duration::from_secs(60));
    let mut laptop = Surfer::new(&couple.app);
    let page = laptop.open(&back).await;
    let page = laptop.submit(&page.form(&back)).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    let fresh = another_code(&couple.app, &couple.sam.1, &sms).await;
    let page = fill(&mut laptop, &page, &[("code", &fresh)]).await;
    assert_eq!(page.heading(), "Qui êtes-vous ?", "{}", page.body);
    assert!(page.body.contains("value=\"Samuel\"") && !page.body.contains("Martin"));
}
