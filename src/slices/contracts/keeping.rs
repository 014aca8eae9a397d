//! The documents of a contract after its signature: the certificate, the proof, the letter to the bank.
//! Made at the first demand or by the job, archived, never overwritten.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::certificate::certificate;
use super::core::{Contracts, moment};
use super::declared::with_own;
use super::error::ContractError;
use super::model::{BankRequest, Contract};
use super::papers::{Letter, Level};
use super::preparing::is_for;
use crate::kernel::calendar::days_between;
use crate::kernel::french;
use crate::platform::clock::date_in_paris;
use crate::platform::digest::hex;
use crate::slices::documents::{Kind, Made, Order, Subject};
use crate::slices::dossiers::DossierId;
use crate::slices::quotes::is_reading;
use crate::slices::signature::{Ceremony, Paper, Signer};

/// Sort of subject of what a contract brings, in the archive.
const CONTRACT: &str = "contract";

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Last part of its address.
    pub name: String,
    /// Title.
    pub title: String,
    /// «PDF, 84 Ko»; «PDF» while it is still to be made.
    pub size: String,
    /// The day on which it was made: «27 novembre 2026»; empty while it is still to be.
    pub made_on: String,
}

impl Contracts {
    /// The documents of a contract for the person in this place, from 1, in the order in which they look for them.
    async fn shelf(
        &self,
        contract: &Contract,
        bank: &BankRequest,
        place: u8,
    ) -> Result<Vec<Shelved>, ContractError> {
        let papers = self.core.signatures.papers(contract.ceremony).await?;
        let mut shelf: Vec<_> = papers
            .into_iter()
            .filter(|paper| is_for(&paper.name, place))
            .map(Shelved::Signed)
            .collect();
        // What was read before is looked for least.
        shelf.sort_by_key(|one| is_reading(one.name()));
        if contract.content.is_substitution && bank.state != "draft" {
            shelf.insert(0, Shelved::Later(Kind::LettreBanque));
        }
        shelf.insert(0, Shelved::Later(Kind::AttestationPreteur));
        shelf.push(Shelved::Later(Kind::PreuveSignature));
        Ok(shelf)
    }

    /// The same as pages list them.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn listed(
        &self,
        contract: &Contract,
        bank: &BankRequest,
        place: u8,
    ) -> Result<Vec<Listed>, ContractError> {
        let (documents, mut listed) = (&self.core.documents, Vec::new());
        for one in self.shelf(contract, bank, place).await? {
            let known = match &one {
                Shelved::Later(kind) => {
                    let version = version_of(*kind, contract, bank);
                    let part = part_of(*kind, contract, place);
                    documents.find(subject_of_contract(contract, version), *kind, part).await?
                }
                Shelved::Signed(paper) => {
                    documents.find_bytes(kind_of(paper)?, &paper.sha256).await?
                }
            };
            let size = known.as_ref().map(|one| format!("PDF, {}", french::bytes(one.size)));
            let made_on = known.and_then(|one| french::day_of_moment(&one.created_at.to_string()));
            listed.push(Listed {
                name: one.name().to_owned(),
                title: one.title().to_owned(),
                size: size.unwrap_or_else(|| "PDF".to_owned()),
                made_on: made_on.unwrap_or_default(),
            });
        }
        Ok(listed)
    }

    /// All of them, each under the name of its file, made if nobody has.
    ///
    /// # Errors
    /// One cannot be made or read now.
    pub(super) async fn all_documents(
        &self,
        contract: &Contract,
        place: u8,
    ) -> Result<Vec<(String, Vec<u8>)>, ContractError> {
        let bank = self.bank(contract).await?;
        let mut files = Vec::new();
        for one in self.shelf(contract, &bank, place).await? {
            let made = self.document(contract, one.name(), place).await?;
            files.push((format!("{}.pdf", one.name().replace('_', "-")), made.bytes));
        }
        Ok(files)
    }

    /// A document of a contract, by its name in addresses, for the person in this place, from 1.
    ///
    /// # Errors
    /// There is none of this name for them; it cannot be made or read now.
    pub(super) async fn document(
        &self,
        contract: &Contract,
        name: &str,
        place: u8,
    ) -> Result<Made, ContractError> {
        match Kind::of_code(name) {
            Some(
                kind @ (Kind::AttestationPreteur | Kind::PreuveSignature | Kind::LettreBanque),
            ) => Ok(self.core.documents.read(self.later(contract, kind, place).await?).await?),
            _ => self.signed_document(contract.ceremony, name, place).await,
        }
    }

    /// A document of a dossier by its name, for the person in this place, from 1: of its contract, or of what is to
    /// be signed.
    ///
    /// # Errors
    /// There is none of this name for them; it cannot be made or read now.
    pub(super) async fn paper(
        &self,
        id: DossierId,
        name: &str,
        place: u8,
    ) -> Result<Made, ContractError> {
        if let Some(contract) = self.of_dossier(id).await? {
            return self.document(&contract, name, place).await;
        }
        let ceremony = self.core.signatures.of(id.uuid()).await?;
        self.signed_document(ceremony.ok_or(ContractError::Unknown)?.id, name, place).await
    }

    /// A document of a ceremony for the person in this place: the bytes that it froze, whichever words are in force
    /// since.
    pub(super) async fn signed_document(
        &self,
        ceremony: Uuid,
        name: &str,
        place: u8,
    ) -> Result<Made, ContractError> {
        let papers = self.core.signatures.papers(ceremony).await?.into_iter();
        let paper = papers.filter(|_| is_for(name, place)).find(|paper| paper.name == name);
        let paper = paper.ok_or(ContractError::Unknown)?;
        let found = self.core.documents.archived_bytes(kind_of(&paper)?, &paper.sha256).await?;
        found.ok_or(ContractError::Unknown)
    }

    async fn later(
        &self,
        contract: &Contract,
        kind: Kind,
        place: u8,
    ) -> Result<Order, ContractError> {
        let bank = self.bank(contract).await?;
        let dated = bank.asked_at.map_or_else(|| self.today(), date_in_paris);
        let data = match kind {
            Kind::PreuveSignature => self.proof(contract, place).await?,
            Kind::LettreBanque if bank.state == "draft" => return Err(ContractError::Unknown),
            Kind::LettreBanque => Letter {
                content: &contract.content,
                agency: &bank.agency,
                loan_number: &bank.loan_number,
                old_contract: &bank.old_contract,
                effect: bank.effect_on,
                level: self.level(contract).await?,
            }
            .data(),
            _ => {
                let shown = self.core.dossiers.shown(contract.dossier).await?;
                certificate(&shown, &self.premiums(contract).await?, bank.cover_from(contract))
            }
        };
        let version = version_of(kind, contract, &bank);
        let date = match kind {
            Kind::LettreBanque => dated,
            // What it says was not so on the day of the signature.
            Kind::AttestationPreteur if version > 1 => self.today(),
            _ => date_in_paris(contract.concluded_at),
        };
        Ok(Order {
            subject: subject_of_contract(contract, version),
            kind,
            part: part_of(kind, contract, place),
            reference: contract.number.clone(),
            date,
            data,
        })
    }

    /// What the letter to the bank may say of the level of the guarantees.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn level(&self, contract: &Contract) -> Result<Level, ContractError> {
        let shown = self.core.dossiers.shown(contract.dossier).await?;
        Ok(Level::of(&shown.quote))
    }

    /// What was signed, by whom, when and how, for the person in this place.
    async fn proof(&self, contract: &Contract, place: u8) -> Result<Value, ContractError> {
        let ceremony = self.core.signatures.of(contract.dossier.uuid()).await?;
        let ceremony = ceremony.filter(|one| one.id == contract.ceremony);
        let ceremony = ceremony.ok_or(ContractError::Stored("its ceremony"))?;
        let payer = match self.payer(contract.dossier).await? {
            Some(payer) => self.ceremony_of_payer(&payer).await?,
            None => None,
        };
        Ok(proof(&ceremony, payer.as_ref(), place))
    }
}

/// A document on the shelf of a contract.
enum Shelved {
    /// Made after the signature.
    Later(Kind),
    /// Signed.
    Signed(Paper),
}

impl Shelved {
    fn name(&self) -> &str {
        match self {
            Self::Later(kind) => kind.code(),
            Self::Signed(paper) => &paper.name,
        }
    }

    fn title(&self) -> &str {
        match self {
            Self::Later(kind) => kind.title(),
            Self::Signed(paper) => &paper.title,
        }
    }
}

fn kind_of(paper: &Paper) -> Result<Kind, ContractError> {
    Kind::of_name(&paper.name).ok_or(ContractError::Stored("a document of a ceremony"))
}

/// Which one of its kind a document is: a demand to the lender that was corrected has another letter, and a certificate
/// is of the first day of cover that it names, 1 of the one that was signed.
fn version_of(kind: Kind, contract: &Contract, bank: &BankRequest) -> u32 {
    match kind {
        Kind::LettreBanque => bank.demand_no,
        Kind::AttestationPreteur => {
            let days = days_between(contract.effect_on, bank.cover_from(contract));
            u32::try_from(days).unwrap_or_default() + 1
        }
        _ => 1,
    }
}

/// Whose a document is that is made after the signature.
const fn subject_of_contract(contract: &Contract, version: u32) -> Subject {
    Subject { sort: CONTRACT, id: contract.id.uuid(), version }
}

/// Whose a document is that is made after the signature, from 1; 0 for all. The proof of each of a couple is their
/// own.
fn part_of(kind: Kind, contract: &Contract, place: u8) -> u16 {
    let is_own = kind == Kind::PreuveSignature && contract.content.persons.len() > 1;
    if is_own { place.into() } else { 0 }
}

/// What customers hold as proof: of anybody else, that they signed, when and by which sort of means; the rest of
/// that evidence is kept for who must judge it.
fn proof(ceremony: &Ceremony, payer: Option<&Ceremony>, place: u8) -> Value {
    let papers = ceremony.papers.iter().chain(payer.iter().flat_map(|one| &one.papers));
    let papers = papers.map(|paper| json!({ "title": paper.title, "sha256": hex(&paper.sha256) }));
    let payers = payer.iter().flat_map(|one| &one.signers);
    let payers = payers.filter_map(|one| other(one, "Le mandat de prélèvement, et rien d’autre"));
    let insured = (1..).zip(&ceremony.signers).filter_map(|(at, one)| {
        if at == place { signer(one) } else { other(one, "Ses propres documents") }
    });
    let signers: Vec<_> = insured.chain(payers).collect();
    json!({
        "ceremony": ceremony.id.simple().to_string(),
        "completed": ceremony.completed_at.map(moment).unwrap_or_default(),
        "documents": papers.collect::<Vec<_>>(),
        "signers": signers,
    })
}

fn means(channel: &str) -> &'static str {
    match channel {
        "voice" => "Code à usage unique dicté par téléphone",
        "email" => "Code à usage unique reçu par e-mail",
        _ => "Code à usage unique reçu par SMS",
    }
}

fn other(one: &Signer, what: &str) -> Option<Value> {
    let (at, evidence) = one.signed_at.zip(one.evidence.as_ref())?;
    let facts = [
        ("Signe", what.to_owned()),
        ("Signé le", format!("{} ({at})", moment(at))),
        ("Moyen", means(&evidence.channel).to_owned()),
        ("Version des textes", evidence.consents_version.to_string()),
    ];
    Some(json!({ "name": evidence.name, "facts": facts, "consents": evidence.consents }))
}

fn signer(one: &Signer) -> Option<Value> {
    let (at, evidence) = one.signed_at.zip(one.evidence.as_ref())?;
    let means = means(&evidence.channel);
    let (place, mark) = match evidence.channel.as_str() {
        "email" => ("Adresse e-mail", "Empreinte de cette adresse"),
        _ => ("Numéro", "Empreinte du numéro"),
    };
    let mut facts = vec![
        ("Signé le", format!("{} ({at})", moment(at))),
        ("Moyen", means.to_owned()),
        (place, evidence.masked.clone()),
        (mark, evidence.mark.clone()),
        ("Adresse du réseau", evidence.address.clone()),
        ("Navigateur", evidence.agent.clone()),
        ("Version des textes", evidence.consents_version.to_string()),
    ];
    // Of their own health, to them alone: which declaration it was, not what it says.
    let declared = evidence.declaration.as_ref();
    if let Some(declared) = declared {
        facts.push(("Déclaration de santé du", french::day(declared.day)));
        let mark = declared.fingerprint.clone();
        facts.extend(mark.map(|mark| ("Empreinte de cette déclaration", mark)));
    }
    let consents = with_own(evidence.consents.clone(), declared.map(|it| it.text.clone()));
    Some(json!({ "name": evidence.name, "facts": facts, "consents": consents }))
}
