//! Resource policies: who may reach what, by network, listener, certificate, application, time and
//! operation. An explicit deny wins over everything; [`decide`] is the table for the rest.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::network::Networks;
use crate::platform::clock::time_in_paris;
use crate::platform::web::facts::Listener;

/// What a policy does when all its conditions are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Lets in.
    Allow,
    /// Keeps out, whatever else is said.
    Deny,
}

/// One policy. A condition that is left out is met by everybody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What people call it; shown to operators beside whom it refused.
    pub name: String,
    /// What it does.
    pub effect: Effect,
    /// Operations: `quotes.list`, `quotes.*`, `*`.
    #[serde(default = "Pattern::all")]
    pub operations: Vec<Pattern>,
    /// The request comes from one of these.
    #[serde(default, skip_serializing_if = "Networks::is_empty")]
    pub networks: Networks,
    /// The request comes from none of these.
    #[serde(default, skip_serializing_if = "Networks::is_empty")]
    pub not_networks: Networks,
    /// It came in by this listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<Listener>,
    /// It came with a verified certificate (`true`), or without (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<bool>,
    /// Its certificate has one of these names in `certificates`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Between these times of the day in Paris; past midnight when the first is the later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<[Time; 2]>,
}

/// What is known of a request when policies are asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The operation's name.
    pub operation: &'a str,
    /// Where it comes from.
    pub address: IpAddr,
    /// By which listener.
    pub listener: Listener,
    /// Whether a certificate was verified, and its name in the rules if it has one.
    pub certificate: Option<Option<&'a str>>,
    /// When.
    pub now: Timestamp,
}

/// What the policies say of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// This one keeps it out.
    Deny(&'a str),
    /// One lets it in, and none keeps it out.
    Allow,
    /// None speaks of it.
    Silent,
}

/// What the authorizer says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A token was verified, or the operation asks for none.
    Allow,
    /// The operation asks for a token and there is none.
    Silent,
}

/// Whether a request goes on: explicit deny wins; one voice for it is enough; silence is a no.
pub const fn decide(authorizer: Verdict, policies: Said<'_>) -> bool {
    match (authorizer, policies) {
        (_, Said::Deny(_)) | (Verdict::Silent, Said::Silent) => false,
        (Verdict::Allow, _) | (Verdict::Silent, Said::Allow) => true,
    }
}

impl Policy {
    /// What all of these say together.
    pub fn ask<'a>(all: &'a [Self], asked: &Asked<'_>) -> Said<'a> {
        let mut said = Said::Silent;
        for policy in all.iter().filter(|policy| policy.speaks_of(asked)) {
            match policy.effect {
                Effect::Deny => return Said::Deny(&policy.name),
                Effect::Allow => said = Said::Allow,
            }
        }
        said
    }

    fn speaks_of(&self, asked: &Asked<'_>) -> bool {
        Pattern::any(&self.operations, asked.operation)
            && (self.networks.is_empty() || self.networks.hold(asked.address))
            && (self.not_networks.is_empty() || !self.not_networks.hold(asked.address))
            && self.listener.is_none_or(|listener| listener == asked.listener)
            && self.certificate.is_none_or(|needed| needed == asked.certificate.is_some())
            && self.knows_certificate(asked)
            && self.from.is_none_or(|from| from <= asked.now)
            && self.until.is_none_or(|until| asked.now < until)
            && self.hours.is_none_or(|hours| within(hours, asked.now))
    }

    fn knows_certificate(&self, asked: &Asked<'_>) -> bool {
        let named = asked.certificate.flatten();
        self.certificates.is_empty()
            || named.is_some_and(|name| self.certificates.iter().any(|known| known == name))
    }
}

fn within([from, until]: [Time; 2], now: Timestamp) -> bool {
    let time = time_in_paris(now);
    if from <= until { from <= time && time < until } else { time >= from || time < until }
}

/// Names of operations: one, those of a family (`quotes.*`), or all (`*`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// Every operation.
    pub fn all() -> Vec<Self> {
        vec![Self("*".into())]
    }

    /// The pattern of this text; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let stem = text.strip_suffix(".*").unwrap_or(text);
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        (text == "*" || stem.split('.').all(is_word)).then(|| Self(text.into()))
    }

    /// Whether it is this operation's.
    pub fn fits(&self, operation: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(stem) => operation.starts_with(stem),
            None => &*self.0 == operation,
        }
    }

    /// Whether one of them is this operation's.
    pub fn any(all: &[Self], operation: &str) -> bool {
        all.iter().any(|pattern| pattern.fits(operation))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let wrong = || serde::de::Error::custom(format!("`{text}` names no operations"));
        Self::parse(&text).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(text: &str) -> Vec<Policy> {
        #[derive(Deserialize)]
        struct Document {
            policies: Vec<Policy>,
        }
        toml::from_str::<Document>(text).expect("policies").policies
    }

    fn asked(operation: &str) -> Asked<'_> {
        Asked {
            operation,
            address: "192.0.2.7".parse().expect("an address"),
            listener: Listener::Public,
            certificate: None,
            now: "2026-11-26T11:00:00Z".parse().expect("an instant"),
        }
    }

    /// Table A: what the authorizer says, what the policies say, whether the request goes on.
    #[test]
    fn the_table_of_authorizer_and_policies() {
        for (authorizer, said, goes_on) in [
            (Verdict::Allow, Said::Allow, true),
            (Verdict::Allow, Said::Silent, true),
            (Verdict::Allow, Said::Deny("x"), false),
            (Verdict::Silent, Said::Allow, true),
            (Verdict::Silent, Said::Silent, false),
            (Verdict::Silent, Said::Deny("x"), false),
        ] {
            assert_eq!(decide(authorizer, said), goes_on, "{authorizer:?} {said:?}");
        }
    }

    #[test]
    fn an_explicit_deny_wins_wherever_it_stands() {
        let (allow, deny) =
            ("[[policies]]\nname='a'\neffect='allow'\n", "[[policies]]\nname='d'\neffect='deny'\n");
        let ask = |text: &str| format!("{:?}", Policy::ask(&policies(text), &asked("x.y")));
        assert_eq!(ask(&format!("{allow}{deny}")), "Deny(\"d\")");
        assert_eq!(ask(&format!("{deny}{allow}")), "Deny(\"d\")");
        assert_eq!(ask(allow), "Allow");
        assert_eq!(ask("policies=[]"), "Silent");
    }

    #[test]
    fn each_condition_is_met_or_not() {
        let at = |text: &str| text.parse().expect("an instant");
        let usual = asked("quotes.list");
        let certified = Asked { certificate: Some(Some("courtier")), ..usual };
        let private = Asked { listener: Listener::Private, ..usual };
        let night = Asked { now: at("2026-11-26T22:30:00Z"), ..usual };
        for (condition, met, not) in [
            ("operations=['quotes.*']", usual, asked("me.show")),
            ("operations=['quotes.list']", usual, asked("quotes.list_all")),
            ("operations=['*']", usual, Asked { operation: "", ..certified }),
            ("networks=['192.0.2.0/24']", usual, Asked { address: [10, 0, 0, 1].into(), ..usual }),
            (
                "not_networks=['192.0.2.0/24']",
                Asked { address: [10, 0, 0, 1].into(), ..usual },
                usual,
            ),
            ("listener='private'", private, usual),
            ("certificate=true", certified, usual),
            ("certificate=false", usual, certified),
            ("certificates=['courtier']", certified, Asked { certificate: Some(None), ..usual }),
            ("from='2026-11-26T12:00:00Z'", night, usual),
            ("until='2026-11-26T12:00:00Z'", usual, night),
            ("hours=['08:00','19:00']", usual, night),
            ("hours=['19:00','08:00']", night, usual),
        ] {
            let text = format!("[[policies]]\nname='d'\neffect='deny'\n{condition}\n");
            let all = policies(&text);
            assert_eq!(Policy::ask(&all, &met), Said::Deny("d"), "{condition}");
            if condition != "operations=['*']" {
                assert_eq!(Policy::ask(&all, &not), Said::Silent, "{condition}");
            }
        }
    }

    #[test]
    fn a_pattern_is_a_name_a_family_or_all() {
        for text in ["*", "quotes.*", "quotes.list", "a.b.c"] {
            assert!(Pattern::parse(text).is_some(), "{text}");
        }
        for text in ["", ".*", "quotes.", "quotes.l*", "**", "Quotes", "quotes list"] {
            assert!(Pattern::parse(text).is_none(), "{text}");
        }
    }
}
