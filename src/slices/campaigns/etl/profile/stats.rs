//! What was seen in one column: exact counts, sizes, bounds, and a few samples of each class.

use super::class::{Class, classify};

/// Samples kept of each class, with their lines: the evidence of a decision.
const SAMPLES: usize = 20;

/// Bits of the sketch of distinct values (linear counting): exact enough up to some 30 000. All columns'
/// sketches together stay in the processor's cache: larger ones cost a quarter of the profile.
const SKETCH_BITS: usize = 1 << 14;

/// A value and the line that it stands on.
pub(in crate::slices::campaigns::etl) type Sample = (u64, String);

/// One column's figures.
#[derive(Clone, Debug)]
pub struct ColumnStats {
    /// How many values of each class.
    pub counts: [u64; Class::COUNT],
    /// Most characters.
    pub longest: usize,
    /// Fewest characters of a value that is there.
    pub shortest: usize,
    /// Most characters of whole numbers.
    pub integer_digits: usize,
    /// Most digits before the mark, of decimals.
    pub decimal_digits: usize,
    /// Most digits after the mark.
    pub scale: usize,
    /// Whether a value ends with a blank, which CHAR would drop.
    pub ends_blank: bool,
    samples: Vec<Vec<Sample>>,
    sketch: Vec<u64>,
}

impl Default for ColumnStats {
    fn default() -> Self {
        Self {
            counts: [0; Class::COUNT],
            longest: 0,
            shortest: usize::MAX,
            integer_digits: 0,
            decimal_digits: 0,
            scale: 0,
            ends_blank: false,
            samples: vec![Vec::new(); Class::COUNT],
            sketch: vec![0; SKETCH_BITS / 64],
        }
    }
}

impl ColumnStats {
    /// Takes one value into account. It is UTF-8: its line was checked.
    #[inline]
    pub fn see(&mut self, value: &[u8], line: u64) {
        if value.is_empty() {
            self.counts[Class::Empty as usize] += 1;
        } else {
            self.see_filled(value, line);
        }
    }

    fn see_filled(&mut self, value: &[u8], line: u64) {
        let seen = classify(value);
        let class = seen.class as usize;
        self.counts[class] += 1;
        let length = characters(value);
        self.longest = self.longest.max(length);
        self.shortest = self.shortest.min(length);
        self.scale = self.scale.max(seen.scale);
        match seen.class {
            Class::Integer => self.integer_digits = self.integer_digits.max(seen.digits),
            Class::CommaDecimal | Class::PointDecimal => {
                self.decimal_digits = self.decimal_digits.max(seen.digits);
            }
            Class::Text => self.ends_blank |= value.ends_with(b" "),
            _ => {}
        }
        if self.samples[class].len() < SAMPLES {
            let text = String::from_utf8_lossy(value).chars().take(80).collect();
            self.samples[class].push((line, text));
        }
        let bit = bucket(value);
        self.sketch[bit / 64] |= 1 << (bit % 64);
    }

    /// Adds what another reader saw elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self.longest = self.longest.max(other.longest);
        self.shortest = self.shortest.min(other.shortest);
        self.integer_digits = self.integer_digits.max(other.integer_digits);
        self.decimal_digits = self.decimal_digits.max(other.decimal_digits);
        self.scale = self.scale.max(other.scale);
        self.ends_blank |= other.ends_blank;
        for (samples, more) in self.samples.iter_mut().zip(&other.samples) {
            samples.extend(more.iter().cloned());
            samples.sort();
            samples.truncate(SAMPLES);
        }
        for (word, more) in self.sketch.iter_mut().zip(&other.sketch) {
            *word |= more;
        }
    }

    /// How many values of this class.
    pub const fn count(&self, class: Class) -> u64 {
        self.counts[class as usize]
    }

    /// How many values in all, empty ones included.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many values that are there.
    pub fn filled(&self) -> u64 {
        self.total() - self.count(Class::Empty)
    }

    /// Samples of a class, by their lines.
    pub(in crate::slices::campaigns::etl) fn samples(&self, class: Class) -> &[Sample] {
        &self.samples[class as usize]
    }

    /// About how many distinct values: linear counting, `m ln(m / empty)`.
    #[expect(clippy::cast_precision_loss, reason = "an estimate, shown as one")]
    pub fn distinct(&self) -> u64 {
        let set: u32 = self.sketch.iter().map(|word| word.count_ones()).sum();
        let free = (SKETCH_BITS - set as usize).max(1);
        let estimate = SKETCH_BITS as f64 * (SKETCH_BITS as f64 / free as f64).ln();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 160 000"
        )]
        let estimate = estimate.round() as u64;
        estimate.min(self.filled())
    }
}

/// Characters of a text in UTF-8: bytes that do not continue another one.
pub fn characters(value: &[u8]) -> usize {
    if value.is_ascii() { value.len() } else { value.iter().filter(|b| **b & 0xc0 != 0x80).count() }
}

/// A place in the sketch: a multiplication for each eight bytes, folded.
fn bucket(value: &[u8]) -> usize {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(PRIME);
        hash ^ (hash >> 32)
    };
    let (words, rest) = value.as_chunks::<8>();
    let hash =
        words.iter().fold(value.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let hash = mix(mix(hash, last), PRIME);
    usize::try_from(hash % SKETCH_BITS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_are_the_whole() {
        let values = ["", "12", "007", "1,50", "2A", "é", "31/12/2020", "12"];
        let (mut whole, mut left, mut right) =
            (ColumnStats::default(), ColumnStats::default(), ColumnStats::default());
        for (line, value) in values.iter().enumerate() {
            whole.see(value.as_bytes(), line as u64);
            let half = if line < 3 { &mut left } else { &mut right };
            half.see(value.as_bytes(), line as u64);
        }
        right.merge(&left);
        assert_eq!(right.counts, whole.counts);
        assert_eq!(right.samples(Class::Integer), whole.samples(Class::Integer));
        assert_eq!((right.longest, right.shortest, right.scale), (10, 1, 2));
        assert_eq!((whole.total(), whole.filled(), whole.distinct()), (8, 7, 6));
    }
}
