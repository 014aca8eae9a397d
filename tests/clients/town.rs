//! Who lives here: pools, applications and people, made by the program's own commands.

use serde_json::json;

use crate::house::{AUDIENCE, House, Outside};

/// Makes everything that the scripts meet and tells them of it.
pub(crate) async fn settle(house: &House, outside: &Outside) -> Result<(), String> {
    house.tell("oidc_provider", json!({"issuer": outside.oidc_provider, "audience": AUDIENCE}));
    let mock = json!({"issuer": outside.mock_server, "client": "portail"});
    house.tell("oauth2_mock_server", mock);
    house.tell("scripted", json!({"address": outside.scripted, "audience": AUDIENCE}));
    Ok(())
}
