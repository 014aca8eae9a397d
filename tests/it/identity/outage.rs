//! The database goes away in the middle of a load and comes back: tokens still verify, logins answer 503,
//! nothing fails open, and everything works again without a restart.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::Client;
use tokio::task::JoinSet;

use super::{PASSWORD, World, account, broken, form_of_code, text};
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::Surfer;
use crate::harness::wire::Wire;

const BEFORE: u8 = 0;
const DURING: u8 = 1;
const AFTER: u8 = 2;

/// In which phase, what was asked, and how it was answered.
type Answered = (u8, &'static str, u16);

/// How often each thing that was asked was answered how, in each phase. An answer to a request that began
/// in another phase says nothing and is not counted.
#[derive(Clone, Default)]
struct Tally {
    counts: Arc<Mutex<BTreeMap<Answered, u32>>>,
    phase: Arc<AtomicU8>,
    is_over: Arc<AtomicBool>,
}

impl Tally {
    fn phase(&self) -> Option<u8> {
        (!self.is_over.load(Ordering::SeqCst)).then(|| self.phase.load(Ordering::SeqCst))
    }

    fn note(&self, began: u8, what: &'static str, status: u16) {
        if began == self.phase.load(Ordering::SeqCst) {
            let mut counts = self.counts.lock().expect("no panic");
            *counts.entry((began, what, status)).or_default() += 1;
        }
    }

    /// The same for what succeeds once: a grant that was asked for just before the wire was mended is one of
    /// those after.
    fn note_at_end(&self, what: &'static str, status: u16) {
        self.note(self.phase.load(Ordering::SeqCst), what, status);
    }

    /// The answers to this in a phase.
    fn answers(&self, phase: u8, what: &'static str) -> BTreeMap<u16, u32> {
        let counts = self.counts.lock().expect("no panic");
        let of = counts.iter().filter(|((at, name, _), _)| *at == phase && *name == what);
        of.map(|((_, _, status), count)| (*status, *count)).collect()
    }

    /// Waits until this was answered so in the phase that is now, so often.
    async fn until(&self, what: &'static str, status: u16, times: u32) {
        eventually(what, async || {
            let phase = self.phase.load(Ordering::SeqCst);
            let count = self.answers(phase, what).get(&status).copied().unwrap_or_default();
            (count >= times).then_some(())
        })
        .await;
    }

    fn next(&self, phase: u8) {
        self.phase.store(phase, Ordering::SeqCst);
    }
}

/// Logs in: 200 and nothing else when it opened a session.
async fn log_in(mut browser: Surfer, pool: &str, email: &str, password: &str) -> u16 {
    let mut seen = browser.open(&format!("/pools/{pool}/login")).await;
    if seen.status == 200 {
        seen = browser.send(&seen, "/login", &[("email", email), ("password", password)]).await;
    }
    let is_in = browser.jar.keys().any(|name| name.contains("session-"));
    assert_eq!(is_in, seen.status == 200, "{} {}", seen.status, seen.body);
    seen.status.as_u16()
}

/// Opens an operation of the API with a token.
async fn show_me(client: &Client, url: &str, token: &str) -> u16 {
    client.get(url).bearer_auth(token).send().await.expect("an answer").status().as_u16()
}

/// The load: what each task asks, again and again.
fn begin(world: &World, tally: &Tally, tokens: [String; 3], people: [String; 2]) -> JoinSet<()> {
    let mut load = JoinSet::new();
    let url = world.app.url("/v1/me");
    let [good, broken, revoked] = tokens;
    for (what, token) in
        [("good", good.clone()), ("good", good), ("broken", broken), ("revoked", revoked)]
    {
        let (tally, client, url) = (tally.clone(), world.app.client.clone(), url.clone());
        load.spawn(async move {
            while let Some(phase) = tally.phase() {
                tally.note(phase, what, show_me(&client, &url, &token).await);
            }
        });
    }
    let [right, wrong] = people;
    for (what, email, password) in
        [("login", right, PASSWORD), ("wrong", wrong, "another password 1")]
    {
        let (tally, pool, browser) = (tally.clone(), world.pool.clone(), Surfer::new(&world.app));
        load.spawn(async move {
            while let Some(phase) = tally.phase() {
                tally.note(phase, what, log_in(browser.clone(), &pool, &email, password).await);
            }
        });
    }
    load
}

/// Forms that change something, by the name that they are counted under.
fn begin_grants(
    world: &World,
    tally: &Tally,
    load: &mut JoinSet<()>,
    forms: Vec<(&'static str, String)>,
) {
    for (what, form) in forms {
        let (tally, client) = (tally.clone(), world.app.client.clone());
        let url = world.app.url(&world.path("/oauth2/token"));
        load.spawn(async move {
            while let Some(began) = tally.phase() {
                let request = client.post(&url).body(form.clone());
                let media = "application/x-www-form-urlencoded";
                let answer = request.header("content-type", media).send().await.expect("an answer");
                let status = answer.status().as_u16();
                match what {
                    "code" | "refresh" => tally.note_at_end(what, status),
                    _ => tally.note(began, what, status),
                }
            }
        });
    }
}

/// Whoever needs the database is told that it is away, and nothing else.
async fn nothing_fails_open(tally: &Tally) {
    let all = ["login", "wrong", "program", "refresh", "code"];
    for what in all {
        tally.until(what, 503, 3).await;
    }
    for what in all {
        let answers = tally.answers(DURING, what);
        assert!(answers.keys().all(|status| *status == 503), "{what}: {answers:?}");
    }
}

/// A token was good, broken or taken back, whatever the database did.
fn tokens_were_read_throughout(tally: &Tally) {
    for phase in [BEFORE, DURING, AFTER] {
        for (what, status) in [("good", 200), ("broken", 401), ("revoked", 401)] {
            let answers = tally.answers(phase, what);
            assert!(answers.keys().all(|it| *it == status), "{phase} {what}: {answers:?}");
        }
        assert!(!tally.answers(phase, "wrong").contains_key(&200));
    }
}

/// Waits until a token that was taken back is refused.
async fn until_refused(world: &World, token: &str) {
    let me = world.app.url("/v1/me");
    eventually("the picture knows", async || {
        (show_me(&world.app.client, &me, token).await == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_database_goes_away_in_mid_load_and_comes_back() {
    let database = TestDatabase::shared().await;
    let wire = Wire::to(&database.url()).await;
    let url = wire.url(&database.url());
    let world = World::over(&[
        ("DATABASE__URL", &url),
        ("DATABASE__ACQUIRE_TIMEOUT_MS", "1000"),
        ("IDENTITY__CACHE_S", "10"),
    ])
    .await;
    let (client, person) =
        (world.application("openid profil:lire").await, world.person("pwd").await);
    let server = world.confidential().await;
    let people = [account(&world, "camille").await, account(&world, "dominique").await];
    let tokens = async || world.tokens(&client, &person, "openid profil:lire").await;
    let (good, taken) = (tokens().await, tokens().await);
    let pairs = [("token", text(&taken, "refresh_token"))];
    assert_eq!(world.form("/oauth2/revoke", &client, &pairs).await.0, 200);
    let code = world.code(&client, &person, "openid").await;
    let code = form_of_code(&client, &code);
    let (token, revoked) = (text(&good, "access_token"), text(&taken, "access_token"));
    until_refused(&world, revoked).await;

    let tally = Tally::default();
    let tokens = [token.to_owned(), broken(token), revoked.to_owned()];
    let mut load = begin(&world, &tally, tokens, people);
    let secret = server.secret.as_deref().expect("a secret");
    let program =
        format!("grant_type=client_credentials&client_id={}&client_secret={secret}", server.id);
    begin_grants(&world, &tally, &mut load, vec![("program", program)]);
    tally.until("good", 200, 50).await;
    tally.until("login", 200, 3).await;
    tally.until("program", 200, 3).await;

    wire.cut();
    // What began on the whole wire is not judged by it.
    tally.next(DURING);
    let refresh = format!(
        "grant_type=refresh_token&client_id={}&refresh_token={}",
        client.id,
        text(&good, "refresh_token")
    );
    begin_grants(&world, &tally, &mut load, vec![("refresh", refresh), ("code", code)]);
    tally.until("good", 200, 100).await;
    nothing_fails_open(&tally).await;

    tally.next(AFTER);
    wire.mend();
    tally.until("login", 200, 3).await;
    tally.until("program", 200, 3).await;
    tally.until("refresh", 200, 1).await;
    tally.until("code", 200, 1).await;
    tally.is_over.store(true, Ordering::SeqCst);
    while let Some(ended) = load.join_next().await {
        ended.expect("no request was left without an answer");
    }
    tokens_were_read_throughout(&tally);
    assert_eq!(tally.answers(AFTER, "code")[&200], 1, "the outage spent nothing, and once is once");
    assert!(world.identity.verify_journal(&world.pool).await.expect("read").is_ok());
}
