//! JSON addresses from the account to the contract, through the use-cases of the pages. Whose a dossier
//! or a contract is, its row says: an identifier of somebody else's names nothing here.

mod contracts;
mod demand;
mod leaving;
mod lender;
mod mandate;
mod operations;
mod signature;
mod wire;

use jiff::civil::Date;

use super::core::Contracts;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::access::Api;
use crate::platform::web::form::Form;
use crate::platform::web::input::InputRule;

/// The addresses of this slice.
pub fn api() -> Api<Contracts> {
    let signed = signature::add(mandate::add(Api::default()));
    leaving::add(lender::add(contracts::add(signed)))
}

/// The three boxes of a page, from a day as programs write it; one that is none leaves them empty.
fn dated(form: &mut Form, name: &str, day: &str) {
    let Ok(day) = day.parse::<Date>() else { return };
    form.set(&format!("{name}_j"), day.day().to_string());
    form.set(&format!("{name}_m"), day.month().to_string());
    form.set(&format!("{name}_a"), day.year().to_string());
}

/// What a form complains about, as faults of the document that it was made from: each field has its place
/// there.
fn faults(form: &Form, places: &[(&str, &str)]) -> Problem {
    let faults = form.errors().iter().map(|fault| {
        let known = places.iter().find(|(field, _)| fault.field.starts_with(field));
        let pointer = known.map_or("", |(_, pointer)| pointer);
        Fault::new(pointer, InputRule::JsonValue.code(), fault.message.clone())
    });
    Problem::new(Kind::Invalid).faults(faults.collect())
}
