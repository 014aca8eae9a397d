//! Use-cases of the archive: a document is made at the first demand, then always the same bytes.
//!
//! Its object is written first, under its hash, then its row: a crash between the two leaves an
//! object that nobody speaks of, never a row without bytes. Two who make it at once make the same
//! bytes or one of them gives way: the first row is the document.
//!
//! Nothing is changed or overwritten. A document goes for good when its owner says that it was made for
//! nothing and that it names somebody (GDPR art. 17): the object first, then the row.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::DocumentError;
use super::insurer::{DocumentsSettings, InsurerSettings};
use super::kind::Kind;
use super::store::{Key, Row, Store};
use crate::kernel::french;
use crate::kernel::problem::Problem;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::Database;
use crate::platform::digest::{hex, plain_sha256};
use crate::platform::pdf::{self, Typesetter};
use crate::platform::seal::Sealer;
use crate::platform::storage::Storage;

/// Whose document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Sort of thing, such as `quote`.
    pub sort: &'static str,
    /// Its identifier.
    pub id: Uuid,
    /// Version of it that the data are of: 1 for what never changes.
    pub version: u32,
}

/// A document that somebody needs.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose.
    pub subject: Subject,
    /// What.
    pub kind: Kind,
    /// Which one: the insured person's number from 1; 0 for all.
    pub part: u16,
    /// Number for people, printed on every page.
    pub reference: String,
    /// Day of the document.
    pub date: Date,
    /// What its template reads as `data`.
    pub data: Value,
}

/// An archived document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Identifier.
    pub id: Uuid,
    /// What.
    pub kind: Kind,
    /// Which one.
    pub part: u16,
    /// Version of the template that it was set from.
    pub template_version: u32,
    /// Version of its subject.
    pub data_version: u32,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// How many bytes.
    pub size: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A document with its bytes.
pub struct Made {
    /// What is known of it.
    pub document: Document,
    /// A PDF.
    pub bytes: Vec<u8>,
}

/// The door of the slice. Cheap to clone.
#[derive(Clone)]
pub struct Documents {
    store: Store,
    storage: Storage,
    typesetter: Typesetter,
    sealer: Sealer,
    clock: Clock,
    entropy: Entropy,
    /// What all documents say.
    house: Arc<Value>,
    insurer: Arc<InsurerSettings>,
}

impl Documents {
    /// The archive on these tools.
    ///
    /// `brand` is the name shown to customers.
    pub fn new(
        (database, storage): (Database, Storage),
        (typesetter, sealer): (Typesetter, Sealer),
        (clock, entropy): (Clock, Entropy),
        settings: &DocumentsSettings,
        brand: &str,
    ) -> Self {
        let house = Arc::new(json!({ "brand": brand, "insurer": settings.insurer }));
        let insurer = Arc::new(settings.insurer.clone());
        let store = Store::new(database);
        Self { store, storage, typesetter, sealer, clock, entropy, house, insurer }
    }

    /// Who insures, in the words of documents.
    pub fn insurer(&self) -> &InsurerSettings {
        &self.insurer
    }

    /// What is known of the document, made if nobody has.
    ///
    /// # Errors
    /// Too many documents are being made; the database or the storage does not answer.
    pub async fn obtain(&self, order: Order) -> Result<Document, Problem> {
        match self.known(&order).await? {
            Some(document) => Ok(document),
            None => Ok(self.make(order).await?.document),
        }
    }

    /// The document with its bytes, made if nobody has.
    ///
    /// # Errors
    /// As [`Self::obtain`]; the bytes are not those that were archived.
    pub async fn read(&self, order: Order) -> Result<Made, Problem> {
        match self.known(&order).await? {
            Some(document) => Ok(self.fetched(document).await?),
            None => Ok(self.make(order).await?),
        }
    }

    /// What is known of a document that was made before, by its place alone.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find(
        &self,
        subject: Subject,
        kind: Kind,
        part: u16,
    ) -> Result<Option<Document>, Problem> {
        let row = self.store.find(&key_of(&subject, kind, part)).await;
        let row = row.map_err(DocumentError::from)?;
        Ok(row.map(|row| document_of(kind, part, subject.version, row)).transpose()?)
    }

    /// What is known of the document of this kind that is these bytes: what somebody signed is found by its hash,
    /// whichever words are in force since.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find_bytes(
        &self,
        kind: Kind,
        sha256: &[u8; 32],
    ) -> Result<Option<Document>, Problem> {
        let found =
            self.store.find_bytes(kind.code(), sha256).await.map_err(DocumentError::from)?;
        let document = found.map(|(part, version, row)| document_of(kind, part, version, row));
        Ok(document.transpose()?)
    }

    /// The same with its bytes.
    ///
    /// # Errors
    /// The database or the storage does not answer; the bytes are not those that were archived.
    pub async fn archived_bytes(
        &self,
        kind: Kind,
        sha256: &[u8; 32],
    ) -> Result<Option<Made>, Problem> {
        match self.find_bytes(kind, sha256).await? {
            Some(document) => Ok(Some(self.fetched(document).await?)),
            None => Ok(None),
        }
    }

    /// Removes a document for good. Who calls has looked that no contract rests on it. Done again, it finds
    /// nothing.
    ///
    /// # Errors
    /// The database or the storage does not answer: the row is still there, and so is the way to it.
    pub async fn remove(&self, subject: Subject, kind: Kind, part: u16) -> Result<(), Problem> {
        let Some(document) = self.find(subject, kind, part).await? else { return Ok(()) };
        let others = self.store.others(document.id, &document.sha256).await;
        if others.map_err(DocumentError::from)? == 0 {
            self.storage.remove(&object_name(&document.sha256)).await?;
        }
        Ok(self.store.delete(document.id).await.map_err(DocumentError::from)?)
    }

    async fn known(&self, order: &Order) -> Result<Option<Document>, DocumentError> {
        let row = self.store.find(&key(order)).await?;
        row.map(|row| document(order, row)).transpose()
    }

    async fn make(&self, order: Order) -> Result<Made, DocumentError> {
        let bytes = self.typesetter.typeset(self.sheet(&order)).await?;
        let bytes = self.sealed(order.kind, bytes)?;
        let sha256 = plain_sha256(&bytes);
        self.keep(&sha256, &bytes).await?;
        let now = self.clock.now();
        let row = Row {
            id: self.entropy.uuid_v7(now),
            template_version: order.kind.template_version(),
            sha256: sha256.to_vec(),
            size: bytes.len() as u64,
            created_at: now,
        };
        if self.store.insert(&key(&order), &row).await? {
            return Ok(Made { document: document(&order, row)?, bytes });
        }
        // Somebody was faster: theirs is the document.
        let first = self.known(&order).await?.ok_or(DocumentError::Racing)?;
        self.fetched(first).await
    }

    /// The document with the house's seal, for a kind that carries it.
    fn sealed(&self, kind: Kind, bytes: Vec<u8>) -> Result<Vec<u8>, DocumentError> {
        if !kind.is_sealed() {
            return Ok(bytes);
        }
        let reason = format!("{}, tel que remis", kind.title());
        Ok(self.sealer.seal(&bytes, &reason, self.clock.now())?)
    }

    /// What the press is to set.
    fn sheet(&self, order: &Order) -> pdf::Order {
        let mut data = Value::clone(&self.house);
        data["document"] = json!({
            "title": order.kind.title(),
            "reference": order.reference,
            "date": french::day(order.date),
            "template": order.kind.code(),
            "version": order.kind.template_version().to_string(),
        });
        data["data"] = order.data.clone();
        let subject = &order.subject;
        let identity = format!(
            "{}/{}/{}/{}/{}",
            subject.sort,
            subject.id.simple(),
            subject.version,
            order.kind.code(),
            order.part
        );
        pdf::Order { template: order.kind.code(), data, date: order.date, identity }
    }

    /// Writes the object. When there is one of this hash already, it must be this one.
    async fn keep(&self, sha256: &[u8; 32], bytes: &[u8]) -> Result<(), DocumentError> {
        let name = object_name(sha256);
        if !self.storage.put_new(&name, bytes.to_vec()).await? {
            check(&name, sha256, &self.storage.get(&name).await?)?;
        }
        Ok(())
    }

    async fn fetched(&self, document: Document) -> Result<Made, DocumentError> {
        let name = object_name(&document.sha256);
        let bytes = self.storage.get(&name).await?;
        check(&name, &document.sha256, &bytes)?;
        Ok(Made { document, bytes })
    }
}

fn key(order: &Order) -> Key {
    key_of(&order.subject, order.kind, order.part)
}

const fn key_of(subject: &Subject, kind: Kind, part: u16) -> Key {
    Key {
        subject_sort: subject.sort,
        subject_id: subject.id,
        kind: kind.code(),
        part,
        data_version: subject.version,
    }
}

fn document(order: &Order, row: Row) -> Result<Document, DocumentError> {
    document_of(order.kind, order.part, order.subject.version, row)
}

fn document_of(
    kind: Kind,
    part: u16,
    data_version: u32,
    row: Row,
) -> Result<Document, DocumentError> {
    let sha256 = row.sha256.try_into().map_err(|_| DocumentError::Stored("its hash"))?;
    Ok(Document {
        id: row.id,
        kind,
        part,
        template_version: row.template_version,
        data_version,
        sha256,
        size: row.size,
        created_at: row.created_at,
    })
}

/// Where the bytes of this hash are: two levels of folders keep each one small.
fn object_name(sha256: &[u8; 32]) -> String {
    let hex = hex(sha256);
    format!("documents/{}/{}/{hex}.pdf", &hex[..2], &hex[2..4])
}

fn check(name: &str, expected: &[u8; 32], bytes: &[u8]) -> Result<(), DocumentError> {
    if plain_sha256(bytes) == *expected {
        return Ok(());
    }
    metrics::counter!("documents_altered_total").increment(1);
    Err(DocumentError::Altered(name.to_owned()))
}
