//! The seal, as three independent programs see it: poppler, qpdf, and pyHanko, which judges the whole
//! of PAdES; and one changed byte, wherever it is.

use std::process::{Command, Stdio};

use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::seal::{Pair, Sealer, SealingError, development_pair};
use assurly::slices::documents::Kind;
use jiff::Timestamp;

use super::templates::{SAMPLED, asked, data_of, set};

/// As `bin/test` installs it.
const PYHANKO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/var/tools/pyhanko/bin/pyhanko");

fn pair() -> Pair {
    development_pair("Assurly", Clock::system().now()).expect("a pair")
}

fn sealer(pair: &Pair) -> Sealer {
    Sealer::of(pair.certificate.as_bytes(), pair.key.as_bytes()).expect("a pair")
}

fn now() -> Timestamp {
    Clock::system().now()
}

/// What pyHanko says of the signature, and whether it is content with it.
fn judged(pair: &Pair, pdf: &[u8]) -> (bool, String) {
    let folder = format!("{}/{}", env!("CARGO_TARGET_TMPDIR"), super::key());
    std::fs::create_dir(&folder).expect("a new folder");
    let (file, trusted) = (format!("{folder}/a.pdf"), format!("{folder}/trusted.pem"));
    std::fs::write(&file, pdf).expect("written");
    std::fs::write(&trusted, &pair.certificate).expect("written");
    let mut command = Command::new(PYHANKO);
    command.args(["sign", "validate", "--pretty-print", "--trust", &trusted, &file]);
    let output = command.stdin(Stdio::null()).output().expect("bin/test installs pyHanko");
    std::fs::remove_dir_all(&folder).expect("it was there");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn every_document_is_sealed_and_stays_archivable_and_tagged() {
    let (pair, sealed_at) = (pair(), now());
    let sealer = sealer(&pair);
    for (kind, _) in SAMPLED {
        let plain = set(kind, data_of(kind)).await;
        let sealed = sealer.seal(&plain, "Document remis", sealed_at).expect("sealed");
        assert!(sealed.starts_with(&plain), "{kind:?}: what was typeset stays as it is");
        let seen = asked("pdfsig", &["-nocert", "FILE"], &sealed);
        for sign in
            ["Signature is Valid.", "Total document signed", "ETSI.CAdES.detached", "SHA-256"]
        {
            assert!(seen.contains(sign), "{kind:?}: {sign}: {seen}");
        }
        let sound = asked("qpdf", &["--check", "FILE"], &sealed);
        assert!(sound.contains("No syntax or stream encoding errors found"), "{kind:?}: {sound}");
        let info = asked("pdfinfo", &["FILE"], &sealed);
        assert!(info.contains("Tagged:          yes"), "{kind:?}: {info}");
        let plain_text = asked("pdftotext", &["-layout", "FILE", "-"], &plain);
        assert_eq!(plain_text, asked("pdftotext", &["-layout", "FILE", "-"], &sealed));
        let raw = asked("qpdf", &["--qdf", "--object-streams=disable", "FILE", "-"], &sealed);
        for sign in ["pdfaid:part>2<", "pdfuaid:part>1<", "/Tabs /S", "/TU ", "/F 132"] {
            assert!(raw.contains(sign), "{kind:?}: {sign}");
        }
    }
}

#[tokio::test]
async fn pyhanko_finds_it_intact_trusted_and_of_the_right_form() {
    let pair = pair();
    let plain = set(Kind::MandatSepa, data_of(Kind::MandatSepa)).await;
    let sealed = sealer(&pair).seal(&plain, "Mandat signé", now()).expect("sealed");
    let (is_content, said) = judged(&pair, &sealed);
    assert!(is_content, "{said}");
    for sign in [
        "The signature is cryptographically sound.",
        "The signer's certificate is trusted.",
        "The signature covers the entire file.",
        "The signature is judged VALID.",
    ] {
        assert!(said.contains(sign), "{sign}: {said}");
    }
    let (is_content, said) = judged(&self::pair(), &sealed);
    assert!(!is_content, "somebody else's certificate: {said}");
}

/// Every part of the file: the words, the tables, the seal's own words, and the signature.
#[tokio::test]
async fn one_changed_byte_is_seen_wherever_it_is() {
    let pair = pair();
    let plain = set(Kind::Ipid, data_of(Kind::Ipid)).await;
    let sealed = sealer(&pair).seal(&plain, "Document remis", now()).expect("sealed");
    let (whole, _) = judged(&pair, &sealed);
    assert!(whole);
    let find = |what: &[u8]| {
        sealed.windows(what.len()).rposition(|window| window == what).expect("it is there")
    };
    let entropy = Entropy::system();
    let drawn = usize::try_from(u32::from_le_bytes(entropy.bytes())).expect("small");
    let (reason, digits) = (find(b"/Reason<FEFF") + 15, find(b"/Contents<") + 600);
    for place in [drawn % plain.len(), plain.len() / 2, reason, digits, sealed.len() - 8] {
        let mut changed = sealed.clone();
        changed[place] = if changed[place] == b'4' { b'5' } else { b'4' };
        let (is_content, said) = judged(&pair, &changed);
        assert!(!is_content, "byte {place}: {said}");
    }
    let longer = [sealed.as_slice(), b"%".as_slice()].concat();
    let seen = asked("pdfsig", &["-nocert", "FILE"], &longer);
    assert!(!seen.contains("Total document signed"), "{seen}");
}

#[tokio::test]
async fn what_is_not_ours_is_refused_and_nothing_is_sealed_without_a_certificate() {
    let pair = pair();
    let plain = set(Kind::Ipid, data_of(Kind::Ipid)).await;
    let sealed = sealer(&pair).seal(&plain, "x", now()).expect("sealed");
    for strange in [b"".as_slice(), b"%PDF-1.7\n", b"trailer startxref 99999", &sealed] {
        let refused = sealer(&pair).seal(strange, "x", now());
        assert!(matches!(refused, Err(SealingError::Foreign(_))), "{refused:?}");
    }
    let none = Sealer::default().seal(&plain, "x", now());
    assert!(matches!(none, Err(SealingError::NoCertificate)));
    let (cert, key) = (pair.certificate.as_bytes(), self::pair().key);
    assert!(Sealer::of(cert, key.as_bytes()).is_err(), "not a pair");
    assert!(Sealer::of(b"nothing", key.as_bytes()).is_err() && Sealer::of(cert, cert).is_err());
}
