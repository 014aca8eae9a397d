//! The gateway through the running program: keys, plans, quotas, rules, origins, certificates.

mod administration;
mod answers;
mod certificates;
mod cors;
mod keys;
mod policies;
mod quota;

use assurly::slices::admission::{NewKey, NewSecret};
use reqwest::Response;
use serde_json::{Value, json};

use crate::harness::app::App;
use crate::harness::soon;

/// Who the tests are, in the list of events.
pub(crate) const AUTHOR: &str = "tests";

/// Rules with a plan that nobody can use up, and these members over them.
pub(crate) fn rules(over: &Value) -> Value {
    let mut rules = json!({"plans": {"wide": {"rate_per_s": 1_000_000, "burst": 1_000_000}}});
    for (name, value) in over.as_object().expect("an object") {
        match (name.as_str(), &mut rules[name]) {
            ("plans", Value::Object(plans)) => {
                plans.extend(value.as_object().expect("plans").clone());
            }
            (_, place) => *place = value.clone(),
        }
    }
    rules
}

impl App {
    /// Puts these rules into effect in this copy.
    pub(crate) async fn rule(&self, over: &Value) {
        let applied = self.admissions.apply_rules(AUTHOR, "a test", rules(over)).await;
        applied.expect("the rules are right");
        self.admissions.refresh().await.expect("read");
    }

    /// Makes a key of this plan, known to this copy.
    pub(crate) async fn key(&self, plan: &str) -> NewSecret {
        self.key_with(NewKey { plan: plan.into(), ..NewKey::default() }).await
    }

    pub(crate) async fn key_with(&self, new: NewKey) -> NewSecret {
        let new = NewKey { name: "a key of the tests".into(), ..new };
        let made = self.admissions.create_key(AUTHOR, &new).await.expect("made");
        self.admissions.refresh().await.expect("read");
        made
    }

    /// Prices the example with this key.
    pub(crate) async fn price(&self, key: &str) -> Response {
        let request = self.client.post(self.url("/v1/simulations")).header("x-api-key", key);
        let request = request.header("content-type", "application/json").body(EXAMPLE);
        soon(request.send()).await.expect("an answer")
    }
}

pub(crate) const EXAMPLE: &str = include_str!("../../../docs/examples/one-loan.json");

/// The name of the problem that an answer is.
pub(crate) async fn slug(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let document: Value = answer.json().await.expect("a problem");
    let kind = document["type"].as_str().expect("its type");
    (status, kind.rsplit('/').next().unwrap_or_default().to_owned())
}
