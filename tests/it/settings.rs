//! The configuration: what goes over what, and what stops the start.

use std::collections::HashMap;
use std::path::PathBuf;

use assurly::app::settings::{Sources, load};

fn sources(variables: &[(&str, &str)]) -> Sources {
    let pairs = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Sources { file: None, variables: pairs.collect::<HashMap<_, _>>() }
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("written");
    path
}

fn shown(variables: &[(&str, &str)]) -> String {
    let settings = load(&sources(variables)).expect("right");
    settings.to_toml().expect("TOML")
}

fn refusal(sources: &Sources) -> String {
    load(sources).expect_err("refused").to_string()
}

#[test]
fn the_defaults_are_a_configuration() {
    let settings = load(&sources(&[])).expect("the defaults");
    assert_eq!(settings.server.connections_max, 4096);
    assert_eq!(settings.quotes.validity_days, 30);
}

#[test]
fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
    let text = "[server]\nheaders_max = 50\nin_flight_max = 7\n[brand]\nname = \"Autre\"\n";
    let mut both = sources(&[("ASSURLY__SERVER__HEADERS_MAX", "60")]);
    both.file = Some(file("over.toml", text));
    let settings = load(&both).expect("right");
    assert_eq!(settings.server.headers_max, 60);
    assert_eq!(settings.server.in_flight_max, 7);
    assert_eq!(settings.brand.name, "Autre");
    assert_eq!(settings.server.uri_bytes_max, 8192);
}

#[test]
fn a_service_on_another_port_of_the_machine_is_called_by_it_unless_told_otherwise() {
    let url = |variables: &[(&str, &str)], text: Option<&str>| {
        let mut sources = sources(variables);
        sources.file = text.map(|text| file("called.toml", text));
        load(&sources).expect("right").server.public_url.to_string()
    };
    let elsewhere = ("ASSURLY__SERVER__LISTEN", "127.0.0.1:8090");
    assert_eq!(url(&[elsewhere], None), "http://127.0.0.1:8090/");
    assert_eq!(url(&[], Some("[server]\nlisten = \"[::1]:8090\"")), "http://[::1]:8090/");
    let called = ("ASSURLY__SERVER__PUBLIC_URL", "https://assurly.example");
    assert_eq!(url(&[elsewhere, called], None), "https://assurly.example/");
    let called = "[server]\npublic_url = \"https://assurly.example\"";
    assert_eq!(url(&[elsewhere], Some(called)), "https://assurly.example/");
    for everywhere in ["0.0.0.0:8090", "127.0.0.1:0"] {
        let listen = ("ASSURLY__SERVER__LISTEN", everywhere);
        assert_eq!(url(&[listen], None), "http://127.0.0.1:8080/", "{everywhere}");
    }
}

#[test]
fn the_usual_name_of_the_database_address_is_known() {
    let usual = ("DATABASE_URL", "mysql://a@h/usual");
    assert!(shown(&[usual]).contains("mysql://a@h/usual"));
    let ours = ("ASSURLY__DATABASE__URL", "mysql://a@h/ours");
    assert!(shown(&[usual, ours]).contains("mysql://a@h/ours"));
}

#[test]
fn an_unknown_key_stops_the_start_with_its_full_name() {
    let text = refusal(&sources(&[("ASSURLY__SERVER__LISTN", "x")]));
    assert!(text.contains("`server.listn`") && text.contains("ASSURLY__SERVER__LISTN"), "{text}");
    let text = refusal(&sources(&[("ASSURLY__SERVR__LISTEN", "x")]));
    assert!(text.contains("`servr`"), "{text}");
    let mut odd = sources(&[]);
    odd.file = Some(file("unknown.toml", "[database]\npasword = \"x\"\n"));
    let text = refusal(&odd);
    assert!(text.contains("`database.pasword`") && text.contains("unknown.toml"), "{text}");
}

#[test]
fn a_wrong_type_stops_the_start_with_its_full_name() {
    for (variable, value, key) in [
        ("ASSURLY__SERVER__CONNECTIONS_MAX", "many", "`server.connections_max`"),
        ("ASSURLY__SERVER__LISTEN", "here", "`server.listen`"),
        ("ASSURLY__SERVER__PUBLIC_URL", "assurly", "`server.public_url`"),
        ("ASSURLY__TELEMETRY__FORMAT", "xml", "`telemetry.format`"),
        ("ASSURLY__DATABASE__MIGRATE_AT_START", "maybe", "`database.migrate_at_start`"),
        ("ASSURLY__ENVIRONMENT", "staging", "`environment`"),
    ] {
        let text = refusal(&sources(&[(variable, value)]));
        assert!(text.contains(key) && text.contains(variable), "{text}");
    }
}

#[test]
fn limits_that_make_no_sense_are_all_named_at_once() {
    let text = refusal(&sources(&[
        ("ASSURLY__SERVER__REQUEST_TIMEOUT_MS", "0"),
        ("ASSURLY__SERVER__BODY_BYTES_MAX", "99999999999"),
        ("ASSURLY__DATABASE__CONNECTIONS_MAX", "0"),
        ("ASSURLY__DATABASE__URL", "postgres://h/x"),
        ("ASSURLY__QUOTES__VALIDITY_DAYS", "0"),
        ("ASSURLY__BRAND__NAME", " "),
        ("ASSURLY__SERVER__PUBLIC_URL", "http://assurly.example"),
    ]));
    for key in [
        "`server.request_timeout_ms`",
        "`server.body_bytes_max`",
        "`database.connections_max`",
        "`database.url`",
        "`quotes.validity_days`",
        "`brand.name`",
        "`server.public_url`",
    ] {
        assert!(text.contains(key), "{key} in {text}");
    }
}

#[test]
fn a_file_that_is_missing_or_broken_is_named() {
    let mut missing = sources(&[]);
    missing.file = Some(PathBuf::from("/nowhere/assurly.toml"));
    assert!(refusal(&missing).contains("/nowhere/assurly.toml"));
    let mut broken = sources(&[]);
    broken.file = Some(file("broken.toml", "[server\n"));
    assert!(refusal(&broken).contains("broken.toml"));
}

#[test]
fn a_file_is_as_strict_as_it_looks() {
    for (text, key) in [
        ("[server]\nheaders_max = 12.7", "`server.headers_max`"),
        ("[server]\nheaders_max = \"50\"", "`server.headers_max`"),
        ("[server]\nheaders_max = -1", "`server.headers_max`"),
        ("[database]\nmigrate_at_start = \"true\"", "`database.migrate_at_start`"),
        ("[database]\nmigrate_at_start = 1", "`database.migrate_at_start`"),
        ("[brand]\nname = 5", "`brand.name`"),
        ("server = 5", "`server`"),
    ] {
        let mut strict = sources(&[]);
        strict.file = Some(file("strict.toml", text));
        let said = refusal(&strict);
        assert!(said.contains(key) && said.contains("strict.toml"), "{text}: {said}");
    }
}

#[test]
fn a_line_that_is_not_toml_is_named_and_not_repeated() {
    let mut broken = sources(&[]);
    broken.file = Some(file("secret.toml", "[database]\nurl = \"mysql://a:hunter2@h/x\n"));
    let said = refusal(&broken);
    assert!(said.contains("secret.toml: not TOML at line 2, column"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn parameters_of_the_address_are_known_and_a_mask_is_no_password() {
    for wrong in [
        "mysql://a@h/x?ssl-mode=hunter2",
        "mysql://a@h/x?sslmode=required",
        "mysql://a@h/x?hunter2=1",
        "mysql://a@h/x?statement-cache-capacity=hunter2",
        "mysql://a:***@h/x",
    ] {
        let said = refusal(&sources(&[("DATABASE_URL", wrong)]));
        assert!(said.contains("`database.url`") && !said.contains("hunter2"), "{wrong}: {said}");
    }
    let shown = shown(&[("DATABASE_URL", "mysql://a@h/x?ssl-mode=VERIFY_CA&ssl-ca=/x.pem")]);
    assert!(shown.contains("mysql://a@h/x?ssl-mode=VERIFY_CA&ssl-ca=***"), "{shown}");
    let public = ("ASSURLY__SERVER__PUBLIC_URL", "https://a:hunter2@assurly.example");
    let said = refusal(&sources(&[public]));
    assert!(said.contains("`server.public_url`") && !said.contains("hunter2"), "{said}");
}

#[test]
fn the_mailbox_is_for_development_only() {
    for channel in ["EMAIL", "SMS"] {
        let key = format!("ASSURLY__MESSAGES__{channel}_TRANSPORT");
        let said = refusal(&sources(&[(&key, "mailbox")]));
        assert!(
            said.contains(&format!("`messages.{}_transport`", channel.to_lowercase())),
            "{said}"
        );
        shown(&[(&key, "mailbox"), ("ASSURLY__ENVIRONMENT", "development")]);
    }
}

#[test]
fn transports_are_checked_when_they_are_chosen() {
    let smtp = ("ASSURLY__MESSAGES__EMAIL_TRANSPORT", "smtp");
    let password = ("ASSURLY__MESSAGES__SMTP__URL", "smtp://a:hunter2@mail.example");
    let said = refusal(&sources(&[smtp, password, ("ASSURLY__MESSAGES__SMS_TRANSPORT", "http")]));
    for key in ["`messages.smtp.url`", "`messages.smtp.from`", "`messages.sms.url`"] {
        assert!(said.contains(key) && !said.contains("hunter2"), "{said}");
    }
    let said = refusal(&sources(&[("ASSURLY__MESSAGES__CLAIM_S", "20")]));
    assert!(said.contains("`messages.claim_s`"), "{said}");
}

#[test]
fn secrets_are_never_shown() {
    let url = "mysql://assurly:hunter2@db.example:3306/assurly?ssl-key=hunter2";
    let settings = load(&sources(&[("DATABASE_URL", url)])).expect("right");
    let shown = settings.to_toml().expect("TOML");
    assert!(shown.contains("mysql://assurly:***@db.example:3306/assurly"), "{shown}");
    assert!(!shown.contains("hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"));
    let wrong = refusal(&sources(&[("DATABASE_URL", "mysql:hunter2@db.example")]));
    assert!(wrong.contains("`database.url`") && !wrong.contains("hunter2"), "{wrong}");
}

#[test]
fn what_is_shown_can_be_given_back() {
    let shown = load(&sources(&[])).expect("right").to_toml().expect("TOML");
    let mut back = sources(&[]);
    back.file = Some(file("back.toml", &shown));
    assert_eq!(load(&back).expect("right").to_toml().expect("TOML"), shown);
}

const COGNITO: &str = "[[access.issuers]]\n\
    issuer = \"https://cognito-idp.eu-west-3.amazonaws.com/eu-west-3_Example\"\n\
    pool = \"clients\"\nprofile = \"cognito\"\nclient_ids = [\"4f9example\"]\nalgs = [\"RS256\"]\n\
    max_token_age_s = 86400\ngroups = { \"Gestionnaires\" = \"gestionnaires\" }\n";

const KEYCLOAK: &str = "[[access.issuers]]\nissuer = \"https://sso.example/realms/courtiers\"\n\
    pool = \"partenaires\"\nprofile = \"keycloak\"\nclient_ids = [\"portail\"]\nalgs = [\"RS256\"]\n\
    max_token_age_s = 3600\n";

fn with_issuers(name: &str, text: &str) -> Sources {
    Sources { file: Some(file(name, text)), ..sources(&[]) }
}

#[test]
fn issuers_are_tables_of_a_file() {
    let both = with_issuers("issuers.toml", &format!("{COGNITO}{KEYCLOAK}"));
    let settings = load(&both).expect("right");
    let [cognito, keycloak] = &settings.access.issuers[..] else {
        unreachable!("two tables: {:?}", settings.access.issuers)
    };
    assert_eq!(cognito.groups["Gestionnaires"], "gestionnaires", "names keep their capitals");
    assert!(!keycloak.allow_private && keycloak.jwks_uri.is_none());
    let again = file("again.toml", &settings.to_toml().expect("TOML"));
    let again = load(&Sources { file: Some(again), ..sources(&[]) }).expect("right");
    assert_eq!(again.access.issuers.len(), 2, "what is shown can be read");
}

#[test]
fn a_wrong_issuer_is_told_with_its_place() {
    for (from, to, told) in [
        ("pool = \"clients\"", "pool = \"admin\"", "access.issuers[0].pool"),
        ("profile", "profil", "access.issuers[0].profil"),
        ("\"RS256\"", "\"HS256\"", "access.issuers[0].algs"),
        ("[\"RS256\"]", "[]", "`access.issuers[0].algs` is empty"),
        ("86400", "10", "`access.issuers[0].max_token_age_s` is 10"),
        ("[\"4f9example\"]", "[]", "`access.issuers[0].client_ids` is empty"),
        ("cognito\"\n", "rfc9068\"\n", "`access.issuers[0].audiences` is empty"),
        ("cognito\"\n", "generic\"\n", "`access.issuers[0].claims` belongs"),
        ("https://cognito", "http://cognito", "`access.issuers[0].issuer` is not https"),
    ] {
        assert!(COGNITO.contains(from), "{from}");
        let text = refusal(&with_issuers("wrong-issuer.toml", &COGNITO.replace(from, to)));
        assert!(text.contains(told), "{from}: {text}");
    }
    let twice = refusal(&with_issuers("twice.toml", &format!("{KEYCLOAK}{KEYCLOAK}")));
    assert!(twice.contains("`access.issuers[1].issuer` is there twice"), "{twice}");
}
