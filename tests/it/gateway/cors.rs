//! Pages of other origins, as a table: who may read, who may ask, and that nobody else may.

use assurly::kernel::access::PoolKind;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::access::issuer::Issuer;
use crate::harness::app::{Access, App};
use crate::harness::database::TestDatabase;

const APP: &str = "https://app.example";
const PARTNER: &str = "https://espace.courtier.example:8443";

fn rules() -> serde_json::Value {
    json!({"origins": [
        {"origin": APP, "operations": ["quotes.*"]},
        {"origin": PARTNER, "clients": ["courtier"], "operations": ["me.show", "quotes.list"]},
    ]})
}

async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> HeaderMap {
    let mut request = app.client.request(method, app.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer").headers().clone()
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    assert!(headers.get_all("vary").iter().any(|it| it == "Origin"), "{headers:?}");
    assert!(!headers.contains_key("access-control-allow-credentials"));
    headers.get("access-control-allow-origin").map(|it| it.to_str().expect("ASCII"))
}

#[tokio::test]
async fn what_a_browser_asks_first_is_answered_by_the_rules() {
    let app = App::on_database(&TestDatabase::own().await, &[]).await;
    app.rule(&rules()).await;
    for (origin, method, path, may) in [
        (APP, "POST", "/v1/simulations", true),
        (APP, "GET", "/v1/quotes", true),
        (APP, "DELETE", "/v1/quotes", false),
        (APP, "GET", "/v1/me", false),
        (PARTNER, "GET", "/v1/me", true),
        (PARTNER, "POST", "/v1/simulations", false),
        ("https://app.example:443", "GET", "/v1/quotes", false),
        ("http://app.example", "GET", "/v1/quotes", false),
        ("https://app.example.evil.example", "GET", "/v1/quotes", false),
        ("https://sub.app.example", "GET", "/v1/quotes", false),
        ("https://APP.example", "GET", "/v1/quotes", false),
        ("null", "GET", "/v1/quotes", false),
        ("*", "GET", "/v1/quotes", false),
    ] {
        let asked = [("origin", origin), ("access-control-request-method", method)];
        let headers = ask(&app, Method::OPTIONS, path, &asked).await;
        assert_eq!(allowed(&headers), may.then_some(origin), "{origin} {method} {path}");
        let methods = headers.get("access-control-allow-methods");
        assert_eq!(methods.map(|it| it.to_str().expect("ASCII")), may.then_some(method));
        assert_eq!(headers.contains_key("access-control-max-age"), may);
    }
    let twice = [("origin", APP), ("origin", APP), ("access-control-request-method", "GET")];
    let headers = ask(&app, Method::OPTIONS, "/v1/quotes", &twice).await;
    assert!(!headers.contains_key("access-control-allow-origin"));
    let login = [("origin", APP), ("access-control-request-method", "GET")];
    let headers = ask(&app, Method::OPTIONS, "/pools/clients/oauth2/authorize", &login).await;
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn an_answer_is_for_the_origin_and_the_application_of_the_token() {
    let issuer = Issuer::start("/partners").await;
    let issuers = vec![issuer.settings(PoolKind::Partenaires)];
    let database = TestDatabase::own().await;
    let app = App::guarded_on(&database, Access { issuers, ..Access::default() }, &[]).await;
    app.rule(&rules()).await;
    let bearer = |client: &str| {
        let mut claims = issuer.claims("s");
        claims["client_id"] = json!(client);
        format!("Bearer {}", issuer.sign(&issuer.header(), &claims))
    };
    let (its, other) = (bearer("courtier"), bearer("another"));
    for (origin, token, path, may) in [
        (PARTNER, Some(&its), "/v1/me", true),
        (PARTNER, Some(&other), "/v1/me", false),
        // A refusal without a token is nobody's.
        (PARTNER, None, "/v1/me", false),
        (APP, Some(&other), "/v1/quotes", true),
        // Refusals can be read where answers could.
        (APP, None, "/v1/quotes", true),
        (APP, Some(&its), "/v1/me", false),
        ("null", Some(&its), "/v1/me", false),
    ] {
        let mut headers = vec![("origin", origin)];
        headers.extend(token.map(|token| ("authorization", token.as_str())));
        let headers = ask(&app, Method::GET, path, &headers).await;
        assert_eq!(allowed(&headers), may.then_some(origin), "{origin} {path}");
        let seen = headers.get("access-control-expose-headers");
        assert_eq!(seen.is_some_and(|it| it.to_str().expect("ASCII").contains("RateLimit")), may);
    }
}
