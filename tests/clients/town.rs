//! Who lives here: pools, applications and people, made by the program's own commands.

use serde_json::{Map, Value, json};

use crate::house::{AUDIENCE, House, Outside};

/// Nobody's password elsewhere, and none that a list knows.
const PASSWORD: &str = "vingt-deux tortues lisent Balzac";

/// An application: pool, name in the scripts, and what its `client create` is told besides.
type App = (&'static str, &'static str, &'static [&'static str]);

const CODE: [&str; 4] = ["--grant", "authorization_code", "--grant", "refresh_token"];
const SCOPES: &str = "openid profile email offline_access profil:lire";

const APPS: [App; 10] = [
    ("clients", "web", &["--kind", "confidential", "--first-party", "--scopes", SCOPES]),
    ("clients", "mobile", &["--kind", "public", "--first-party", "--scopes", SCOPES]),
    ("clients", "third", &["--kind", "confidential", "--scopes", SCOPES]),
    (
        "clients",
        "old_browser",
        &["--kind", "public", "--first-party", "--scopes", "openid profil:lire profil:ecrire"],
    ),
    (
        "clients",
        "old_server",
        &["--kind", "confidential", "--first-party", "--scopes", "openid profil:lire"],
    ),
    ("partenaires", "portal", &["--kind", "confidential", "--first-party", "--scopes", SCOPES]),
    ("courtage", "turning", &["--kind", "confidential", "--first-party"]),
    ("courtage", "other", &["--kind", "confidential", "--first-party"]),
    ("courtage", "portal", &["--kind", "confidential", "--first-party", "--scopes", SCOPES]),
    ("gestion", "desk", &["--kind", "confidential", "--first-party", "--scopes", SCOPES]),
];

/// People: pool, name in the scripts, address.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("clients", "dominique", "dominique@exemple.fr"),
    ("partenaires", "andrea", "andrea@courtier.exemple.fr"),
    ("courtage", "sacha", "sacha@courtier.exemple.fr"),
    ("gestion", "alex", "alex@assurly.exemple.fr"),
];

/// Makes everything that the scripts meet and tells them of it.
pub(crate) async fn settle(house: &House, outside: &Outside) -> Result<(), String> {
    house.tell("oidc_provider", json!({"issuer": outside.oidc_provider, "audience": AUDIENCE}));
    let mock = json!({"issuer": outside.mock_server, "client": "portail"});
    house.tell("oauth2_mock_server", mock);
    house.tell("scripted", json!({"address": outside.scripted, "audience": AUDIENCE}));

    let names = ["--name-fr", "Courtage", "--name-en", "Brokers"];
    let rsa = ["--kind", "partenaires", "--algorithm", "RS256"];
    identity(house, &[&["pool", "create", "courtage"], &names[..], &rsa].concat()).await?;
    let mut pools = Map::new();
    for slug in ["clients", "partenaires", "courtage", "gestion"] {
        let issuer = format!("{}/pools/{slug}", house.origin);
        pools.insert(slug.to_owned(), json!({"issuer": issuer, "apps": {}, "people": {}}));
    }
    for (pool, name, rest) in APPS {
        pools[pool]["apps"][name] = app(house, pool, name, rest).await?;
    }
    let server =
        ["--kind", "confidential", "--grant", "client_credentials", "--scopes", "devis:lire"];
    pools["partenaires"]["apps"]["server"] =
        created(house, "partenaires", "server", &server).await?;
    // Camille comes by herself, by the page of sign-up; the others are invited.
    pools["clients"]["people"]["camille"] =
        json!({"email": "camille@exemple.fr", "password": PASSWORD, "signs_up": true});
    for (pool, name, email) in PEOPLE {
        let arguments = ["identity", "user", "create", "--pool", pool, "--email", email];
        let said = house.assurly(&arguments).await?;
        let link = said.split(['"', '\n', ' ']).find(|word| word.starts_with("http"));
        let link = link.ok_or_else(|| format!("no link for {email}: {said}"))?;
        pools[pool]["people"][name] = json!({"email": email, "password": PASSWORD, "link": link});
    }
    house.tell("legacy", legacy(&pools["clients"]["apps"]));
    house.tell("pools", Value::Object(pools));
    Ok(())
}

/// An application that people log in to.
async fn app(house: &House, pool: &str, name: &str, rest: &[&str]) -> Result<Value, String> {
    let (redirect, logout) = match name {
        "mobile" => ("fr.assurly.mobile:/callback".to_owned(), "fr.assurly.mobile:/bye".to_owned()),
        _ => {
            let host = format!("https://{}.{pool}.exemple.fr", name.replace('_', "-"));
            (format!("{host}/callback"), format!("{host}/bye"))
        }
    };
    let loopback = "http://127.0.0.1/callback";
    let mut arguments = rest.to_vec();
    arguments.extend(CODE);
    arguments.extend(["--redirect-uri", &redirect, "--logout-uri", &logout]);
    if name == "mobile" {
        arguments.extend(["--redirect-uri", loopback]);
    }
    let mut app = created(house, pool, name, &arguments).await?;
    app["redirect_uri"] = redirect.into();
    app["logout_uri"] = logout.into();
    if name == "mobile" {
        app["loopback_uri"] = loopback.into();
    }
    Ok(app)
}

async fn created(house: &House, pool: &str, name: &str, rest: &[&str]) -> Result<Value, String> {
    let head = ["client", "create", pool, "--name", name];
    let told = identity(house, &[&head[..], rest].concat()).await?;
    let mut app = json!({"client_id": told["client_id"]});
    if told["client_secret"].is_string() {
        app["client_secret"] = told["client_secret"].clone();
    }
    Ok(app)
}

/// The commands that open and shut the locks of the old grants.
fn legacy(apps: &Value) -> Value {
    let head = ["identity", "legacy"];
    let terms = ["--days", "30", "--reason", "a test of the locks"];
    let words = |rest: &[&str]| json!([&head[..], rest].concat());
    let client = |app: &str, grant: &str| {
        let id = apps[app]["client_id"].as_str().unwrap_or_default();
        let what = ["open-client", "clients", id, "--grant", grant, "--scopes", "profil:lire"];
        words(&[&what[..], &terms].concat())
    };
    json!({
        "open_pool": words(&[&["open-pool", "clients"][..], &terms].concat()),
        "close_pool": words(&["close-pool", "clients"]),
        "open_browser": client("old_browser", "implicit"),
        "open_server": client("old_server", "password"),
    })
}

/// A command of `assurly identity` that answers in JSON.
async fn identity(house: &House, arguments: &[&str]) -> Result<Value, String> {
    let said = house.assurly(&[&["identity", "--json"], arguments].concat()).await?;
    serde_json::from_str(&said).map_err(|error| format!("{}: {error}\n{said}", arguments.join(" ")))
}
