//! Every role against every operation, as a table that somebody has to look at when it changes.

use std::fmt::Write as _;
use std::time::Duration;

use assurly::handler;
use assurly::kernel::access::{Acr, PoolKind};
use assurly::platform::access::{
    Api, Authorized, Bearer, Cache, Customer, Declared, Employee, Operation, Partner, Reach,
};
use serde_json::{Value, json};

use super::issuer::{Issuer, NOW};
use super::operations::{declared, golden};
use super::shape;
use crate::harness::app::{Access, App};
use crate::harness::soon;

/// Operations that only tests have: one for each thing that an operation can ask for.
macro_rules! operations {
    ($($name:ident $handler:ident $path:literal $actor:ident $pools:expr, $acr:expr, $age:expr;)+) => {
        $(
            struct $name;
            impl Operation for $name {
                const ID: &'static str = concat!("test.", stringify!($handler));
                const SCOPE: &'static str = "test:lire";
                const POOLS: &'static [PoolKind] = $pools;
                const MIN_ACR: Acr = $acr;
                const MAX_AGE: Option<Duration> = $age;
                const CACHE: Cache = Cache::Private(60);
                type Actor = $actor;
            }
            #[utoipa::path(get, path = $path, responses((status = 200)))]
            async fn $handler(caller: Authorized<$name>) -> String {
                caller.actor().principal().subject.to_string()
            }
        )+

        pub(super) fn of_tests() -> Api {
            Api::default()$(.operation::<$name, _, _>(handler!($handler)))+
        }
    };
}

operations! {
    OfCustomers of_customers "/v1/test/customers" Customer &[PoolKind::Clients], Acr::Pwd, None;
    OfPartners of_partners "/v1/test/partners" Partner &[PoolKind::Partenaires], Acr::Pwd, None;
    OfStaff of_staff "/v1/test/staff" Employee &[PoolKind::Gestion], Acr::Mfa, None;
    Recent recent "/v1/test/recent" Bearer PoolKind::ALL, Acr::Pwd, Some(Duration::from_secs(300));
}

type Change = fn(&mut Value);

const PEOPLE: [(&str, Change); 6] = [
    ("person", |_| ()),
    ("person, two factors", |claims| claims["acr"] = json!("two")),
    ("person, just now", |claims| claims["auth_time"] = json!(NOW - 300)),
    ("person, long ago", |claims| claims["auth_time"] = json!(NOW - 301)),
    ("person, no scope", |claims| claims["scope"] = json!("openid")),
    ("program", |claims| claims["sub"] = json!("app")),
];

async fn verdict(app: &App, operation: &Declared, bearer: Option<&str>) -> String {
    let path = operation.path.replace("{id}", "quo_00000000000070008000000000000000");
    let path = path.replace("{version}", "0");
    let method = operation.method.parse().expect("a method");
    let url = match operation.access.reach() {
        Reach::Everywhere => app.url(&path),
        Reach::Private => app.private_url(&path),
    };
    let mut request = app.client.request(method, url);
    if let Some(bearer) = bearer {
        request = request.header("authorization", bearer);
    }
    let answer = soon(request.send()).await.expect("an answer");
    let challenge = answer.headers().get("www-authenticate");
    let challenge = challenge.map_or("", |it| it.to_str().expect("ASCII"));
    match answer.status().as_u16() {
        401 if challenge.contains("insufficient_user_authentication") => "step up".to_owned(),
        401 | 403 => answer.status().as_u16().to_string(),
        _ => "open".to_owned(),
    }
}

/// Three pools, one issuer each.
async fn pools() -> (Vec<(PoolKind, Issuer)>, App) {
    let mut issuers = Vec::new();
    for pool in PoolKind::ALL {
        issuers.push((*pool, Issuer::start(&format!("/{pool}")).await));
    }
    let settings = issuers.iter().map(|(pool, issuer)| issuer.settings(*pool)).collect();
    let access = Access { issuers: settings, operations: of_tests(), ..Access::default() };
    (issuers, App::guarded(access).await)
}

#[tokio::test]
async fn every_role_against_every_operation() {
    let (issuers, app) = pools().await;
    let mut operations = declared();
    operations.extend(of_tests().operations().to_vec());
    let mut roles = vec![("nobody".to_owned(), None)];
    for (pool, issuer) in &issuers {
        for (name, change) in PEOPLE {
            let mut claims = issuer.claims("s");
            change(&mut claims);
            let token = issuer.sign(&issuer.header(), &claims);
            roles.push((format!("{pool}, {name}"), Some(format!("Bearer {token}"))));
        }
    }
    let mut table = String::new();
    for operation in &operations {
        let _ = writeln!(table, "{}", operation.id);
        for (role, bearer) in &roles {
            let verdict = verdict(&app, operation, bearer.as_deref()).await;
            let _ = writeln!(table, "    {role:<34} {verdict}");
        }
    }
    golden("roles.txt", &table);
}

#[tokio::test]
async fn a_refusal_says_what_would_be_enough() {
    let (issuers, app) = pools().await;
    let (_, staff) = &issuers[2];
    let bearer = |claims: &Value| format!("Bearer {}", staff.sign(&staff.header(), claims));
    let claims = staff.claims("s");
    let (status, challenge, problem) =
        shape(app.get_as("/v1/test/customers", &bearer(&claims)).await).await;
    let expected = "Bearer realm=\"assurly\", error=\"insufficient_scope\", scope=\"test:lire\"";
    assert_eq!((status, challenge.as_deref()), (403, Some(expected)));
    assert!(problem["type"].as_str().is_some_and(|kind| kind.ends_with("/forbidden")));
    let (status, challenge, _) = shape(app.get_as("/v1/test/staff", &bearer(&claims)).await).await;
    let expected = "Bearer realm=\"assurly\", error=\"insufficient_user_authentication\", \
        acr_values=\"mfa\"";
    assert_eq!((status, challenge.as_deref()), (401, Some(expected)));
    let (status, challenge, _) = shape(app.get_as("/v1/test/recent", &bearer(&claims)).await).await;
    assert_eq!(status, 401);
    assert!(challenge.is_some_and(|text| text.ends_with("acr_values=\"pwd\", max_age=\"300\"")));
}

#[tokio::test]
async fn an_answer_is_kept_as_its_operation_says() {
    let (issuers, app) = pools().await;
    let (_, customers) = &issuers[0];
    let bearer = format!("Bearer {}", customers.token("anne"));
    let answer = app.get_as("/v1/test/customers", &bearer).await;
    assert_eq!(answer.headers()["cache-control"], "private, max-age=60");
    let varies = answer.headers().get_all("vary").iter();
    assert!(varies.into_iter().any(|value| value == "authorization"));
    assert_eq!(answer.text().await.expect("text"), "anne");
    assert_eq!(app.get_as("/v1/me", &bearer).await.headers()["cache-control"], "no-store");
}
