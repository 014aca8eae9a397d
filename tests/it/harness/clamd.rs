//! A real `clamd` that knows one signature, the text of test of eicar.org, so that none is downloaded; and
//! scanners that are no good.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use assurly::platform::clock::Entropy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::tomcat::launched;
use super::{STARTED, begun, eventually_within};

/// Found by every scanner, harmless to everybody; in two halves, so that this file is not found itself.
pub(crate) fn eicar() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// A place for the socket of a scanner, which comes and goes.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let own = Entropy::system().hex::<4>();
        let path = format!("{}/clamd-{name}-{own}", env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(format!("{path}/db")).expect("a folder");
        Self(path.into())
    }

    fn socket(&self) -> PathBuf {
        self.0.join("ctl")
    }

    /// As the configuration says it.
    pub(crate) fn address(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// Starts the daemon here, and waits until it answers.
    pub(crate) async fn daemon(&self) -> Clamd {
        let hex: String = eicar().bytes().map(|byte| format!("{byte:02x}")).collect();
        let signature = format!("Eicar-Test-Signature:0:*:{hex}\n");
        std::fs::write(self.0.join("db/test.ndb"), signature).expect("a signature");
        let settings = format!(
            "DatabaseDirectory {}\nLocalSocket {}\nFixStaleSocket yes\nForeground yes\nMaxThreads 4\n",
            self.0.join("db").display(),
            self.socket().display(),
        );
        let file = self.0.join("clamd.conf");
        std::fs::write(&file, settings).expect("a configuration");
        let process = launched(command(&file));
        let socket = self.socket();
        eventually_within(STARTED, "clamd answers", async || {
            let mut stream = UnixStream::connect(&socket).await.ok()?;
            stream.write_all(b"zPING\0").await.ok()?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.ok()?;
            (answer == b"PONG\0").then_some(())
        })
        .await;
        Clamd(Some(process))
    }

    /// A scanner that is none, here: what it does with a conversation.
    pub(crate) fn impostor(&self, does: Impostor) -> Fake {
        let _absent = std::fs::remove_file(self.socket());
        let listener = UnixListener::bind(self.socket()).expect("a socket");
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        let task = begun(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                open.push(begun(converse(stream, does)));
            }
        });
        Fake { asked, task }
    }
}

/// The daemon, ended with this.
pub(crate) struct Clamd(Option<Child>);

impl Drop for Clamd {
    fn drop(&mut self) {
        if let Some(mut process) = self.0.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }
}

/// What a scanner does that is no good.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Impostor {
    /// Finds nothing, whatever it is shown: its signatures are not there.
    FindsNothing,
    /// Never answers.
    Silent,
    /// Breaks off.
    BreaksOff,
    /// Says what is not in the protocol.
    Babbles,
    /// Says that the file was too large to look at.
    Declines,
}

/// A scanner that is no good, and how often it was asked.
pub(crate) struct Fake {
    pub(crate) asked: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: UnixStream, does: Impostor) {
    if matches!(does, Impostor::BreaksOff) {
        return;
    }
    let mut command = [0; 10];
    if stream.read_exact(&mut command).await.is_err() {
        return;
    }
    loop {
        let Ok(length) = stream.read_u32().await else { return };
        if length == 0 {
            break;
        }
        let mut piece = vec![0; usize::try_from(length).expect("small")];
        if stream.read_exact(&mut piece).await.is_err() {
            return;
        }
    }
    let answer: &[u8] = match does {
        Impostor::FindsNothing => b"stream: OK\0",
        Impostor::Babbles => b"everything is fine\0",
        Impostor::Declines => b"INSTREAM size limit exceeded. ERROR\0",
        Impostor::Silent | Impostor::BreaksOff => {
            std::future::pending::<()>().await;
            return;
        }
    };
    let _broken = stream.write_all(answer).await;
}

fn command(settings: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command
        // A test that is killed leaves nothing behind.
        .args(["--pdeathsig", "KILL", "/usr/sbin/clamd", "--config-file"])
        .arg(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
