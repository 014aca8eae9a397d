//! E-mail addresses, as people type them. Finds typing errors; refuses no address for being odd.

use std::fmt;
use std::str::FromStr;

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

    /// What makes two addresses one: the letters without their case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
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
}
