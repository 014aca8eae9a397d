//! A person with an account in one pool, and what the address that names them is found under.

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::email::Email;
use crate::kernel::locale::Locale;
use crate::platform::crypto::TokenHash;
use crate::platform::digest::sha256;

/// What an address is counted and found under: letters without their case are one account.
pub fn email_hash(email: &Email) -> TokenHash {
    sha256(&[email.folded().as_bytes()])
}

/// An account as it is stored, without its password.
#[derive(Clone, Debug)]
pub struct User {
    /// Identifier, `sub` of the tokens.
    pub id: Uuid,
    /// The pool that the account is in.
    pub pool_id: Uuid,
    /// The address that names the account.
    pub email: Box<str>,
    /// When a message to it was answered.
    pub email_verified_at: Option<Timestamp>,
    /// First name.
    pub given_name: Option<Box<str>>,
    /// Last name.
    pub family_name: Option<Box<str>>,
    /// Language of its messages.
    pub locale: Locale,
    /// Whether a password was ever chosen.
    pub has_password: bool,
    /// Sessions and tokens from before are void.
    pub not_before: Option<Timestamp>,
    /// Since when it may not log in.
    pub disabled_at: Option<Timestamp>,
}

impl User {
    /// The name, or the address of who gave none.
    pub fn display_name(&self) -> String {
        let names = [&self.given_name, &self.family_name];
        let names: Vec<&str> = names.into_iter().flatten().map(AsRef::as_ref).collect();
        if names.is_empty() { self.email.to_string() } else { names.join(" ") }
    }

    /// Whether it may log in.
    pub const fn is_open(&self) -> bool {
        self.disabled_at.is_none() && self.email_verified_at.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_second_account() {
        let hash = |text: &str| email_hash(&text.parse().expect("an address"));
        assert_eq!(hash("Marie@Exemple.FR"), hash("marie@exemple.fr"));
        assert_ne!(hash("marie@exemple.fr"), hash("mariè@exemple.fr"));
    }
}
