//! Rules as data: what they look for, where, under which light, and how much it weighs. A set of rules
//! is taken whole or not at all: each rule proves itself on its own examples before it is in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::checks::Check;
use super::scanner::Scanner;
use super::views::{View, Views};

/// The largest compiled pattern; a typing error must not take the memory.
const PATTERN_BYTES_MAX: usize = 4 << 20;

/// What a group of rules is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// SQL injection.
    Sqli,
    /// Scripts in pages.
    Xss,
    /// Files of the machine.
    Lfi,
    /// Addresses that we should call.
    Rfi,
    /// Commands of a shell.
    Rce,
    /// Templates, LDAP, NoSQL, headers, code of other platforms.
    Injection,
    /// Programs that look for holes.
    Scanner,
    /// Requests that no honest client sends.
    Protocol,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 8] = [
        Self::Sqli,
        Self::Xss,
        Self::Lfi,
        Self::Rfi,
        Self::Rce,
        Self::Injection,
        Self::Scanner,
        Self::Protocol,
    ];

    /// Its name in files, logs and figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqli => "sqli",
            Self::Xss => "xss",
            Self::Lfi => "lfi",
            Self::Rfi => "rfi",
            Self::Rce => "rce",
            Self::Injection => "injection",
            Self::Scanner => "scanner",
            Self::Protocol => "protocol",
        }
    }
}

/// A part of the request that rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The path of the address.
    Path,
    /// The name of a parameter, of a field, of a member.
    Names,
    /// The value of one.
    Args,
    /// A cookie, its name or its value.
    Cookies,
    /// The program that asks, by its own words.
    Agent,
    /// The page it came from.
    Referer,
    /// Another header.
    Headers,
    /// The name of a file that is sent.
    Files,
    /// A body as a whole.
    Body,
}

/// A file of rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    group: Group,
    /// Counted up with each change.
    version: u32,
    /// Where the rules of this file look when they do not say.
    targets: Vec<Place>,
    /// Words that patterns name in braces.
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "rule")]
    rules: Vec<RuleEntry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    /// What it looks for, in one line.
    title: String,
    score: u32,
    #[serde(default)]
    view: Option<View>,
    #[serde(default)]
    targets: Option<Vec<Place>>,
    /// One of these texts is in whatever the pattern finds: what makes the search fast.
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    pattern: Option<String>,
    #[serde(default)]
    check: Option<Check>,
    /// Values that it must find, and must not.
    #[serde(default)]
    catches: Vec<String>,
    #[serde(default)]
    passes: Vec<String>,
}

/// Why a set of rules is not taken.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {rule}: {reason}")]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// The rule, or the part of the file.
    pub rule: String,
    /// What is wrong with it.
    pub reason: String,
}

/// How a rule finds what it looks for.
pub(super) enum Finder {
    /// In one view of one value.
    Pattern(View, Regex),
    /// By a program of ours.
    Check(Check),
}

/// A rule in force.
pub(super) struct Rule {
    pub(super) id: Arc<str>,
    pub(super) title: Arc<str>,
    pub(super) group: Group,
    pub(super) score: u32,
    targets: BTreeSet<Place>,
    pub(super) finder: Finder,
}

/// All the rules in force.
pub struct RuleSet {
    pub(super) rules: Vec<Rule>,
    scanners: [Scanner; 6],
    /// The rules of all views but the raw one, for a value that looks the same under each of them.
    folded: Scanner,
    by_check: BTreeMap<Check, Vec<u16>>,
    versions: BTreeMap<Group, u32>,
}

impl RuleSet {
    /// Compiles the files, each by its name, and has every rule prove itself.
    ///
    /// # Errors
    /// The first thing that is wrong with one of them.
    pub(super) fn compile<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RuleError> {
        let mut set = Self {
            rules: Vec::new(),
            scanners: Default::default(),
            folded: Scanner::default(),
            by_check: BTreeMap::new(),
            versions: BTreeMap::new(),
        };
        let mut needs: [BTreeMap<String, Vec<u16>>; 6] = Default::default();
        let mut examples = Vec::new();
        for (name, text) in files {
            let file: RuleFile = toml::from_str(text)
                .map_err(|error| at(name, "file", &error.message().replace('\n', " ")))?;
            set.versions.insert(file.group, file.version);
            for entry in &file.rules {
                let wrong = |reason: String| at(name, &entry.id, &reason);
                let number = set.add(&file, entry, &mut needs).map_err(wrong)?;
                examples.push((name.to_owned(), number, entry.clone()));
            }
        }
        set.index(needs).map_err(|error| at("all files", "needs", &error))?;
        for (name, number, entry) in examples {
            set.prove(number, &entry).map_err(|reason| at(&name, &entry.id, &reason))?;
        }
        Ok(set)
    }

    fn add(
        &mut self,
        file: &RuleFile,
        entry: &RuleEntry,
        needs: &mut [BTreeMap<String, Vec<u16>>; 6],
    ) -> Result<u16, String> {
        let number = u16::try_from(self.rules.len()).map_err(|_| "too many rules".to_owned())?;
        if self.rules.iter().any(|rule| *rule.id == *entry.id) {
            return Err("the id is taken".into());
        }
        if !(1..=10).contains(&entry.score) || entry.title.trim().is_empty() {
            return Err("a rule has a title, and a score from 1 to 10".into());
        }
        let finder = finder(file, entry)?;
        match &finder {
            Finder::Check(check) => self.by_check.entry(*check).or_default().push(number),
            Finder::Pattern(view, _) => {
                let index = view.index();
                let texts = listed(file, &entry.needs)?;
                if texts.is_empty() {
                    self.scanners[index].always.push(number);
                }
                for text in texts {
                    needs[index].entry(text).or_default().push(number);
                }
            }
        }
        let targets = entry.targets.as_ref().unwrap_or(&file.targets);
        self.rules.push(Rule {
            id: entry.id.as_str().into(),
            title: entry.title.as_str().into(),
            group: file.group,
            score: entry.score,
            targets: targets.iter().copied().collect(),
            finder,
        });
        Ok(number)
    }

    fn index(&mut self, needs: [BTreeMap<String, Vec<u16>>; 6]) -> Result<(), String> {
        let mut folded = BTreeMap::<String, Vec<u16>>::new();
        for view in View::ALL.into_iter().filter(|view| *view != View::Raw) {
            self.folded.always.extend(&self.scanners[view.index()].always);
            for (text, rules) in &needs[view.index()] {
                folded.entry(text.clone()).or_default().extend(rules);
            }
        }
        self.folded.index(folded)?;
        for (scanner, needs) in self.scanners.iter_mut().zip(needs) {
            scanner.index(needs)?;
        }
        Ok(())
    }

    /// Tries a rule on its own examples.
    fn prove(&self, number: u16, entry: &RuleEntry) -> Result<(), String> {
        let Some(Finder::Pattern(..)) = self.rule(number).map(|rule| &rule.finder) else {
            return Ok(());
        };
        if entry.catches.is_empty() {
            return Err("a pattern shows what it catches".into());
        }
        let finds = |value: &String| {
            let views = Views::of(value.as_bytes());
            let mut found = false;
            self.find(&views, |rule| rule.id.as_ref() == entry.id, |it| found |= it == number);
            found
        };
        if let Some(missed) = entry.catches.iter().find(|value| !finds(value)) {
            return Err(format!("does not catch its example {missed:?}"));
        }
        if let Some(caught) = entry.passes.iter().find(|value| finds(value)) {
            return Err(format!("catches {caught:?}, which it should let pass"));
        }
        Ok(())
    }

    /// Calls `found` with each rule that finds something in these views, of those that `asked` says.
    pub(super) fn find(
        &self,
        views: &Views<'_>,
        asked: impl Fn(&Rule) -> bool,
        mut found: impl FnMut(u16),
    ) {
        let mut tried = vec![false; self.rules.len()];
        let mut attempt = |number: u16, bytes: &[u8]| {
            let Some(tried) = tried.get_mut(usize::from(number)).filter(|tried| !**tried) else {
                return;
            };
            *tried = true;
            let Some(rule) = self.rule(number).filter(|rule| asked(rule)) else { return };
            if let Finder::Pattern(_, pattern) = &rule.finder
                && pattern.is_match(bytes)
            {
                found(number);
            }
        };
        self.scanners[View::Raw.index()].scan(views.get(View::Raw), &mut attempt);
        if views.are_one() {
            return self.folded.scan(views.get(View::Text), &mut attempt);
        }
        for view in View::ALL.into_iter().filter(|view| *view != View::Raw) {
            self.scanners[view.index()].scan(views.get(view), &mut attempt);
        }
    }

    /// The rules behind a check.
    pub(super) fn of_check(&self, check: Check) -> impl Iterator<Item = (u16, &Rule)> {
        let numbers = self.by_check.get(&check).into_iter().flatten();
        numbers.filter_map(|&number| Some((number, self.rule(number)?)))
    }

    pub(super) fn rule(&self, number: u16) -> Option<&Rule> {
        self.rules.get(usize::from(number))
    }

    /// How many rules a group has.
    pub fn count(&self, group: Group) -> usize {
        self.rules.iter().filter(|rule| rule.group == group).count()
    }

    /// The version of each group.
    pub const fn versions(&self) -> &BTreeMap<Group, u32> {
        &self.versions
    }
}

impl Rule {
    /// Whether it looks there.
    pub(super) fn looks_at(&self, place: Place) -> bool {
        self.targets.contains(&place)
    }
}

fn at(file: &str, rule: &str, reason: &str) -> RuleError {
    RuleError { file: file.into(), rule: rule.into(), reason: reason.into() }
}

fn finder(file: &RuleFile, entry: &RuleEntry) -> Result<Finder, String> {
    match (&entry.pattern, entry.check) {
        (None, Some(check)) => Ok(Finder::Check(check)),
        (Some(pattern), None) => {
            let mut pattern = pattern.clone();
            for (name, words) in &file.lists {
                let words: Vec<_> = words.iter().map(|word| regex::escape(word)).collect();
                pattern =
                    pattern.replace(&format!("{{{name}}}"), &format!("(?:{})", words.join("|")));
            }
            let regex =
                RegexBuilder::new(&pattern).unicode(false).size_limit(PATTERN_BYTES_MAX).build();
            let regex = regex.map_err(|error| error.to_string().replace('\n', " "))?;
            Ok(Finder::Pattern(entry.view.unwrap_or(View::Text), regex))
        }
        _ => Err("a rule has a pattern or a check, not both".into()),
    }
}

/// The texts, with the lists that are named in braces in their place.
fn listed(file: &RuleFile, needs: &[String]) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for need in needs {
        match need.strip_prefix('{').and_then(|need| need.strip_suffix('}')) {
            Some(name) => {
                let list = file.lists.get(name).ok_or(format!("no list {name:?}"))?;
                texts.extend(list.iter().cloned());
            }
            None => texts.push(need.clone()),
        }
    }
    match texts.iter().any(String::is_empty) {
        true => Err("an empty text is everywhere".into()),
        false => Ok(texts),
    }
}
