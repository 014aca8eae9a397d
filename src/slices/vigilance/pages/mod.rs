//! The pages of vigilance, in the back office.

mod desk;

pub use desk::{VigilanceRoom, routes};
