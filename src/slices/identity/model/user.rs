//! A person with an account in one pool, and the address that names them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::locale::Locale;
use crate::platform::crypto::TokenHash;
use crate::platform::digest::sha256;

/// An e-mail address that a person gave: enough of the rules of RFC 5321 to find typing errors; only
/// a message that arrives proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(Box<str>);

/// A text that is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnEmail;

impl Email {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses one account: letters without their case.
    pub fn name_hash(&self) -> TokenHash {
        sha256(&[self.0.to_lowercase().as_bytes()])
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"@".contains(c);
        let labels_are_right = domain.contains('.')
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        let is_email = (1..=64).contains(&local.len())
            && text.len() <= 254
            && !local.contains(odd)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && labels_are_right;
        if is_email { Ok(Self(text.into())) } else { Err(NotAnEmail) }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
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
    fn typing_errors_are_found_and_odd_addresses_are_not_refused() {
        for right in ["a@b.fr", "Zoé.d'Arc+prêt@exemple.fr", "x_1@sous.domaine.example", " a@b.fr "]
        {
            assert!(right.parse::<Email>().is_ok(), "{right}");
        }
        let long = format!("{}@b.fr", "a".repeat(65));
        for wrong in [
            "",
            "a",
            "a@b",
            "a@.fr",
            "@b.fr",
            "a b@c.fr",
            "a@b..fr",
            "a..b@c.fr",
            "a@-b.fr",
            "a@b@c.fr",
            &long,
        ] {
            assert_eq!(wrong.parse::<Email>(), Err(NotAnEmail), "{wrong}");
        }
    }

    #[test]
    fn case_makes_no_second_account() {
        let hash = |text: &str| text.parse::<Email>().expect("an address").name_hash();
        assert_eq!(hash("Marie@Exemple.FR"), hash("marie@exemple.fr"));
        assert_ne!(hash("marie@exemple.fr"), hash("mariè@exemple.fr"));
    }
}
