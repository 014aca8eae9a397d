//! Do the policies let the request in? Asked twice: before anybody knows who asks, where an explicit
//! deny costs nothing and ends everything; and after, by the table of authorizer and policies.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::asker::Asker;
use super::operation::Named;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Caller, Denied, Reach};
use crate::platform::admission::{
    Admission, Asked, Certificate, Pattern, Picture, Policy, Said, Verdict, decide,
};
use crate::platform::web::facts::{ClientAddress, ClientCertificate, Listener};
use crate::platform::web::problem::ApiError;

/// What the policies said, and the application that holds the request's certificate.
#[derive(Clone, Debug)]
struct Settled {
    allows: bool,
    holder: Option<Box<str>>,
}

/// Why a request is kept out, for operators.
enum Kept {
    /// A policy denies it; its name.
    Policy(Box<str>),
    /// The private listener does not serve it.
    Endpoint,
    /// The operation is not there for this listener.
    NotHere,
}

/// First look: explicit denies, and what the listener serves.
pub async fn not_denied(
    State(admission): State<Admission>,
    mut request: Request,
    next: Next,
) -> Response {
    match look(&admission, &request) {
        Ok(settled) => {
            request.extensions_mut().insert(settled);
            next.run(request).await
        }
        Err(kept) => kept.into_response(),
    }
}

fn look(admission: &Admission, request: &Request) -> Result<Settled, Kept> {
    let extensions = request.extensions();
    let Some(operation) = extensions.get::<Named>() else {
        return Ok(Settled { allows: false, holder: None });
    };
    let listener = extensions.get::<Listener>().copied().unwrap_or_default();
    if operation.0.access.reach() == Reach::Private && listener != Listener::Private {
        return Err(Kept::NotHere);
    }
    let picture = admission.picture();
    let Some(picture) = picture.as_deref() else {
        return Ok(Settled { allows: false, holder: None });
    };
    let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let address = extensions.get::<ClientAddress>().map_or(nowhere, |address| address.0);
    let presented = extensions.get::<ClientCertificate>();
    let known = presented.map(|it| named(picture, it));
    let certificate = known.map(|known| known.map(|known| known.name.as_str()));
    let now = admission.now();
    let asked = Asked { operation: operation.0.id, address, listener, certificate, now };
    if listener == Listener::Private && !is_served(picture, &asked) {
        return Err(Kept::Endpoint);
    }
    match Policy::ask(&picture.rules.policies, &asked) {
        Said::Deny(name) => Err(Kept::Policy(name.into())),
        said => {
            let holder = known.flatten().and_then(|known| known.client.as_deref());
            Ok(Settled { allows: said == Said::Allow, holder: holder.map(Box::from) })
        }
    }
}

/// The endpoint policy of the private listener.
fn is_served(picture: &Picture, asked: &Asked<'_>) -> bool {
    let private = &picture.rules.private;
    Pattern::any(&private.operations, asked.operation)
        && (private.networks.is_empty() || private.networks.hold(asked.address))
}

/// The rules' name of a certificate that was verified.
fn named<'a>(picture: &'a Picture, presented: &ClientCertificate) -> Option<&'a Certificate> {
    picture.rules.certificates.iter().find(|known| {
        known.sha256.as_deref() == Some(&*presented.sha256)
            || known.subject.as_deref() == Some(&*presented.subject)
    })
}

impl IntoResponse for Kept {
    fn into_response(self) -> Response {
        let (kind, why) = match self {
            Self::NotHere => return ApiError(Problem::new(Kind::NotFound)).into_response(),
            Self::Policy(name) => (Kind::AccessDenied, format!("policy {name}")),
            Self::Endpoint => (Kind::AccessDenied, "private listener".to_owned()),
        };
        refuse(kind, &why)
    }
}

fn refuse(kind: Kind, why: &str) -> Response {
    let mut response = ApiError(Problem::new(kind).cause(why)).into_response();
    Asker::of(&mut response).why = Some(why.into());
    metrics::counter!("gateway_policy_refusals_total").increment(1);
    response
}

/// Second look, when it is known who asks: the table, and whose certificate it is.
pub async fn by_the_table(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let (Some(settled), Some(operation)) = (extensions.get::<Settled>(), extensions.get::<Named>())
    else {
        return next.run(request).await;
    };
    let asks = extensions.get::<Caller>().and_then(Caller::principal);
    let is_open = operation.0.access.is_public() || asks.is_some();
    let authorizer = if is_open { Verdict::Allow } else { Verdict::Silent };
    let said = if settled.allows { Said::Allow } else { Said::Silent };
    if !decide(authorizer, said) {
        return Denied::Anonymous.into_response();
    }
    let is_its = |holder: &str| asks.is_none_or(|asks| &*asks.client == holder);
    if !settled.holder.as_deref().is_none_or(is_its) {
        return refuse(Kind::AccessDenied, "certificate of another application");
    }
    next.run(request).await
}
