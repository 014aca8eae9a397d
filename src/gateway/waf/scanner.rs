//! Tells in one pass over a value which rules are worth a try: those that need a text that is there.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

/// The rules of one view, and the texts by which to tell which of them are worth a try.
#[derive(Default)]
pub(super) struct Scanner {
    texts: Option<AhoCorasick>,
    /// For each text, the rules that need it.
    wanted: Vec<Vec<u16>>,
    /// Rules that are tried on everything.
    pub(super) always: Vec<u16>,
}

impl Scanner {
    /// Makes it find these texts, each with the rules that need it.
    pub(super) fn index(&mut self, needs: BTreeMap<String, Vec<u16>>) -> Result<(), String> {
        if needs.is_empty() {
            return Ok(());
        }
        let texts = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needs.keys())
            .map_err(|error| error.to_string())?;
        self.texts = Some(texts);
        self.wanted = needs.into_values().collect();
        Ok(())
    }

    /// Calls `attempt` with each rule that is worth a try on these bytes, perhaps more than once.
    pub(super) fn scan(&self, bytes: &[u8], attempt: &mut impl FnMut(u16, &[u8])) {
        for &number in &self.always {
            attempt(number, bytes);
        }
        let Some(texts) = &self.texts else { return };
        for text in texts.find_overlapping_iter(bytes) {
            for &number in &self.wanted[text.pattern().as_usize()] {
                attempt(number, bytes);
            }
        }
    }
}
