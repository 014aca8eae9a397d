//! The filter of a segment: a zone, a period, and what was sold.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::SegmentError;
use crate::slices::campaigns::etl::schema::is_name;

/// Most zones of one filter.
const ZONES: usize = 200;

/// Prices under this are symbolic: a gift, a mistake, or one euro.
const SYMBOLIC_CENTS: u64 = 10_000;

/// What was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SoldKind)]
pub enum Kind {
    /// Houses.
    Maison,
    /// Flats.
    Appartement,
    /// Houses and flats together.
    Mixte,
    /// Premises.
    Local,
    /// Outbuildings alone.
    Dependance,
    /// Land.
    Terrain,
}

impl Kind {
    /// Its number in the sale table.
    pub const fn number(self) -> u8 {
        match self {
            Self::Maison => 1,
            Self::Appartement => 2,
            Self::Mixte => 3,
            Self::Local => 4,
            Self::Dependance => 5,
            Self::Terrain => 6,
        }
    }

    /// Every kind, in the order of the numbers.
    pub const ALL: [Self; 6] = [
        Self::Maison,
        Self::Appartement,
        Self::Mixte,
        Self::Local,
        Self::Dependance,
        Self::Terrain,
    ];

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Maison => "Maison",
            Self::Appartement => "Appartement",
            Self::Mixte => "Maison et appartement",
            Self::Local => "Local d’activité",
            Self::Dependance => "Dépendance seule",
            Self::Terrain => "Terrain",
        }
    }

    /// Its word, from its number.
    pub const fn word(number: u8) -> &'static str {
        match number {
            1 => "maison",
            2 => "appartement",
            3 => "mixte",
            4 => "local",
            5 => "dependance",
            _ => "terrain",
        }
    }
}

/// What the zones of a filter are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// The whole country.
    #[default]
    Country,
    /// Departments: `01`, `2A`, `974`.
    Departments,
    /// Communes, by INSEE code.
    Communes,
    /// Postal codes.
    PostalCodes,
}

impl ZoneKind {
    /// Characters of a code.
    const fn length(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::Country | Self::Departments => 2..=3,
            Self::Communes | Self::PostalCodes => 5..=5,
        }
    }

    /// What a code is, for who typed another.
    const fn form(self) -> &'static str {
        match self {
            Self::Country | Self::Departments => {
                "Un département est un code de 2 ou 3 caractères\u{a0}: 01, 2A, 974."
            }
            Self::Communes => "Une commune est un code INSEE de 5 caractères\u{a0}: 01053.",
            Self::PostalCodes => "Un code postal a 5 chiffres\u{a0}: 01000.",
        }
    }
}

/// A segment's filter: a zone, a period, and what was sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentFilter {
    /// Name of the dataset; `dvf` when left out.
    #[serde(default = "dvf")]
    pub dataset: String,
    /// What the zones are.
    #[serde(default)]
    pub zone: ZoneKind,
    /// The zones; none for the whole country.
    #[serde(default)]
    pub zones: Vec<String>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Nature of the deed; `Vente` unless something else is said.
    #[serde(default = "sale")]
    pub natures: Vec<String>,
    /// What was sold; anything when empty.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Lowest price in cents; at least that of a real sale.
    #[serde(default)]
    pub price_min_cents: Option<u64>,
    /// Highest price in cents.
    #[serde(default)]
    pub price_max_cents: Option<u64>,
    /// Fewest main rooms.
    #[serde(default)]
    pub rooms_min: Option<u32>,
    /// Most main rooms.
    #[serde(default)]
    pub rooms_max: Option<u32>,
    /// Smallest built area in square metres.
    #[serde(default)]
    pub built_min: Option<u32>,
    /// Largest built area in square metres.
    #[serde(default)]
    pub built_max: Option<u32>,
}

fn dvf() -> String {
    "dvf".to_owned()
}

fn sale() -> Vec<String> {
    vec!["Vente".to_owned()]
}

impl SegmentFilter {
    /// Checks that it can be meant.
    ///
    /// # Errors
    /// [`SegmentError::Filter`], in French.
    pub fn check(&self) -> Result<(), SegmentError> {
        let require = |is_right: bool, pointer, otherwise: &str| {
            if is_right { Ok(()) } else { Err(SegmentError::Filter(pointer, otherwise.to_owned())) }
        };
        require(
            is_name(&self.dataset, 32),
            "/dataset",
            "Le nom du jeu de données n’est pas reconnu.",
        )?;
        require(self.from <= self.to, "/to", "La période commence après sa fin.")?;
        let is_zoned = (self.zone == ZoneKind::Country) == self.zones.is_empty();
        require(is_zoned, "/zones", "Indiquez au moins une zone, ou tout le pays.")?;
        require(self.zones.len() <= ZONES, "/zones", "200 zones au plus.")?;
        let length = self.zone.length();
        let is_code = |zone: &String| {
            length.contains(&zone.len()) && zone.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        require(self.zones.iter().all(is_code), "/zones", self.zone.form())?;
        require(self.natures.len() <= 10, "/natures", "10 natures au plus.")?;
        let is_short = |nature: &String| nature.chars().count() <= 40;
        require(
            self.natures.iter().all(is_short),
            "/natures",
            "Une nature a 40 caractères au plus.",
        )?;
        require(self.kinds.len() <= 6, "/kinds", "Chaque type une fois.")?;
        let (lowest, highest) = (self.price_min(), self.price_max_cents.unwrap_or(u64::MAX));
        require(
            lowest <= highest,
            "/price_max_cents",
            "Le prix le plus bas dépasse le plus haut. Les prix de moins de 100\u{a0}€ ne comptent pas.",
        )?;
        let are_in_order = |pair: (Option<u32>, Option<u32>)| !matches!(pair, (Some(lowest), Some(highest)) if lowest > highest);
        let rooms = are_in_order((self.rooms_min, self.rooms_max));
        require(rooms, "/rooms_max", "Le plus petit nombre de pièces dépasse le plus grand.")?;
        let built = are_in_order((self.built_min, self.built_max));
        require(built, "/built_max", "La plus petite surface dépasse la plus grande.")
    }

    /// The lowest price that counts: symbolic ones never do.
    pub fn price_min(&self) -> u64 {
        self.price_min_cents.unwrap_or(0).max(SYMBOLIC_CENTS)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn filter() -> SegmentFilter {
        SegmentFilter {
            dataset: "dvf".into(),
            zone: ZoneKind::Departments,
            zones: vec!["2A".into()],
            from: date(2020, 1, 1),
            to: date(2020, 12, 31),
            natures: sale(),
            kinds: vec![Kind::Appartement],
            price_min_cents: None,
            price_max_cents: None,
            rooms_min: None,
            rooms_max: None,
            built_min: None,
            built_max: None,
        }
    }

    #[test]
    fn filters_that_nobody_can_mean_are_refused() {
        assert!(filter().check().is_ok());
        assert_eq!(filter().price_min(), 10_000);
        let wrong = [
            SegmentFilter { zones: Vec::new(), ..filter() },
            SegmentFilter { zone: ZoneKind::Country, ..filter() },
            SegmentFilter { zones: vec!["2A' OR 1".into()], ..filter() },
            SegmentFilter { to: date(2019, 1, 1), ..filter() },
            SegmentFilter { dataset: "x`; DROP".into(), ..filter() },
            SegmentFilter { price_max_cents: Some(1), ..filter() },
            SegmentFilter { zones: vec!["69001".into()], ..filter() },
            SegmentFilter { rooms_min: Some(4), rooms_max: Some(3), ..filter() },
            SegmentFilter { natures: vec!["x".repeat(41)], ..filter() },
        ];
        assert!(wrong.iter().all(|filter| filter.check().is_err()));
    }
}
