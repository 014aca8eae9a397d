//! Who somebody is: their names, in law and in use, and where they live.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kernel::french::same_name;

/// Who somebody is and where they live.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// First name.
    pub given_name: Option<String>,
    /// Name at birth.
    pub family_name: Option<String>,
    /// Name in use, when it is another.
    pub usage_name: Option<String>,
    /// Town and country of birth.
    pub birth_place: Option<String>,
    /// Number and street.
    pub street: Option<String>,
    /// Floor, building.
    pub complement: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
    /// The page of work and sports is done.
    pub work_done: bool,
    /// They have read that nothing is asked about their health (path P1).
    pub protection_read: bool,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

impl Person {
    /// Whether the page of identity is done.
    pub const fn is_named(&self) -> bool {
        self.given_name.is_some() && self.family_name.is_some() && self.birth_place.is_some()
    }

    /// Whether the page of the address is done.
    pub const fn is_housed(&self) -> bool {
        self.street.is_some() && self.city.is_some() && self.postcode.is_some()
    }

    /// First name and name in use.
    pub fn full_name(&self) -> String {
        let family = self.usage_name.as_deref().or(self.family_name.as_deref());
        self.with_family(family)
    }

    /// Who they are in law: first name and name at birth (loi du 6 fructidor an II), then the name in use when it is
    /// another. For what is signed and for what a lender is given; pages and letters say [`Self::full_name`].
    pub fn legal_name(&self) -> String {
        let at_birth = self.birth_name();
        match self.usage_name.as_deref() {
            Some(usage) if !same_name(&self.full_name(), &at_birth) => {
                format!("{at_birth} (nom d’usage {usage})")
            }
            _ => at_birth,
        }
    }

    /// Every name that an account of theirs may be in: the one in use, then the one at birth.
    pub fn names(&self) -> Vec<String> {
        let mut names = vec![self.full_name(), self.birth_name()];
        names.dedup();
        names
    }

    fn birth_name(&self) -> String {
        self.with_family(self.family_name.as_deref())
    }

    fn with_family(&self, family: Option<&str>) -> String {
        let parts = [self.given_name.as_deref(), family];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_birth_is_the_name_in_law() {
        let named = |family: &str, usage: Option<&str>| Person {
            given_name: Some("Camille".to_owned()),
            family_name: Some(family.to_owned()),
            usage_name: usage.map(str::to_owned),
            ..Person::default()
        };
        let other = named("D’Aubigné", Some("O'Brien de Lœuf"));
        assert_eq!(other.legal_name(), "Camille D’Aubigné (nom d’usage O'Brien de Lœuf)");
        assert_eq!(other.names(), ["Camille O'Brien de Lœuf", "Camille D’Aubigné"]);
        assert_eq!(other.full_name(), "Camille O'Brien de Lœuf", "the name in use");
        for same in [named("Martin", None), named("Martin", Some("MARTIN"))] {
            assert_eq!(same.legal_name(), "Camille Martin");
        }
        assert_eq!(named("Martin", None).names(), ["Camille Martin"]);
    }
}
