//! The layer of the API's routes: no operation is reached before its caller is known, or known to be
//! nobody.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::bearer::presented;
use super::verify::Authorizer;
use crate::gateway::admission::Asker;
use crate::platform::access::{Caller, Denied};

/// Leaves in the request who asks. A token that is presented is verified, whatever the operation.
pub async fn authorize(
    State(authorizer): State<Authorizer>,
    request: Request,
    next: Next,
) -> Response {
    let admitted = admitted(&authorizer, request).await;
    let outcome = match &admitted {
        Ok((_, caller)) if caller.principal().is_none() => "anonymous",
        Ok(_) => "verified",
        Err(Denied::KeysUnknown { .. }) => "unavailable",
        Err(_) => "refused",
    };
    metrics::counter!("authorizer_requests_total", "outcome" => outcome).increment(1);
    match admitted {
        Ok((mut request, caller)) => {
            let application = caller.principal().map(|principal| Arc::clone(&principal.client));
            request.extensions_mut().insert(caller);
            let mut response = next.run(request).await;
            if application.is_some() {
                Asker::of(&mut response).application = application;
            }
            response
        }
        Err(denied) => denied.into_response(),
    }
}

async fn admitted(authorizer: &Authorizer, request: Request) -> Result<(Request, Caller), Denied> {
    let (request, token) = presented(request).await?;
    let caller = match token {
        Some(token) => authorizer.verify(&token).await?,
        None => Caller::nobody(),
    };
    Ok((request, caller))
}
