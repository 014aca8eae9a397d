//! A browser that is logged in to a pool, and how its person proved who they are.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::pool::Pool;
use crate::kernel::access::{Acr, codes};

/// How somebody proved who they are: methods of RFC 8176.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// A password.
    Password,
    /// A one-time code of an application.
    Otp,
    /// A code kept on paper.
    Recovery,
    /// A code sent to a confirmed address.
    Sent,
    /// A passkey, with its owner's finger or PIN.
    Passkey,
}

codes!(Method { Password = "pwd", Otp = "otp", Recovery = "kba", Sent = "mail", Passkey = "hwk" });

/// The methods of one login, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amr(Vec<Method>);

impl Amr {
    /// Adds a method.
    pub fn add(&mut self, method: Method) {
        if !self.0.contains(&method) {
            self.0.push(method);
        }
    }

    /// The methods of a list separated by spaces; words that are no method are left out.
    pub fn parse(list: &str) -> Self {
        Self(list.split(' ').filter_map(|word| word.parse().ok()).collect())
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Method> {
        self.0.iter().copied()
    }

    /// Strength of these methods together.
    pub fn acr(&self) -> Acr {
        let has = |method| self.0.contains(&method);
        let second = has(Method::Otp) || has(Method::Recovery);
        if has(Method::Passkey) {
            Acr::Phr
        } else if second && (has(Method::Password) || has(Method::Sent)) {
            Acr::Mfa
        } else {
            Acr::Pwd
        }
    }
}

impl fmt::Display for Amr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|method| method.code()).collect();
        f.write_str(&words.join(" "))
    }
}

/// A session as it is stored.
#[derive(Clone, Debug)]
pub struct Session {
    /// Identifier, `sid` of the tokens.
    pub id: Uuid,
    /// The pool that it opens.
    pub pool_id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub amr: Amr,
    /// Beginning.
    pub created_at: Timestamp,
    /// Last use.
    pub last_seen_at: Timestamp,
    /// End, however often it is used.
    pub expires_at: Timestamp,
    /// Ended before its time.
    pub ended_at: Option<Timestamp>,
    /// Address that it began from.
    pub address: Box<str>,
    /// Program that it began from.
    pub user_agent: Box<str>,
}

impl Session {
    /// Last use is written down once in so long, so that reading pages writes nothing.
    pub const SEEN_STEP: Duration = Duration::from_secs(60);

    /// Whether it opens anything now.
    pub fn is_live(&self, pool: &Pool, now: Timestamp) -> bool {
        self.pool_id == pool.id
            && self.ended_at.is_none()
            && now < self.expires_at
            && now < self.last_seen_at + pool.session_idle
    }

    /// Strength of its login.
    pub fn acr(&self) -> Acr {
        self.amr.acr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factors_are_stronger_than_one_and_a_passkey_than_both() {
        let acr = |list: &str| Amr::parse(list).acr();
        assert_eq!(acr("pwd"), Acr::Pwd);
        assert_eq!(acr("mail"), Acr::Pwd);
        assert_eq!(acr("otp"), Acr::Pwd, "a second factor alone is one factor");
        assert_eq!(acr("pwd otp"), Acr::Mfa);
        assert_eq!(acr("pwd kba"), Acr::Mfa);
        assert_eq!(acr("hwk"), Acr::Phr);
        assert_eq!(Amr::parse("pwd nonsense otp").to_string(), "pwd otp");
    }
}
