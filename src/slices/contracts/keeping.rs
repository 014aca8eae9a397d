//! The documents of a contract after its signature: the certificate, the proof, the letter to the bank.
//! Made at the first demand or by the job, archived, never overwritten.

use serde::Serialize;
use serde_json::{Value, json};

use super::core::{Contracts, moment};
use super::error::ContractError;
use super::model::{BankRequest, Contract};
use super::papers::{self, Letter};
use super::preparing::subject_of;
use crate::kernel::french;
use crate::platform::clock::date_in_paris;
use crate::platform::digest::hex;
use crate::slices::documents::{Kind, Made, Order, Subject};
use crate::slices::dossiers::DossierId;
use crate::slices::signature::{Ceremony, Signer};

/// Sort of subject of what a contract brings, in the archive.
const CONTRACT: &str = "contract";

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Last part of its address.
    pub name: &'static str,
    /// Title.
    pub title: &'static str,
    /// «PDF, 84 Ko»; «PDF» while it is still to be made.
    pub size: String,
    /// The day on which it was made: «27 novembre 2026»; empty while it is still to be.
    pub made_on: String,
}

impl Contracts {
    /// The documents of a contract, in the order in which a person looks for them.
    pub(super) fn kinds(contract: &Contract, bank: &BankRequest) -> Vec<Kind> {
        let mut kinds = vec![
            Kind::AttestationPreteur,
            Kind::ConditionsParticulieres,
            Kind::MandatSepa,
            Kind::FicheConseil,
            Kind::Ipid,
            Kind::Notice,
            Kind::PreuveSignature,
        ];
        if contract.content.is_substitution && bank.state != "draft" {
            kinds.insert(1, Kind::LettreBanque);
        }
        // The account on it is somebody else's: it is theirs alone.
        kinds.retain(|kind| *kind != Kind::MandatSepa || contract.content.payer.is_none());
        kinds
    }

    /// The same as pages list them.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn listed(
        &self,
        contract: &Contract,
        bank: &BankRequest,
    ) -> Result<Vec<Listed>, ContractError> {
        let mut listed = Vec::new();
        for kind in Self::kinds(contract, bank) {
            let subject = match kind {
                Kind::LettreBanque => subject_of_contract(contract, bank.demand_no),
                Kind::AttestationPreteur | Kind::PreuveSignature => {
                    subject_of_contract(contract, 1)
                }
                _ => subject_of(kind, contract.ceremony),
            };
            let known = self.core.documents.find(subject, kind, 0).await?;
            let size = known.as_ref().map(|one| format!("PDF, {}", french::bytes(one.size)));
            let made_on = known.and_then(|one| french::day_of_moment(&one.created_at.to_string()));
            listed.push(Listed {
                name: kind.code(),
                title: kind.title(),
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
    ) -> Result<Vec<(String, Vec<u8>)>, ContractError> {
        let bank = self.bank(contract).await?;
        let mut files = Vec::new();
        for kind in Self::kinds(contract, &bank) {
            let made = self.document(contract, kind.code()).await?;
            files.push((format!("{}.pdf", kind.code().replace('_', "-")), made.bytes));
        }
        Ok(files)
    }

    /// A document of a contract, by its name in addresses.
    ///
    /// # Errors
    /// There is none of this name; it cannot be made or read now.
    pub(super) async fn document(
        &self,
        contract: &Contract,
        name: &str,
    ) -> Result<Made, ContractError> {
        let kind = Kind::of_code(name).ok_or(ContractError::Unknown)?;
        match kind {
            Kind::AttestationPreteur | Kind::PreuveSignature | Kind::LettreBanque => {
                let order = self.later(contract, kind).await?;
                Ok(self.core.documents.read(order).await?)
            }
            _ => self.signed_document(contract.ceremony, kind).await,
        }
    }

    /// A document of a dossier by its name: of its contract, or of what is to be signed.
    ///
    /// # Errors
    /// There is none of this name; it cannot be made or read now.
    pub(super) async fn paper(&self, id: DossierId, name: &str) -> Result<Made, ContractError> {
        if let Some(contract) = self.of_dossier(id).await? {
            return self.document(&contract, name).await;
        }
        let kind = Kind::of_code(name).ok_or(ContractError::Unknown)?;
        let ceremony = self.core.signatures.of(id.uuid()).await?;
        let ceremony =
            ceremony.filter(|one| one.paper(name).is_some()).ok_or(ContractError::Unknown)?;
        self.signed_document(ceremony.id, kind).await
    }

    /// A document of a ceremony.
    pub(super) async fn signed_document(
        &self,
        ceremony: uuid::Uuid,
        kind: Kind,
    ) -> Result<Made, ContractError> {
        let found = self.core.documents.archived(subject_of(kind, ceremony), kind, 0).await?;
        found.ok_or(ContractError::Unknown)
    }

    async fn later(&self, contract: &Contract, kind: Kind) -> Result<Order, ContractError> {
        let bank = self.bank(contract).await?;
        let dated = bank.asked_at.map_or_else(|| self.today(), date_in_paris);
        let data = match kind {
            Kind::PreuveSignature => self.proof(contract).await?,
            Kind::LettreBanque if bank.state == "draft" => return Err(ContractError::Unknown),
            Kind::LettreBanque => Letter {
                content: &contract.content,
                agency: &bank.agency,
                loan_number: &bank.loan_number,
                old_contract: &bank.old_contract,
                effect: bank.effect_on,
            }
            .data(),
            _ => {
                let shown = self.core.dossiers.shown(contract.dossier).await?;
                papers::certificate(&shown, &self.premiums(contract).await?, "")
            }
        };
        let is_letter = kind == Kind::LettreBanque;
        Ok(Order {
            subject: subject_of_contract(contract, if is_letter { bank.demand_no } else { 1 }),
            kind,
            part: 0,
            reference: contract.number.clone(),
            date: if is_letter { dated } else { date_in_paris(contract.concluded_at) },
            data,
        })
    }

    /// What was signed, by whom, when and how.
    async fn proof(&self, contract: &Contract) -> Result<Value, ContractError> {
        let ceremony = self.core.signatures.of(contract.dossier.uuid()).await?;
        let ceremony = ceremony.filter(|one| one.id == contract.ceremony);
        let ceremony = ceremony.ok_or(ContractError::Stored("its ceremony"))?;
        let payer = match self.payer(contract.dossier).await? {
            Some(payer) => self.ceremony_of_payer(&payer).await?,
            None => None,
        };
        Ok(proof(&ceremony, payer.as_ref()))
    }
}

/// Whose a document is that is made after the signature; a demand to the lender that was corrected has another
/// letter.
const fn subject_of_contract(contract: &Contract, version: u32) -> Subject {
    Subject { sort: CONTRACT, id: contract.id.uuid(), version }
}

/// What customers hold as proof: of a payer who is not insured, that they signed, when and by which sort of
/// means; the rest of that evidence is kept for who must judge it.
fn proof(ceremony: &Ceremony, payer: Option<&Ceremony>) -> Value {
    let papers = ceremony.papers.iter().chain(payer.iter().flat_map(|one| &one.papers));
    let papers = papers.map(|paper| json!({ "title": paper.title, "sha256": hex(&paper.sha256) }));
    let others = payer.iter().flat_map(|one| &one.signers).filter_map(payer_as_signer);
    let signers: Vec<_> = ceremony.signers.iter().filter_map(signer).chain(others).collect();
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

fn payer_as_signer(one: &Signer) -> Option<Value> {
    let (at, evidence) = one.signed_at.zip(one.evidence.as_ref())?;
    let facts = [
        ("Signe", "Le mandat de prélèvement, et rien d’autre".to_owned()),
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
    let facts = [
        ("Signé le", format!("{} ({at})", moment(at))),
        ("Moyen", means.to_owned()),
        (place, evidence.masked.clone()),
        (mark, evidence.mark.clone()),
        ("Adresse du réseau", evidence.address.clone()),
        ("Navigateur", evidence.agent.clone()),
        ("Version des textes", evidence.consents_version.to_string()),
    ];
    Some(json!({ "name": evidence.name, "facts": facts, "consents": evidence.consents }))
}
