//! A backup in a bucket behind a slow line: what takes long is not late.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::{Place, pair};
use crate::harness::app::App;
use crate::harness::begun;
use crate::harness::database::TestDatabase;
use crate::papers::bucket::Server;

/// The longest silence that the program bears: longer than a busy machine keeps anybody waiting.
const SILENCE: Duration = Duration::from_secs(10);

/// What a narrow line lets through at once, and how often at most: 25 kB a second.
const PIECE: usize = 512;
const EACH: Duration = Duration::from_millis(20);

/// What does not compress: more than the narrow line passes within the silence.
const NOISE: usize = 320 * 1024;

/// A line to the server: as wide as it is, or narrow.
#[derive(Default)]
struct Line {
    is_narrow: AtomicBool,
    /// What came over it while it was narrow.
    passed: AtomicUsize,
}

async fn line(to: SocketAddr) -> (SocketAddr, Arc<Line>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let line = Arc::new(Line::default());
    let theirs = Arc::clone(&line);
    drop(begun(async move {
        while let Ok((near, _)) = listener.accept().await {
            if let Ok(far) = TcpStream::connect(to).await {
                let ((near_in, near_out), (far_in, far_out)) =
                    (near.into_split(), far.into_split());
                drop(begun(pass(near_in, far_out, Arc::default())));
                drop(begun(pass(far_in, near_out, Arc::clone(&theirs))));
            }
        }
    }));
    (address, line)
}

async fn pass(mut from: OwnedReadHalf, mut into: OwnedWriteHalf, line: Arc<Line>) {
    let mut piece = [0; PIECE];
    let mut turn = tokio::time::interval(EACH);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while let Ok(read) = from.read(&mut piece).await {
        if read == 0 || into.write_all(&piece[..read]).await.is_err() {
            return;
        }
        if line.is_narrow.load(Ordering::Relaxed) {
            line.passed.fetch_add(read, Ordering::Relaxed);
            turn.tick().await;
        }
    }
}

#[tokio::test]
async fn a_dump_that_comes_slowly_is_restored_although_it_takes_longer_than_the_longest_silence() {
    let (database, server) = (TestDatabase::own().await, Server::start().await);
    let address = server.url().trim_start_matches("http://").parse().expect("an address");
    let (near, line) = line(address).await;
    let mut place = Place::new(&database.url());
    let (mine, public) = pair(&place, "mine");
    place.set("BACKUP__RECIPIENTS_FILE", &place.write("recipients", &public));
    place.set("BACKUP__STORAGE__URL", "s3://assurly/backups");
    place.set("BACKUP__STORAGE__ENDPOINT", &format!("http://{near}"));
    place.set("BACKUP__STORAGE__REGION", "eu-west-3");
    place.set("BACKUP__STORAGE__CREDENTIALS_FILE", &place.write("key", "key:secret\n"));
    let app = App::on_database(&database, &[]).await;
    drop(crate::papers::keep(&app, &crate::quotes::project()).await);
    assert!(EACH * u32::try_from(NOISE / PIECE).expect("small") > SILENCE, "too wide a line");
    let sql = "INSERT INTO quote (id, created_at, expires_at, tariff_version, request, result, schedules) \
        SELECT UNHEX(LEFT(SHA2(id, 256), 32)), created_at, expires_at, tariff_version, request, result, ? FROM quote LIMIT 1";
    let noise: Vec<u8> = noise().take(NOISE).collect();
    sqlx::query(sql).bind(noise).execute(app.opened().pool()).await.expect("kept");
    let (code, said) = place.run(&["backup"]).await;
    assert_eq!(code, Some(0), "{said}");

    let empty = TestDatabase::empty().await;
    place.set("DATABASE__URL", &empty.url());
    place.set("BACKUP__STORAGE__TIMEOUT_MS", &SILENCE.as_millis().to_string());
    line.is_narrow.store(true, Ordering::Relaxed);
    let (code, said) = place.run(&["restore", "--identity", &mine]).await;
    assert_eq!(code, Some(0), "{said}");
    let passed = line.passed.load(Ordering::Relaxed);
    assert!(passed > NOISE, "{passed} bytes came over the narrow line");
    assert!(empty.open().tables().await.expect("tables").len() > 50);
}

/// Bytes without an order that a compressor would find.
fn noise() -> impl Iterator<Item = u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
}
