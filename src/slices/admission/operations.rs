//! What operators do through the API, and who may: staff who logged in with two factors, by the private
//! listener. `docs/gateway.md` says what each is for.

use crate::kernel::access::{Acr, PoolKind};
use crate::platform::access::{Employee, Operation, Reach};

/// To see.
const READ: &str = "passerelle:lire";

/// To change.
const WRITE: &str = "passerelle:ecrire";

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $scope:expr;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl Operation for $name {
                const ID: &'static str = $id;
                const SCOPE: &'static str = $scope;
                const POOLS: &'static [PoolKind] = &[PoolKind::Gestion];
                const MIN_ACR: Acr = Acr::Mfa;
                const REACH: Reach = Reach::Private;
                type Actor = Employee;
            }
        )+
    };
}

operations! {
    /// Shows every key.
    ShowAllKeys = "gateway.keys", READ;
    /// Makes a key.
    CreateKey = "gateway.create_key", WRITE;
    /// Shows a key.
    ShowKey = "gateway.key", READ;
    /// Changes a key.
    ChangeKey = "gateway.change_key", WRITE;
    /// Gives a key a second secret.
    RotateKey = "gateway.rotate_key", WRITE;
    /// Ends a key.
    RevokeKey = "gateway.revoke_key", WRITE;
    /// Shows the rules.
    ShowRules = "gateway.rules", READ;
    /// Applies rules.
    ChangeRules = "gateway.apply_rules", WRITE;
    /// Checks rules.
    CheckRules = "gateway.check_rules", READ;
    /// Shows the versions.
    ListVersions = "gateway.versions", READ;
    /// Takes a version back.
    RollBack = "gateway.roll_back", WRITE;
    /// Shows who was refused.
    ListRefusals = "gateway.refusals", READ;
    /// Shows what operators did.
    ListEvents = "gateway.events", READ;
}
