//! Who may do what, through the running program: tokens of real issuers, good and bad; operations and
//! roles; owners; keys that move, lie or are away.

mod bad_tokens;
pub(crate) mod issuer;
mod keys;
mod local;
mod operations;
mod owners;
mod profiles;
mod roles;

use reqwest::Response;
use serde_json::Value;

use crate::harness::app::App;
use crate::harness::soon;

impl App {
    /// GETs a path with this `Authorization`.
    pub(crate) async fn get_as(&self, path: &str, authorization: &str) -> Response {
        let request = self.client.get(self.url(path)).header("authorization", authorization);
        soon(request.send()).await.expect("an answer")
    }

    /// The status of `/v1/me` with this token.
    pub(crate) async fn me(&self, token: &str) -> u16 {
        self.get_as("/v1/me", &format!("Bearer {token}")).await.status().as_u16()
    }
}

/// Everything of a refusal that a client sees, but the references of the request.
async fn shape(answer: Response) -> (u16, Option<String>, Value) {
    let status = answer.status().as_u16();
    let challenge = answer.headers().get("www-authenticate");
    let challenge = challenge.map(|it| it.to_str().expect("ASCII").to_owned());
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let mut document: Value = answer.json().await.expect("JSON");
    document["trace_id"] = Value::Null;
    (status, challenge, document)
}
