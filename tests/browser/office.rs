//! The rooms of loads and segments in a real browser: followed while a load works, counted, kept; on a
//! telephone and on a screen, with axe in every state, and pictures.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{Connection as _, Executor as _, MySqlConnection};
use tokio::process::Command;
use totp_rs::{Algorithm, Builder, Secret};

use super::axe::{check, check_but};
use super::house::House;
use super::layout::picture;

const PASSWORD: &str = "fougère tambour lézard 41";
const FILE: &str = "tests/data/dvf/valeursfoncieres-2020-dep01.txt";

/// Longest wait for what a load does, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn etl(house: &House, arguments: &[&str]) -> Command {
    let mut command = house.program(&["etl"]);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn said(mut command: Command) -> String {
    let output = command.output().await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out
}

/// Somebody of these groups of the staff, hired, with a password and an application of codes, logged in.
pub(crate) async fn log_in(house: &House, groups: &[&str], room: &str) {
    let mut hire = house.program(&["identity", "user", "create", "--pool", "gestion"]);
    hire.args(["--email", "n.petit@assurly.example", "--given-name", "Nadia"]);
    hire.args(["--family-name", "Petit"]).args(groups.iter().flat_map(|group| ["--group", *group]));
    let link = said(hire).await;
    let query = link.split_once('?').expect("a link").1;
    let query = query.split(['"', ' ', '\n']).next().expect("its end");
    house.go(&format!("/pools/gestion/reset?{query}")).await;
    house.fill("password", PASSWORD).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Connectez-vous").await;
    house.go("/gestion").await;
    house.sees("h1", "Connectez-vous").await;
    house.fill("email", "n.petit@assurly.example").await;
    house.fill("password", PASSWORD).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Ajoutez une application de codes").await;
    // Folded, for those who cannot scan the picture.
    let key: String = house.ask("return document.querySelector('code.cle').textContent").await;
    let key = key.replace(' ', "");
    let application = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_secret(Secret::try_from_base32(key).expect("base32"))
        .with_account_name("x")
        .build()
        .expect("a totp");
    let now = assurly::platform::clock::Clock::system().now().as_second();
    let code = application.generate(u64::try_from(now).expect("after 1970")).to_string();
    house.fill("code", &code).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Gardez ces codes").await;
    house.press("a.bouton").await;
    house.sees("nav.menu", room).await;
}

/// Looks at a page on a telephone and on a screen: no scroll sideways, nothing for axe, a picture.
pub(crate) async fn looked_at(house: &House, path: &str, name: &str) {
    fs::create_dir_all("var/screenshots").expect("a folder");
    for width in [360, 1280] {
        house.width(width).await;
        house.go(path).await;
        let wide: u32 = house.ask("return document.documentElement.scrollWidth").await;
        assert!(wide <= width, "{name} is {wide} wide on {width}");
        check(house, &format!("{name}, {width}")).await;
        house.scheme("light").await;
        picture(house, width, &format!("office-{name}-{width}")).await;
    }
}

/// A load is followed on its page, which renews itself until somebody stops that.
async fn a_load_under_way(house: &House) {
    // A load that stands still in its middle: one chunk is held by us.
    let mut held = MySqlConnection::connect(house.database()).await.expect("the database");
    held.execute("START TRANSACTION").await.expect("begun");
    held.execute(
        "INSERT INTO etl_chunk (run_id, file_no, chunk_no, byte_from, byte_to, line_from, rows_ok, \
         rejects, blanks, trailers, sales, crc, committed_at) \
         VALUES (1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, NOW(6))",
    )
    .await
    .expect("held");
    let load =
        ["load", "--schema", "datasets/dvf.toml", "--chunk", "200000", "--log", "none", FILE];
    let mut loading =
        etl(house, &load).stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("it runs");
    let mut eyes = MySqlConnection::connect(house.database()).await.expect("the database");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let sql = "SELECT COUNT(*) FROM etl_chunk";
        let chunks: i64 = sqlx::query_scalar(sql).fetch_one(&mut eyes).await.expect("a count");
        if chunks >= 4 {
            break;
        }
        assert!(Instant::now() < deadline, "{chunks} chunks");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    house.width(360).await;
    house.go("/gestion/chargements/1").await;
    house.sees(".etat", "En cours").await;
    // The browser asks for the page again, by itself.
    house.ask::<Value>("window.before = true").await;
    house.becomes("return window.before === undefined", true).await;
    house.sees(".etat", "En cours").await;
    // Who reads slowly stops that; axe knows no page that may be stopped.
    house.press("a[href='?suivre=non']").await;
    house.sees(".carte", "Suivre").await;
    looked_at(house, "/gestion/chargements/1?suivre=non", "load-works").await;
    house.go("/gestion/chargements/1").await;
    check_but(house, "a load that works", &["meta-refresh"]).await;
    held.execute("ROLLBACK").await.expect("let go");
    let ended = tokio::time::timeout(PATIENCE, loading.wait()).await.expect("it ends");
    assert!(ended.expect("it ends").success());
    // The page that was open shows it without anybody's doing.
    house.sees(".etat", "Publié").await;
}

#[tokio::test]
async fn loads_and_segments_on_a_telephone_and_on_a_screen() {
    let house = House::open().await;
    log_in(&house, &["campagnes", "donnees"], "Segments").await;
    looked_at(&house, "/gestion/chargements", "loads-none").await;
    looked_at(&house, "/gestion/segments", "segments-none").await;

    a_load_under_way(&house).await;

    // One with lines that are given back, and one that was stopped by too many.
    let bad = house_file("valeursfoncieres-2021.txt");
    let generate = ["generate", &bad, "--rows", "3000", "--bad-every", "150"];
    said(etl(&house, &generate)).await;
    said(etl(&house, &["load", "--schema", "datasets/dvf.toml", "--log", "none", &bad])).await;
    let stopped =
        ["load", "--schema", "datasets/dvf.toml", "--period", "2022", "--max-rejects", "3"];
    let mut stopped = etl(&house, &stopped);
    stopped.args(["--log", "none", &bad]).stderr(Stdio::null());
    assert!(!stopped.status().await.expect("it runs").success());
    looked_at(&house, "/gestion/chargements", "loads").await;
    looked_at(&house, "/gestion/chargements/1", "load-published").await;
    looked_at(&house, "/gestion/chargements/2", "load-rejects").await;
    looked_at(&house, "/gestion/chargements/3", "load-stopped").await;

    looked_at(&house, "/gestion/segments/nouveau", "segment-form").await;
    looked_at(&house, "/gestion/segments/nouveau?compter=1&du=31/02/2020&au=2020", "segment-wrong")
        .await;
    let asked = "/gestion/segments/nouveau?compter=1&zone=departements&zones=01\
                 &du=01/01/2020&au=31/12/2020&nature=vente&maison=1";
    looked_at(&house, asked, "segment-counted").await;
    house.fill("nom", "Maisons de l’Ain").await;
    house.press("section[aria-labelledby=compte-t] .bouton").await;
    house.sees("h1", "Maisons de l’Ain").await;
    let kept: String = house.ask("return location.pathname").await;
    looked_at(&house, &kept, "segment-kept").await;
    looked_at(&house, "/gestion/segments", "segments").await;
    house.close().await;
}

fn house_file(name: &str) -> String {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).display().to_string()
}
