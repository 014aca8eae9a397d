//! Whose quotes are whose: two customers who know each other's identifiers, our staff, and those who
//! never said who they are.

use assurly::kernel::access::PoolKind;
use assurly::platform::clock::Entropy;
use reqwest::Response;
use serde_json::{Value, json};

use super::issuer::Issuer;
use crate::harness::app::{Access, App};
use crate::harness::soon;
use crate::quotes::{project, read};

fn key() -> String {
    Entropy::system().key()
}

struct Town {
    app: App,
    customers: Issuer,
    staff: Issuer,
}

impl Town {
    async fn start() -> Self {
        let (customers, staff) = (Issuer::start("/c").await, Issuer::start("/g").await);
        let issuers =
            vec![customers.settings(PoolKind::Clients), staff.settings(PoolKind::Gestion)];
        let app = App::guarded(Access { issuers, ..Access::default() }).await;
        Self { app, customers, staff }
    }

    fn customer(&self, name: &str) -> String {
        format!("Bearer {}", self.customers.token(name))
    }

    async fn post(&self, path: &str, as_who: Option<&str>, key: &str, body: &Value) -> Response {
        let mut request = self.app.client.post(self.app.url(path)).header("idempotency-key", key);
        if let Some(bearer) = as_who {
            request = request.header("authorization", bearer);
        }
        let request = request.header("content-type", "application/json").body(body.to_string());
        soon(request.send()).await.expect("an answer")
    }

    /// Keeps a quote and gives its identifier.
    async fn quote(&self, as_who: Option<&str>) -> String {
        let (status, quote) = read(self.post("/v1/quotes", as_who, &key(), &project()).await).await;
        assert_eq!(status, 201, "{quote}");
        quote["id"].as_str().expect("an id").to_owned()
    }

    async fn status(&self, id: &str, as_who: Option<&str>) -> u16 {
        let path = format!("/v1/quotes/{id}");
        let answer = match as_who {
            Some(bearer) => self.app.get_as(&path, bearer).await,
            None => self.app.get(&path).await,
        };
        answer.status().as_u16()
    }

    async fn list(&self, query: &str, as_who: &str) -> (Vec<String>, Option<String>) {
        let (status, list) =
            read(self.app.get_as(&format!("/v1/quotes{query}"), as_who).await).await;
        assert_eq!(status, 200, "{list}");
        let ids = list["quotes"].as_array().expect("a list").iter();
        let ids = ids.map(|it| it["id"].as_str().expect("an id").to_owned()).collect();
        (ids, list["next"].as_str().map(str::to_owned))
    }
}

#[tokio::test]
async fn customers_do_not_see_each_others_quotes_even_by_their_identifiers() {
    let town = Town::start().await;
    let (anne, bob) = (town.customer("anne"), town.customer("bob"));
    let (mut of_anne, mut of_bob) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        of_anne.push(town.quote(Some(&anne)).await);
        of_bob.push(town.quote(Some(&bob)).await);
    }
    for (ids, owner, other) in [(&of_anne, &anne, &bob), (&of_bob, &bob, &anne)] {
        for id in ids {
            assert_eq!(town.status(id, Some(owner)).await, 200);
            assert_eq!(town.status(id, Some(other)).await, 404);
            assert_eq!(town.status(id, None).await, 404);
            let copy = format!("/v1/quotes/{id}/copy");
            for thief in [Some(other.as_str()), None] {
                let answer = town.post(&copy, thief, &key(), &json!({})).await;
                assert_eq!(answer.status(), 404);
            }
        }
        let mut listed = town.list("", owner).await.0;
        listed.reverse();
        assert_eq!(listed, *ids, "their own, the latest first");
        let foreign = town.app.get_as(&format!("/v1/quotes?after={}", ids[0]), other).await;
        assert_eq!(foreign.status(), 422);
    }
}

#[tokio::test]
async fn the_same_name_at_two_issuers_is_two_people() {
    let town = Town::start().await;
    let id = town.quote(Some(&town.customer("anne"))).await;
    let mut claims = town.staff.claims("anne");
    claims["sub"] = json!("anne");
    claims["scope"] = json!("profil:lire");
    let namesake = format!("Bearer {}", town.staff.sign(&town.staff.header(), &claims));
    assert_eq!(town.status(&id, Some(&namesake)).await, 404, "staff without the scope");
}

#[tokio::test]
async fn staff_open_every_quote_in_person_and_with_the_scope() {
    let town = Town::start().await;
    let id = town.quote(Some(&town.customer("anne"))).await;
    let staff = format!("Bearer {}", town.staff.token("zoe"));
    assert_eq!(town.status(&id, Some(&staff)).await, 200);
    let mut program = town.staff.claims("app");
    program["sub"] = json!("app");
    let program = format!("Bearer {}", town.staff.sign(&town.staff.header(), &program));
    assert_eq!(town.status(&id, Some(&program)).await, 404);
    assert!(town.list("", &staff).await.0.is_empty(), "a list is of one's own");
}

#[tokio::test]
async fn an_owner_reads_with_the_scope_only() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let id = town.quote(Some(&anne)).await;
    let mut claims = town.customers.claims("anne");
    claims["scope"] = json!("profil:lire");
    let narrow = format!("Bearer {}", town.customers.sign(&town.customers.header(), &claims));
    assert_eq!(town.status(&id, Some(&narrow)).await, 404);
    let listed = town.app.get_as("/v1/quotes", &narrow).await;
    assert_eq!(listed.status(), 403);
}

#[tokio::test]
async fn a_quote_of_nobody_is_opened_by_its_identifier_and_the_page_by_its_link() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let of_nobody = town.quote(None).await;
    for who in [None, Some(anne.as_str())] {
        assert_eq!(town.status(&of_nobody, who).await, 200);
    }
    assert!(!town.list("?limit=100", &anne).await.0.contains(&of_nobody));
    let copy = format!("/v1/quotes/{of_nobody}/copy");
    let (status, copied) = read(town.post(&copy, Some(&anne), &key(), &json!({})).await).await;
    assert_eq!((status, copied["copied_from"].as_str()), (201, Some(of_nobody.as_str())));
    let id = copied["id"].as_str().expect("an id");
    assert_eq!(town.status(id, None).await, 404, "the copy is Anne's");
    let page = town.app.get(&format!("/devis/{id}")).await;
    assert_eq!(page.status(), 200, "the page is made to be passed on");
}

#[tokio::test]
async fn one_key_of_two_callers_is_two_keys() {
    let town = Town::start().await;
    let (anne, bob, key) = (town.customer("anne"), town.customer("bob"), key());
    let mut ids = Vec::new();
    for who in [Some(anne.as_str()), Some(&bob), None, Some(&anne)] {
        let answer = town.post("/v1/quotes", who, &key, &project()).await;
        let replayed = answer.headers().contains_key("idempotency-replayed");
        let (status, quote) = read(answer).await;
        assert_eq!(status, 201);
        ids.push((quote["id"].clone(), replayed));
    }
    assert!(ids[..3].iter().all(|(_, replayed)| !replayed));
    assert_eq!(ids[3], (ids[0].0.clone(), true));
    assert!(ids[0].0 != ids[1].0 && ids[1].0 != ids[2].0 && ids[0].0 != ids[2].0);
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let town = Town::start().await;
    let anne = town.customer("paging");
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, town.quote(Some(&anne)).await);
    }
    let (first, next) = town.list("?limit=2", &anne).await;
    let (second, then) = town.list(&format!("?limit=2&after={}", next.expect("more")), &anne).await;
    let (third, end) = town.list(&format!("?limit=2&after={}", then.expect("more")), &anne).await;
    assert_eq!([first, second, third].concat(), made);
    assert_eq!(end, None);
    assert_eq!(town.list("?limit=5", &anne).await, (made.clone(), None));
    for (wrong, status) in [
        ("?limit=0", 422),
        ("?limit=101", 422),
        ("?limit=x", 422),
        ("?after=quo_x", 422),
        ("?owner=bob", 422),
        ("?limit=1&limit=2", 400),
    ] {
        let answer = town.app.get_as(&format!("/v1/quotes{wrong}"), &anne).await;
        assert_eq!(answer.status(), status, "{wrong}");
    }
    let (_, list) = read(town.app.get_as("/v1/quotes?limit=1", &anne).await).await;
    let (_, quote) = read(town.app.get_as(&format!("/v1/quotes/{}", made[0]), &anne).await).await;
    let line = &list["quotes"][0];
    for name in ["id", "number", "page", "created_at", "expires_at", "status"] {
        assert_eq!(line[name], quote[name], "{name}");
    }
    assert_eq!(line["total_cents"], quote["result"]["project"]["total_cents"]);
}

#[tokio::test]
async fn without_a_database_tokens_are_verified_all_the_same() {
    let issuer = Issuer::start("/c").await;
    let issuers = vec![issuer.settings(PoolKind::Clients)];
    let app = App::guarded_without_database(Access { issuers, ..Access::default() }).await;
    assert_eq!(app.me(&issuer.token("s")).await, 200);
    let bearer = format!("Bearer {}", issuer.token("s"));
    assert_eq!(app.get_as("/v1/quotes", &bearer).await.status(), 503);
    assert_eq!(app.get_as("/v1/quotes", "Bearer x.y.z").await.status(), 401);
}
