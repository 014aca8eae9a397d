//! A quote sent by e-mail to an address that somebody typed, which may be somebody else's: a letter
//! without a word of theirs, and so many at most (`messages::budget`).

use std::net::IpAddr;
use std::time::Duration;

use super::QuoteId;
use super::service::Quotes;
use crate::kernel::email::Email;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Problem;
use crate::platform::db::DbError;
use crate::platform::digest::{hex, sha256};
use crate::platform::web::facts::network;
use crate::slices::messages::{Allowance, Letter, Message, Posted, Recipient, Spender};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mailed {
    /// It leaves, or has left.
    Posted,
    /// Too many were asked for: again after so long.
    Later(Duration),
}

/// A letter to be sent: where to, with which key of the page, asked for from where.
pub(super) struct Mailing<'a> {
    pub(super) to: &'a Email,
    pub(super) act: &'a str,
    pub(super) from: Option<IpAddr>,
}

impl Quotes {
    /// Sends this letter about a quote: once for one key and one address.
    ///
    /// # Errors
    /// No key is configured for what is kept sealed; the database does not answer.
    pub(super) async fn mail(
        &self,
        quote: QuoteId,
        mailing: &Mailing<'_>,
        letter: Letter,
    ) -> Result<Mailed, Problem> {
        let to = Recipient::Email(mailing.to.as_str().to_owned());
        // The key is the page's secret: nobody finds the address by trying.
        let act = sha256(&[mailing.act.as_bytes(), mailing.to.folded().as_bytes()]);
        let message = Message {
            event: format!("quotes/link/{}/{}", quote.uuid(), hex(&act[..16])),
            to: to.clone(),
            locale: Locale::Fr,
            letter,
            expires: None,
        };
        let mut transaction = self.store.begin().await?;
        if self.messages.post(&mut transaction, message).await? == Posted::AlreadyPosted {
            return Ok(Mailed::Posted);
        }
        let budgets = self.budgets(&to, mailing.from);
        let spent = self.messages.spend(&mut transaction, "quotes/link", &budgets).await?;
        if let Err(spent) = spent {
            return Ok(Mailed::Later(spent.wait));
        }
        transaction.commit().await.map_err(DbError::from)?;
        self.messages.wake();
        Ok(Mailed::Posted)
    }

    fn budgets<'a>(&self, to: &'a Recipient, from: Option<IpAddr>) -> Vec<Allowance<'a>> {
        let settings = &self.settings;
        let mut budgets = vec![
            Allowance {
                of: Spender::Recipient(to),
                most: settings.mails_to_address_max,
                window: DAY,
            },
            Allowance { of: Spender::Everyone, most: settings.mails_max, window: HOUR },
        ];
        budgets.extend(from.map(|address| Allowance {
            of: Spender::Network(network(address)),
            most: settings.mails_from_network_max,
            window: HOUR,
        }));
        budgets
    }
}
