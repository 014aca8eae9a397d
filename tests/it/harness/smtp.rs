//! A mail server on the loopback: it keeps what it is given, and fails when it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::begun;

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes everything.
    Takes,
    /// Refuses the recipient for good.
    Refuses,
    /// Refuses the recipient for now.
    NotNow,
    /// Closes the connection at the recipient.
    HangsUpBefore,
    /// Takes the text, and closes the connection without a word.
    HangsUpAfter,
    /// Takes the text, and says nothing.
    SilentAfter,
    /// Refuses the password.
    RefusesUs,
}

/// A message that the server has.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) to: String,
    /// As it came, headers and all.
    pub(crate) text: String,
}

/// The server.
pub(crate) struct SmtpSink {
    pub(crate) address: SocketAddr,
    kept: Arc<Kept>,
    task: JoinHandle<()>,
}

struct Kept {
    mood: Mutex<Mood>,
    letters: Mutex<Vec<Received>>,
    connections: Mutex<u32>,
    logins: Mutex<Vec<String>>,
}

impl SmtpSink {
    /// Listens, in this mood.
    pub(crate) async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let kept = Arc::new(Kept {
            mood: Mutex::new(mood),
            letters: Mutex::default(),
            connections: Mutex::default(),
            logins: Mutex::default(),
        });
        let shared = Arc::clone(&kept);
        let task = begun(async move {
            let mut conversations = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                *shared.connections.lock().expect("no holder panics") += 1;
                let shared = Arc::clone(&shared);
                // A client that leaves in the middle ends its conversation, and nothing else.
                conversations.spawn(async move { drop(converse(stream, &shared).await) });
            }
        });
        Self { address, kept, task }
    }

    /// Its address, as the configuration takes it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Changes its mood.
    pub(crate) fn becomes(&self, mood: Mood) {
        *self.kept.mood.lock().expect("no holder panics") = mood;
    }

    /// Everything that was handed over, in order.
    pub(crate) fn letters(&self) -> Vec<Received> {
        self.kept.letters.lock().expect("no holder panics").clone()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> u32 {
        *self.kept.connections.lock().expect("no holder panics")
    }

    /// Who logged in, `user:password`.
    pub(crate) fn logins(&self) -> Vec<String> {
        self.kept.logins.lock().expect("no holder panics").clone()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, kept: &Kept) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    write.write_all(b"220 sink ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let mood = *kept.mood.lock().expect("no holder panics");
        let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
        let answer = match (verb.as_str(), mood) {
            ("EHLO", _) => "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            ("AUTH", Mood::RefusesUs) => "535 5.7.8 who are you",
            ("AUTH", _) => {
                kept.logins.lock().expect("no holder panics").push(login(&line));
                "235 welcome"
            }
            ("RCPT", Mood::Refuses) => "550 5.1.1 no such mailbox",
            ("RCPT", Mood::NotNow) => "451 4.3.0 try again",
            ("RCPT", Mood::HangsUpBefore) => return Ok(()),
            ("RCPT", _) => {
                to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                "250 known"
            }
            ("DATA", _) => {
                write.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    text.push_str(&line);
                    text.push('\n');
                }
                let received = Received { to: std::mem::take(&mut to), text };
                kept.letters.lock().expect("no holder panics").push(received);
                match mood {
                    Mood::HangsUpAfter => return Ok(()),
                    Mood::SilentAfter => std::future::pending().await,
                    _ => "250 taken",
                }
            }
            ("QUIT", _) => "221 goodbye",
            _ => "250 fine",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// `user:password` of `AUTH PLAIN <base64 of NUL user NUL password>`.
fn login(line: &str) -> String {
    let bytes = STANDARD.decode(line.rsplit(' ').next().unwrap_or("")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_start_matches('\0').replace('\0', ":")
}
