//! Every template with its sample: text, tags, language and standards as poppler and qpdf read them,
//! data that looks like code, the same bytes for the same data, and versions that cannot be forgotten.

use std::process::{Command, Stdio};

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use assurly::platform::digest::{hex, sha256};
use assurly::platform::pdf::{Order, PdfError, PdfSettings, Typesetter};
use assurly::slices::documents::Kind;

/// Every kind with its data, as `tests/data/documents/` has them.
pub(super) const SAMPLED: [(Kind, &str); 10] = [
    (Kind::Devis, include_str!("../../data/documents/devis.json")),
    (Kind::FicheStandardisee, include_str!("../../data/documents/fiche_standardisee.json")),
    (Kind::Ipid, include_str!("../../data/documents/ipid.json")),
    (Kind::Notice, include_str!("../../data/documents/notice.json")),
    (
        Kind::ConditionsParticulieres,
        include_str!("../../data/documents/conditions_particulieres.json"),
    ),
    (Kind::MandatSepa, include_str!("../../data/documents/mandat_sepa.json")),
    (Kind::AttestationPreteur, include_str!("../../data/documents/attestation_preteur.json")),
    (Kind::LettreBanque, include_str!("../../data/documents/lettre_banque.json")),
    (Kind::FicheConseil, include_str!("../../data/documents/fiche_conseil.json")),
    (Kind::PreuveSignature, include_str!("../../data/documents/preuve_signature.json")),
];

pub(super) fn data_of(kind: Kind) -> Value {
    let (_, text) = SAMPLED.iter().find(|(one, _)| *one == kind).expect("a sample");
    serde_json::from_str(text).expect("JSON")
}

fn press(workers: usize, queue_max: usize, timeout_ms: u64) -> Typesetter {
    Typesetter::new(&PdfSettings { workers, queue_max, timeout_ms })
}

fn order(kind: Kind, data: Value) -> Order {
    Order { template: kind.code(), data, date: DAY, identity: "test".to_owned() }
}

const DAY: Date = date(2026, 11, 23);

pub(super) async fn set(kind: Kind, data: Value) -> Vec<u8> {
    press(1, 1, 60_000).typeset(order(kind, data)).await.expect("a document")
}

/// What a program says of a document, `FILE` among its arguments.
pub(crate) fn asked(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let path = format!("{}/{}.pdf", env!("CARGO_TARGET_TMPDIR"), super::key());
    std::fs::write(&path, pdf).expect("written");
    let arguments = arguments.iter().map(|one| if *one == "FILE" { path.as_str() } else { one });
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    std::fs::remove_file(&path).expect("it was there");
    let output = output.expect("bin/test installs poppler-utils and qpdf");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {complaint}{said}");
    said
}

/// The words of a document, with plain spaces.
fn text(pdf: &[u8]) -> String {
    let text = asked("pdftotext", &["-layout", "FILE", "-"], pdf);
    text.replace(['\u{A0}', '\u{202F}'], " ")
}

#[tokio::test]
async fn every_document_is_archivable_tagged_french_and_titled() {
    for (kind, _) in SAMPLED {
        let pdf = set(kind, data_of(kind)).await;
        let info = asked("pdfinfo", &["FILE"], &pdf);
        let field = |name: &str| {
            let line = info.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map_or("", |(_, value)| value.trim()).to_owned()
        };
        let kept: Value = data_of(kind);
        assert_eq!(field("Title"), kept["document"]["title"].as_str().unwrap_or_default());
        assert_eq!(field("Tagged"), "yes", "{kind:?}");
        assert_eq!(field("Page size"), "595.276 x 841.89 pts (A4)", "{kind:?}");
        let structure = asked("pdfinfo", &["-struct", "FILE"], &pdf);
        assert!(structure.contains("H1"), "{kind:?}: {structure}");
        let sound = asked("qpdf", &["--check", "FILE"], &pdf);
        assert!(sound.contains("No syntax or stream encoding errors found"), "{kind:?}: {sound}");
        let raw = asked("qpdf", &["--qdf", "--object-streams=disable", "FILE", "-"], &pdf);
        for sign in ["/Lang (fr-FR)", "pdfaid:part>2<", "pdfaid:conformance>A<", "pdfuaid:part>1<"]
        {
            assert!(raw.contains(sign), "{kind:?}: {sign}");
        }
        for sign in ["/JavaScript", "/OpenAction", "/EmbeddedFile", "/URI"] {
            assert!(!raw.contains(sign), "{kind:?}: {sign}");
        }
    }
}

#[tokio::test]
async fn the_schedule_is_whole_on_its_pages_and_its_header_is_on_each() {
    let kind = Kind::ConditionsParticulieres;
    let data = data_of(kind);
    let pdf = set(kind, data.clone()).await;
    let text = text(&pdf);
    let rows = data["data"]["schedule"].as_array().expect("rows");
    assert_eq!(rows.len(), 240);
    for row in rows {
        let cells = ["month", "date", "premium", "owed"]
            .map(|cell| row[cell].as_str().expect("a text").replace(['\u{A0}', '\u{202F}'], " "));
        let found = text.lines().any(|line| {
            let line: Vec<_> = line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
            line == cells
        });
        assert!(found, "{cells:?}");
    }
    let pages = text
        .split('\u{c}')
        .filter(|page| page.contains("novembre 20") && page.contains("Cotisation"));
    assert!(pages.count() >= 5, "the header is repeated");
}

/// A fingerprint, a name or a price that is too long for its place would be cut on paper.
#[tokio::test]
async fn no_word_leaves_the_page() {
    // 210 mm less a margin of 19, and the comma that hangs in it.
    const EDGE: f64 = 595.276 - 53.86 + 4.0;
    for (kind, _) in SAMPLED {
        let pdf = set(kind, data_of(kind)).await;
        let placed = asked("pdftotext", &["-bbox", "FILE", "-"], &pdf);
        let words = placed.lines().filter_map(|line| line.split_once("xMax=\""));
        let mut count = 0;
        for (_, rest) in words {
            let end = rest.split('"').next().and_then(|end| end.parse::<f64>().ok());
            assert!(end.expect("a number") <= EDGE, "{kind:?}: {rest}");
            count += 1;
        }
        assert!(count > 50, "{kind:?}: {count}");
    }
}

#[tokio::test]
async fn the_proof_has_a_line_for_each_document_and_breaks_its_fingerprints() {
    let text = text(&set(Kind::PreuveSignature, data_of(Kind::PreuveSignature)).await);
    for title in ["• Conditions particulières", "• Mandat de prélèvement SEPA"] {
        assert!(text.lines().any(|line| line.trim() == title), "{title}: {text}");
    }
    assert!(text.contains("5b1f86d081884c7d 659a2feaa0c55ad0"), "{text}");
}

/// The level on each criterion is said with or without the lender's list, and a table without a row is not printed.
#[tokio::test]
async fn a_certificate_has_no_empty_table() {
    let kind = Kind::AttestationPreteur;
    let mut data = data_of(kind);
    let asked = text(&set(kind, data.clone()).await);
    assert!(asked.contains("Pour le prêteur") && asked.contains("Niveau du contrat"), "{asked}");
    data["data"]["is_asked"] = json!(false);
    for row in data["data"]["levels"][0]["rows"].as_array_mut().expect("rows") {
        row.as_array_mut().expect("cells").truncate(3);
    }
    let unknown = text(&set(kind, data.clone()).await);
    assert!(unknown.contains("90 jours") && !unknown.contains("Pour le prêteur"), "{unknown}");
    assert!(unknown.contains("ne nous ont pas été communiqués"), "{unknown}");
    data["data"]["levels"][0]["rows"] = json!([]);
    let none = text(&set(kind, data).await);
    assert!(!none.contains("équivalence") && !none.contains("Critère"), "{none}");
}

/// Names are typed by people and by programs: whatever they hold, they are words on paper.
#[tokio::test]
async fn what_looks_like_code_is_printed_as_it_is() {
    let hostile = [
        "#import \"/etc/passwd\": *",
        "#read(\"/data.json\")",
        "$ x^2 $ `raw` *gras* _it_",
        "] [ } { ) ( // /* */",
        "\\ \\u{41} ~ @ref <label>",
        "#panic(1) #{while true {}}",
        "= Titre - liste + 1. / a: b",
        "<script>alert(1)</script>",
    ];
    let mut data = data_of(Kind::LettreBanque);
    data["data"]["sender"]["lines"] = json!(hostile);
    data["data"]["enclosures"] = json!(hostile);
    data["document"]["reference"] = json!("#\"]$\\");
    let pdf = set(Kind::LettreBanque, data).await;
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let text = squeezed(&asked("pdftotext", &["-raw", "FILE", "-"], &pdf));
    for line in hostile {
        let times = text.matches(&squeezed(line)).count();
        assert!(times >= 2, "{line}: {times} in {text}");
    }
    assert!(text.contains("#\"]$\\"), "{text}");
}

#[tokio::test]
async fn a_name_in_another_script_is_seen_to_be_missing() {
    let mut data = data_of(Kind::LettreBanque);
    data["data"]["sender"]["name"] = json!("王 Zoë Łuczak\u{0}\u{202e} 😀");
    let text = text(&set(Kind::LettreBanque, data).await);
    assert!(text.contains("? Zoë Łuczak?? ?"), "{text}");
}

#[tokio::test]
async fn the_same_data_and_day_give_the_same_bytes() {
    let data = data_of(Kind::MandatSepa);
    let first = set(Kind::MandatSepa, data.clone()).await;
    // Another document in between changes nothing.
    set(Kind::LettreBanque, data_of(Kind::LettreBanque)).await;
    assert_eq!(first, set(Kind::MandatSepa, data.clone()).await);
    let mut later = order(Kind::MandatSepa, data);
    later.date = date(2026, 11, 24);
    assert_ne!(first, press(1, 1, 60_000).typeset(later).await.expect("a document"));
}

#[tokio::test]
async fn twenty_at_once_wait_their_turn_and_one_too_many_is_refused() {
    let press = press(2, 18, 60_000);
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let press = press.clone();
        let order = order(Kind::MandatSepa, data_of(Kind::MandatSepa));
        waiting.spawn(async move { press.typeset(order).await });
    }
    let made = waiting.join_all().await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 20);
    // No place at all: refused at once, and the refusal is an outage that passes.
    let full = self::press(1, 0, 60_000);
    let ask = || full.typeset(order(Kind::Ipid, data_of(Kind::Ipid)));
    let (first, second) = tokio::join!(ask(), ask());
    assert!(first.is_ok() && matches!(second, Err(PdfError::Busy)));
}

#[tokio::test]
async fn a_document_that_takes_too_long_is_given_up() {
    let late = press(1, 1, 1).typeset(order(Kind::Notice, data_of(Kind::Notice))).await;
    assert!(matches!(late, Err(PdfError::Late)));
}

#[tokio::test]
async fn a_template_that_lacks_its_data_is_a_fault_of_ours_and_shows_none() {
    let refused =
        press(1, 1, 60_000).typeset(order(Kind::MandatSepa, json!({ "data": "secret" }))).await;
    let said = refused.expect_err("no document").to_string();
    assert!(said.starts_with("template `mandat_sepa`:") && !said.contains("secret"), "{said}");
}

/// The templates in force, by version and digest of their text and of the look that they share. When
/// this fails, raise the version in `kind.rs` if a delivered document would look or read otherwise,
/// and write the digest here.
#[test]
fn a_template_does_not_change_without_its_version() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/pdf");
    let read = |name: &str| std::fs::read(format!("{folder}/{name}.typ")).expect("a template");
    let house = read("house");
    let digests = Kind::ALL.map(|kind| {
        let digest = hex(&sha256(&[&house, &read(kind.code())]));
        format!("{} {} {}\n", kind.code(), kind.template_version(), &digest[..16])
    });
    let pinned = include_str!("../../data/documents/versions.txt");
    assert_eq!(digests.concat(), pinned);
}
