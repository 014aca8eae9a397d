//! The authorization endpoint: a request comes with a browser, and leaves with it, to the application,
//! or to our pages and back.

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::answer::see;
use super::shown;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::body;
use crate::platform::web::page::PageError;
use crate::slices::identity::Identity;
use crate::slices::identity::grants::{Asked, PageOnly, Params, Step};
use crate::slices::identity::issuing::Grants;
use crate::slices::identity::issuing::{Unanswered, Unasked};
use crate::slices::identity::login::{Login, Logins};
use crate::slices::identity::model::{Client, Pool};
use crate::slices::identity::sessions::{Current, Sessions};

/// A request in the address.
pub(super) async fn by_query(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    begin(&identity, &slug, query.unwrap_or_default().as_bytes(), &headers).await
}

/// A request in a form (OpenID Connect Core §3.1.2.1).
pub(super) async fn by_form(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let headers = request.headers().clone();
    let bytes = form(request).await?;
    begin(&identity, &slug, &bytes, &headers).await
}

/// The bytes of a form.
pub(super) async fn form(request: Request) -> Result<axum::body::Bytes, Problem> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if !media.is_some_and(|it| it.starts_with("application/x-www-form-urlencoded")) {
        return Err(Problem::new(Kind::UnsupportedMediaType));
    }
    body::read(request.into_body()).await
}

async fn begin(
    identity: &Identity,
    slug: &str,
    sent: &[u8],
    headers: &HeaderMap,
) -> Result<Response, PageError> {
    let pool = identity.core.pool(slug).await?;
    let Ok(params) = Params::parse(sent) else { return Ok(shown::refused(PageOnly::Unreadable)) };
    let (client, asked) = match identity.grants.asked(&pool, &params).await {
        Ok(taken) => taken,
        Err(Unasked::Page(why)) => return Ok(shown::refused(why)),
        Err(Unasked::Redirect(refusal)) => return see(&identity.grants.refused(&pool, &refusal)),
        Err(Unasked::Failed(problem)) => return Err(problem.into()),
    };
    let sessions = Sessions::new(identity.core.clone());
    let current = sessions.current(&pool, headers).await?;
    let going = Going { identity, pool: &pool, client: &client, asked: &asked };
    going.on(current.as_ref(), None, headers).await
}

/// Back from the pages.
pub(super) async fn go_on(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let pool = identity.core.pool(&slug).await?;
    let over = || Ok(shown::refused(PageOnly::Over));
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let Some(id) = params.get("login") else { return over() };
    let login = Logins::new(identity.core.clone()).find(&pool, id, &headers).await?;
    let Some(login) = login else { return over() };
    let Some((client, asked)) = identity.grants.frozen(&pool, &login).await? else { return over() };
    let current = Sessions::new(identity.core.clone()).current(&pool, &headers).await?;
    let going = Going { identity: &identity, pool: &pool, client: &client, asked: &asked };
    going.on(current.as_ref(), Some(&login), &headers).await
}

/// A request that was taken, on its way.
struct Going<'a> {
    identity: &'a Identity,
    pool: &'a Pool,
    client: &'a Client,
    asked: &'a Asked,
}

impl Going<'_> {
    /// To the answer, to a page, or to the application with a refusal.
    async fn on(
        &self,
        current: Option<&Current>,
        login: Option<&Login>,
        headers: &HeaderMap,
    ) -> Result<Response, PageError> {
        let Self { identity, pool, client, asked } = self;
        match (identity.grants.step(client, asked, current).await?, current) {
            (Err(error), _) => see(&identity.grants.refused(pool, &asked.refuse(error))),
            (Ok(Step::Answer), Some(current)) => self.answer(current, login).await,
            (Ok(Step::Consent), _) => self.page("consent", false, login, headers).await,
            (Ok(Step::Login { again }), _) => self.page("login", again, login, headers).await,
            // The rules answer nobody unknown; the login asks.
            (Ok(Step::Answer), None) => self.page("login", false, login, headers).await,
        }
    }

    async fn answer(
        &self,
        current: &Current,
        login: Option<&Login>,
    ) -> Result<Response, PageError> {
        let Self { identity, pool, client, asked } = self;
        let login = login.map(|login| &login.hash);
        match identity.grants.answer(pool, client, asked, current, login).await {
            Ok(location) => see(&location),
            Err(Unanswered::Over) => Ok(shown::refused(PageOnly::Over)),
            Err(Unanswered::Failed(problem)) => Err(problem.into()),
        }
    }

    /// To one of the pool's pages, with a login under way.
    async fn page(
        &self,
        page: &str,
        again: bool,
        login: Option<&Login>,
        headers: &HeaderMap,
    ) -> Result<Response, PageError> {
        let Self { identity, pool, client, asked } = self;
        if let Some(login) = login {
            return see(&format!("{}/{page}?login={}", pool.path(), login.id.as_str()));
        }
        let demand = Grants::demand(client, asked, again)?;
        let begun = Logins::new(identity.core.clone()).begin(pool, Some(&demand), headers).await?;
        let mut response = see(&format!("{}/{page}?login={}", pool.path(), begun.id))?;
        if let Some(cookie) = begun.cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}
