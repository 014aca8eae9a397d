//! What a customer is given of what is tied to their account, in their own area (GDPR art. 15 and 20).
//!
//! The account's session shows all but health: that is for who has also opened the dossier by the code that their
//! own number received, in the same browser, as its pages are. Without it the file says how to get it, whether
//! there is anything or not. Accounts that are debited are masked, as on every page.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::core::{POOL, Rights};
use super::exporting::{HeldLetter, insured};
use crate::kernel::problem::Problem;
use crate::slices::contracts::{HeldContract, HeldMandate, Shown};
use crate::slices::dossiers::{Held, Visit};
use crate::slices::identity::{HeldAccount, Visitor};
use crate::slices::offers::{HeldOffers, Part};
use crate::slices::underwriting::{HeldQuestionnaire, Opener};

/// What the file says of itself.
const ABOUT: [&str; 4] = [
    "Ce fichier contient ce que nous gardons de vous et qui est lié à votre compte.",
    "Dans un dossier à deux, chacun reçoit ses propres données.",
    "Les IBAN sont masqués. Vos documents (PDF) se téléchargent dans votre espace et dans vos dossiers.",
    "Vous pouvez demander le reste à notre délégué à la protection des données\u{a0}: ce que garde le médecin-conseil \
     (par un médecin que vous désignez), et un mandat donné pour l’assurance d’une autre personne.",
];

/// Why answers about health are not there.
const CLOSED: &str = "Les données de santé ne sont pas dans ce fichier\u{a0}: un compte seul ne les ouvre pas. \
    Ouvrez ce dossier dans ce navigateur avec le code reçu par SMS, puis téléchargez ce fichier à nouveau.";

/// The file.
#[derive(Serialize)]
pub(super) struct OwnFile {
    about: [&'static str; 4],
    made_at: Timestamp,
    account: Option<HeldAccount>,
    dossiers: Vec<OwnDossier>,
    contracts: Vec<HeldContract>,
    /// Dossiers begun with this address that no code has opened for this account yet.
    to_open: Vec<ToOpen>,
    messages: Vec<HeldLetter>,
}

#[derive(Serialize)]
struct OwnDossier {
    #[serde(flatten)]
    held: Held,
    health: OwnHealth,
    /// The offers of who began the dossier, who alone sends them.
    loan_offers: Option<HeldOffers>,
    mandate: Option<HeldMandate>,
}

/// Health, for who has opened the dossier; else how to.
#[derive(Serialize)]
#[serde(untagged)]
enum OwnHealth {
    Open { declaration: Option<Value>, questionnaires: Vec<HeldQuestionnaire> },
    Closed { not_here: &'static str, open_at: String },
}

#[derive(Serialize)]
struct ToOpen {
    number: String,
    state: &'static str,
    how: &'static str,
}

impl Rights {
    /// The file of who is logged in. `visit` is the dossier that this browser has opened by a code.
    ///
    /// # Errors
    /// A room does not answer, or cannot open what it keeps.
    pub(super) async fn own(
        &self,
        visitor: &Visitor,
        visit: Option<Visit>,
    ) -> Result<OwnFile, Problem> {
        let tools = &self.tools;
        let address = visitor.address.as_ref();
        let (mut dossiers, mut contracts) = (Vec::new(), Vec::new());
        let mut numbers = Vec::new();
        for held in tools.dossiers.held_for(visitor.party, address).await? {
            numbers.extend(held.proven_mobile().map(str::to_owned));
            let (dossier, contract) = self.dossier(held, visit).await?;
            dossiers.push(dossier);
            contracts.extend(contract);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let mut messages = Vec::new();
        for to in address.map(|one| one.as_str().to_owned()).into_iter().chain(numbers) {
            messages.extend(self.letters(&to).await?);
        }
        Ok(OwnFile {
            about: ABOUT,
            made_at: tools.clock.now(),
            account: tools.identity.held_by(POOL, visitor.user).await?,
            to_open: self.to_open(visitor, &dossiers).await?,
            dossiers,
            contracts,
            messages,
        })
    }

    async fn dossier(
        &self,
        held: Held,
        visit: Option<Visit>,
    ) -> Result<(OwnDossier, Option<HeldContract>), Problem> {
        let (tools, who) = (&self.tools, held.who);
        let is_open = visit.is_some_and(|visit| visit.insured == who.insured);
        let health = if is_open {
            OwnHealth::Open {
                declaration: tools.dossiers.health_held(who).await?,
                questionnaires: tools.underwriting.held(insured(who), Opener::Person).await?,
            }
        } else {
            OwnHealth::Closed { not_here: CLOSED, open_at: format!("/d/{}", who.dossier) }
        };
        let loan_offers = match who.number {
            1 => Some(tools.offers.sent_with(who.dossier, Part::Facts).await?),
            _ => None,
        };
        let kept = tools.contracts.held(who, Shown::Masked).await?;
        let held = if is_open { held } else { held.without_health() };
        Ok((OwnDossier { held, health, loan_offers, mandate: kept.mandate }, kept.contract))
    }

    /// Dossiers of the proven address that are nobody's yet: only that they are there, as the area shows them.
    async fn to_open(&self, visitor: &Visitor, own: &[OwnDossier]) -> Result<Vec<ToOpen>, Problem> {
        const HOW: &str = "À ouvrir dans votre espace, avec le code reçu par SMS.";
        let dossiers = &self.tools.dossiers;
        let waiting = dossiers.waiting_for(visitor.party, visitor.address.as_ref()).await?;
        let others =
            waiting.into_iter().filter(|one| own.iter().all(|it| it.held.number != one.number));
        Ok(others.map(|one| ToOpen { number: one.number, state: one.state, how: HOW }).collect())
    }
}
