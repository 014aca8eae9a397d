//! The engine's documents, kept: fetched once, looked at, sealed, under their own hash.

use jiff::Timestamp;
use uuid::Uuid;

use super::engine::DocumentLine;
use super::model::{Insured, Session};
use super::service::{Shared, Underwriting};
use super::store::DocumentRow;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::digest::{hex, plain_sha256};

/// Documents of one session at most.
const MOST: usize = 50;

/// How a PDF begins.
const MAGIC: &[u8] = b"%PDF-";

/// A document that may be read.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its name at the engine, which addresses use.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Size in bytes.
    pub bytes: u32,
}

impl Underwriting {
    /// The documents that a person may read: theirs, and not the medical service's.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn documents(&self, insured: Insured) -> Result<Vec<Kept>, Problem> {
        let Some(session) = self.0.store.latest(insured).await? else { return Ok(Vec::new()) };
        let rows = self.0.store.documents(session.id).await?;
        let own = rows.into_iter().filter(|row| row.audience == "applicant");
        let kept = |row: DocumentRow| Kept { name: row.engine_id, kind: row.kind, bytes: row.size };
        Ok(own.map(kept).collect())
    }

    /// The bytes of one of them.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when it is not there, or not for this person.
    pub async fn document(&self, insured: Insured, name: &str) -> Result<Vec<u8>, Problem> {
        let missing = || Problem::new(Kind::NotFound);
        let session = self.0.store.latest(insured).await?.ok_or_else(missing)?;
        let rows = self.0.store.documents(session.id).await?;
        let mut own = rows.iter().filter(|row| row.audience == "applicant");
        let row = own.find(|row| row.engine_id == name).ok_or_else(missing)?;
        self.0.open_document(session.id, row).await
    }
}

impl Shared {
    /// Keeps what the engine has made and we do not have yet.
    pub(super) async fn archive(&self, session: &Session) -> Result<(), Problem> {
        let engine_id = session.engine_id.as_deref().unwrap_or_default();
        let lines = self.engine.documents(engine_id).await?;
        let kept = self.store.documents(session.id).await?;
        for line in lines.iter().take(MOST) {
            if kept.iter().all(|row| row.engine_id != line.id) {
                self.keep(session, engine_id, line).await?;
            }
        }
        Ok(())
    }

    async fn keep(
        &self,
        session: &Session,
        engine_id: &str,
        line: &DocumentLine,
    ) -> Result<(), Problem> {
        let bytes = self.engine.document(engine_id, &line.id).await?;
        let sha256 = checked(line, &bytes).map_err(|cause| {
            tracing::error!(cause, "a document of the engine is not kept");
            Problem::new(Kind::BadGateway).cause(cause)
        })?;
        let sealed = self.medical.seal(
            &[b"uw_document", session.id.as_bytes(), &sha256],
            &bytes,
            &self.entropy,
        )?;
        self.storage.put_new(&object(session.id, &sha256), sealed).await?;
        let now: Timestamp = self.clock.now();
        let row = DocumentRow {
            id: self.entropy.uuid_v7(now),
            engine_id: line.id.clone(),
            kind: line.kind.clone(),
            audience: line.audience.clone(),
            sha256: sha256.to_vec(),
            size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        };
        self.store.insert_document(session.id, &row, now).await?;
        Ok(())
    }

    /// The bytes of a document, opened and held against its hash.
    pub(super) async fn open_document(
        &self,
        session: Uuid,
        row: &DocumentRow,
    ) -> Result<Vec<u8>, Problem> {
        let sealed = self.storage.get(&object(session, &row.sha256)).await?;
        let place: [&[u8]; 3] = [b"uw_document", session.as_bytes(), &row.sha256];
        let bytes = self.medical.open(&place, &sealed)?;
        if plain_sha256(&bytes).as_slice() != row.sha256 {
            return Err(Problem::new(Kind::Bug).cause("a document that is not its hash"));
        }
        Ok(bytes)
    }
}

/// The hash of a document that is what its line says.
fn checked(line: &DocumentLine, bytes: &[u8]) -> Result<[u8; 32], &'static str> {
    if !bytes.starts_with(MAGIC) {
        return Err("it is no PDF");
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) != line.bytes {
        return Err("it has another size than announced");
    }
    let sha256 = plain_sha256(bytes);
    if hex(&sha256) != line.sha256 {
        return Err("it has another hash than announced");
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let are_names = [&line.id, &line.kind, &line.audience];
    if !are_names.iter().all(|it| (1..=40).contains(&it.len()) && it.bytes().all(is_name)) {
        return Err("its names are not names");
    }
    Ok(sha256)
}

/// Its name in the storage.
pub(super) fn object(session: Uuid, sha256: &[u8]) -> String {
    format!("underwriting/{}/{}", session.simple(), hex(sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_its_line_says() {
        let bytes = b"%PDF-1.7 x".as_slice();
        let line = DocumentLine {
            id: "decision-1a2b3c4d".into(),
            kind: "decision".into(),
            audience: "applicant".into(),
            sha256: hex(&plain_sha256(bytes)),
            bytes: 10,
        };
        assert!(checked(&line, bytes).is_ok());
        assert_eq!(checked(&line, b"<html>"), Err("it is no PDF"));
        assert_eq!(checked(&line, b"%PDF-1.7 xy"), Err("it has another size than announced"));
        assert_eq!(checked(&line, b"%PDF-1.7 y"), Err("it has another hash than announced"));
        let named = DocumentLine { id: "../x".into(), ..line };
        assert_eq!(checked(&named, bytes), Err("its names are not names"));
    }
}
