//! What a person sent, sorted: what is taken, and for everything else why not and how to put it right. Pure.

use crate::domain::underwriting::words;
use crate::kernel::french;
use crate::platform::web::form::Form;
use crate::platform::web::media::Media;
use crate::platform::web::upload::{SentFile, UploadLimits};
use crate::slices::underwriting::{Demand, EvidenceState, KeptEvidence, SentEvidence};

/// A document that is asked for, and what came of it.
pub(super) struct Asked {
    /// Name of its control.
    pub(super) name: String,
    pub(super) label: &'static str,
    /// «photo, 1,2 Mo, reçue le 26 novembre 2026», and where it stands.
    pub(super) files: Vec<(String, &'static str)>,
    /// One of them waits for its scanner.
    pub(super) is_checking: bool,
}

impl Asked {
    /// A document of a demand.
    pub(super) fn new(code: &str, demand: &Demand) -> Self {
        let files: Vec<_> = demand.of(code).collect();
        Self {
            name: field(code),
            label: words::evidence(code),
            is_checking: files.iter().any(|it| it.state == EvidenceState::Quarantine),
            files: files.into_iter().map(line).collect(),
        }
    }
}

fn line(file: &KeptEvidence) -> (String, &'static str) {
    let day = french::day_of_moment(&file.received_at.to_string()).unwrap_or_default();
    let what = match file.media {
        Media::Pdf => "PDF",
        Media::Jpeg => "photo",
        Media::Png => "image",
    };
    let standing = match file.state {
        EvidenceState::Quarantine => "vérification en cours",
        EvidenceState::Clean => "vérifié, chez le service médical",
        EvidenceState::Infected => {
            "refusé\u{a0}: un virus a été trouvé. Envoyez ce document depuis un autre appareil."
        }
        EvidenceState::Erased => "effacé",
    };
    (format!("{what}, {}, reçu le {day}", french::bytes(file.size.into())), standing)
}

/// What was sent, sorted.
pub(super) struct Sorted {
    pub(super) taken: Vec<SentEvidence>,
    /// What is to be put right.
    pub(super) form: Form,
}

/// The control of a document.
pub(super) fn field(code: &str) -> String {
    format!("piece_{}", code.to_lowercase())
}

/// Sorts what was sent by what it is, whatever its name says.
pub(super) fn sorted(files: Vec<SentFile>, demand: &Demand, limits: UploadLimits) -> Sorted {
    let mut sorted = Sorted { taken: Vec::new(), form: Form::default() };
    for (place, file) in files.into_iter().enumerate() {
        let code = demand.codes.iter().find(|code| field(code) == file.field);
        let read = file.bytes.map_err(|why| why.said(limits)).and_then(|bytes| {
            let media = Media::of(&bytes).map_err(|odd| odd.said().to_owned())?;
            Ok((media, bytes))
        });
        let why = match (code, read) {
            (Some(code), Ok((media, bytes))) => {
                sorted.taken.push(SentEvidence { code: code.clone(), media, bytes });
                continue;
            }
            (None, _) => "ne répond à aucun document demandé".to_owned(),
            (_, Err(why)) => why,
        };
        // One message for each file: the first of a document stands beside its control.
        let is_first = sorted.form.error(&file.field).is_none();
        let key = if is_first { file.field.clone() } else { format!("{}-{place}", file.field) };
        let anchor = if code.is_some() { file.field.as_str() } else { "" };
        let name = &file.name;
        let text = format!("«\u{a0}{name}\u{a0}» {why}");
        sorted.form.refuse_group(&key, anchor, &[anchor], text);
    }
    sorted
}

/// A document of which nothing came.
pub(super) fn missing(code: &str) -> String {
    format!("{} manque\u{a0}: ajoutez un fichier", words::evidence(code))
}

/// What was taken beside what was not.
pub(super) fn notice(received: usize) -> String {
    match received {
        0 => String::new(),
        1 => "1\u{a0}fichier a bien été reçu.".to_owned(),
        count => format!("{count}\u{a0}fichiers ont bien été reçus."),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::platform::web::upload::TooMuch;

    use super::*;

    const LIMITS: UploadLimits =
        UploadLimits { files: 10, file_bytes: 10_000_000, all_bytes: 30_000_000 };

    fn file(field: &str, name: &str, bytes: &[u8]) -> SentFile {
        let bytes = Ok(bytes.to_vec());
        SentFile { field: field.to_owned(), name: name.to_owned(), bytes }
    }

    #[test]
    fn what_is_not_taken_is_told_with_its_name_and_the_way_out() {
        let demand = Demand {
            decision: Uuid::nil(),
            codes: vec!["ECG".to_owned(), "BILAN_SANGUIN".to_owned()],
            asked_at: jiff::Timestamp::UNIX_EPOCH,
            completed_at: None,
            files: Vec::new(),
        };
        let pdf = b"%PDF-1.7\n%%EOF\n";
        let large = SentFile { bytes: Err(TooMuch::Large), ..file("piece_ecg", "a.png", b"") };
        let many = SentFile { bytes: Err(TooMuch::Many), ..file("piece_ecg", "b.png", b"") };
        let sent = vec![
            file("piece_ecg", "cœur.pdf", pdf),
            file("piece_ecg", "virus.pdf", b"MZ"),
            large,
            many,
            file("piece_bilan_sanguin", "photo.heic", b"\0\0\0\x18ftypheic"),
            file("piece_autre", "autre.pdf", pdf),
        ];
        let sorted = sorted(sent, &demand, LIMITS);
        let taken: Vec<_> = sorted.taken.iter().map(|it| (it.code.as_str(), it.media)).collect();
        assert_eq!(taken, [("ECG", Media::Pdf)]);
        let told: Vec<_> = sorted
            .form
            .errors()
            .iter()
            .map(|it| (it.anchor.as_str(), it.message.as_str()))
            .collect();
        assert_eq!(told.len(), 5, "{told:?}");
        for (at, (anchor, words)) in [
            ("piece_ecg", "«\u{a0}virus.pdf\u{a0}» n’est ni un PDF ni une photo"),
            ("piece_ecg", "«\u{a0}a.png\u{a0}» dépasse 10\u{a0}Mo"),
            ("piece_ecg", "envoyez 10\u{a0}fichiers et 30\u{a0}Mo au plus"),
            ("piece_bilan_sanguin", "HEIC"),
            ("", "ne répond à aucun document demandé"),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(told[at].0, anchor, "{told:?}");
            assert!(told[at].1.contains(words), "{words}: {told:?}");
        }
        assert_eq!(demand.missing(), demand.codes);
    }
}
