//! What a person agrees to: asked of applications that are not ours, kept until it is taken back.

use uuid::Uuid;

use super::Grants;
use super::authorize::Unanswered;
use crate::kernel::access::Scopes;
use crate::kernel::problem::Problem;
use crate::platform::db::{DbError, again};
use crate::slices::identity::catalogue::{self, Scope};
use crate::slices::identity::grants::{Asked, OAuthError, Step};
use crate::slices::identity::journal;
use crate::slices::identity::login::Login;
use crate::slices::identity::model::{Client, ClientId, ErrorCode, Pool};
use crate::slices::identity::sessions::Current;
use crate::slices::identity::store::ConsentGiven;

/// What a person is asked to agree to.
#[derive(Clone, Debug)]
pub(in super::super) struct ConsentView {
    pub(in super::super) client_name: Box<str>,
    pub(in super::super) scopes: Vec<&'static Scope>,
}

impl Grants {
    /// Whether this person has agreed to these scopes, or is not asked: our own applications.
    pub(super) async fn agreed(
        &self,
        client: &Client,
        user: Uuid,
        scopes: &Scopes,
    ) -> Result<bool, DbError> {
        if client.first_party {
            return Ok(true);
        }
        let given = self.core.store.consent(user, client.id).await?;
        Ok(given.is_some_and(|given| scopes.within(&given)))
    }

    /// What the person of this login is asked; `None` when nothing is.
    pub(in super::super) async fn consent_asked(
        &self,
        pool: &Pool,
        login: &Login,
    ) -> Result<Option<ConsentView>, Problem> {
        let frozen = self.frozen(pool, login).await?;
        Ok(frozen.map(|(client, asked)| ConsentView {
            client_name: client.name.clone(),
            scopes: asked.scopes().iter().filter_map(catalogue::find).collect(),
        }))
    }

    /// Takes the person's answer, and answers the application. Where to send the browser: to the
    /// application, or back to the login when the session is no longer enough for the request.
    pub(in super::super) async fn consent_given(
        &self,
        pool: &Pool,
        login: &Login,
        current: &Current,
        granted: bool,
    ) -> Result<String, Unanswered> {
        let frozen = self.frozen(pool, login).await?;
        let (client, asked) = frozen.ok_or(Unanswered::Over)?;
        if !granted {
            return self.denied(pool, &asked, login).await;
        }
        match self.step(&client, &asked, Some(current)).await? {
            Ok(Step::Login { .. }) => {
                Ok(format!("{}/login?login={}", pool.path(), login.id.as_str()))
            }
            Ok(Step::Answer | Step::Consent) => {
                self.agree(pool, &client, &asked, current).await?;
                self.answer(pool, &client, &asked, current, Some(&login.hash)).await
            }
            Err(error) => Ok(self.refused(pool, &asked.refuse(error))),
        }
    }

    async fn denied(
        &self,
        pool: &Pool,
        asked: &Asked,
        login: &Login,
    ) -> Result<String, Unanswered> {
        again(|| async {
            let mut transaction = self.core.store.begin().await?;
            self.end_login(&mut transaction, &login.hash).await?;
            Ok::<_, Unanswered>(transaction.commit().await.map_err(DbError::from)?)
        })
        .await?;
        let error = OAuthError::new(ErrorCode::AccessDenied, "the person did not agree");
        Ok(self.refused(pool, &asked.refuse(error)))
    }

    /// Adds these scopes to what the person agreed to.
    async fn agree(
        &self,
        pool: &Pool,
        client: &Client,
        asked: &Asked,
        current: &Current,
    ) -> Result<(), Problem> {
        again(|| self.agree_once(pool, client, asked, current.user.id)).await
    }

    async fn agree_once(
        &self,
        pool: &Pool,
        client: &Client,
        asked: &Asked,
        user: Uuid,
    ) -> Result<(), Problem> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let given = store.consent(user, client.id).await?.unwrap_or_default();
        let both = Scopes::parse(&format!("{given} {}", asked.scopes)).unwrap_or_default();
        let mut transaction = store.begin().await?;
        store.put_consent(&mut transaction, user, client.id, &both, now).await?;
        let data = serde_json::json!({
            "user": user, "client": client.public_id(), "scopes": both.to_string(),
        });
        journal::record(store, &mut transaction, pool.id, now, "consent.given", &data).await?;
        Ok(transaction.commit().await.map_err(DbError::from)?)
    }

    /// What a person agreed to, for their account's page.
    pub(in super::super) async fn consents(
        &self,
        user: Uuid,
    ) -> Result<Vec<ConsentGiven>, Problem> {
        Ok(self.core.store.consents(user).await?)
    }

    /// Takes back what a person agreed to; the application's tokens end. `false`: there was nothing.
    pub(in super::super) async fn consent_withdrawn(
        &self,
        pool: &Pool,
        user: Uuid,
        client: Uuid,
    ) -> Result<bool, Problem> {
        again(|| self.withdraw_once(pool, user, client)).await
    }

    async fn withdraw_once(&self, pool: &Pool, user: Uuid, client: Uuid) -> Result<bool, Problem> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let mut transaction = store.begin().await?;
        if !store.delete_consent(&mut transaction, user, client).await? {
            return Ok(false);
        }
        for family in store.families_of_consent(&mut transaction, user, client, now).await? {
            self.end_family(&mut transaction, pool, family, "revoked").await?;
        }
        let client = ClientId::from_uuid(client).to_string();
        let data = serde_json::json!({ "user": user, "client": client });
        journal::record(store, &mut transaction, pool.id, now, "consent.withdrawn", &data).await?;
        transaction.commit().await.map_err(DbError::from)?;
        Ok(true)
    }
}
