//! Looks at one request with the rules in force, and weighs what they find.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::checks::{self, Check};
use super::exclusions::{Schema, Treatment};
use super::rules::{Group, Place, Rule, RuleSet};
use super::settings::{Mode, WafSettings};
use super::values::{self, Value};
use super::views::{self, View, Views};
use std::sync::Arc;

/// Findings of one request that are told apart; the weight of the rest would change nothing.
const HITS_MAX: usize = 32;

/// One thing found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The rule.
    pub rule: Arc<str>,
    /// What the rule looks for.
    pub title: Arc<str>,
    /// Its group.
    pub group: Group,
    /// Its weight.
    pub score: u32,
    /// What the group does here.
    pub mode: Mode,
    /// Where it was found: the part of the request, and the name of the field, never its value.
    pub place: String,
    /// The check behind it, when it is one.
    pub(super) check: Option<Check>,
}

/// What is made of a request.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The sum of the weights that count towards a refusal.
    pub score: u32,
    /// Whether it reaches the threshold.
    pub is_refused: bool,
    /// What was found, each rule once.
    pub hits: Vec<Hit>,
}

/// The rules, and what is known of the addresses.
pub(super) struct Engine<'e> {
    pub(super) rules: &'e RuleSet,
    pub(super) settings: &'e WafSettings,
    pub(super) schema: &'e Schema,
}

/// A request under way.
struct Inspection<'e, 'r> {
    engine: &'e Engine<'e>,
    headers: &'r HeaderMap,
    modes: [Mode; 8],
    route: Option<&'r str>,
    hits: Vec<Hit>,
    seen: Vec<u16>,
}

impl Engine<'_> {
    /// Looks at a request that is routed to `route`, or to nothing.
    pub(super) fn inspect(&self, parts: &Parts, body: &[u8], route: Option<&str>) -> Verdict {
        let modes = Group::ALL.map(|group| self.settings.mode(group, route));
        let mut inspection = Inspection {
            engine: self,
            headers: &parts.headers,
            modes,
            route,
            hits: Vec::new(),
            seen: Vec::new(),
        };
        let methods: &[Method] = self.schema.methods(route);
        for check in checks::head(parts, !body.is_empty(), methods) {
            inspection.note_check(check, "head");
        }
        let values = values::of(parts, body);
        for check in values.odd {
            inspection.note_check(check, "body");
        }
        for value in &values.list {
            inspection.look(value);
        }
        inspection.weigh()
    }
}

impl Inspection<'_, '_> {
    fn mode(&self, group: Group) -> Mode {
        // `ALL` has the order of the variants.
        self.modes[group as usize]
    }

    fn note_check(&mut self, check: Check, place: &str) {
        for (number, rule) in self.engine.rules.of_check(check) {
            self.note(number, rule, Some(check), place);
        }
    }

    fn note(&mut self, number: u16, rule: &Rule, check: Option<Check>, place: &str) {
        let mode = self.mode(rule.group);
        if mode == Mode::Off || self.seen.contains(&number) || self.hits.len() >= HITS_MAX {
            return;
        }
        self.seen.push(number);
        self.hits.push(Hit {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            group: rule.group,
            score: rule.score,
            mode,
            place: place.to_owned(),
            check,
        });
    }

    fn look(&mut self, value: &Value<'_>) {
        let is_argument = matches!(value.place, Place::Args | Place::Files);
        let treatment = is_argument
            .then(|| {
                let configured = &self.engine.settings.exclusions;
                self.engine.schema.treatment(configured, self.route, &value.name)
            })
            .flatten();
        let without = match treatment {
            Some(Treatment::Nothing) => return,
            Some(Treatment::Without(groups)) => groups,
            None => std::collections::BTreeSet::new(),
        };
        let is_asked = |rule: &Rule| rule.looks_at(value.place) && !without.contains(&rule.group);
        if value.bytes.len() < 9 && value.bytes.iter().all(u8::is_ascii_digit) {
            return;
        }
        let views = Views::of(&value.bytes);
        let place = place(value);
        self.look_with_rules(&views, &place, &is_asked);
        self.look_with_checks(value, &views, &place, &is_asked);
        if value.place == Place::Args
            && let Some(text) = views::hidden(&value.bytes)
        {
            self.look_with_rules(&Views::of(&text), &place, &is_asked);
        }
    }

    fn look_with_rules(
        &mut self,
        views: &Views<'_>,
        place: &str,
        is_asked: &dyn Fn(&Rule) -> bool,
    ) {
        let rules = self.engine.rules;
        let mut found = Vec::new();
        rules.find(
            views,
            |rule| self.mode(rule.group) != Mode::Off && is_asked(rule),
            |number| found.push(number),
        );
        for number in found {
            if let Some(rule) = rules.rule(number) {
                self.note(number, rule, None, place);
            }
        }
    }

    fn look_with_checks(
        &mut self,
        value: &Value<'_>,
        views: &Views<'_>,
        place: &str,
        is_asked: &dyn Fn(&Rule) -> bool,
    ) {
        let rules = self.engine.rules;
        let text = views.get(View::Text);
        let is_wanted = |check| rules.of_check(check).any(|(_, rule)| is_asked(rule));
        let raw = &value.bytes;
        let is_name = value.place == Place::Names;
        let found = [
            (Check::Nul, raw.contains(&0) || memchr::memmem::find(raw, b"%00").is_some()),
            (Check::DoubleEncoding, views.layers > 0),
            (Check::SpelledLetter, !value.is_json && checks::has_spelled_letter(raw)),
            (Check::MethodOverride, !is_name && checks::is_method_override(&value.name, raw)),
            (
                Check::SessionFixation,
                is_name
                    && checks::is_session(&value.name)
                    && checks::comes_from_elsewhere(self.headers),
            ),
            (Check::LibinjectionSqli, is_wanted(Check::LibinjectionSqli) && checks::is_sqli(text)),
            (Check::LibinjectionXss, is_wanted(Check::LibinjectionXss) && checks::is_xss(text)),
        ];
        for (check, _) in found.into_iter().filter(|(_, is)| *is) {
            for (number, rule) in rules.of_check(check) {
                if is_asked(rule) {
                    self.note(number, rule, Some(check), place);
                }
            }
        }
    }

    fn weigh(self) -> Verdict {
        let counted = self.hits.iter().filter(|hit| hit.mode == Mode::Block);
        let score = counted.map(|hit| hit.score).sum();
        Verdict { score, is_refused: score >= self.engine.settings.threshold, hits: self.hits }
    }
}

/// Where a value stands, as the operators read it.
fn place(value: &Value<'_>) -> String {
    let kind = match value.place {
        Place::Path => "path",
        Place::Names => "name",
        Place::Args => "argument",
        Place::Cookies => "cookie",
        Place::Agent | Place::Referer | Place::Headers => "header",
        Place::Files => "file",
        Place::Body => "body",
    };
    let is_name = |char: &char| char.is_ascii_alphanumeric() || "_-.[]#@".contains(*char);
    let name: String = value.name.chars().filter(is_name).take(40).collect();
    if name.is_empty() || value.place == Place::Names {
        kind.into()
    } else {
        format!("{kind} {name}")
    }
}
