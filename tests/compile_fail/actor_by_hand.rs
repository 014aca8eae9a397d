//! An actor is made from a verified caller, never from values.
//~ error[E0451]
//~ fields `party` and `principal` of struct

use assurly::kernel::access::Principal;
use assurly::platform::access::{Customer, Party};

fn main() {
    let principal: Principal = todo!();
    let _ = Customer { party: Party::of(&principal), principal };
}
