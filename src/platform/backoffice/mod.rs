//! The back office (*gestion*): the frame that every slice hangs its staff pages in. It asks who is
//! logged in, holds that against the room that is entered, and shows the rooms that are open to them.
//!
//! A room is declared once, as a type ([`Room`]); its handlers take the proof that the person may enter
//! ([`Admitted`]), and its forms the proof that they come from our own page too ([`Deed`]). No word of
//! insurance, and no session of its own: who keeps sessions answers through [`StaffSessions`].

mod guard;
mod house;
mod page;
mod room;
mod staff;

pub use guard::{Admitted, Deed};
pub use house::Backoffice;
pub use page::{ACCENT, AREA, Frame, Link};
pub use room::Room;
pub use staff::{NoStaff, Staff, StaffSession, StaffSessions};

/// What every address of the back office begins with.
pub const ROOT: &str = "/gestion";
