//! What the firewall costs: a call with 1 KB of JSON, a letter of 4 KB, a form, and the reading of the rules.

use assurly::gateway::waf::Waf;
use assurly::gateway::waf::settings::WafSettings;
use assurly::platform::clock::Clock;
use axum::http::Request;
use axum::http::request::Parts;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn settings() -> WafSettings {
    let defaults: toml::Table = include_str!("../config/default.toml").parse().expect("TOML");
    defaults["waf"].clone().try_into().expect("the section")
}

fn waf() -> Waf {
    Waf::new(&settings(), &serde_json::Value::Null, Clock::system()).expect("rules")
}

fn head(media: &str) -> Parts {
    let request = Request::post("/v1/simulations?langue=fr")
        .header("host", "assurly.example")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .header("accept", "application/json")
        .header("content-type", media);
    request.body(()).expect("a request").into_parts().0
}

/// Words of a letter to an insurer, so many bytes of them.
fn prose(bytes: usize) -> String {
    let sentence = "L’assuré peut résilier son contrat à tout moment ; l'union des garanties (décès, PTIA) \
                    reste acquise, d'un commun accord, jusqu'au terme. ";
    sentence.chars().cycle().take(bytes).collect()
}

/// The median and the 99th of a hundred, which a mean does not show.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn slowest(name: &str, mut look: impl FnMut()) {
    let mut times: Vec<_> = (0..5000)
        .map(|_| {
            let begun = std::time::Instant::now();
            look();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("{name:<40} p50 {:.0?} p99 {:.0?}", times[2500], times[4950]);
}

fn bench(criterion: &mut Criterion) {
    let waf = waf();
    let mut group = criterion.benchmark_group("waf");
    let loan =
        r#"{"ref":"p1","kind":"amortissable","capital_cents":20000000,"rate":"3.30","months":240}"#;
    let loans: Vec<_> = std::iter::repeat_n(loan, 11).collect();
    let json = format!("{{\"loans\":[{}]}}", loans.join(","));
    let letter = serde_json::json!({ "message": prose(3600) }).to_string();
    let form = format!(
        "nom=O%27Connor&prenom=Marie-%C3%88ve&adresse=12%20bis&message={}",
        "a%20b+".repeat(150)
    );
    let urlencoded = "application/x-www-form-urlencoded";
    for (name, media, body) in [
        ("json_1kb", "application/json", json),
        ("letter_4kb", "application/json", letter),
        ("form_1kb", urlencoded, form),
    ] {
        let head = head(media);
        assert!(waf.look(&head, body.as_bytes(), None).hits.is_empty(), "{name} is clean");
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(name, |bench| bench.iter(|| waf.look(&head, body.as_bytes(), None)));
        slowest(&format!("waf/{name}"), || drop(waf.look(&head, body.as_bytes(), None)));
    }
    for part in ["' or 1=1 -- ", "<svg onload=x>", "..%252f", "$(cat /etc/passwd);"] {
        let body = serde_json::json!({ "message": part.repeat(4096 / part.len()) }).to_string();
        let head = head("application/json");
        assert!(waf.look(&head, body.as_bytes(), None).is_refused, "{part} is none");
        slowest(&format!("waf/attack_4kb {part}"), || drop(waf.look(&head, body.as_bytes(), None)));
    }
    group.finish();
    let mut slow = criterion.benchmark_group("waf_rules");
    slow.sample_size(10);
    slow.bench_function("read_and_prove", |bench| bench.iter(self::waf));
    slow.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
