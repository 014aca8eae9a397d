//! What the firewall blocks, and what it lets pass: the acceptance cases where they lie beside the
//! project, a corpus of our own, and the French that customers write. Rates are those of the issue.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use assurly::gateway::waf::settings::WafSettings;
use assurly::gateway::waf::{Verdict, Waf};
use assurly::platform::clock::Clock;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use serde::Deserialize;

/// A request, and what the Core Rule Set makes of it (`crs`, its score from paranoia 1 to 4).
#[derive(Deserialize)]
struct Case {
    id: String,
    rule: u32,
    set: String,
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
    expect_attack: bool,
    benign: bool,
    crs: Vec<u32>,
}

/// A value that a customer typed.
#[derive(Deserialize)]
struct Typed {
    id: String,
    field: String,
    value: String,
}

fn waf() -> Waf {
    let defaults: toml::Table = include_str!("../../config/default.toml").parse().unwrap();
    let settings: WafSettings = defaults["waf"].clone().try_into().unwrap();
    Waf::new(&settings, &serde_json::Value::Null, Clock::system()).unwrap()
}

/// The lines of a file of cases; none when it does not lie beside the project.
fn lines<T: for<'a> Deserialize<'a>>(name: &str) -> Vec<T> {
    let folder = std::env::var_os("ASSURLY_WAF_CASES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "../shared/data/waf".into());
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether the case is refused: by the firewall, or before it, because HTTP cannot say it.
fn is_refused(waf: &Waf, case: &Case) -> bool {
    verdict(waf, case).is_none_or(|verdict| verdict.is_refused)
}

fn verdict(waf: &Waf, case: &Case) -> Option<Verdict> {
    let uri = case.uri.parse::<Uri>().ok().filter(|_| !case.uri.contains('#'))?;
    let mut request = Request::new(());
    *request.method_mut() = case.method.parse::<Method>().ok()?;
    *request.uri_mut() = uri;
    for (name, value) in &case.headers {
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        request.headers_mut().append(name.parse::<HeaderName>().ok()?, value);
    }
    // `gateway::framing` refuses a host that is none.
    let host = request.headers().get("host")?.to_str().ok()?;
    host.parse::<axum::http::uri::Authority>().ok()?;
    Some(waf.look(&request.into_parts().0, case.body.as_bytes(), None))
}

/// A field of a form as a browser sends it.
fn sent(waf: &Waf, field: &str, value: &str) -> Verdict {
    let body: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair(field, value).finish();
    let request = Request::post("/devis")
        .header("host", "assurly.example")
        .header("content-type", "application/x-www-form-urlencoded");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    waf.look(&parts, body.as_bytes(), None)
}

fn rules(verdict: &Verdict) -> Vec<String> {
    verdict.hits.iter().map(|hit| format!("{} {}", hit.rule, hit.place)).collect()
}

/// How much of each set, and of each rule of the Core Rule Set, was blocked: `-- --nocapture` shows it.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn show(sets: &BTreeMap<String, (usize, usize)>, rules: &BTreeMap<(String, u32), (usize, usize)>) {
    for ((set, rule), (all, blocked)) in rules {
        println!("{set} {rule}: {blocked} of {all}");
    }
    for (set, (all, blocked)) in sets {
        println!("{set}: {blocked} of {all}");
    }
}

#[test]
fn what_the_core_rule_set_blocks_is_blocked() {
    let waf = waf();
    let mut sets: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut rules: BTreeMap<(String, u32), (usize, usize)> = BTreeMap::new();
    let (mut clean, mut wrong) = (0, Vec::new());
    for case in lines::<Case>("crs_sample.jsonl") {
        let refused = is_refused(&waf, &case);
        if case.expect_attack && case.crs[0] >= 5 {
            let rule = rules.entry((case.set.clone(), case.rule)).or_default();
            for (all, blocked) in [sets.entry(case.set.clone()).or_default(), rule] {
                *all += 1;
                *blocked += usize::from(refused);
            }
        }
        if case.benign && case.crs[0] == 0 {
            clean += 1;
            if refused {
                wrong.push(case.id);
            }
        }
    }
    if sets.is_empty() {
        return;
    }
    show(&sets, &rules);
    for (set, least) in [("sqli", 95), ("xss", 95), ("lfi", 95), ("rce", 90), ("protocol", 90)] {
        let (all, blocked) = sets[set];
        assert!(blocked * 100 >= all * least, "{set}: {blocked} of {all}, and not {least} %");
    }
    assert!(wrong.len() * 100 <= clean, "{} of {clean} clean ones: {wrong:?}", wrong.len());
}

#[test]
fn our_own_attacks_are_blocked() {
    let waf = waf();
    let text = fs::read_to_string("tests/data/waf/attacks.txt").unwrap();
    let values: Vec<_> =
        text.lines().filter(|it| !it.is_empty() && !it.starts_with("## ")).collect();
    let passed: Vec<_> =
        values.iter().filter(|value| !sent(&waf, "message", value).is_refused).collect();
    assert!(values.len() > 150 && passed.is_empty(), "{passed:#?}");
}

#[test]
fn what_customers_write_passes() {
    let waf = waf();
    let text = fs::read_to_string("tests/data/waf/french.txt").unwrap();
    let values: Vec<_> =
        text.lines().filter(|it| !it.is_empty() && !it.starts_with("## ")).collect();
    assert!(values.len() > 240, "{} lines", values.len());
    let mut wrong = Vec::new();
    for value in values {
        for field in ["nom", "message", "q"] {
            let verdict = sent(&waf, field, value);
            if verdict.is_refused {
                wrong.push((value, rules(&verdict)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn business_values_pass_but_passwords_and_addresses() {
    let waf = waf();
    for typed in lines::<Typed>("fp_business_fr.jsonl") {
        let is_free = ["mot_de_passe", "url"].contains(&typed.field.as_str());
        let verdict = sent(&waf, &typed.field, &typed.value);
        let found = rules(&verdict);
        assert!(is_free || !verdict.is_refused, "{}: {}: {found:?}", typed.id, typed.value);
    }
}

/// Every sentence of the project's own French: templates, documents, terms.
#[test]
fn legal_sentences_pass() {
    let waf = waf();
    let mut sentences = Vec::new();
    gather(&PathBuf::from("templates"), &mut sentences);
    let wrong: Vec<_> = sentences
        .iter()
        .map(|sentence| (sentence, sent(&waf, "message", sentence)))
        .filter(|(_, verdict)| verdict.is_refused)
        .map(|(sentence, verdict)| (sentence, rules(&verdict)))
        .collect();
    assert!(sentences.len() > 200, "{} sentences", sentences.len());
    assert!(
        wrong.len() * 1000 <= sentences.len() * 3,
        "{} of {}: {wrong:#?}",
        wrong.len(),
        sentences.len()
    );
}

/// The sentences of text files, without their marks.
fn gather(folder: &std::path::Path, sentences: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, sentences);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let text = without_marks(&text);
            // What begins with a capital is prose; the rest of a template is its program.
            let is_prose =
                |it: &&str| it.starts_with(char::is_uppercase) && it.split(' ').count() > 4;
            let long = text.split(['.', '\n']).map(str::trim).filter(is_prose);
            sentences.extend(long.map(str::to_owned));
        }
    }
}

fn without_marks(text: &str) -> String {
    let mut output = String::new();
    let mut depth = 0_usize;
    for char in text.chars() {
        match char {
            '<' | '{' => depth += 1,
            '>' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && !"#*`[]|_=".contains(char) => output.push(char),
            _ => {}
        }
    }
    output
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    /// Whatever comes: a verdict, and never a panic.
    #[test]
    fn any_bytes_are_looked_at(
        path in "/[!-~]{0,40}",
        value in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600),
        media in 0..5_usize,
    ) {
        let media = [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b",
            "application/xml",
            "text/plain",
        ][media];
        let header = HeaderValue::from_bytes(&value).unwrap_or(HeaderValue::from_static("x"));
        let request = Request::post(path.as_str()).header("content-type", media).header("x-a", header);
        if let Ok(request) = request.body(()) {
            let (parts, ()) = request.into_parts();
            let verdict = SHARED.look(&parts, &value, None);
            let weighs: u32 = verdict.hits.iter().map(|hit| hit.score).sum();
            proptest::prop_assert_eq!(verdict.is_refused, weighs >= 5);
        }
    }
}

static SHARED: std::sync::LazyLock<Waf> = std::sync::LazyLock::new(waf);

/// A body that is a square to somebody would take minutes; what is linear takes a moment, even on a busy
/// machine and without optimisation.
#[test]
fn no_body_takes_the_square_of_its_size() {
    let request = Request::post("/v1/x").header("content-type", "text/plain").body(());
    let (parts, ()) = request.unwrap().into_parts();
    for part in
        ["a", "' or ", "<", "/*", "%25", "&#", "\\u00", "../", "((", "$(", "{{", "select ", "$ifs"]
    {
        let body = part.repeat(60_000 / part.len());
        let started = std::time::Instant::now();
        SHARED.look(&parts, body.as_bytes(), None);
        assert!(started.elapsed().as_secs() < 20, "{part}: {:?}", started.elapsed());
    }
}
