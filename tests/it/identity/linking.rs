//! Accounts that one person links: by two logins of a moment ago, never by an address; and what whoever wants
//! another's rows tries.

use assurly::kernel::access::PoolKind;
use assurly::platform::clock::Entropy;
use serde_json::{Value, json};

use super::{Application, PASSWORD, Person, World, account, broken, read, text};
use crate::access::issuer::Issuer;
use crate::harness::app::Access;
use crate::harness::surfer::Surfer;
use crate::harness::{eventually, soon};
use crate::quotes::project;

const SCOPES: &str = "openid profil:lire profil:ecrire devis:lire devis:ecrire";

/// A world with two issuers beside it: of customers, and of partners.
struct Town {
    world: World,
    customers: Issuer,
    partners: Issuer,
    client: Application,
}

impl Town {
    async fn start() -> Self {
        let (customers, partners) = (Issuer::start("/c").await, Issuer::start("/p").await);
        let issuers =
            vec![customers.settings(PoolKind::Clients), partners.settings(PoolKind::Partenaires)];
        let world = World::guarded(Access { issuers, ..Access::default() }).await;
        let client = world.application(SCOPES).await;
        Self { world, customers, partners, client }
    }

    /// A token of somebody of our pool.
    async fn ours(&self, person: &Person) -> String {
        let tokens = self.world.tokens(&self.client, person, SCOPES).await;
        text(&tokens, "access_token").to_owned()
    }

    /// A token of a subject of an issuer, of a login so many seconds ago.
    fn theirs(&self, of: &Issuer, subject: &str, ago: i64) -> String {
        let mut claims = of.claims(subject);
        claims["auth_time"] = json!(self.world.app.clock.now().as_second() - ago);
        claims["scope"] = json!(SCOPES);
        of.sign(&of.header(), &claims)
    }

    async fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let app = &self.world.app;
        let mut request = app.client.request(method, app.url(path)).bearer_auth(token);
        if let Some(body) = body {
            let key = Entropy::system().key();
            request = request.header("idempotency-key", key).json(&body);
        }
        read(soon(request.send()).await.expect("an answer")).await
    }

    async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        self.ask(reqwest::Method::GET, path, token, None).await
    }

    /// Links the account of the second token to that of the first.
    async fn link(&self, own: &str, other: &str) -> (u16, Value) {
        let body = Some(json!({ "token": other }));
        self.ask(reqwest::Method::POST, "/v1/me/links", own, body).await
    }

    async fn quote(&self, token: &str) -> String {
        let asked = self.ask(reqwest::Method::POST, "/v1/quotes", token, Some(project())).await;
        assert_eq!(asked.0, 201, "{}", asked.1);
        format!("/v1/quotes/{}", text(&asked.1, "id"))
    }
}

#[tokio::test]
async fn a_linked_account_opens_its_persons_rows_until_it_is_unlinked() {
    let town = Town::start().await;
    let (world, person) = (&town.world, town.world.person("pwd").await);
    let (own, other) = (town.ours(&person).await, town.theirs(&town.customers, "zoe", 5));
    let quote = town.quote(&own).await;
    assert_eq!(town.get(&quote, &other).await.0, 404, "two people, as far as anybody knows");
    let (status, list) = town.link(&own, &other).await;
    assert_eq!(status, 201, "{list}");
    assert_eq!(text(&list["links"][0], "issuer"), town.customers.name);
    assert_eq!(text(&list["links"][0], "subject"), "zoe");
    assert_eq!(town.get(&quote, &other).await.0, 200);
    let (_, me) = town.get("/v1/me", &other).await;
    assert_eq!(text(&me["linked_to"], "subject"), person.user.to_string());
    assert_eq!(text(&me["linked_to"], "issuer"), world.issuer());
    assert_eq!(text(&me, "subject"), "zoe", "the token is what it is");
    let kept = town.quote(&other).await;
    assert_eq!(town.get(&kept, &own).await.0, 200, "and what it keeps is the person's");
    assert_eq!(town.get("/v1/me/links", &own).await, (200, list.clone()));
    assert_eq!(town.get("/v1/me/links", &other).await.0, 409, "links hang on the person's account");

    let stranger = town.theirs(&town.customers, "zoé", 5);
    assert_eq!(town.get(&quote, &stranger).await.0, 404);
    let same = town.theirs(&town.partners, "zoe", 5);
    assert_eq!(town.get(&quote, &same).await.0, 404, "the same subject of another issuer");

    let path = format!("/v1/me/links/{}", text(&list["links"][0], "id"));
    assert_eq!(town.ask(reqwest::Method::DELETE, &path, &own, None).await.0, 204);
    assert_eq!(town.ask(reqwest::Method::DELETE, &path, &own, None).await.0, 404);
    assert_eq!(town.get(&quote, &other).await.0, 404);
    let kinds = "SELECT e.kind FROM identity_event AS e JOIN identity_pool AS p ON p.id = e.pool_id \
                 WHERE p.slug = ? AND e.kind LIKE 'link.%' ORDER BY e.sequence";
    let kinds = sqlx::query_scalar::<_, String>(kinds).bind(&world.pool);
    let kinds = kinds.fetch_all(world.database.pool()).await.expect("read");
    assert_eq!(kinds, ["link.added", "link.removed"]);
    assert!(world.identity.verify_journal(&world.pool).await.expect("read").is_ok());
}

#[tokio::test]
async fn a_person_sees_and_removes_links_on_a_page_and_nobody_elses() {
    let town = Town::start().await;
    let (world, person) = (&town.world, town.world.person("pwd").await);
    let (own, other) = (town.ours(&person).await, town.theirs(&town.customers, "zoe", 5));
    let page = world.path("/account/links");
    let mut browser = Surfer::new(&world.app);
    browser.keep(&person.cookie);
    assert!(browser.open(&page).await.says("Aucun autre compte"));
    assert_eq!(town.link(&own, &other).await.0, 201);
    let list = browser.open(&page).await;
    assert!(list.says("zoe") && list.says("Retirer le lien"), "{}", list.body);

    let mut stranger = Surfer::new(&world.app);
    stranger.keep(&world.person("pwd").await.cookie);
    let seen = stranger.open(&page).await;
    assert!(seen.says("Aucun autre compte"));
    assert!(seen.forms().is_empty(), "nothing to remove");
    let mut form = stranger.open(&world.path("/account")).await.form("/account");
    form.action = page.clone();
    let id = list.form("/account/links").values["compte"].clone();
    let done = stranger.submit(&form.with(&[("compte", &id)])).await;
    assert!(!done.says("Le lien est retiré."), "{}", done.body);
    assert_eq!(town.get("/v1/me/links", &own).await.1["links"].as_array().expect("some").len(), 1);

    let done = browser.submit(&list.form("/account/links")).await;
    assert!(done.says("Le lien est retiré.") && done.says("Aucun autre compte"), "{}", done.body);
    assert_eq!(town.get("/v1/me/links", &own).await.1["links"], json!([]));
}

#[tokio::test]
async fn nothing_but_two_fresh_logins_links_two_accounts() {
    let town = Town::start().await;
    let (one, two) = (town.world.person("pwd").await, town.world.person("pwd").await);
    let (own, second) = (town.ours(&one).await, town.ours(&two).await);
    let good = town.theirs(&town.customers, "a", 5);
    let mut undated = town.customers.claims("a");
    undated["scope"] = json!(SCOPES);
    let undated = town.customers.sign(&town.customers.header(), &undated);
    let server = town.world.confidential().await;
    let pairs = [("grant_type", "client_credentials")];
    let program = town.world.form("/oauth2/token", &server, &pairs).await.1;
    let late = town.theirs(&town.customers, "a", 601);
    let broken = broken(&good);
    for (what, token) in [
        ("of no login that is known", undated.as_str()),
        ("of a login of long ago", &late),
        ("of a program", text(&program, "access_token")),
        ("broken", &broken),
        ("none at all", "x"),
    ] {
        let (status, refused) = town.link(&own, token).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &"/token".into()), "{what}");
    }
    assert_eq!(town.link(&own, &own).await.0, 409, "itself");
    assert_eq!(town.link(&good, &own).await.0, 409, "only to an account of ours");
    let partner = town.theirs(&town.partners, "a", 5);
    assert_eq!(town.link(&own, &partner).await.0, 409, "another kind of pool");
    assert_eq!(town.link(&own, &good).await.0, 201);
    assert_eq!(town.link(&second, &good).await.0, 409, "one account is one person's");
    assert_eq!(town.link(&own, &good).await.0, 409, "once");
    assert_eq!(town.link(&good, &second).await.0, 409, "a linked account links nothing");
    assert_eq!(town.link(&second, &own).await.0, 409, "no chain: others hang on it");
    town.world.app.clock.advance(std::time::Duration::from_secs(601));
    let again = town.theirs(&town.customers, "b", 5);
    let (status, refused) = town.link(&second, &again).await;
    assert_eq!(status, 401, "the own login must be fresh too: {refused}");
}

#[tokio::test]
async fn the_same_address_in_two_pools_is_two_people() {
    let town = Town::start().await;
    let other = town.world.beside().await;
    let email = format!("{}@exemple.fr", Entropy::system().hex::<6>());
    let (here, there) = (town.world.person("pwd").await, other.person("pwd").await);
    for user in [here.user, there.user] {
        let rename = sqlx::query("UPDATE identity_user SET email = ? WHERE id = ?");
        let rename = rename.bind(&email).bind(user);
        rename.execute(town.world.database.pool()).await.expect("renamed");
    }
    let client = other.application(SCOPES).await;
    let tokens = other.tokens(&client, &there, SCOPES).await;
    let theirs = text(&tokens, "access_token");
    let own = town.ours(&here).await;
    let quote = town.quote(&own).await;
    assert_eq!(town.get(&quote, theirs).await.0, 404, "an address proves nothing");
    let mut claims = town.customers.claims("c");
    (claims["email"], claims["email_verified"]) = (json!(email), json!(true));
    let external = town.customers.sign(&town.customers.header(), &claims);
    assert_eq!(town.get(&quote, &external).await.0, 404, "whoever says so");
    assert_eq!(town.link(&own, theirs).await.0, 201, "both logins do");
    assert_eq!(town.get(&quote, theirs).await.0, 200);
}

#[tokio::test]
async fn two_people_who_claim_one_account_at_once_do_not_both_get_it() {
    let town = Town::start().await;
    let (one, two) = (town.world.person("pwd").await, town.world.person("pwd").await);
    let (one, two) = (town.ours(&one).await, town.ours(&two).await);
    let claimed = town.theirs(&town.customers, "claimed", 5);
    let tries =
        (0..16).map(|number| town.link(if number % 2 == 0 { &one } else { &two }, &claimed));
    let answers = futures_util::future::join_all(tries).await;
    let count = |wanted: u16| answers.iter().filter(|(status, _)| *status == wanted).count();
    assert_eq!((count(201), count(409)), (1, 15), "{answers:?}");
    // Each other's at once: a circle would be nobody's.
    let (three, four) = (town.world.person("pwd").await, town.world.person("pwd").await);
    let (three, four) = (town.ours(&three).await, town.ours(&four).await);
    let (a, b) = tokio::join!(town.link(&three, &four), town.link(&four, &three));
    let mut both = [a.0, b.0];
    both.sort_unstable();
    assert_eq!(both, [201, 409]);
}

/// Who had an account before its owner links an account of theirs, to come back by after the owner has
/// chosen another password.
#[tokio::test]
async fn a_link_does_not_outlive_the_repair_of_its_account_nor_its_closing() {
    let town = Town::start().await;
    let world = &town.world;
    let email = account(world, "victime").await;
    let mut thief = Surfer::new(&world.app);
    let page = thief.open(&world.path("/login")).await;
    thief.send(&page, "/login", &[("email", &email), ("password", PASSWORD)]).await;
    let cookie = thief.jar.iter().find(|(name, _)| name.contains("session-")).expect("logged in");
    let cookie = format!("{}={}", cookie.0, cookie.1);
    let nobody = uuid::Uuid::nil();
    let as_victim = town.ours(&Person { user: nobody, session: nobody, cookie }).await;
    let quote = town.quote(&as_victim).await;
    let back_door = town.theirs(&town.customers, "back-door", 5);
    assert_eq!(town.link(&as_victim, &back_door).await.0, 201);
    assert_eq!(town.get(&quote, &back_door).await.0, 200);
    let change = async |change| world.identity.change_user(&world.pool, &email, change).await;
    change(assurly::slices::identity::Change::Disable).await.expect("shut");
    assert_eq!(town.get(&quote, &back_door).await.0, 401, "shut by every door");
    change(assurly::slices::identity::Change::Enable).await.expect("open");
    assert_eq!(town.get(&quote, &back_door).await.0, 200);

    let linked = world.identity.links(&world.pool, &email).await.expect("listed");
    assert_eq!((linked.len(), linked[0].subject.as_str()), (1, "back-door"), "operators see it");
    world.app.clock.advance(std::time::Duration::from_secs(1));
    let mut owner = Surfer::new(&world.app);
    let page = owner.open(&world.path("/forgot")).await;
    owner.send(&page, "/forgot", &[("email", &email)]).await;
    let letters = format!("/dev/messages.json?to={email}");
    let link = eventually("the letter", async || {
        let list: Value = world.app.get(&letters).await.json().await.ok()?;
        let list = list.as_array().or_else(|| list["messages"].as_array())?.clone();
        let links = list.iter().filter_map(|letter| letter["action"][1].as_str());
        links.filter(|link| link.contains("/reset?")).map(str::to_owned).next()
    })
    .await;
    let page = owner.open(link.strip_prefix(super::ORIGIN).expect("ours")).await;
    let done = owner.send(&page, "/reset", &[("password", "nacelle violette quartz 58")]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let back_door = town.theirs(&town.customers, "back-door", 5);
    assert_eq!(town.get(&quote, &back_door).await.0, 404, "the door is gone");
    assert!(world.identity.links(&world.pool, &email).await.expect("listed").is_empty());
}
