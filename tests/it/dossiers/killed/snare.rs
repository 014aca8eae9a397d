//! The wire to the database, which waits for a statement: just before what it wrote is committed, or just after,
//! before the program is told, nothing more is carried on that connection and the test is told. Or it is cut, and
//! everything that is under way breaks.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use url::Url;

use crate::harness::begun;

/// The moment of a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Everything is written and nothing is committed.
    Before,
    /// It is committed, and the program does not know.
    After,
}

impl Moment {
    pub(super) const BOTH: [Self; 2] = [Self::Before, Self::After];
}

/// What is waited for.
struct Trap {
    writes: &'static [&'static str],
    moment: Moment,
    say: oneshot::Sender<()>,
}

type Shared = Arc<Mutex<Option<Trap>>>;

/// A wire between a program and its database.
pub(super) struct Snare {
    near: SocketAddr,
    /// How often it was cut or mended: whole when that is even. Who sees a number late sees that it was cut.
    changes: watch::Sender<u64>,
    trap: Shared,
}

impl Snare {
    /// A whole wire to the server of this address.
    pub(super) async fn to(url: &str) -> Self {
        let url = Url::parse(url).expect("a URL");
        let far = (url.host_str().expect("a host").to_owned(), url.port().unwrap_or(3306));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let near = listener.local_addr().expect("an address");
        let (changes, state) = watch::channel(0_u64);
        let trap = Shared::default();
        let shared = Arc::clone(&trap);
        begun(async move {
            while let Ok((here, _)) = listener.accept().await {
                let (mut state, far, trap) = (state.clone(), far.clone(), Arc::clone(&shared));
                let born = *state.borrow();
                if born % 2 == 1 {
                    continue;
                }
                begun(async move {
                    let Ok(there) = TcpStream::connect(far).await else { return };
                    tokio::select! {
                        _ended = carried(here, there, &trap) => {}
                        _cut = state.wait_for(|now| *now != born) => {}
                    }
                });
            }
        });
        Self { near, changes, trap }
    }

    /// The database's address by this wire, on which everything can be read.
    pub(super) fn url(&self, of: &str) -> String {
        let mut url = Url::parse(of).expect("a URL");
        url.set_ip_host(self.near.ip()).expect("a host");
        url.set_port(Some(self.near.port())).expect("a port");
        url.query_pairs_mut().append_pair("ssl-mode", "disabled");
        url.into()
    }

    /// Waits for the first act that writes one of these from now on, once; whatever was waited for before is not
    /// any more.
    pub(super) fn wait_for(
        &self,
        writes: &'static [&'static str],
        moment: Moment,
    ) -> oneshot::Receiver<()> {
        let (say, sprung) = oneshot::channel();
        *lock(&self.trap) = Some(Trap { writes, moment, say });
        sprung
    }

    /// Waits for nothing any more; false when what was waited for has begun to happen.
    pub(super) fn let_be(&self) -> bool {
        lock(&self.trap).take().is_some()
    }

    /// Cuts it: every conversation breaks at once.
    pub(super) fn cut(&self) {
        self.changes.send_modify(|now| *now |= 1);
    }

    /// Mends it.
    pub(super) fn mend(&self) {
        self.changes.send_modify(|now| *now += *now % 2);
    }
}

fn lock(trap: &Shared) -> std::sync::MutexGuard<'_, Option<Trap>> {
    trap.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries one conversation until one of both ends it.
async fn carried(mut here: TcpStream, mut there: TcpStream, trap: &Shared) -> std::io::Result<()> {
    let (mut asks, mut answers) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut talk = Talk::default();
    loop {
        tokio::select! {
            read = here.read(&mut asks) => {
                let length = read?;
                if length == 0 {
                    return Ok(());
                }
                let sprung = talk.asks(&asks[..length], trap);
                if sprung.as_ref().is_none_or(|trap| trap.moment == Moment::After) {
                    there.write_all(&asks[..length]).await?;
                }
                if let Some(trap) = sprung {
                    // The server says that it is done, to nobody.
                    if trap.moment == Moment::After && there.read(&mut answers).await? == 0 {
                        return Ok(());
                    }
                    let _nobody_waits = trap.say.send(());
                    while here.read(&mut asks).await? > 0 {}
                    return Ok(());
                }
            }
            read = there.read(&mut answers) => {
                let length = read?;
                if length == 0 {
                    return Ok(());
                }
                talk.answers(&answers[..length]);
                here.write_all(&answers[..length]).await?;
            }
        }
    }
}

/// What was said on one connection, as far as it matters here.
#[derive(Default)]
struct Talk {
    /// Of a packet that has not arrived whole.
    rest: Vec<u8>,
    /// A statement whose number the server has still to say.
    prepares: Option<String>,
    statements: HashMap<u32, String>,
    is_begun: bool,
    /// What is waited for was written in this transaction.
    is_marked: bool,
}

const QUERY: u8 = 0x03;
const PREPARE: u8 = 0x16;
const EXECUTE: u8 = 0x17;

/// Before the first byte of a packet: its length and its place in the conversation.
const HEAD: usize = 4;

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))
}

impl Talk {
    /// The program says this; the trap, when this is what it waits for.
    fn asks(&mut self, bytes: &[u8], trap: &Shared) -> Option<Trap> {
        self.rest.extend_from_slice(bytes);
        let mut is_sprung = false;
        while let Some(&[a, b, c, place]) = self.rest.first_chunk::<HEAD>() {
            let end = HEAD + usize::from(a) + (usize::from(b) << 8) + (usize::from(c) << 16);
            if self.rest.len() < end {
                break;
            }
            let packet: Vec<u8> = self.rest.drain(..end).skip(HEAD).collect();
            if place == 0 {
                is_sprung |= self.hears(&packet, trap);
            }
        }
        if is_sprung { lock(trap).take() } else { None }
    }

    /// One packet of the program; whether what is waited for happens by it.
    fn hears(&mut self, packet: &[u8], trap: &Shared) -> bool {
        let Some((&command, body)) = packet.split_first() else { return false };
        match command {
            PREPARE => self.prepares = Some(String::from_utf8_lossy(body).into_owned()),
            EXECUTE => {
                let text = number(body).and_then(|number| self.statements.get(&number));
                let is_waited_for = text.is_some_and(|text| {
                    let held = lock(trap);
                    held.as_ref().is_some_and(|it| it.writes.iter().any(|one| text.contains(one)))
                });
                self.is_marked |= is_waited_for && self.is_begun;
                // Outside of a transaction it is committed by itself.
                return is_waited_for && !self.is_begun;
            }
            QUERY if body == b"BEGIN" => (self.is_begun, self.is_marked) = (true, false),
            QUERY if body == b"COMMIT" || body == b"ROLLBACK" => {
                let is_sprung = self.is_marked && body == b"COMMIT";
                (self.is_begun, self.is_marked) = (false, false);
                return is_sprung;
            }
            _ => {}
        }
        false
    }

    /// The server says this.
    fn answers(&mut self, bytes: &[u8]) {
        let Some(text) = self.prepares.take() else { return };
        if let (Some(0), Some(number)) = (bytes.get(HEAD), bytes.get(HEAD + 1..).and_then(number)) {
            self.statements.insert(number, text);
        }
    }
}
