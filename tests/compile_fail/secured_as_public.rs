//! What asks for a proof cannot be declared open.
//~ error[E0277]: the trait bound `List: PublicOperation` is not satisfied
//~ error[E0631]

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

#[utoipa::path(get, path = "/v1/test")]
async fn list(_: Authorized<List>) -> String {
    "everything".to_owned()
}

fn main() {
    let _ = Api::<()>::default().public::<List, _, _>(handler!(list));
}
