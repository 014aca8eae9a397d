//! A proof has no constructor and no public field.
//~ error[E0451]
//~ of struct `Authorized` are private

use assurly::kernel::access::PoolKind;
use assurly::platform::access::{Authorized, Bearer, Operation};

struct List;

impl Operation for List {
    const ID: &'static str = "test.list";
    const SCOPE: &'static str = "test:lire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    type Actor = Bearer;
}

fn main() {
    let actor: Bearer = todo!();
    let _ = Authorized::<List> { actor, operation: std::marker::PhantomData };
}
