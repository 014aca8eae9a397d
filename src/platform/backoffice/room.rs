//! A room of the back office: what it is called, where it is, and who may enter.

use crate::kernel::access::Acr;

/// A room. One type without a value per room: the same declaration guards its handlers and writes the
/// navigation.
pub trait Room: Send + Sync + 'static {
    /// Its name in the navigation, in French.
    const TITLE: &'static str;
    /// One sentence under the name, on the first page.
    const SUMMARY: &'static str;
    /// Where it begins: `/gestion/…`. Its pages are below.
    const PATH: &'static str;
    /// Groups of staff who may enter. Nobody else can, administrators included unless they are named.
    const GROUPS: &'static [&'static str];
    /// The weakest login that is enough; two factors at least.
    const MIN_ACR: Acr = Acr::Mfa;
}

/// A room as the navigation knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    pub(super) path: &'static str,
    pub(super) groups: &'static [&'static str],
}

impl Entry {
    pub(super) const fn of<R: Room>() -> Self {
        Self { title: R::TITLE, summary: R::SUMMARY, path: R::PATH, groups: R::GROUPS }
    }
}
