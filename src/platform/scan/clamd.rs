//! ClamAV's daemon, by its own protocol (`man clamd`, INSTREAM): the bytes in announced pieces, an empty
//! piece, one line of answer, the end.
//!
//! The answer is read strictly and within bounds: what is not exactly one of the daemon's three forms,
//! or goes on after its end, is no verdict.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::settings::{Address, ScannerSettings};
use super::{ScanError, Scanner, Verdict};
use crate::platform::access::Boxed;

/// Bytes of one piece.
const PIECE: usize = 64 * 1024;

/// Longest answer: the name of a signature is far shorter.
const ANSWER_MAX: u64 = 1024;

/// A daemon, and how long it is waited for.
#[derive(Clone, Debug)]
pub struct Clamd {
    address: Address,
    settings: ScannerSettings,
}

impl Clamd {
    /// The daemon of these settings; `None` when there is none.
    pub fn new(settings: &ScannerSettings) -> Option<Self> {
        Some(Self { address: settings.address()?, settings: settings.clone() })
    }

    async fn asked(&self, bytes: &[u8]) -> Result<Verdict, ScanError> {
        let within = self.settings.connect_timeout();
        let slow = |_| ScanError::TooSlow;
        let answer = match &self.address {
            Address::Tcp(at) => {
                let stream = timeout(within, TcpStream::connect(at)).await.map_err(slow)??;
                talk(stream, bytes).await?
            }
            Address::Unix(at) => {
                let stream = timeout(within, UnixStream::connect(at)).await.map_err(slow)??;
                talk(stream, bytes).await?
            }
        };
        verdict(&answer)
    }
}

impl Scanner for Clamd {
    fn scan<'a>(&'a self, bytes: &'a [u8]) -> Boxed<'a, Result<Verdict, ScanError>> {
        Box::pin(async move {
            let asked = timeout(self.settings.timeout(), self.asked(bytes)).await;
            asked.unwrap_or(Err(ScanError::TooSlow))
        })
    }
}

/// Sends the bytes and reads what comes back, to its end.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    bytes: &[u8],
) -> Result<Vec<u8>, ScanError> {
    stream.write_all(b"zINSTREAM\0").await?;
    for piece in bytes.chunks(PIECE) {
        let length = u32::try_from(piece.len()).map_err(|_| ScanError::Odd)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(piece).await?;
    }
    stream.write_all(&0_u32.to_be_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX + 1).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// What an answer says: `stream: OK`, `stream: NAME FOUND` or `… ERROR`, ended by one zero.
fn verdict(answer: &[u8]) -> Result<Verdict, ScanError> {
    let line = answer.strip_suffix(b"\0").ok_or(ScanError::Odd)?;
    let line = std::str::from_utf8(line).map_err(|_| ScanError::Odd)?;
    if line.len() as u64 > ANSWER_MAX || line.chars().any(char::is_control) {
        return Err(ScanError::Odd);
    }
    if let Some(cause) = line.strip_suffix("ERROR") {
        return Err(ScanError::Refused(cause.trim_end_matches([' ', '.']).to_owned()));
    }
    match line.strip_prefix("stream: ") {
        Some("OK") => Ok(Verdict::Clean),
        Some(rest) => {
            let name = rest.strip_suffix(" FOUND").filter(|name| !name.is_empty());
            name.map(|name| Verdict::Infected(name.to_owned())).ok_or(ScanError::Odd)
        }
        None => Err(ScanError::Odd),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_of_three_and_nothing_else() {
        let read = |text: &[u8]| verdict(text);
        assert_eq!(read(b"stream: OK\0").expect("a verdict"), Verdict::Clean);
        let found = read(b"stream: Eicar-Test-Signature FOUND\0").expect("a verdict");
        assert_eq!(found, Verdict::Infected("Eicar-Test-Signature".into()));
        let refused = read(b"INSTREAM size limit exceeded. ERROR\0");
        assert!(matches!(refused, Err(ScanError::Refused(_))), "{refused:?}");
        for odd in [
            &b""[..],
            b"stream: OK",
            b"stream: OK\n\0",
            b"stream: OK\0stream: OK\0",
            b"stream: OKAY\0",
            b"OK\0",
            b"stream:  FOUND\0",
            b"stream: \xff FOUND\0",
        ] {
            assert!(matches!(read(odd), Err(ScanError::Odd)), "{odd:?}");
        }
        let long = [b"stream: ".as_slice(), &[b'x'; 1100], b" FOUND\0"].concat();
        assert!(matches!(read(&long), Err(ScanError::Odd)));
    }

    #[tokio::test]
    async fn the_bytes_are_sent_in_announced_pieces() {
        let (ours, mut theirs) = tokio::io::duplex(1 << 20);
        let bytes = vec![7_u8; PIECE + 3];
        let daemon = async {
            let mut sent = vec![0; 10 + 4 + PIECE + 4 + 3 + 4];
            theirs.read_exact(&mut sent).await.expect("everything");
            theirs.write_all(b"stream: OK\0").await.expect("told");
            drop(theirs);
            sent
        };
        let (answer, sent) = tokio::join!(talk(ours, &bytes), daemon);
        assert_eq!(answer.expect("an answer"), b"stream: OK\0");
        assert_eq!(&sent[..14], b"zINSTREAM\0\0\x01\0\0");
        assert_eq!(&sent[14 + PIECE..14 + PIECE + 4], b"\0\0\0\x03");
        assert_eq!(&sent[sent.len() - 4..], b"\0\0\0\0");
    }
}
