//! The authorization request, from its reading to its answer. The pages come between the two when the
//! person must log in or agree.

use uuid::Uuid;

use super::exchange::Told;
use super::{Desk, Grants};
use crate::kernel::access::{Acr, Scopes};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, Contended, DbError, again};
use crate::slices::identity::grants::{
    Answer, Asked, Logged, OAuthError, PageOnly, Params, Refusal, Step, addressee, next_step,
    origin, read,
};
use crate::slices::identity::login::{Demand, Login};
use crate::slices::identity::model::{Client, ClientId, Pool, ResponseType, Session, User};
use crate::slices::identity::sessions::Current;
use crate::slices::identity::tokens::{self, IdClaims, Proof};
use serde::Deserialize as _;
use std::sync::Arc;

/// Longest life of a token that stands in an address.
const IMPLICIT_LIFE: std::time::Duration = std::time::Duration::from_secs(600);

/// A request that is not taken.
#[derive(Debug)]
pub(in super::super) enum Unasked {
    /// Said here.
    Page(PageOnly),
    /// Said to the application.
    Redirect(Refusal),
    /// A tool failed.
    Failed(Problem),
}

/// Why a request that was taken has no answer.
#[derive(Debug)]
pub(in super::super) enum Unanswered {
    /// The login was answered already.
    Over,
    /// A tool failed.
    Failed(Problem),
}

impl<E: Into<Problem>> From<E> for Unasked {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Contended for Unanswered {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Failed(problem) if problem.contended)
    }
}

impl<E: Into<Problem>> From<E> for Unanswered {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Grants {
    /// Reads a request and holds it against its application.
    pub(in super::super) async fn asked(
        &self,
        pool: &Pool,
        params: &Params,
    ) -> Result<(Arc<Client>, Asked), Unasked> {
        let client = match params.get("client_id") {
            Some(id) => self.core.client(pool, id).await?,
            None => return Err(Unasked::Page(PageOnly::Unreadable)),
        };
        let to = addressee(params, client.as_deref()).map_err(Unasked::Page)?;
        let client = client.ok_or(Unasked::Page(PageOnly::UnknownClient))?;
        let api = self.core.api();
        let asked = read(params, &client, &to, self.setting(pool, &api));
        let mut asked = asked.map_err(|error| Unasked::Redirect(to.refuse(error)))?;
        if let Some(hint) = params.get("id_token_hint") {
            let expected = self.hinted(pool, hint).await?;
            let wrong = || asked.refuse(OAuthError::request("`id_token_hint` is not one of ours"));
            let claims = expected.ok_or_else(|| Unasked::Redirect(wrong()))?;
            asked.subject = Uuid::try_parse(&claims.sub).ok();
        }
        Ok((client, asked))
    }

    /// What an ID token of this pool says; its end may be past, its key may have stopped.
    pub(in super::super) async fn hinted(
        &self,
        pool: &Pool,
        hint: &str,
    ) -> Result<Option<IdClaims>, Problem> {
        let keys = self.core.keys(pool).await?;
        let claims: Option<IdClaims> = tokens::read(&keys, tokens::ID, hint);
        let issuer = pool.issuer(&self.core.origin);
        Ok(claims.filter(|claims| claims.iss == issuer && claims.token_use == "id"))
    }

    /// The frozen request of a login under way, with its application.
    pub(in super::super) async fn frozen(
        &self,
        pool: &Pool,
        login: &Login,
    ) -> Result<Option<(Arc<Client>, Asked)>, Problem> {
        let Some(demand) = &login.demand else { return Ok(None) };
        let unreadable = |error| Problem::new(Kind::Bug).cause(error);
        let asked = Asked::deserialize(&demand.request).map_err(unreadable)?;
        let id = ClientId::from_uuid(asked.client).to_string();
        Ok(self.core.client(pool, &id).await?.map(|client| (client, asked)))
    }

    /// What comes next for this request and this browser.
    pub(in super::super) async fn step(
        &self,
        client: &Client,
        asked: &Asked,
        current: Option<&Current>,
    ) -> Result<Result<Step, OAuthError>, Problem> {
        let agreed = match current {
            Some(current) => self.agreed(client, current.user.id, &asked.scopes()).await?,
            None => false,
        };
        let logged = current.map(|current| Logged {
            user: current.user.id,
            auth_time: current.session.auth_time,
            acr: current.session.acr(),
        });
        Ok(next_step(asked, logged, agreed, self.core.clock.now()))
    }

    /// What the pages are asked for on behalf of this request.
    pub(in super::super) fn demand(
        client: &Client,
        asked: &Asked,
        again: bool,
    ) -> Result<Demand, Problem> {
        let request = serde_json::to_value(asked);
        Ok(Demand {
            client_name: client.name.clone(),
            acr: asked.acr,
            again,
            hint: asked.login_hint.clone(),
            locale: asked.ui_locales.clone(),
            return_origin: origin(&asked.redirect_uri).map(Into::into),
            request: request.map_err(|error| Problem::new(Kind::Bug).cause(error))?,
        })
    }

    /// The address of a refusal.
    pub(in super::super) fn refused(&self, pool: &Pool, refusal: &Refusal) -> String {
        Answer::refusal(refusal).location(&pool.issuer(&self.core.origin))
    }

    /// Answers a request for who is logged in; ends its login, if there was one. The address to send
    /// the browser to.
    pub(in super::super) async fn answer(
        &self,
        pool: &Pool,
        client: &Client,
        asked: &Asked,
        current: &Current,
        login: Option<&TokenHash>,
    ) -> Result<String, Unanswered> {
        again(|| self.answer_once(pool, client, asked, current, login)).await
    }

    async fn answer_once(
        &self,
        pool: &Pool,
        client: &Client,
        asked: &Asked,
        current: &Current,
        login: Option<&TokenHash>,
    ) -> Result<String, Unanswered> {
        let groups = self.core.store.groups(current.user.id).await?;
        let desk = self.desk(pool).await?;
        let mut transaction = self.core.store.begin().await?;
        if let Some(login) = login {
            self.end_login(&mut transaction, login).await?;
        }
        let session = &current.session;
        let location = if asked.response_type == ResponseType::Code {
            let code = self.write_code(&mut transaction, pool, asked, session).await?;
            Answer::new(asked, [("code", code.expose())]).location(&desk.issuer)
        } else {
            metrics::counter!("legacy_grant_total", "grant" => "implicit").increment(1);
            implicit(&desk, pool, client, asked, (session, &current.user, groups), self.id())?
        };
        transaction.commit().await.map_err(DbError::from)?;
        Ok(location)
    }

    /// Ends a login; it is answered once.
    pub(super) async fn end_login(
        &self,
        connection: &mut Connection,
        login: &TokenHash,
    ) -> Result<(), Unanswered> {
        let ended = self.core.store.delete_login(connection, login).await?;
        if ended { Ok(()) } else { Err(Unanswered::Over) }
    }
}

/// Tokens in the address: short-lived, weak, without a refresh token.
fn implicit(
    desk: &Desk,
    pool: &Pool,
    client: &Client,
    asked: &Asked,
    (session, user, groups): (&Session, &User, Vec<Box<str>>),
    jti: Uuid,
) -> Result<String, Problem> {
    let mut mint = desk.mint(pool, client);
    mint.life = mint.life.min(IMPLICIT_LIFE);
    let scopes: Scopes = asked.scopes();
    let proof = Proof {
        session: Some(session.id),
        auth_time: session.auth_time,
        amr: session.amr.clone(),
        acr: session.acr().min(Acr::Pwd),
    };
    let told = Told { user, groups, proof, scopes, nonce: asked.nonce.as_deref() };
    let access = mint.access(jti, user.id, told.groups, &told.proof, &told.scopes)?;
    let life = mint.life.as_secs().to_string();
    let mut pairs = vec![
        ("access_token", access.as_str()),
        ("token_type", "Bearer"),
        ("expires_in", &*life),
        ("scope", &*asked.scopes),
    ];
    let wants_id = asked.response_type == ResponseType::IdTokenToken;
    let id = || mint.id(user, &told.proof, &told.scopes, told.nonce, &access);
    let id = wants_id.then(id).transpose()?;
    pairs.extend(id.as_deref().map(|token| ("id_token", token)));
    Ok(Answer::new(asked, pairs).location(&desk.issuer))
}
