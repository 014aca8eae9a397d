//! Every scope that a token may carry, and what a person reads before agreeing to it.

use crate::kernel::access::Scopes;
use crate::kernel::locale::Locale;

/// Asks for an ID token (OpenID Connect Core §3.1.2.1).
pub(super) const OPENID: &str = "openid";
/// Names in the ID token and at UserInfo.
pub(super) const PROFILE: &str = "profile";
/// The address in the ID token and at UserInfo.
pub(super) const EMAIL: &str = "email";
/// Refresh tokens that outlive the browser's session (OpenID Connect Core §11).
pub(super) const OFFLINE: &str = "offline_access";

/// A scope, as a person reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) name: &'static str,
    pub(super) fr: &'static str,
    pub(super) en: &'static str,
    /// Whether it means anything without a person.
    pub(super) for_programs: bool,
}

impl Scope {
    /// What a person reads.
    pub(super) const fn text(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::Fr => self.fr,
            Locale::En => self.en,
        }
    }
}

macro_rules! scopes {
    ($($name:expr, $programs:literal, $fr:literal, $en:literal;)+) => {
        &[$(Scope { name: $name, fr: $fr, en: $en, for_programs: $programs }),+]
    };
}

/// All of them.
pub(super) const ALL: &[Scope] = scopes! {
    OPENID, false, "Savoir que c’est vous", "Know that it is you";
    PROFILE, false, "Lire votre prénom et votre nom", "Read your first and last name";
    EMAIL, false, "Lire votre adresse e-mail", "Read your e-mail address";
    OFFLINE, false, "Rester connecté en votre absence", "Stay connected while you are away";
    "devis:lire", true, "Lire vos devis", "Read your quotes";
    "devis:ecrire", true, "Faire des devis en votre nom", "Make quotes on your behalf";
    "dossiers:lire", false, "Lire vos dossiers et vos contrats", "Read your applications and contracts";
    "dossiers:ecrire", false, "Remplir et signer un dossier en votre nom", "Fill in and sign an application on your behalf";
    "sante:ecrire", false, "Transmettre vos réponses de santé", "Send your health answers";
    "sante:etudier", false, "Étudier les réponses de santé d’un assuré", "Study an insured person’s health answers";
    "cles:lire", true, "Lire vos clés d’API et ce qui en est consommé", "Read your API keys and what they used";
    "passerelle:lire", false, "Voir les règles et les refus de la passerelle", "See the rules and refusals of the gateway";
    "passerelle:ecrire", false, "Modifier les clés et les règles de la passerelle", "Change the keys and rules of the gateway";
    "segments:lire", false, "Compter des ventes et lire les segments", "Count sales and read segments";
    "segments:ecrire", false, "Enregistrer des segments", "Save segments";
    "segments:exporter", false, "Exporter des segments", "Export segments";
    "profil:lire", false, "Lire votre profil", "Read your profile";
    "profil:ecrire", false, "Modifier votre profil", "Change your profile";
};

/// The scope of this name.
pub(super) fn find(name: &str) -> Option<&'static Scope> {
    ALL.iter().find(|scope| scope.name == name)
}

/// Those of a list that mean something without a person.
pub(super) fn for_programs(scopes: &Scopes) -> Scopes {
    let names: Vec<_> = ALL.iter().filter(|it| it.for_programs).map(|it| it.name).collect();
    scopes.and(&Scopes::parse(&names.join(" ")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_no_name_and_no_address() {
        let all = Scopes::parse("openid profile email devis:lire devis:ecrire").expect("scopes");
        assert_eq!(for_programs(&all).to_string(), "devis:lire devis:ecrire");
        assert!(ALL.iter().all(|scope| find(scope.name) == Some(scope)));
        assert_eq!(find(EMAIL).map(|it| it.text(Locale::En)), Some("Read your e-mail address"));
    }
}
