//! Who insures, as pages name them: company, address, telephone, said once at the start from
//! `documents.insurer`. Pages and documents so say the same.

use std::sync::OnceLock;

/// What pages say of the insurer.
#[derive(Clone, Debug)]
pub struct Insurer {
    /// Legal name.
    pub company: String,
    /// Registered office.
    pub address: String,
    /// Telephone of the service to customers, as people read it.
    pub phone: String,
}

static INSURER: OnceLock<Insurer> = OnceLock::new();

/// Says who insures. The first word counts.
pub fn set(insurer: Insurer) {
    let _ = INSURER.set(insurer);
}

fn said(field: fn(&Insurer) -> &str, otherwise: &'static str) -> &'static str {
    INSURER.get().map_or(otherwise, field)
}

/// The company, which is also the controller of personal data.
pub fn company() -> &'static str {
    said(|insurer| &insurer.company, "Assurly")
}

/// Its address.
pub fn address() -> &'static str {
    said(|insurer| &insurer.address, "")
}

/// The number that pages name: it does not break at the end of a line.
pub fn phone() -> String {
    said(|insurer| &insurer.phone, "01 99 00 12 34").replace(' ', "\u{a0}")
}

/// Its address for a telephone, `tel:+33199001234`; none for words that are no number.
pub fn phone_link() -> Option<String> {
    link(&phone())
}

/// Whether it is one of the numbers that Arcep keeps for fiction (01 99 00): nobody answers there.
pub fn is_phone_fictive() -> bool {
    phone_link().is_some_and(|link| link.starts_with("tel:+3319900"))
}

fn link(phone: &str) -> Option<String> {
    let number: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    match number.strip_prefix('0') {
        Some(rest) if rest.len() == 9 => Some(format!("tel:+33{rest}")),
        _ => (number.len() >= 4).then(|| format!("tel:{number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_by_its_link_and_words_are_not() {
        assert_eq!(link("01 99 00 12 34").as_deref(), Some("tel:+33199001234"));
        assert_eq!(link("+33 1 99 00 12 34").as_deref(), Some("tel:+33199001234"));
        assert_eq!(link("3639").as_deref(), Some("tel:3639"));
        assert_eq!(link("à compléter avant l’ouverture"), None);
        assert!(is_phone_fictive(), "the number of this repository is nobody's");
    }
}
