//! The house rules, checked on the text of the source: which room may import which, which tool
//! belongs to which room, how long a file or a function may be, what a migration looks like.
//!
//! Standard library only, so that it builds in a second and never breaks with a dependency. It relies
//! on rustfmt: an item's closing brace stands alone at the item's own indentation. Each rule has a
//! bad sample at the end of this file: a rule that cannot fire is a wish.

use std::{collections::BTreeMap, fs, path::Path};

/// Floors of the house: a room may import rooms of the floors listed beside it, and nothing else.
const FLOORS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("domain", &["kernel"]),
    ("platform", &["kernel"]),
    ("slices", &["kernel", "domain", "platform"]),
    ("gateway", &["kernel", "platform"]),
    ("app", &["kernel", "domain", "platform", "slices", "gateway"]),
];

/// Doors between slices: the left one may call the public door of the right ones.
const DOORS: &[(&str, &[&str])] = &[
    ("acceptance", &["dossiers", "health", "messages", "quotes", "underwriting"]),
    ("identity", &["messages"]),
    ("quotes", &["documents", "messages", "partners"]),
    ("contracts", &["documents", "dossiers", "identity", "messages", "quotes", "signature"]),
    ("dossiers", &["documents", "health", "identity", "messages", "quotes"]),
    ("offers", &["dossiers"]),
    ("vigilance", &["contracts"]),
    (
        "rights",
        &["acceptance", "contracts", "dossiers", "identity", "messages", "offers", "underwriting"],
    ),
];

/// Tools and the only places where they may be named (a path that contains one of the strings).
const TOOLS: &[(&str, &[&str])] = &[
    ("sqlx::", &["/store.rs", "/store/", "platform/db/"]),
    ("mysql_async::", &["slices/campaigns/etl/load/"]),
    ("object_store::", &["platform/storage/"]),
    // Programs beside ours: the database's own tools and age, and nothing else.
    ("std::process::Command", &["platform/backup/tools.rs"]),
    ("indicatif::", &["app/commands/"]),
    ("reqwest::", &["platform/http", "/adapter.rs", "/adapter/"]),
    ("lettre::", &["/adapter.rs", "/adapter/"]),
    (
        "axum::",
        &[
            "platform/access/",
            "platform/backoffice/",
            "platform/web/",
            "gateway/",
            "/api.rs",
            "/api/",
            "/pages.rs",
            "/pages/",
            "/form.rs",
            "identity/sessions.rs",
            "identity/login.rs",
            "underwriting/proxy/",
            "identity/staff.rs",
            "identity/visiting.rs",
            "/mod.rs",
            "app/",
        ],
    ),
    ("async fn", &["platform/", "slices/", "gateway/", "app/"]),
    ("Timestamp::now", &["platform/clock"]),
    ("SystemTime::now", &["platform/clock"]),
    ("Uuid::now_v7", &["platform/clock"]),
    ("std::env::", &["app/settings/"]),
    ("tokio::spawn(", &[]),
    ("tracing::", &["platform/", "slices/", "gateway/", "app/"]),
    // An address of the API is an operation, declared in one way; who asks is said in one place.
    ("OpenApiRouter", &["platform/access/api.rs"]),
    ("routes!(", &["platform/access/api.rs"]),
    (".route(\"/v1", &[]),
    (".nest(\"/v1", &[]),
    (" Principal {", &["kernel/access.rs", "gateway/authorizer/"]),
    ("Caller::known(", &["gateway/authorizer/"]),
    ("Caller::nobody(", &["gateway/authorizer/"]),
    ("\"SELECT ", &["/store.rs", "/store/", "platform/db/"]),
    ("\"INSERT ", &["/store.rs", "/store/", "platform/db/"]),
    ("\"UPDATE ", &["/store.rs", "/store/", "platform/db/"]),
    ("\"DELETE FROM ", &["/store.rs", "/store/", "platform/db/"]),
];

/// Crates that must not come back: a second library of TLS, or code that nobody maintains. What is
/// allowed for one purpose only (`rsa`, `chrono`, what typst brings) is in `deny.toml`, which knows who
/// asks for it.
const BANNED: &[&str] =
    &["atty", "backoff", "native-tls", "openssl", "openssl-sys", "rustls-pemfile"];

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;
const FUNCTION_LINES_USUAL: usize = 40;
const LONG_FUNCTIONS_PERCENT: usize = 5;

#[derive(Default)]
struct Report {
    faults: Vec<String>,
    functions: Vec<usize>,
}

impl Report {
    fn fault(&mut self, path: &str, line: usize, what: &str) {
        self.faults.push(format!("{path}:{}: {what}", line + 1));
    }

    fn settle(self) {
        let list = self.faults.join("\n");
        assert!(self.faults.is_empty(), "{} faults\n{list}", self.faults.len());
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the lengths are a report, shown by --nocapture")]
fn the_house_is_in_order() {
    let mut report = Report::default();
    let mut lines = 0;
    for (path, text) in files(Path::new("src"), "rs") {
        lines += text.lines().count();
        source(&path, &text, &mut report);
    }
    report.functions.sort_unstable();
    let all = report.functions.len().max(1);
    let long = report.functions.iter().filter(|l| **l > FUNCTION_LINES_USUAL).count();
    let at = |percent: usize| report.functions.get((all - 1) * percent / 100).copied().unwrap_or(0);
    println!(
        "{lines} lines, {all} functions: median {}, nine in ten up to {}, longest {}",
        at(50),
        at(90),
        at(100),
    );
    if 100 * long > LONG_FUNCTIONS_PERCENT * all {
        report.faults.push(format!("{long} of {all} functions pass {FUNCTION_LINES_USUAL} lines"));
    }
    report.settle();
}

#[test]
fn every_test_says_what_it_is_for() {
    let mut report = Report::default();
    for (path, text) in files(Path::new("tests"), "rs") {
        header(&path, &text, &mut report);
    }
    report.settle();
}

/// A code of the registry that nothing raises is a promise to programs that nobody keeps.
#[test]
fn every_rule_of_the_registry_is_raised() {
    let registry = "domain/rule.rs";
    let (rules, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
        files(Path::new("src"), "rs").into_iter().partition(|(path, _)| path == registry);
    let names = rules[registry].lines().filter_map(|line| line.trim().strip_prefix("Self::"));
    let names: Vec<&str> =
        names.filter_map(|line| line.split_once(" => (")).map(|(name, _)| name).collect();
    assert!(names.len() > 30, "the registry is not written as this test reads it");
    for name in names {
        let raised = format!("Rule::{name}");
        let is_whole = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric());
        let is_raised = |text: &String| text.split(&raised).skip(1).any(is_whole);
        assert!(others.values().any(is_raised), "{name} is never raised");
    }
}

/// Two documents of one name are one document of the description of the API: programs would be told the wrong one.
#[test]
fn every_document_of_the_api_has_a_name_of_its_own() {
    let mut names = BTreeMap::new();
    for (path, text) in files(Path::new("src"), "rs") {
        for part in text.split("ToSchema").skip(1) {
            let head = part
                .lines()
                .take(6)
                .find(|line| line.contains("struct ") || line.contains("enum "));
            let name = head
                .and_then(|line| line.split_once("struct ").or_else(|| line.split_once("enum ")));
            let name =
                name.and_then(|(_, rest)| rest.split(|next: char| !next.is_alphanumeric()).next());
            let Some(name) = name else { continue };
            let is_renamed = part.lines().take(6).any(|line| line.contains("schema(as ="));
            if !is_renamed && let Some(other) = names.insert(name.to_owned(), path.clone()) {
                panic!("{name} stands in {other} and in {path}");
            }
        }
    }
    assert!(
        names.len() > 60,
        "the documents are not written as this test reads them: {}",
        names.len()
    );
}

#[test]
fn no_banned_crate_is_locked() {
    let lock = fs::read_to_string("Cargo.lock").expect("Cargo.lock is committed");
    assert!(lock.contains("name = \"assurly\""), "this is our Cargo.lock");
    let mut report = Report::default();
    banned(&lock, &mut report);
    report.settle();
}

#[test]
fn migrations_are_written_for_both_engines() {
    let mut report = Report::default();
    let files = files(Path::new("migrations"), "sql");
    for (path, text) in &files {
        migration(path, text, &mut report);
    }
    let numbers: Vec<_> = files.keys().map(|path| path.get(..4).unwrap_or("")).collect();
    if numbers.windows(2).any(|pair| pair[0] == pair[1]) {
        report.faults.push("two migrations have one number".into());
    }
    report.settle();
}

#[test]
fn the_tests_that_the_security_list_names_exist() {
    let list = fs::read_to_string("docs/security/asvs.md").expect("the list is there");
    let sources = [files(Path::new("tests"), "rs"), files(Path::new("src"), "rs")];
    let code: String = sources.iter().flat_map(BTreeMap::values).map(String::as_str).collect();
    let named = list.split('`').skip(1).step_by(2).filter(|name| is_test_name(name));
    let missing: Vec<_> = named.filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "named in docs/security/asvs.md and not there: {missing:?}");
}

/// Four words or more, joined: neither a file nor a key of the configuration.
fn is_test_name(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.matches('_').count() >= 2 && name.bytes().all(is_word)
}

/// Every file with this extension under `root`, by its path relative to it, in a stable order.
fn files(root: &Path, extension: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                let name = path.strip_prefix(root).expect("found under root");
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.insert(name.display().to_string(), text);
            }
        }
    }
    found
}

fn source(path: &str, text: &str, report: &mut Report) {
    // Rules are for the code; tests may be blunt.
    let code: Vec<_> = text.lines().take_while(|l| !l.starts_with("#[cfg(test)]")).collect();
    header(path, text, report);
    sizes(path, &code, report);
    imports(path, &code, report);
    tools(path, &code, report);
}

fn header(path: &str, text: &str, report: &mut Report) {
    if !text.starts_with("//!") {
        report.fault(path, 0, "no `//!` header");
    }
}

fn sizes(path: &str, code: &[&str], report: &mut Report) {
    if code.len() > FILE_LINES {
        report.fault(path, 0, &format!("{} lines", code.len()));
    }
    for (start, line) in code.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        let Some(length) = code[start..].iter().position(|l| *l == end) else {
            continue;
        };
        report.functions.push(length + 1);
        if length + 1 > FUNCTION_LINES {
            report.fault(path, start, &format!("fn {name} has {} lines", length + 1));
        }
    }
}

fn function_name(line: &str) -> Option<&str> {
    let words = line.trim_start();
    let (before, after) = words.split_once("fn ")?;
    let is_item = before.split_whitespace().all(|w| {
        w.starts_with("pub") || ["async", "const", "unsafe", "in", "crate)", "super)"].contains(&w)
    });
    // A body on the same line, or none at all, has no length to speak of.
    let has_body = !words.ends_with('}') && !words.ends_with(';');
    (is_item && has_body).then(|| after.split(['(', '<']).next().unwrap_or(after))
}

/// Lines of code, with their numbers: not comments.
fn statements<'a>(code: &'a [&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    let is_code = |(_, line): &(usize, &str)| !line.trim_start().starts_with("//");
    code.iter().copied().enumerate().filter(is_code)
}

fn imports(path: &str, code: &[&str], report: &mut Report) {
    let mut parts = path.split(['/', '.']);
    let (floor, slice) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let Some((_, floors)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
        return;
    };
    let here = if floor == "slices" { slice } else { floor };
    for (number, line) in statements(code) {
        if line.contains("use crate::{") {
            report.fault(path, number, "one room per `use` line, please");
        }
        for target in line.split("crate::").skip(1) {
            let mut names =
                target.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|n| !n.is_empty());
            let (to, door) = (names.next().unwrap_or(""), names.next().unwrap_or(""));
            let known = FLOORS.iter().any(|(name, _)| *name == to);
            let is_allowed = match to {
                "slices" => floor == "app" || door == here || has_door(here, door),
                _ => to == floor || floors.contains(&to) || !known,
            };
            if !is_allowed {
                report.fault(path, number, &format!("{here} may not import {to}::{door}"));
            }
        }
    }
}

fn has_door(from: &str, to: &str) -> bool {
    DOORS.iter().any(|(name, doors)| *name == from && doors.contains(&to))
}

fn tools(path: &str, code: &[&str], report: &mut Report) {
    let place = format!("/{path}");
    for (tool, homes) in TOOLS {
        if homes.iter().any(|home| place.contains(home)) {
            continue;
        }
        if let Some((number, _)) = statements(code).find(|(_, line)| line.contains(tool)) {
            report.fault(path, number, &format!("`{tool}` does not live here"));
        }
    }
}

fn banned(lock: &str, report: &mut Report) {
    for name in BANNED {
        if lock.lines().any(|line| line == format!("name = \"{name}\"")) {
            report.faults.push(format!("Cargo.lock: {name} is banned"));
        }
    }
}

/// `NNNN_slice_what.sql`; each new table says its collation; nothing that one engine lacks.
fn migration(path: &str, text: &str, report: &mut Report) {
    let name = path.strip_suffix(".sql").unwrap_or(path);
    let (number, words) = name.split_once('_').unwrap_or((name, ""));
    let is_number = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
    let are_words = words.split('_').count() >= 2
        && words.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !is_number || !are_words {
        report.fault(path, 0, "not NNNN_slice_what.sql");
    }
    let sql = text.to_uppercase();
    let tables = sql.matches("CREATE TABLE").count();
    if sql.matches("COLLATE UTF8MB4_UNICODE_CI").count() < tables
        && sql.matches("COLLATE = UTF8MB4_UNICODE_CI").count() < tables
        && sql.matches("COLLATE=UTF8MB4_UNICODE_CI").count() < tables
    {
        report.fault(path, 0, "a table without COLLATE utf8mb4_unicode_ci");
    }
    for lacking in ["RETURNING", "UTF8MB4_0900", "UTF8MB4_GENERAL_CI"] {
        if sql.contains(lacking) {
            report.fault(path, 0, &format!("{lacking} is not known to both engines"));
        }
    }
}

// ---- Each rule on a bad sample, and on a good one -----------------------------------------------

fn faults(path: &str, text: &str) -> Vec<String> {
    let mut report = Report::default();
    source(path, text, &mut report);
    report.faults
}

#[track_caller]
fn fires(path: &str, line: &str, word: &str) {
    let faults = faults(path, &format!("//! A room.\n{line}\n"));
    assert!(faults.iter().any(|f| f.contains(word)), "{path}: {line}: {faults:?}");
}

#[track_caller]
fn silent(path: &str, line: &str) {
    let faults = faults(path, &format!("//! A room.\n{line}\n"));
    assert!(faults.is_empty(), "{path}: {line}: {faults:?}");
}

#[test]
fn floors_and_doors_fire() {
    fires("kernel/money.rs", "use crate::domain::loan;", "may not import");
    fires("domain/loan/mod.rs", "use crate::platform::clock;", "may not import");
    fires("platform/web/json.rs", "use crate::slices::quotes;", "may not import");
    fires("gateway/stack.rs", "use crate::app::state;", "may not import");
    fires("slices/quotes/service.rs", "use crate::slices::account::Account;", "may not import");
    fires("app/boot.rs", "use crate::{gateway, kernel};", "one room per `use`");
    silent("slices/quotes/service.rs", "use crate::slices::partners::Partners;");
    silent("slices/quotes/service.rs", "use crate::slices::quotes::wire;");
    silent("app/router.rs", "use crate::slices::quotes;");
    silent("kernel/money.rs", "// use crate::domain::loan;");
}

#[test]
fn tools_fire_outside_their_rooms() {
    fires("slices/quotes/service.rs", "use sqlx::Row;", "`sqlx::`");
    fires("app/boot.rs", "use sqlx::Row;", "`sqlx::`");
    fires("slices/campaigns/etl/read/s3.rs", "use mysql_async::Conn;", "`mysql_async::`");
    fires("slices/campaigns/segments/store.rs", "use mysql_async::Conn;", "`mysql_async::`");
    silent("slices/campaigns/etl/load/chunk.rs", "use mysql_async::Conn;");
    fires("slices/quotes/service.rs", "use axum::Router;", "`axum::`");
    fires("domain/loan/mod.rs", "async fn late() {}", "`async fn`");
    fires("domain/loan/mod.rs", "let now = Timestamp::now();", "Timestamp::now");
    fires("platform/db/pool.rs", "let x = std::env::var(\"X\");", "`std::env::`");
    fires("gateway/listener.rs", "tokio::spawn(work());", "`tokio::spawn(`");
    fires("slices/quotes/api.rs", "const Q: &str = \"SELECT 1\";", "SELECT");
    fires("slices/quotes/api.rs", "let it = OpenApiRouter::new();", "OpenApiRouter");
    fires("slices/quotes/api.rs", "let it = routes!(find_quote);", "routes!(");
    fires("app/router.rs", "    .route(\"/v1/quotes\", get(find))", "/v1");
    fires("app/router.rs", "    .nest(\"/v1\", quotes())", "/v1");
    fires("slices/quotes/api.rs", "let who = Principal { subject };", "Principal");
    fires("slices/quotes/api.rs", "let who = Caller::known(who, now, true);", "Caller::known");
    silent("slices/quotes/api.rs", "    fn principal(&self) -> &Principal {");
    silent("slices/quotes/store.rs", "const Q: &str = \"SELECT 1\";");
    silent("slices/quotes/store/find.rs", "use sqlx::Row;");
    silent("platform/clock.rs", "let now = Timestamp::now();");
}

#[test]
fn headers_and_lengths_fire() {
    assert_eq!(faults("kernel/a.rs", "use std::fmt;\n").len(), 1);
    let long = format!("//! A room.\nfn long() {{\n{}}}\n", "    work();\n".repeat(69));
    assert!(faults("kernel/a.rs", &long)[0].contains("fn long has 71 lines"));
    let file = format!("//! A room.\n{}", "const A: u8 = 1;\n".repeat(400));
    assert!(faults("kernel/a.rs", &file)[0].contains("401 lines"));
    let tested = format!("//! A room.\n#[cfg(test)]\n{}", "const A: u8 = 1;\n".repeat(400));
    assert!(faults("kernel/a.rs", &tested).is_empty());
}

#[test]
fn banned_crates_and_migrations_fire() {
    let mut report = Report::default();
    banned("name = \"atty\"\n", &mut report);
    assert_eq!(report.faults.len(), 1);
    for (path, text) in [
        ("1_quotes_create.sql", ""),
        ("0001_create.sql", ""),
        ("0001_Quotes_create.sql", ""),
        ("0001_quotes_create.sql", "CREATE TABLE a (id INT);"),
        ("0001_quotes_fill.sql", "INSERT INTO a VALUES (1) RETURNING id;"),
    ] {
        let mut report = Report::default();
        migration(path, text, &mut report);
        assert_eq!(report.faults.len(), 1, "{path}: {text}");
    }
    let mut report = Report::default();
    let right = "CREATE TABLE a (id INT) COLLATE utf8mb4_unicode_ci;";
    migration("0001_quotes_create.sql", right, &mut report);
    assert!(report.faults.is_empty());
}
