//! The firewall in its place: what is refused, in whose words, and what the operators learn of it; rules
//! that change while it works, and rules that are wrong.

use std::fs;

use assurly::gateway::waf::settings::WafSettings;
use assurly::gateway::waf::{Reloaded, Waf};
use assurly::platform::clock::Clock;
use axum::http::Request;
use serde_json::Value;

use crate::harness::app::App;

const JSON: &str = "application/json";

#[tokio::test]
async fn an_attack_is_refused_in_the_words_of_who_asked_and_says_nothing_of_why() {
    let app = App::start().await;
    let answer = app.get("/v1/quotes/x?q=1'+UNION+SELECT+password+FROM+users--").await;
    assert_eq!(answer.status(), 403);
    assert!(answer.headers().contains_key("x-request-id"));
    let problem: Value = answer.json().await.expect("JSON");
    assert!(problem["type"].as_str().is_some_and(|it| it.ends_with("/waf-filtered")), "{problem}");
    let text = problem.to_string();
    for secret in ["SQLI", "UNION", "union", "password", "score"] {
        assert!(!text.contains(secret), "{text}");
    }
    let page = app.get("/simuler?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert_eq!(page.status(), 403);
    let html = page.text().await.expect("text");
    assert!(html.contains("attaque") && !html.contains("alert(1)"), "{html}");
}

#[tokio::test]
async fn every_part_of_a_request_is_looked_at_even_where_nobody_is() {
    let app = App::start().await;
    let attack = "<script>alert(1)</script>";
    let get = |path: &str| app.client.get(app.url(path));
    for request in [
        get("/nowhere?a=%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
        get("/nowhere?%3Cscript%3Ealert(1)=1"),
        get("/%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
        get("/simuler").header("cookie", format!("a={attack}")),
        get("/simuler").header("user-agent", attack),
        get("/simuler").header("referer", attack),
        get("/simuler").header("x-anything", attack),
        app.client.post(app.url("/nowhere")).form(&[("a", attack)]),
        app.client.post(app.url("/v1/simulations")).json(&serde_json::json!({"a": [attack]})),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 403);
    }
    assert_eq!(app.get("/nowhere?a=O%27Connor").await.status(), 404);
}

#[tokio::test]
async fn what_was_read_ahead_reaches_its_handler_whole() {
    let app = App::start().await;
    let body = format!("{{\"é\":[{}]}}", vec!["\"d’Artagnan ; L'Hôpital\""; 2000].join(","));
    let answer = app.post("/test/echo", JSON, body.clone()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.expect("text"), body);
}

#[tokio::test]
async fn a_parameter_that_stands_twice_never_reaches_a_handler() {
    let app = App::start().await;
    let answer = app.get("/v1/quotes/x?a=1&A=2").await;
    assert_eq!(answer.status(), 400);
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["errors"][0]["pointer"], "?a");
}

#[tokio::test]
async fn counting_writes_down_and_refuses_nothing() {
    let app = App::with(&[("WAF__MODE", "count")]).await;
    let counted = app.get("/nowhere?a=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert_eq!(counted.status(), 404);
    // Operators see what it would have refused, by its rules and without a word of what was sent.
    let name = counted.headers()["x-request-id"].to_str().expect("text").to_owned();
    app.admissions.refresh().await.expect("kept");
    let shown = app.admissions.refusals(&name, 10).await.expect("rows");
    let [row] = shown.as_slice() else { panic!("one row: {shown:?}") };
    assert_eq!((row.slug.as_str(), row.status), ("waf-noted", 404));
    assert!(row.why.as_deref().is_some_and(|why| why.contains("XSS") && !why.contains("alert")));
    let app = App::with(&[("WAF__GROUPS__XSS", "off")]).await;
    assert_eq!(app.get("/nowhere?a=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await.status(), 404);
    assert_eq!(app.get("/nowhere?a=1'+or+1=1--").await.status(), 403);
}

fn is_refused(waf: &Waf, query: &str) -> bool {
    let request = Request::get(format!("/x?{query}")).header("host", "x").body(());
    waf.look(&request.expect("a request").into_parts().0, b"", None).is_refused
}

#[test]
fn rules_change_while_it_works_and_wrong_ones_change_nothing() {
    let folder = std::env::temp_dir().join(format!("assurly-waf-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("own.toml");
    let rule = |word: &str, example: &str| {
        format!(
            "group = \"injection\"\nversion = 1\ntargets = [\"args\"]\n[[rule]]\nid = \"OWN-1\"\n\
             title = \"a word\"\nscore = 5\nneeds = [\"{word}\"]\npattern = '{word}'\ncatches = [\"{example}\"]\n"
        )
    };
    let defaults: toml::Table = include_str!("../../config/default.toml").parse().expect("TOML");
    let mut settings: WafSettings = defaults["waf"].clone().try_into().expect("the section");
    settings.rules_folder.clone_from(&folder);
    let waf = Waf::new(&settings, &Value::Null, Clock::system()).expect("rules");
    assert!(!is_refused(&waf, "a=zebulon"));

    fs::write(&file, rule("zebulon", "zebulon")).expect("written");
    assert_eq!(waf.reload().expect("right"), Reloaded::Taken);
    assert!(is_refused(&waf, "a=zebulon"));
    assert_eq!(waf.reload().expect("the same"), Reloaded::Unchanged);

    // A pattern that is none, a rule that does not catch its own example, a file that is no TOML.
    for wrong in [rule("(zebulon", "x"), rule("pollux", "margote"), "group = ".to_owned()] {
        fs::write(&file, wrong).expect("written");
        assert!(waf.reload().is_err());
        assert!(waf.status().refused.is_some());
        assert!(is_refused(&waf, "a=zebulon"), "the last good rules stay");
        assert_eq!(waf.reload().expect("told once"), Reloaded::Unchanged);
    }
    fs::write(&file, rule("pollux", "pollux")).expect("written");
    assert_eq!(waf.reload().expect("right"), Reloaded::Taken);
    assert!(waf.status().refused.is_none());
    assert!(is_refused(&waf, "a=pollux") && !is_refused(&waf, "a=zebulon"));
    fs::remove_dir_all(&folder).expect("removed");
}
