//! The count of a quota is exact, however many copies serve it, and nothing is served uncounted.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;

use super::slug;
use crate::harness::app::App;
use crate::harness::database::TestDatabase;

const COPIES: usize = 4;
const CALLS: usize = 20_000;
const QUOTA: usize = 1000;

/// Units of a lease at most: what a copy may hold and not serve.
const LEASE: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_copies_never_serve_more_than_the_quota() {
    let database = TestDatabase::own().await;
    let mut copies = Vec::new();
    for _ in 0..COPIES {
        // All calls come from one address, and a copy that is slow keeps its connections.
        let wide = ("SERVER__CONNECTIONS_PER_IP_MAX", "512");
        let patient = ("SERVER__HEADER_READ_TIMEOUT_MS", "60000");
        copies.push(App::on_database(&database, &[wide, patient]).await);
    }
    let plan = json!({"rate_per_s": 1_000_000, "burst": 1_000_000, "quota": {"day": QUOTA}});
    copies[0].rule(&json!({"plans": {"thousand": plan}})).await;
    let key = copies[0].key("thousand").await;
    for copy in &copies {
        copy.admissions.refresh().await.expect("read");
    }
    let calls = futures_util::stream::iter(0..CALLS).map(|number| {
        let (copy, secret) = (&copies[number % COPIES], &key.secret);
        async move {
            let answer = copy.price(secret).await;
            let status = answer.status().as_u16();
            // What nobody expects says why.
            if matches!(status, 200 | 429) {
                (status, String::new())
            } else {
                (status, answer.text().await.expect("a problem"))
            }
        }
    });
    let mut calls = calls.buffer_unordered(COPIES * 32);
    let (mut served, mut refused) = (0, 0);
    while let Some((status, problem)) = calls.next().await {
        match status {
            200 => served += 1,
            429 => refused += 1,
            other => assert_eq!(other, 429, "neither served nor refused: {problem}"),
        }
    }
    drop(calls);
    assert_eq!(served + refused, CALLS);
    assert!(served <= QUOTA, "{served} calls were served of a quota of {QUOTA}");
    assert!(served >= QUOTA - COPIES * LEASE, "only {served} calls were served");
    for copy in &copies {
        copy.admissions.refresh().await.expect("written down");
    }
    let id = key.id.parse().expect("its identifier");
    let shown = copies[1].admissions.show_key(id).await.expect("the key");
    let day = shown.usage.iter().find(|usage| usage.period == "day").expect("a count");
    assert_eq!((day.used, day.limit), (served as u64, Some(QUOTA as u64)));
    let (status, problem) = slug(copies[3].price(&key.secret).await).await;
    assert_eq!((status, problem.as_str()), (429, "quota-exceeded"));
    // Ten in the morning in Paris: fourteen hours until the next day's quota.
    let again = copies[2].price(&key.secret).await;
    assert_eq!(again.headers()["retry-after"], (14 * 3600).to_string().as_str());
    assert_eq!(again.headers()["ratelimit"], "\"day\";r=0;t=50400");
    for copy in &copies {
        copy.clock.advance(Duration::from_secs(14 * 3600));
    }
    assert_eq!(copies[0].price(&key.secret).await.status(), 200);
}

#[tokio::test]
async fn units_that_were_leased_are_served_without_the_database_and_no_others() {
    let database = TestDatabase::own().await;
    let copy = App::on_database(&database, &[("DATABASE__ACQUIRE_TIMEOUT_MS", "200")]).await;
    let plan = json!({"rate_per_s": 1_000_000, "burst": 1_000_000, "quota": {"day": 1000}});
    copy.rule(&json!({"plans": {"thousand": plan}})).await;
    let key = copy.key("thousand").await;
    assert_eq!(copy.price(&key.secret).await.status(), 200);
    copy.opened().close().await;
    for number in 2..=LEASE {
        assert_eq!(copy.price(&key.secret).await.status(), 200, "{number}");
    }
    let (status, problem) = slug(copy.price(&key.secret).await).await;
    assert_eq!((status, problem.as_str()), (503, "unavailable"));
    assert_eq!(copy.price("").await.status(), 403);
}
