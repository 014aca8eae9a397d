//! What operators do through the private API: checked before it takes effect, written down, taken back.

use assurly::kernel::access::PoolKind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::access::issuer::Issuer;
use crate::harness::app::{Access, App};
use crate::harness::database::TestDatabase;

struct Desk {
    app: App,
    issuer: Issuer,
}

impl Desk {
    async fn open() -> Self {
        let issuer = Issuer::start("/staff").await;
        let issuers = vec![issuer.settings(PoolKind::Gestion)];
        let database = TestDatabase::own().await;
        let app = App::guarded_on(&database, Access { issuers, ..Access::default() }, &[]).await;
        Self { app, issuer }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut claims = self.issuer.claims("camille");
        claims["acr"] = json!("two");
        let token = self.issuer.sign(&self.issuer.header(), &claims);
        let url = self.app.private_url(&format!("/v1/gateway/{path}"));
        let mut request = self.app.client.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

#[tokio::test]
async fn a_key_from_its_plan_to_its_end_through_the_api() {
    let desk = Desk::open().await;
    let rules = super::rules(&json!({}));
    assert_eq!(desk.ask(Method::GET, "rules", None).await, (200, Value::Null));
    let wrong = json!({"plans": {"a": {"rate_per_s": 0, "burst": 1}}});
    for path in ["rules/check", "rules"] {
        let method = if path == "rules" { Method::PUT } else { Method::POST };
        let (status, refused) = desk.ask(method, path, Some(json!({"rules": wrong}))).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("GATEWAY_RULES")));
    }
    let (_, none) = desk.ask(Method::GET, "rules", None).await;
    assert_eq!(none, Value::Null, "nothing of what was wrong has taken effect");
    let body = json!({"note": "a plan", "rules": rules});
    assert_eq!(desk.ask(Method::PUT, "rules", Some(body)).await, (200, json!({"version": 1})));
    let request = json!({"name": "Courtier", "plan": "wide", "networks": ["127.0.0.0/8"]});
    let (status, made) = desk.ask(Method::POST, "keys", Some(request)).await;
    assert_eq!(status, 200);
    let (id, secret) = (made["id"].as_str().expect("id"), made["secret"].as_str().expect("one"));
    desk.app.admissions.refresh().await.expect("read");
    assert_eq!(desk.app.price(secret).await.status(), 200);
    let (_, shown) = desk.ask(Method::GET, &format!("keys/{id}"), None).await;
    assert_eq!(shown["secrets"][0]["state"], "live");
    assert!(!shown.to_string().contains(secret));
    let elsewhere = json!({"networks": ["192.0.2.0/24"]});
    let (status, _) = desk.ask(Method::PATCH, &format!("keys/{id}"), Some(elsewhere)).await;
    assert_eq!(status, 200);
    desk.app.admissions.refresh().await.expect("read");
    assert_eq!(desk.app.price(secret).await.status(), 403);
    let rotate = format!("keys/{id}/rotate");
    assert_eq!(desk.ask(Method::POST, &rotate, Some(json!({}))).await.0, 200);
    assert_eq!(desk.ask(Method::POST, &rotate, Some(json!({}))).await.0, 409);
    let (status, shown) =
        desk.ask(Method::POST, &format!("keys/{id}/revoke"), Some(json!({}))).await;
    assert!(status == 200 && shown["revoked"].is_string());
    assert_eq!(desk.ask(Method::GET, "keys/key_x", None).await.0, 404);
    assert_eq!(desk.ask(Method::POST, "rules/versions/9/rollback", None).await.0, 404);
    let back = desk.ask(Method::POST, "rules/versions/1/rollback", None).await;
    assert_eq!(back, (200, json!({"version": 2})));
    let (_, events) = desk.ask(Method::GET, "events", None).await;
    let events = events["events"].as_array().expect("events");
    assert!(events.len() == 6 && events.iter().all(|event| event["author"] == "camille"));
    let (_, versions) = desk.ask(Method::GET, "rules/versions", None).await;
    assert_eq!(versions["versions"][0]["note"], "back to version 1");
    desk.app.admissions.refresh().await.expect("kept");
    let (_, refused) = desk.ask(Method::GET, "refusals?of=invalid-api-key", None).await;
    assert_eq!(refused["refusals"][0]["why"], "not from this network");
}
