//! Only the authorizer says who asks.
//~ error[E0624]
//~ `known` is private

use assurly::kernel::access::Principal;
use assurly::platform::access::Caller;

fn main() {
    let principal: Principal = todo!();
    let at = principal.expires;
    let _ = Caller::known(principal, at, true);
}
