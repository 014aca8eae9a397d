//! The two panels under the price: what is left to repay, and what a month of insurance costs.
//!
//! Plain SVG with classes, so that colours follow the scheme and the paper; labels stand beside
//! what they name, and the same numbers are in a table below.

use std::fmt::Write as _;

use super::years::Year;
use crate::kernel::french;
use crate::kernel::money::Cents;

/// The drawing's frame, in units of its view box (336 × 262).
const LEFT: i64 = 6;
const WIDTH: i64 = 324;
const LINE_TOP: i64 = 44;
const LINE_FOOT: i64 = 126;
const BARS_TOP: i64 = 188;
const BARS_FOOT: i64 = 238;

/// A bar, in tenths of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) x: Tenths,
    pub(super) y: Tenths,
    pub(super) width: Tenths,
    pub(super) height: Tenths,
}

/// A length in tenths of a unit, printed with its decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tenths(i64);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// A word on the drawing.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) x: Tenths,
    pub(super) y: Tenths,
    /// `start`, `middle` or `end`.
    pub(super) anchor: &'static str,
    pub(super) text: String,
}

/// Everything that the template draws.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    /// Points of the balance, from the first day to the last.
    pub(super) line: String,
    pub(super) bars: Vec<Bar>,
    pub(super) prices: Vec<Label>,
    pub(super) dates: Vec<Label>,
    /// Balance at the start.
    pub(super) owed: String,
    /// The key numbers in words.
    pub(super) summary: String,
}

impl Chart {
    /// The chart of these years; none when there is nothing to draw.
    pub(super) fn of(years: &[Year], owed: Cents) -> Option<Self> {
        let (first, last) = (years.first()?, years.last()?);
        let most = years.iter().map(|year| year.average).max()?;
        let summary = format!(
            "Le capital restant dû passe de {} à {} en {}. L’assurance coûte en moyenne {} par mois \
             la première année, {} la dernière, et au plus {}.",
            french::euros_short(owed),
            french::euros_short(last.owed),
            ans(years.len()),
            french::euros(first.average),
            french::euros(last.average),
            french::euros(most),
        );
        Some(Self {
            line: line(years, owed),
            bars: (0..years.len()).map(|place| bar(years, place, most)).collect(),
            prices: prices(years, most),
            dates: dates(years),
            owed: french::euros_short(owed),
            summary,
        })
    }
}

fn ans(years: usize) -> String {
    french::duration(u32::try_from(years * 12).unwrap_or_default())
}

/// `part` of `whole` of a length, in tenths.
fn scaled(part: i64, whole: i64, length: i64) -> i64 {
    let tenths = i128::from(part.max(0)) * i128::from(length) * 10;
    i64::try_from(tenths / i128::from(whole.max(1))).unwrap_or_default()
}

fn place_of(place: usize, years: usize) -> i64 {
    let (place, years) = (i64::try_from(place), i64::try_from(years));
    LEFT * 10 + scaled(place.unwrap_or(0), years.unwrap_or(1), WIDTH)
}

fn line(years: &[Year], owed: Cents) -> String {
    let highest = years.iter().map(|year| year.owed).max().unwrap_or(owed).max(owed);
    let mut points = String::new();
    for (place, owed) in std::iter::once(owed).chain(years.iter().map(|year| year.owed)).enumerate()
    {
        let height = scaled(owed.get(), highest.get(), LINE_FOOT - LINE_TOP);
        let (x, y) = (Tenths(place_of(place, years.len())), Tenths(LINE_FOOT * 10 - height));
        // Writing to a string never fails.
        let _ = write!(points, "{x},{y} ");
    }
    points.trim_end().to_owned()
}

fn bar(years: &[Year], place: usize, most: Cents) -> Bar {
    let (from, to) = (place_of(place, years.len()), place_of(place + 1, years.len()));
    // A year without a premium keeps its place; one with a small premium stays visible.
    let height = scaled(years[place].average.get(), most.get(), BARS_FOOT - BARS_TOP);
    let gap = (to - from) / 5;
    Bar {
        x: Tenths(from + gap / 2),
        y: Tenths(BARS_FOOT * 10 - height),
        width: Tenths(to - from - gap),
        height: Tenths(height),
    }
}

/// The first year, the last, and the dearest when it stands well between them.
fn prices(years: &[Year], most: Cents) -> Vec<Label> {
    let count = years.len();
    let mut labels = vec![label(years, 0, most, "start")];
    let peak = years.iter().position(|year| year.average == most).unwrap_or(0);
    if peak * 10 > count * 3 && peak * 10 < count * 7 {
        labels.push(label(years, peak, most, "middle"));
    }
    if count > 2 {
        labels.push(label(years, count - 1, most, "end"));
    }
    labels
}

fn label(years: &[Year], place: usize, most: Cents, anchor: &'static str) -> Label {
    let bar = bar(years, place, most);
    // A label stands above the neighbours that it reaches over, not above its own bar alone.
    let near = match anchor {
        "start" => 0..years.len().min(place + years.len() / 4 + 1),
        "end" => place.saturating_sub(years.len() / 4)..years.len(),
        _ => place..place + 1,
    };
    let top = near.map(|place| self::bar(years, place, most).y.0).min().unwrap_or(bar.y.0);
    let x = match anchor {
        "start" => LEFT * 10,
        "end" => (LEFT + WIDTH) * 10,
        _ => bar.x.0 + bar.width.0 / 2,
    };
    Label { x: Tenths(x), y: Tenths(top - 50), anchor, text: french::euros(years[place].average) }
}

/// The calendar at both ends and halfway.
fn dates(years: &[Year]) -> Vec<Label> {
    let count = years.len();
    let at = |place: usize, anchor| {
        let bar = bar(years, place, Cents::ONE);
        let x = match anchor {
            "start" => LEFT * 10,
            "end" => (LEFT + WIDTH) * 10,
            _ => bar.x.0 + bar.width.0 / 2,
        };
        Label { x: Tenths(x), y: Tenths(2_560), anchor, text: years[place].begins.to_string() }
    };
    match count {
        0 => Vec::new(),
        1 | 2 => vec![at(0, "start")],
        3..=7 => vec![at(0, "start"), at(count - 1, "end")],
        _ => vec![at(0, "start"), at(count / 2, "middle"), at(count - 1, "end")],
    }
}
