//! Checking the numbers of the configuration: a limit of zero, or of a million years, is a typing
//! error and stops the start with the key's name.
//!
//! Each part of the program checks its own section and adds its complaints to one list, so that an
//! operator sees all of them at once.

use std::fmt::Display;
use std::ops::RangeInclusive;

/// The complaints about a configuration, each with the full name of its key.
#[derive(Debug, Default)]
pub struct Complaints(Vec<String>);

impl Complaints {
    /// Complains when `value` is outside `range`.
    pub fn range<T: Copy + PartialOrd + Display>(
        &mut self,
        key: &str,
        value: T,
        range: RangeInclusive<T>,
    ) {
        if !range.contains(&value) {
            let (least, most) = (range.start(), range.end());
            self.0.push(format!("`{key}` is {value}: it goes from {least} to {most}"));
        }
    }

    /// Complains about `key` unless `right`.
    pub fn unless(&mut self, right: bool, key: &str, what: &str) {
        if !right {
            self.0.push(format!("`{key}` {what}"));
        }
    }

    /// Complains in these words.
    pub fn add(&mut self, complaint: String) {
        self.0.push(complaint);
    }

    /// Everything that was complained about.
    pub fn into_vec(self) -> Vec<String> {
        self.0
    }
}
