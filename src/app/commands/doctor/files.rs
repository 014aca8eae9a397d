//! What the machine holds: settings, files of keys, certificates, the storage and its disk, backups.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use x509_parser::pem::Pem;

use super::finding::Finding;
use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::platform::seal::Sealer;
use crate::platform::storage::Storage;
use crate::slices::messages::{EmailTransport, SmsTransport};

/// What documents say until somebody has written what is true.
const PLACEHOLDER: &str = "à compléter";

/// A certificate that ends sooner is renewed now.
const SOON_DAYS: i64 = 30;

/// A disk with less than this share free is nearly full.
const FREE_LOW: u64 = 15;
const FREE_OUT: u64 = 5;

/// What is configured and cannot be meant in production.
pub(super) fn settings(settings: &Settings) -> Vec<Finding> {
    const PART: &str = "settings";
    let mut found = Vec::new();
    if settings.is_development() {
        found.push(Finding::odd(
            PART,
            "environment is \"development\": /dev/messages shows everybody's mail",
            "environment = \"production\" where customers come",
        ));
    } else {
        let messages = &settings.messages;
        if matches!(messages.email_transport, EmailTransport::None | EmailTransport::Auto) {
            found.push(Finding::odd(
                PART,
                "e-mails do not leave: they wait in the outbox",
                "messages.email_transport = \"smtp\", and [messages.smtp]",
            ));
        }
        if matches!(messages.sms_transport, SmsTransport::None | SmsTransport::Auto) {
            found.push(Finding::odd(
                PART,
                "SMS do not leave: nobody gets the code that a subscription asks for",
                "messages.sms_transport = \"http\", and [messages.sms]",
            ));
        }
    }
    let insurer = format!("{:?}", settings.documents.insurer);
    if insurer.contains(PLACEHOLDER) {
        found.push(Finding::odd(
            PART,
            "documents do not say who the insurer is",
            "fill [documents.insurer]",
        ));
    }
    if found.is_empty() {
        found.push(Finding::well(PART, "all keys are known and make sense"));
    }
    found
}

/// The files of keys: there, readable by us alone, and not the same one twice.
pub(super) fn keys(settings: &Settings) -> Vec<Finding> {
    const PART: &str = "keys";
    let underwriting = &settings.underwriting;
    let files = [
        ("crypto.keyring_file", settings.crypto.keyring_file.as_path(), true),
        ("health.keyring_file", settings.health.keyring_file.as_path(), true),
        (
            "underwriting.medical_keyring_file",
            underwriting.medical_keyring_file.as_path(),
            !underwriting.url.is_empty(),
        ),
        ("seal.key_file", settings.seal.key_file.as_path(), true),
        ("database.password_file", settings.database.password_file.as_path(), false),
    ];
    let mut found = Vec::new();
    let mut seen: Vec<(&str, Vec<u8>)> = Vec::new();
    for (key, path, is_needed) in files {
        if path.as_os_str().is_empty() {
            if is_needed {
                found.push(Finding::wrong(
                    PART,
                    format!("`{key}` is empty: what needs it is closed (503)"),
                    "bin/secrets makes it, or `assurly keyring`",
                ));
            }
            continue;
        }
        match look_at(path) {
            Err(error) => found.push(Finding::wrong(
                PART,
                format!("`{key}`: {}: {error}", path.display()),
                "the file must be readable by the user that the service runs as (10001)",
            )),
            Ok((mode, bytes)) => {
                if mode & 0o022 != 0 {
                    found.push(Finding::wrong(
                        PART,
                        format!("`{key}`: {} can be written by others", path.display()),
                        "chmod 0400",
                    ));
                }
                if let Some((other, _)) = seen.iter().find(|(_, known)| *known == bytes) {
                    found.push(Finding::wrong(
                        PART,
                        format!("`{key}` and `{other}` hold the same key"),
                        "one key each: who can read one must not be able to read the other",
                    ));
                }
                seen.push((key, bytes));
            }
        }
    }
    if found.is_empty() {
        found.push(Finding::well(PART, format!("{} files of keys, each its own", seen.len())));
    }
    found
}

fn look_at(path: &Path) -> std::io::Result<(u32, Vec<u8>)> {
    Ok((std::fs::metadata(path)?.permissions().mode(), std::fs::read(path)?))
}

/// Certificates: how long they are good for.
pub(super) fn certificates(platform: &Platform) -> Vec<Finding> {
    const PART: &str = "certificates";
    let settings = &platform.settings;
    let mut found = Vec::new();
    if let Err(error) = Sealer::open(&settings.seal) {
        let remedy = "a certificate and its key in PEM: docs/signature.md";
        found.push(Finding::wrong(PART, format!("the seal: {error}"), remedy));
    }
    let now = platform.clock.now();
    for (key, path) in [
        ("seal.certificate_file", &settings.seal.certificate_file),
        ("server.tls.cert_file", &settings.server.tls.cert_file),
    ] {
        if path.as_os_str().is_empty() {
            continue;
        }
        found.push(match ends_at(path) {
            Some(end) => until(key, end, now),
            None => Finding::wrong(
                PART,
                format!("`{key}` cannot be read"),
                "a file of PEM that the service may read",
            ),
        });
    }
    found
}

fn until(key: &str, end: Timestamp, now: Timestamp) -> Finding {
    const PART: &str = "certificates";
    let days = (end - now).get_hours() / 24;
    let says = format!("`{key}` is good for {days} more days");
    if end <= now {
        let says = format!("`{key}` ended on {end:.0}");
        return Finding::wrong(PART, says, "renew it: docs/operations.md, «Certificate expired»");
    }
    if i64::from(days) < SOON_DAYS {
        return Finding::odd(PART, says, "renew it now: docs/operations.md, «Certificate expired»");
    }
    Finding::well(PART, says)
}

/// The end of the first certificate of a file.
fn ends_at(path: &Path) -> Option<Timestamp> {
    let text = std::fs::read(path).ok()?;
    let pem = Pem::iter_from_buffer(&text).next()?.ok()?;
    let end = pem.parse_x509().ok()?.validity().not_after.timestamp();
    Timestamp::from_second(end).ok()
}

/// The storage takes an object and gives it back; its disk has room.
pub(super) async fn storage(platform: &Platform) -> Vec<Finding> {
    const PART: &str = "storage";
    let settings = &platform.settings.storage;
    let mut found = Vec::new();
    match Storage::open(settings) {
        Err(error) => {
            let remedy = "the folder must belong to the service's user, or the bucket exist";
            found.push(Finding::wrong(PART, error.to_string(), remedy));
        }
        Ok(storage) => {
            let name = format!("doctor/{}", platform.entropy.hex::<8>());
            let tried = async {
                storage.put_new(&name, b"a probe".to_vec()).await?;
                let back = storage.get(&name).await;
                storage.remove(&name).await?;
                back
            };
            found.push(match tried.await {
                Ok(bytes) if bytes == b"a probe" => {
                    Finding::well(PART, format!("{} takes and gives back", settings.url))
                }
                Ok(_) => Finding::wrong(PART, "gives back other bytes", "look at the disk"),
                Err(error) => Finding::wrong(
                    PART,
                    error.to_string(),
                    "look at the rights of the folder, the room on its disk, or the bucket's policy",
                ),
            });
        }
    }
    if let Some(folder) = settings.url.strip_prefix("file:") {
        found.extend(disk(Path::new(folder.strip_prefix("//").unwrap_or(folder))));
    }
    found
}

/// How much room a disk has.
fn disk(folder: &Path) -> Option<Finding> {
    const PART: &str = "disk";
    let said = rustix::fs::statvfs(folder.to_str()?).ok()?;
    let share = said.f_bavail.saturating_mul(100) / said.f_blocks.max(1);
    let free_mib = said.f_bavail.saturating_mul(said.f_frsize) >> 20;
    let says = format!("{share} % free ({free_mib} MiB) under {}", folder.display());
    let remedy = "docs/operations.md, «Disk full»";
    Some(match share {
        0..FREE_OUT => Finding::wrong(PART, says, remedy),
        FREE_OUT..FREE_LOW => Finding::odd(PART, says, remedy),
        _ => Finding::well(PART, says),
    })
}

/// The newest backup is young enough.
pub(super) async fn backups(platform: &Platform) -> Vec<Finding> {
    const PART: &str = "backups";
    let settings = &platform.settings.backup;
    if settings.storage.url.is_empty() {
        let says = "`backup.storage.url` is empty: nothing is known of backups from here";
        return vec![Finding::odd(PART, says, "docs/operations.md, «Backups»")];
    }
    let newest = async {
        let backups = state::backups(platform)?;
        anyhow::Ok(backups.list().await?.into_iter().next())
    };
    let remedy = "`assurly backup`, and look at the timer that should have done it";
    vec![match newest.await {
        Err(error) => Finding::wrong(PART, format!("{error:#}"), "docs/operations.md, «Backups»"),
        Ok(None) => Finding::wrong(PART, "there is none", remedy),
        Ok(Some(newest)) => {
            let age = platform.clock.now().duration_since(newest.made_at);
            let says = format!("the newest, {}, is {} h old", newest.name, age.as_hours());
            if age > SignedDuration::from_hours(i64::from(settings.expected_every_h)) {
                Finding::wrong(PART, says, remedy)
            } else {
                Finding::well(PART, says)
            }
        }
    }]
}
