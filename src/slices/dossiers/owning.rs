//! Dossiers of who has a token: begun, listed and opened by their account. A dossier that was begun on
//! a page belongs to an account once its holder has proven their address.

use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::model::{By, Dossier, DossierId, Insured};
use super::opening::Contact;
use crate::domain::dossier::Role;
use crate::kernel::access::Principal;
use crate::kernel::email::Email;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Actor, Customer, Employee, Party};
use crate::platform::digest::sha256;
use crate::slices::quotes::{Author, QuoteId};

/// Who reads dossiers through the API: a customer their own, our staff all of them.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    party: Party,
    is_staff: bool,
}

impl Actor for Reader {
    fn resolve(principal: &Principal) -> Option<Self> {
        let is_staff = Employee::resolve(principal).is_some();
        let is_one = is_staff || Customer::resolve(principal).is_some();
        is_one.then(|| Self { party: Party::of(principal), is_staff })
    }
}

impl Reader {
    /// One of our staff, who sees no more of a person than their work needs.
    pub(super) const fn is_staff(&self) -> bool {
        self.is_staff
    }
}

/// Who holds a dossier by their account: for the slices that go on where it ends.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    /// The dossier.
    pub dossier: DossierId,
    /// The insured person whose account it is.
    pub insured: Uuid,
}

/// A dossier that an account leads to, but does not show: a code by SMS opens it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The dossier.
    pub dossier: DossierId,
    /// Its number for people.
    pub number: String,
    /// Where it stands (French).
    pub state: &'static str,
    /// Whether everybody has signed: a contract that nobody holds yet.
    pub is_signed: bool,
    /// The number that the code leaves for, never shown whole.
    pub mobile: String,
    /// The person whose account it is.
    pub(super) insured: Uuid,
}

/// A page of somebody's dossiers, the latest first, and what to ask the next page after.
pub(super) type Page = (Vec<Dossier>, Option<DossierId>);

impl Dossiers {
    /// Begins a dossier for a customer, once for each of their keys; says whether it was there.
    pub(super) async fn begin_for(
        &self,
        customer: &Customer,
        quote: QuoteId,
        key: &str,
        contact: &Contact,
    ) -> Result<(Dossier, bool), DossierError> {
        let party = customer.party();
        let origin = sha256(&[b"dossier/api", party.as_bytes(), key.as_bytes()]);
        if let Some(id) = self.core.store.by_origin(&origin).await? {
            return self.begun_before(id, contact).await;
        }
        // Somebody else's quote is not there.
        let author = Author::resolve(customer.principal());
        self.core.quotes.find_for(author.as_ref(), quote).await?;
        let quote = self.sellable(quote).await?;
        let (id, mut transaction) = self.make(&quote, origin, contact).await?;
        let dossier = self.core.store.lock_dossier(&mut transaction, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let is_new = dossier.owner.is_none();
        dossier.owner = Some(party.as_bytes().to_vec());
        self.core.store.update_dossier(&mut transaction, &dossier).await?;
        self.commit(transaction).await?;
        Ok((dossier, !is_new))
    }

    async fn begun_before(
        &self,
        id: DossierId,
        contact: &Contact,
    ) -> Result<(Dossier, bool), DossierError> {
        let dossier = self.find(id).await?;
        let first = dossier.at(1).ok_or(DossierError::Unknown)?;
        let is_same = first.email.as_deref() == Some(&contact.email)
            && first.mobile.as_deref() == Some(&contact.mobile)
            && dossier.answers.together == contact.together;
        if !is_same {
            return Err(Problem::new(Kind::IdempotencyKeyReused).into());
        }
        Ok((dossier, true))
    }

    /// One dossier, if it is there for who asks.
    pub(super) async fn read_for(
        &self,
        reader: &Reader,
        id: DossierId,
    ) -> Result<Dossier, DossierError> {
        if reader.is_staff {
            return self.find(id).await;
        }
        self.owned(reader.party, id).await
    }

    /// One dossier of this account.
    pub(super) async fn owned(&self, owner: Party, id: DossierId) -> Result<Dossier, DossierError> {
        self.core.store.owned(owner, id).await?.ok_or(DossierError::Unknown)
    }

    /// A page of somebody's own dossiers, the latest first, after one of them.
    pub(super) async fn list_for(
        &self,
        owner: Party,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Page, DossierError> {
        let before = match after {
            Some(id) => self.owned(owner, id).await?.sequence,
            None => u64::MAX,
        };
        // One more than asked for tells whether there is another page.
        let mut found = self.core.store.all_owned(owner, before, limit + 1).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > wanted;
        found.truncate(wanted);
        let next = found.last().filter(|_| has_more).map(|last| last.id);
        Ok((found, next))
    }

    /// The signed dossiers of this account, the latest first, a hundred at most: for the slice that keeps
    /// their contracts.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn signed_of(&self, owner: Party) -> Result<Vec<DossierId>, DossierError> {
        const MOST: u32 = 100;
        let found = self.core.store.all_owned(owner, u64::MAX, MOST).await?;
        Ok(found.into_iter().filter(|one| one.state.is_signed()).map(|one| one.id).collect())
    }

    /// The dossiers that wait for this person, the latest first, twenty of each sort at most: theirs that are not
    /// signed yet; those begun on a page with the address that they have proven, which are nobody's yet; and those
    /// in which they are the other borrower, signed or not: the contract is in the account of who began it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn waiting_for(
        &self,
        owner: Party,
        address: Option<&Email>,
    ) -> Result<Vec<Waiting>, DossierError> {
        const MOST: u32 = 20;
        let mut found = self.core.store.all_owned(owner, u64::MAX, MOST).await?;
        found.retain(|one| one.state.is_under_way());
        let mut all: Vec<_> = found.iter().filter_map(|one| waiting(one, one.at(1)?)).collect();
        let Some(address) = address else { return Ok(all) };
        let is_theirs = |one: &Insured| {
            let email = one.email.as_deref().and_then(|email| email.parse::<Email>().ok());
            email.is_some_and(|email| email.folded() == address.folded())
        };
        let is_live = |one: &Dossier| one.state.is_under_way() || one.state.is_signed();
        let nobodys = self.core.store.ownerless(address.as_str(), MOST).await?;
        let nobodys = nobodys.iter().filter(|one| is_live(one));
        all.extend(nobodys.filter_map(|one| waiting(one, one.at(1).filter(|it| is_theirs(it))?)));
        let joined = self.core.store.joined(address.as_str(), MOST).await?;
        let joined = joined.iter().filter(|one| is_live(one));
        all.extend(joined.filter_map(|one| {
            let mut others = one.insured.iter().filter(|it| it.place > 1);
            waiting(one, others.find(|it| is_theirs(it) && it.mobile_proven_at.is_some())?)
        }));
        Ok(all)
    }

    /// Who holds this dossier, if it is this account's.
    ///
    /// # Errors
    /// It is not; the database does not answer.
    pub async fn holder(&self, owner: Party, id: DossierId) -> Result<Holder, DossierError> {
        let dossier = self.owned(owner, id).await?;
        let first = dossier.at(1).ok_or(DossierError::Unknown)?;
        Ok(Holder { dossier: dossier.id, insured: first.id })
    }
}

/// A dossier of which this person can be sent a code.
fn waiting(dossier: &Dossier, person: &Insured) -> Option<Waiting> {
    Some(Waiting {
        dossier: dossier.id,
        number: dossier.number(),
        state: dossier.state.label(),
        is_signed: dossier.state.is_signed(),
        insured: person.id,
        mobile: person.mobile.clone()?,
    })
}

/// The customer of a dossier, acting by their token.
pub(super) fn by(customer: &Customer, dossier: &Dossier) -> By {
    let insured = dossier.at(1).map(|one| one.id);
    By { role: Role::Customer, insured, party: Some(customer.party()) }
}
