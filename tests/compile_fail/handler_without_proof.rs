//! A handler that takes no proof is no handler of an operation.
//~ error[E0277]: the handler does not take `Authorized<List>` as its first argument

use assurly::handler;
use assurly::kernel::access::PoolKind;
use assurly::platform::access::{Api, Bearer, Operation};

struct List;

impl Operation for List {
    const ID: &'static str = "test.list";
    const SCOPE: &'static str = "test:lire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    type Actor = Bearer;
}

#[utoipa::path(get, path = "/v1/test")]
async fn list() -> String {
    "everything".to_owned()
}

fn main() {
    let _ = Api::<()>::default().operation::<List, _, _>(handler!(list));
}
