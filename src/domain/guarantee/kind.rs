//! The five guarantees, the packs they are sold in, and the ages at which they end.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A guarantee (*garantie*) of the contract, `docs/domain/product.md`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// Death (*décès*).
    Deces,
    /// Total and irreversible loss of autonomy (*perte totale et irréversible d'autonomie*).
    Ptia,
    /// Total permanent invalidity, from 66 % (*invalidité permanente totale*).
    Ipt,
    /// Temporary total inability to work (*incapacité temporaire totale de travail*).
    Itt,
    /// Partial permanent invalidity, 33 to 65 % (*invalidité permanente partielle*).
    Ipp,
}

impl Guarantee {
    /// How many guarantees there are.
    pub const COUNT: usize = 5;

    /// Every guarantee, in the order in which contracts list them.
    pub const ALL: [Self; Self::COUNT] = [Self::Deces, Self::Ptia, Self::Ipt, Self::Itt, Self::Ipp];

    /// Place in [`Self::ALL`], for tables with one value per guarantee.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Trade code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deces => "deces",
            Self::Ptia => "ptia",
            Self::Ipt => "ipt",
            Self::Itt => "itt",
            Self::Ipp => "ipp",
        }
    }

    /// The name, as a customer reads it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Deces => "Décès",
            Self::Ptia => "Perte totale et irréversible d’autonomie",
            Self::Ipt => "Invalidité permanente totale",
            Self::Itt => "Arrêt de travail",
            Self::Ipp => "Invalidité permanente partielle",
        }
    }

    /// The initials that banks use beside the name; empty where there are none.
    pub const fn initials(self) -> &'static str {
        match self {
            Self::Deces => "",
            Self::Ptia => "PTIA",
            Self::Ipt => "IPT",
            Self::Itt => "ITT",
            Self::Ipp => "IPP",
        }
    }

    /// The birthday that ends the cover (`docs/domain/product.md`, `end_age`).
    pub const fn end_age(self) -> i32 {
        match self {
            Self::Deces => 85,
            Self::Ptia => 71,
            Self::Ipt | Self::Itt | Self::Ipp => 65,
        }
    }
}

/// Guarantees sold together (*formule*), `docs/domain/product.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pack {
    /// All five guarantees.
    #[default]
    Full,
    /// Death and total loss of autonomy.
    DcPtia,
}

impl Pack {
    /// What the pack covers.
    pub const fn guarantees(self) -> &'static [Guarantee] {
        match self {
            Self::Full => &Guarantee::ALL,
            Self::DcPtia => &[Guarantee::Deces, Guarantee::Ptia],
        }
    }

    /// Whether the pack covers `guarantee`.
    pub const fn covers(self, guarantee: Guarantee) -> bool {
        match self {
            Self::Full => true,
            Self::DcPtia => matches!(guarantee, Guarantee::Deces | Guarantee::Ptia),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_the_place_in_all() {
        for (place, guarantee) in Guarantee::ALL.into_iter().enumerate() {
            assert_eq!(guarantee.index(), place);
        }
    }

    #[test]
    fn a_pack_covers_what_it_lists() {
        for pack in [Pack::Full, Pack::DcPtia] {
            for guarantee in Guarantee::ALL {
                assert_eq!(pack.covers(guarantee), pack.guarantees().contains(&guarantee));
            }
        }
    }
}
