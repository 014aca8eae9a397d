//! The proof of one operation is none of another.
//~ error[E0631]
//~ expected function signature `fn(Authorized<Delete>)

use assurly::handler;
use assurly::kernel::access::PoolKind;
use assurly::platform::access::{Api, Authorized, Bearer, Operation};

struct List;

impl Operation for List {
    const ID: &'static str = "test.list";
    const SCOPE: &'static str = "test:lire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    type Actor = Bearer;
}

struct Delete;

impl Operation for Delete {
    const ID: &'static str = "test.delete";
    const SCOPE: &'static str = "test:ecrire";
    const POOLS: &'static [PoolKind] = &[PoolKind::Gestion];
    type Actor = Bearer;
}

#[utoipa::path(delete, path = "/v1/test")]
async fn delete(_: Authorized<List>) -> String {
    "gone".to_owned()
}

fn main() {
    let _ = Api::<()>::default().operation::<Delete, _, _>(handler!(delete));
}
