//! What a person typed about a segment, read into a filter.

use jiff::civil::Date;

use crate::kernel::french;
use crate::platform::web::form::Form;
use crate::slices::campaigns::segments::{Kind, SegmentFilter, ZoneKind};

/// Names of the sorts of zones in the form, and what a person reads.
pub(super) const ZONES: [(&str, &str); 4] = [
    ("departements", "Départements"),
    ("communes", "Communes (codes INSEE)"),
    ("postaux", "Codes postaux"),
    ("pays", "Tout le pays"),
];

/// The same of the natures of a deed.
pub(super) const NATURES: [(&str, &str); 3] =
    [("vente", "Vente"), ("vefa", "Vente en l’état futur d’achèvement"), ("toutes", "Toutes")];

/// The answers that the page shows back besides the form's own fields.
pub(super) struct Answers {
    pub(super) zones: [(&'static str, &'static str); 4],
    pub(super) natures: [(&'static str, &'static str); 3],
    /// Field, name and whether it is ticked.
    pub(super) kinds: Vec<(&'static str, &'static str, bool)>,
    /// Everything that a form carries on.
    pub(super) carried: Vec<(String, String)>,
}

impl Answers {
    pub(super) fn of(form: &Form) -> Self {
        let kinds = Kind::ALL.map(|kind| {
            let field = Kind::word(kind.number());
            (field, kind.name(), form.has(field))
        });
        let is_carried = |(name, _): &(&str, &str)| !["jeton", "nom", "acte"].contains(name);
        let carried = form.pairs().filter(is_carried);
        Self {
            zones: ZONES,
            natures: NATURES,
            kinds: kinds.into(),
            carried: carried.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }
    }
}

/// The field that a fault of the filter belongs to.
pub(super) fn field_of(pointer: &str) -> &'static str {
    match pointer {
        "/name" => "nom",
        "/to" => "au",
        "/zones" => "zones",
        "/price_max_cents" => "prix_max",
        "/rooms_max" => "pieces_max",
        "/built_max" => "surface_max",
        _ => "zone",
    }
}

/// The filter of these answers; else what is wrong is written into the form.
pub(super) fn filter_of(form: &mut Form) -> Option<SegmentFilter> {
    let (zone, zones) = zones(form);
    let [from, to] = ["du", "au"].map(|field| day(form, field));
    let [price_min, price_max] = ["prix_min", "prix_max"].map(|field| euros(form, field));
    let whole = ["pieces_min", "pieces_max", "surface_min", "surface_max"];
    let [rooms_min, rooms_max, built_min, built_max] = whole.map(|field| number(form, field));
    let natures = match form.value("nature") {
        "vefa" => vec!["Vente en l'état futur d'achèvement".to_owned()],
        "toutes" => Vec::new(),
        _ => vec!["Vente".to_owned()],
    };
    let is_ticked = |kind: &Kind| form.has(Kind::word(kind.number()));
    let kinds = Kind::ALL.into_iter().filter(is_ticked).collect();
    let filter = SegmentFilter {
        dataset: "dvf".to_owned(),
        zone,
        zones,
        from: from?,
        to: to?,
        natures,
        kinds,
        price_min_cents: price_min,
        price_max_cents: price_max,
        rooms_min,
        rooms_max,
        built_min,
        built_max,
    };
    form.is_sound().then_some(filter)
}

fn zones(form: &mut Form) -> (ZoneKind, Vec<String>) {
    let zone = match form.value("zone") {
        "communes" => ZoneKind::Communes,
        "postaux" => ZoneKind::PostalCodes,
        "pays" => ZoneKind::Country,
        _ => ZoneKind::Departments,
    };
    if zone == ZoneKind::Country {
        return (zone, Vec::new());
    }
    let typed = form.value("zones").split([' ', ',', ';', '\u{a0}']);
    let zones: Vec<_> = typed.filter(|code| !code.is_empty()).map(str::to_uppercase).collect();
    if zones.is_empty() {
        form.refuse("zones", "Indiquez au moins un code, ou choisissez tout le pays");
    }
    (zone, zones)
}

/// A day as `jj/mm/aaaa`.
fn day(form: &mut Form, field: &str) -> Option<Date> {
    let typed = form.value(field).to_owned();
    let mut parts = typed.split('/');
    let mut next = || parts.next().and_then(|part| part.trim().parse::<i16>().ok());
    let (day, month, year) = (next(), next(), next());
    let small = |part: Option<i16>| part.and_then(|part| i8::try_from(part).ok());
    let date = match (small(day), small(month), year.filter(|year| (1900..=2200).contains(year))) {
        (Some(day), Some(month), Some(year)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    if date.is_none() {
        // Both may be wrong: the summary then has two lines that can be told apart.
        let message = if field == "du" {
            "Indiquez un jour qui existe pour le début, comme 15/06/2020"
        } else {
            "Indiquez un jour qui existe pour la fin, comme 15/06/2021"
        };
        form.refuse(field, message);
    }
    date
}

fn euros(form: &mut Form, field: &str) -> Option<u64> {
    if form.value(field).is_empty() {
        return None;
    }
    let cents = french::read::amount(form.value(field)).map(|cents| u64::try_from(cents.get()));
    let cents = cents.and_then(Result::ok);
    if cents.is_none() {
        form.refuse(field, "Indiquez un montant en euros, par exemple 150 000");
    }
    cents
}

fn number(form: &mut Form, field: &str) -> Option<u32> {
    if form.value(field).is_empty() {
        return None;
    }
    let number = french::read::whole(form.value(field));
    if number.is_none() {
        form.refuse(field, "Indiquez un nombre entier");
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_or_refused_at_its_field() {
        let right = [
            ("zone", "departements"),
            ("zones", "01, 2a;974"),
            ("du", "1/1/2020"),
            ("au", "31/12/2020"),
            ("maison", "1"),
            ("prix_min", "150 000"),
            ("pieces_min", "3"),
        ];
        let filter = filter_of(&mut Form::new(right)).expect("right");
        assert_eq!(filter.zones, ["01", "2A", "974"]);
        assert_eq!((filter.price_min_cents, filter.rooms_min), (Some(15_000_000), Some(3)));
        assert_eq!(filter.kinds, [Kind::Maison]);
        let mut wrong = Form::new([
            ("du", "31/02/2020"),
            ("au", ""),
            ("prix_min", "cher"),
            ("pieces_max", "-1"),
        ]);
        assert!(filter_of(&mut wrong).is_none());
        for field in ["zones", "du", "au", "prix_min", "pieces_max"] {
            assert!(wrong.error(field).is_some(), "{field}");
        }
    }
}
