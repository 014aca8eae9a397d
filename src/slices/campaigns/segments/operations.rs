//! What the API does with segments, and who may: our staff, in person, with two factors. Counts and
//! exports are apart, so that a token for the one does not open the other.

use crate::kernel::access::{Acr, PoolKind};
use crate::platform::access::{Employee, Operation};

/// Counts and kept segments.
pub(super) const READ: &str = "segments:lire";
/// Keeping segments.
pub(super) const WRITE: &str = "segments:ecrire";
/// Exports.
pub(super) const EXPORT: &str = "segments:exporter";

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $id:literal $scope:expr;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl Operation for $name {
                const ID: &'static str = $id;
                const SCOPE: &'static str = $scope;
                const POOLS: &'static [PoolKind] = &[PoolKind::Gestion];
                const MIN_ACR: Acr = Acr::Mfa;
                type Actor = Employee;
            }
        )+
    };
}

operations! {
    /// Counts the sales of a filter.
    CountSegment "segments.count" READ;
    /// Keeps a filter under a name.
    KeepSegment "segments.keep" WRITE;
    /// Lists the kept segments.
    ListSegments "segments.list" READ;
    /// Opens a kept segment.
    FindSegment "segments.find" READ;
    /// Exports a kept segment as CSV.
    ExportSegment "segments.export" EXPORT;
}
