//! Sales out of rows. One sale is many lines, which stand together, and the price of the whole is
//! repeated on each of them: counting lines, or summing them, is wrong.
//!
//! A local is repeated for each use of its parcel's land, and a use for each local: so many equal lines
//! of a parcel, divided by the uses of that parcel, are so many locals.

use std::collections::BTreeMap;

use super::plan::push_number;
use super::value::escaped;
use crate::slices::campaigns::etl::profile::{french_date, iso_date};
use crate::slices::campaigns::etl::read::Fields;
use crate::slices::campaigns::etl::schema::{Definition, SaleRoles};

/// The columns of a sale table, in the order in which they are sent.
pub const SALE_COLUMNS: [&str; 16] = [
    "id",
    "sold_on",
    "nature",
    "price_cents",
    "code_departement",
    "code_insee",
    "code_postal",
    "kind",
    "houses",
    "flats",
    "outbuildings",
    "premises",
    "rooms",
    "built_m2",
    "land_m2",
    "row_count",
];

/// Where the facts of a sale stand in the fields of a line.
#[derive(Clone, Debug)]
pub(super) struct SalePlan {
    key: Vec<usize>,
    date: Option<usize>,
    nature: Option<usize>,
    price: Option<usize>,
    department: Option<usize>,
    /// Parts of the commune's code, each filled up to so many characters in all.
    commune: Vec<(Option<usize>, usize)>,
    postal_code: Option<usize>,
    local_type: Option<usize>,
    built: Option<usize>,
    rooms: Option<usize>,
    land: Option<usize>,
    parcel: Vec<usize>,
    culture: Vec<usize>,
    local: Vec<usize>,
}

impl SalePlan {
    pub(super) fn new(
        roles: &SaleRoles,
        definition: &Definition,
        at: impl Fn(&str) -> Option<usize>,
    ) -> Self {
        let all = |names: &[String]| names.iter().filter_map(|name| at(name)).collect();
        let derived = definition.derived.iter().find(|derived| derived.name == roles.commune);
        let commune = derived.map_or_else(
            || vec![(at(&roles.commune), 0)],
            |derived| {
                let parts = derived.parts.iter();
                parts.map(|part| (at(&part.column), part.fill_to.max(part.pad))).collect()
            },
        );
        Self {
            key: all(&roles.key),
            date: at(&roles.date),
            nature: at(&roles.nature),
            price: at(&roles.price),
            department: at(&roles.department),
            commune,
            postal_code: at(&roles.postal_code),
            local_type: at(&roles.local_type),
            built: at(&roles.built),
            rooms: at(&roles.rooms),
            land: at(&roles.land),
            parcel: all(&roles.parcel),
            culture: all(&roles.culture),
            local: all(&roles.local),
        }
    }
}

/// What one line says of a sale.
#[derive(Clone, Copy)]
struct Line {
    parcel: u64,
    culture: u64,
    local: u64,
    local_type: u8,
    built: u64,
    rooms: u64,
    land: u64,
}

/// Gathers lines into sales, and writes each when it is complete.
pub(super) struct SaleBuilder<'a> {
    plan: &'a SalePlan,
    key: Vec<u8>,
    next_key: Vec<u8>,
    /// Beginning of the row: what does not depend on the other lines.
    head: Vec<u8>,
    lines: Vec<Line>,
    /// Rows written.
    pub(super) out: Vec<u8>,
    /// How many.
    pub(super) count: u64,
}

impl<'a> SaleBuilder<'a> {
    pub(super) fn new(plan: &'a SalePlan) -> Self {
        Self {
            plan,
            key: Vec::new(),
            next_key: Vec::new(),
            head: Vec::new(),
            lines: Vec::new(),
            out: Vec::new(),
            count: 0,
        }
    }

    /// Takes a line that was found right.
    pub(super) fn add(&mut self, fields: Fields<'_>, id: u64) {
        self.next_key.clear();
        for place in &self.plan.key {
            self.next_key.extend_from_slice(fields.get(*place));
            self.next_key.push(0);
        }
        if self.lines.is_empty() || self.next_key != self.key {
            self.flush();
            std::mem::swap(&mut self.key, &mut self.next_key);
            self.begin(fields, id);
        }
        let plan = self.plan;
        let value = |place: Option<usize>| place.map_or(0, |place| whole(fields.get(place)));
        self.lines.push(Line {
            parcel: hash(fields, &plan.parcel),
            culture: hash(fields, &plan.culture),
            local: hash(fields, &plan.local),
            local_type: u8::try_from(value(plan.local_type)).unwrap_or(0),
            built: value(plan.built),
            rooms: value(plan.rooms),
            land: value(plan.land),
        });
    }

    fn begin(&mut self, fields: Fields<'_>, id: u64) {
        let plan = self.plan;
        let head = &mut self.head;
        head.clear();
        push_number(id, head);
        let value = |place: Option<usize>| place.map_or(&b""[..], |place| fields.get(place));
        head.push(b'\t');
        push_date(value(plan.date), head);
        head.push(b'\t');
        push_text(value(plan.nature), 40, head);
        head.push(b'\t');
        push_cents(value(plan.price), head);
        head.push(b'\t');
        push_text(value(plan.department), 3, head);
        head.push(b'\t');
        let commune = head.len();
        for (place, fill_to) in &plan.commune {
            let part = value(*place);
            let missing = (fill_to + commune).saturating_sub(head.len() + part.len());
            head.resize(head.len() + missing, b'0');
            escaped(part, head);
        }
        if head.len() == commune || head.len() - commune > 5 {
            head.truncate(commune);
            head.extend_from_slice(b"\\N");
        }
        head.push(b'\t');
        let postal = value(plan.postal_code);
        if !postal.is_empty() && postal.len() < 5 {
            head.resize(head.len() + 5 - postal.len(), b'0');
        }
        push_text(postal, 5, head);
    }

    /// Writes the sale that was gathered, if there is one.
    pub(super) fn flush(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let Counts { locals, rooms, built, land } = counts(&mut self.lines);
        self.out.extend_from_slice(&self.head);
        let [_, houses, flats, outbuildings, premises] = locals;
        let numbers = [
            u64::from(kind(locals)),
            houses.min(65_535),
            flats.min(65_535),
            outbuildings.min(65_535),
            premises.min(65_535),
            rooms.min(65_535),
            built.min(4_294_967_295),
            land.min(4_294_967_295),
            self.lines.len() as u64,
        ];
        for number in numbers {
            self.out.push(b'\t');
            push_number(number, &mut self.out);
        }
        self.out.push(b'\n');
        self.lines.clear();
        self.count += 1;
    }
}

/// What the lines of a sale amount to.
struct Counts {
    locals: [u64; 5],
    rooms: u64,
    built: u64,
    land: u64,
}

fn counts(lines: &mut [Line]) -> Counts {
    let mut total = Counts { locals: [0; 5], rooms: 0, built: 0, land: 0 };
    lines.sort_by_key(|line| line.parcel);
    for parcel in lines.chunk_by(|a, b| a.parcel == b.parcel) {
        let uses: BTreeMap<u64, u64> =
            parcel.iter().map(|line| (line.culture, line.land)).collect();
        total.land += uses.values().sum::<u64>();
        let mut locals: BTreeMap<u64, (u64, &Line)> = BTreeMap::new();
        for line in parcel.iter().filter(|line| (1..=4).contains(&line.local_type)) {
            locals.entry(line.local).or_insert((0, line)).0 += 1;
        }
        for (lines, local) in locals.into_values() {
            let same = lines.div_ceil(uses.len() as u64);
            total.locals[usize::from(local.local_type)] += same;
            total.rooms += same * local.rooms;
            total.built += same * local.built;
        }
    }
    total
}

/// What a sale is of: 1 houses, 2 flats, 3 both, 4 premises, 5 outbuildings, 6 land.
const fn kind([_, houses, flats, outbuildings, premises]: [u64; 5]) -> u8 {
    match (houses > 0, flats > 0, premises > 0, outbuildings > 0) {
        (true, false, ..) => 1,
        (false, true, ..) => 2,
        (true, true, ..) => 3,
        (_, _, true, _) => 4,
        (_, _, _, true) => 5,
        _ => 6,
    }
}

fn hash(fields: Fields<'_>, places: &[usize]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for place in places {
        for byte in fields.get(*place).iter().chain(b"|") {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// A whole number; of a decimal, what is before the mark.
fn whole(value: &[u8]) -> u64 {
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).take(15);
    digits.fold(0, |sum, b| sum * 10 + u64::from(b - b'0'))
}

fn push_date(value: &[u8], out: &mut Vec<u8>) {
    if french_date(value).is_some() {
        for part in [&value[6..], b"-", &value[3..5], b"-", &value[..2]] {
            out.extend_from_slice(part);
        }
    } else if iso_date(value).is_some() {
        out.extend_from_slice(value);
    } else {
        out.extend_from_slice(b"\\N");
    }
}

/// Text that fits, or nothing: the row itself holds it whole.
fn push_text(value: &[u8], most: usize, out: &mut Vec<u8>) {
    if value.is_empty() || value.len() > 4 * most {
        out.extend_from_slice(b"\\N");
        return;
    }
    let cut = value.iter().scan(0, |count, b| {
        *count += usize::from(*b & 0xc0 != 0x80);
        Some(*count)
    });
    let bytes = cut.take_while(|count| *count <= most).count();
    escaped(&value[..bytes], out);
}

/// A price in cents: its digits, and two after the mark.
fn push_cents(value: &[u8], out: &mut Vec<u8>) {
    let before = value.iter().take_while(|b| b.is_ascii_digit()).count();
    if before == 0 || before > 15 {
        out.extend_from_slice(b"\\N");
        return;
    }
    let mut cents = whole(value) * 100;
    let mut unit = 10;
    for digit in value.iter().skip(before + 1).take(2).take_while(|b| b.is_ascii_digit()) {
        cents += u64::from(digit - b'0') * unit;
        unit /= 10;
    }
    push_number(cents, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(local_type: u8, local: u64, culture: u64, built: u64, land: u64) -> Line {
        Line { parcel: 1, culture, local, local_type, built, rooms: 4, land }
    }

    #[test]
    fn a_house_on_two_uses_of_land_is_one_house() {
        let mut lines = [line(1, 7, 1, 201, 1267), line(1, 7, 2, 201, 1497)];
        let counts = counts(&mut lines);
        assert_eq!(counts.locals, [0, 1, 0, 0, 0]);
        assert_eq!((counts.rooms, counts.built, counts.land), (4, 201, 2764));
    }

    #[test]
    fn two_equal_flats_are_two_flats() {
        let mut lines = [line(2, 7, 0, 32, 0), line(2, 7, 0, 32, 0), line(3, 8, 0, 0, 0)];
        let counts = counts(&mut lines);
        assert_eq!(counts.locals, [0, 0, 2, 1, 0]);
        assert_eq!((kind(counts.locals), counts.built), (2, 64));
    }

    #[test]
    fn prices_are_cents() {
        let cents = |value: &[u8]| {
            let mut out = Vec::new();
            push_cents(value, &mut out);
            String::from_utf8(out).expect("digits")
        };
        assert_eq!(cents(b"8000,00"), "800000");
        assert_eq!(cents(b"1.5"), "150");
        assert_eq!(cents(b"12"), "1200");
        assert_eq!(cents(b""), "\\N");
    }
}
