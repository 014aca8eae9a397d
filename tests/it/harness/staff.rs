//! Staff that is really hired: invited, with a password and an application of codes, logged in to the
//! pool `gestion` with a browser of their own.

use assurly::app::state::{self, Platform};
use assurly::platform::clock::Entropy;
use assurly::slices::identity::Invitation;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::app::{App, settings};
use super::surfer::{Seen, Surfer};

/// Long, and of no list.
const PASSWORD: &str = "fougère tambour lézard 41";

/// One of our staff.
pub(crate) struct Staffer {
    pub(crate) email: String,
    pub(crate) browser: Surfer,
}

impl Staffer {
    /// Hires somebody with a password, who has not logged in yet.
    pub(crate) async fn invited(app: &App, groups: &[&str]) -> Self {
        let email = format!("n.petit.{}@assurly.example", Entropy::system().hex::<6>());
        let url = app.database().url();
        let settings = settings(&[("DATABASE__URL", &url)]);
        let platform = Platform::with(settings, app.clock.clone(), Entropy::system());
        let identity = state::identity(&platform.expect("the tools")).expect("identity");
        identity.prepare().await.expect("the pools");
        let groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
        let who = Invitation {
            email: &email,
            given_name: Some("Nadia"),
            family_name: Some("Petit"),
            groups: &groups,
            ..Invitation::default()
        };
        let link = identity.invite("gestion", &who).await.expect("invited");
        let link: url::Url = link.parse().expect("an address");
        let link = format!("{}?{}", link.path(), link.query().unwrap_or_default());
        let mut browser = Surfer::new(app);
        let page = browser.open(&link).await;
        browser.send(&page, "/reset", &[("password", PASSWORD)]).await;
        Self { email, browser: Surfer::new(app) }
    }

    /// The same, logged in with two factors, from this page of the back office on: what is shown then.
    pub(crate) async fn at(app: &App, groups: &[&str], page: &str) -> (Self, Seen) {
        let mut staffer = Self::invited(app, groups).await;
        let login = staffer.browser.open(page).await;
        let seen = staffer.log_in(app, &login).await;
        (staffer, seen)
    }

    /// Answers the login, sets up an application of codes, and goes on.
    pub(crate) async fn log_in(&mut self, app: &App, login: &Seen) -> Seen {
        let answers = [("email", self.email.as_str()), ("password", PASSWORD)];
        let page = self.browser.send(login, "/login", &answers).await;
        assert_eq!(page.heading(), "Ajoutez une application de codes", "{}", page.body);
        let now = u64::try_from(app.clock.now().as_second()).expect("after 1970");
        let code = application(&page).generate(now).to_string();
        let page = self.browser.send(&page, "/setup", &[("code", &code)]).await;
        let way = page.body.split("class=\"bouton\" href=\"").nth(1).expect("the way on");
        let way =
            way.split('"').next().expect("its end").replace("&amp;", "&").replace("&#38;", "&");
        self.browser.open(&way).await
    }
}

/// The application of codes of somebody who scanned the picture of this page.
fn application(page: &Seen) -> Totp {
    let shown = page.body.split("<code class=\"cle\">").nth(1).expect("a key");
    let letters = shown.split("</code>").next().expect("its end").replace(' ', "");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_secret(Secret::try_from_base32(letters).expect("base32"))
        .with_account_name("x")
        .build()
        .expect("a totp")
}
