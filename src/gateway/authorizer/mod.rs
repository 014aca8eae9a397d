//! The authorizer: reads the token of a request, verifies it, and leaves in the request who asks. It is
//! a layer of the API's routes; a slice sees its work through `platform::access` only.
//!
//! Which issuer decides everything (its keys, its algorithms, its audiences, what its claims mean), by
//! its exact name. Every token that is no good is refused in the same words. Verdicts are not kept, and
//! nothing here reads the database. `docs/access.md` shows the way of a token.

mod bearer;
mod claims;
mod issuer;
mod keys;
mod layer;
mod profile;
mod settings;
mod token;
mod verify;

pub use layer::authorize;
pub use settings::{AccessSettings, GenericClaims, IssuerSettings, Profile};
pub use verify::Authorizer;
