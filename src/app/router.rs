//! Which address belongs to which slice, and the document that says so to programs.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use super::settings::Settings;
use super::state::AppState;
use crate::domain::rule::Rule;
use crate::gateway::stack::{self, Work};
use crate::platform::access::Api;
use crate::platform::backoffice::Backoffice;
use crate::platform::web::input::InputRule;
use crate::platform::web::policy::LIVE_POLICY;
use crate::platform::web::problem::{FaultDocument, ProblemDocument, Voice};
use crate::platform::web::{assets, page, registry};
use crate::slices::acceptance::{self, Acceptances};
use crate::slices::admission::{self, Admissions};
use crate::slices::campaigns::loads::pages::LoadsRoom;
use crate::slices::campaigns::loads::{self, Loads};
use crate::slices::campaigns::segments::pages::SegmentsRoom;
use crate::slices::campaigns::segments::{self, Segments};
use crate::slices::contracts::{self, Contracts};
use crate::slices::dossiers::{self, Dossiers};
use crate::slices::identity::{self, Identity, Links};
use crate::slices::me;
use crate::slices::messages::{self, Messages};
use crate::slices::offers::pages::OffersRoom;
use crate::slices::offers::{self, Offers};
use crate::slices::quotes::{self, Quotes};
use crate::slices::rights::{self, Rights};
use crate::slices::site;
use crate::slices::underwriting::pages::MedicalRoom;
use crate::slices::underwriting::{self, Underwriting};
use crate::slices::vigilance::pages::VigilanceRoom;
use crate::slices::vigilance::{self, Vigilance};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Assurly",
        version = "1",
        description = "Assurance emprunteur\u{a0}: simulation, comparaison et devis.\n\n\
            Les montants sont en centimes entiers dans les champs qui finissent par `_cents`, les \
            taux sont des nombres décimaux entre guillemets, les dates sont `AAAA-MM-JJ`. Un refus \
            est un document `application/problem+json` (RFC 9457)."
    ),
    components(schemas(ProblemDocument, FaultDocument))
)]
struct Document;

/// The operations of the API.
pub fn api(state: &AppState) -> Api {
    let verifier = Arc::new(state.authorizer.clone());
    let links = Links::new(Identity::from_ref(state), verifier);
    me::api()
        .merge(admission::api().with_state(Admissions::from_ref(state)))
        .merge(admission::administration().with_state(Admissions::from_ref(state)))
        .merge(identity::operations().with_state(links))
        .merge(quotes::api().with_state(Quotes::from_ref(state)))
        .merge(dossiers::api().with_state(Dossiers::from_ref(state)))
        .merge(contracts::api().with_state(Contracts::from_ref(state)))
        .merge(segments::api::api().with_state(Segments::from_ref(state)))
}

/// The API's document, which says to the firewall what each field is.
pub fn document(state: &AppState) -> utoipa::openapi::OpenApi {
    api(state).assemble(Document::openapi()).document
}

/// Every address of the public, but those of health.
pub fn work(state: &AppState) -> Work {
    around(state, api(state))
}

/// The same around these operations: each of them behind the authorizer.
pub fn around(state: &AppState, api: Api) -> Work {
    let api = api.assemble(Document::openapi());
    let names = api.operations.iter().map(|operation| operation.id);
    state.admissions.know_operations(names.collect());
    let (authorizer, admission) = (&state.authorizer, state.admissions.admission());
    let operations = stack::operations(api.router, &api.operations, authorizer, admission);
    let document = api.document;
    operations
        .merge(quotes::pages::routes().with_state(Quotes::from_ref(state)))
        .merge(acceptance::pages::routes().with_state(Acceptances::from_ref(state)))
        .merge(journey(state))
        .merge(offers::pages::routes().with_state(Offers::from_ref(state)))
        .merge(rights::pages::routes().with_state(Rights::from_ref(state)))
        .merge(identity::pages(&Identity::from_ref(state)))
        .merge(backoffice(state))
        .merge(messages::development(&Messages::from_ref(state)))
        .merge(identity::api::routes().with_state(Identity::from_ref(state)))
        .merge(underwriting::questionnaire().with_state(Underwriting::from_ref(state)))
        .merge(site::routes(keeping(state)))
        .merge(registry::routes(rules()))
        .merge(assets::routes())
        .merge(documentation(document))
}

/// What the page of personal data says of the time for which we keep it.
fn keeping(state: &AppState) -> site::Keeping {
    let settings = Dossiers::from_ref(state).settings().clone();
    site::Keeping {
        quote: Quotes::from_ref(state).validity_days(),
        idle: settings.abandoned_days,
        postponed: settings.postponed_days,
        forgotten: settings.forgotten_days,
        refusal: settings.refusal_proof_days,
        session_minutes: settings.session_minutes,
    }
}

/// The pages of a dossier on which people type: what arrives after the end of a session is kept for a moment.
fn journey(state: &AppState) -> Router {
    let keeping = from_fn_with_state(Dossiers::from_ref(state), dossiers::pages::keeping);
    dossiers::pages::routes()
        .with_state(Dossiers::from_ref(state))
        .merge(contracts::pages::routes().with_state(Contracts::from_ref(state)))
        .layer(keeping)
}

/// The pages of our staff, each room behind the same door.
fn backoffice(state: &AppState) -> Router {
    let gateway = admission::pages().with_state(Admissions::from_ref(state));
    let medical = underwriting::pages::routes().with_state(Underwriting::from_ref(state));
    let entropy = state.entropy.clone();
    Backoffice::new(Identity::from_ref(state).staff())
        .room::<LoadsRoom>(loads::pages::routes(Loads::from_ref(state)))
        .room::<MedicalRoom>(medical)
        .room::<OffersRoom>(offers::pages::desk().with_state(Offers::from_ref(state)))
        .room::<VigilanceRoom>(vigilance::pages::routes().with_state(Vigilance::from_ref(state)))
        .room::<SegmentsRoom>(segments::pages::routes(Segments::from_ref(state), entropy))
        .room::<admission::Gateway>(gateway)
        .routes()
}

/// Every code that an error of a document can carry, for the registry page.
fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_the_trade = Rule::ALL.map(|rule| (rule.code(), rule.sentence()));
    let of_the_form = InputRule::ALL.map(|rule| (rule.code(), rule.sentence()));
    of_the_trade.into_iter().chain(of_the_form).chain(admission::CODES)
}

/// The interactive page, at `/docs/api`, and the document, at `/v1/openapi.json`.
fn documentation(document: utoipa::openapi::OpenApi) -> Router {
    let page: Router = SwaggerUi::new("/docs/api").url("/v1/openapi.json", document).into();
    page.layer(axum::middleware::map_response(allow_questions))
}

/// The page asks the API for its document, and for whatever its reader tries.
async fn allow_questions(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(LIVE_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// How refusals are put into words; the page's renderer is named here and nowhere else.
pub(super) fn voice(settings: &Settings) -> Voice {
    Voice::new(&settings.server.public_url, page::refusal)
}
