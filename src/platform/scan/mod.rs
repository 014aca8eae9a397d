//! Looking for viruses in what strangers send: one question, asked of a scanner beside us.
//!
//! Fail closed: whatever is not a plain «clean» of a scanner that has just shown that it finds something
//! is no verdict, and what has no verdict is opened by nobody. This room keeps nothing and never says
//! what a file holds.

mod clamd;
mod settings;

use std::io;
use std::sync::Arc;

pub use clamd::Clamd;
pub use settings::ScannerSettings;

use crate::platform::access::Boxed;

/// What a scanner says of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It knows nothing against them.
    Clean,
    /// It knows this of them.
    Infected(String),
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It does not answer, or broke off.
    #[error("the scanner is away: {0}")]
    Away(#[from] io::Error),
    /// It takes too long.
    #[error("the scanner did not answer in time")]
    TooSlow,
    /// It says that it did not look.
    #[error("the scanner did not look: {0}")]
    Refused(String),
    /// It says what its protocol does not know.
    #[error("the scanner's answer is none")]
    Odd,
    /// It finds nothing in what every scanner must find: its signatures are not there.
    #[error("the scanner does not find what it must find")]
    Blind,
}

/// Whoever can be asked about bytes.
pub trait Scanner: Send + Sync + 'static {
    /// What it says of these bytes.
    fn scan<'a>(&'a self, bytes: &'a [u8]) -> Boxed<'a, Result<Verdict, ScanError>>;
}

/// The text that every scanner finds and that harms nobody (eicar.org), in two halves: a program that
/// holds it whole would be found itself.
const EICAR: [&str; 2] =
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// The verdict of a scanner that has just found the text of test: one that finds nothing is not believed
/// when it finds nothing.
///
/// # Errors
/// There is no verdict.
pub async fn judged(scanner: &dyn Scanner, bytes: &[u8]) -> Result<Verdict, ScanError> {
    if scanner.scan(EICAR.concat().as_bytes()).await? == Verdict::Clean {
        return Err(ScanError::Blind);
    }
    scanner.scan(bytes).await
}

/// The scanner of these settings; `None`: there is none.
pub fn open(settings: &ScannerSettings) -> Option<Arc<dyn Scanner>> {
    Clamd::new(settings).map(|clamd| Arc::new(clamd) as Arc<dyn Scanner>)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the same of everything.
    struct Says(Verdict);

    impl Scanner for Says {
        fn scan<'a>(&'a self, _: &'a [u8]) -> Boxed<'a, Result<Verdict, ScanError>> {
            Box::pin(async { Ok(self.0.clone()) })
        }
    }

    #[tokio::test]
    async fn a_scanner_that_finds_nothing_at_all_is_not_believed() {
        let blind = judged(&Says(Verdict::Clean), b"%PDF-1.7").await;
        assert!(matches!(blind, Err(ScanError::Blind)), "{blind:?}");
        let found = Verdict::Infected("Anything".to_owned());
        assert_eq!(judged(&Says(found.clone()), b"%PDF-1.7").await.expect("a verdict"), found);
    }
}
