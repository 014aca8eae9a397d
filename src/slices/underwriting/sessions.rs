//! Opening a questionnaire, coming back to it, giving it up, and asking where it stands.
//!
//! One live session per insured person, whatever is clicked twice: the row is written first, under a key
//! that the engine knows the session by, so that a try that broke off is gone on with.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::engine::{EngineError, EngineOpening, Token};
use super::model::{Applicant, Facts, Insured, Opening, Session, SessionState, Wish};
use super::service::{Shared, Underwriting};
use super::store::{Act, NewSession, Noted};
use crate::domain::pathway::Path;
use crate::domain::underwriting::{GuaranteeOutcome, PersonDecision, decide};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::platform::db::{Connection, DbError};

/// The cookie that a browser's questionnaire is known by.
pub(super) const COOKIE: &str = "uw";

/// Where the questionnaire begins.
pub(super) const START: &str = "/continue/";

/// The way into a questionnaire: a cookie to set, an address to go to.
#[derive(Debug)]
pub struct Entrance {
    /// The header that sets the browser's handle.
    pub cookie: hyper::http::HeaderValue,
    /// Where to go.
    pub address: &'static str,
}

/// Where a person's questionnaire stands, for whoever may know it: no answer and no reason is in it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The state.
    pub state: SessionState,
    /// What the engine was told of the person.
    pub facts: Facts,
    /// The decision in force, when there is one.
    pub decision: Option<Decided>,
}

/// A decision without its reasons.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Names this decision among all.
    pub id: uuid::Uuid,
    /// Outcome per guarantee.
    pub outcomes: Vec<GuaranteeOutcome>,
    /// What becomes of the request.
    pub decision: PersonDecision,
    /// Whether no person has decided.
    pub is_automatic: bool,
    /// When it was taken.
    pub decided_at: Timestamp,
    /// Until when an offer may be made of it.
    pub valid_until: jiff::civil::Date,
    /// How often a person has refused.
    pub refusals: u32,
    /// When everything that it asks for was sent.
    pub completed_at: Option<Timestamp>,
}

/// A decision that was taken: of whom, not what.
#[derive(Clone, Copy, Debug)]
pub struct News {
    /// When it was kept.
    pub at: Timestamp,
    /// Which.
    pub decision: uuid::Uuid,
    /// Whose.
    pub insured: Insured,
}

impl Underwriting {
    /// Opens the questionnaire of a person, or comes back to the one that there is.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] for anybody but path P3; [`Kind::Conflict`] when it is answered already;
    /// [`Kind::Unavailable`] when the engine is away: nothing is lost then.
    pub async fn open(&self, opening: &Opening) -> Result<Entrance, Problem> {
        if opening.path != Path::P3 {
            return Err(not_asked(opening.path));
        }
        if !self.0.upstream.is_configured() || !self.0.medical.is_usable() {
            return Err(super::error::away("no questionnaire engine is configured"));
        }
        let session = self.0.wanted(opening).await?;
        let opened = match session.state {
            SessionState::Created => self.0.begin(&session, opening).await,
            SessionState::InProgress => self.0.resume(&session, opening).await,
            _ => {
                let detail = "Ce questionnaire est déjà rempli.";
                Err(Problem::new(Kind::Conflict).detail(detail))
            }
        };
        match &opened {
            Err(problem) if problem.kind == Kind::Unavailable => self.0.stopped(&session).await,
            Ok(_) if session.is_stopped => self.0.goes_on(&session).await,
            _ => {}
        }
        opened
    }

    /// Gives up the questionnaire of a person, wherever it stands; nothing happens when there is none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn cancel(&self, insured: Insured) -> Result<(), Problem> {
        let shared = &self.0;
        let Some(session) = shared.store.live(insured).await? else { return Ok(()) };
        if let Some(engine_id) = &session.engine_id
            && let Err(error) = shared.engine.cancel(engine_id).await
        {
            // Ours is over all the same: the engine's ends by itself, and its word is not asked any more.
            tracing::warn!(cause = %error, "a session could not be cancelled at the engine");
        }
        shared.close(&session, SessionState::Cancelled).await
    }

    /// Where the questionnaire of a person stands; `None` when none was ever opened.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn standing(&self, insured: Insured) -> Result<Option<Standing>, Problem> {
        let Some(session) = self.0.store.latest(insured).await? else { return Ok(None) };
        let row = self.0.store.decision(session.id).await?;
        // Both are written together: what is read after the decision is not older than it.
        let session = self.0.store.session(session.id).await?.unwrap_or(session);
        let decision = match row {
            Some(row) => {
                let outcomes: Vec<GuaranteeOutcome> = serde_json::from_str(&row.commercial)
                    .map_err(|error| Problem::new(Kind::Bug).cause(error))?;
                let mut connection =
                    self.0.store.database.pool().acquire().await.map_err(DbError::from)?;
                let refusals = self.0.refusals(&mut connection, session.id).await?;
                let request = self.0.store.evidence_request(row.id).await?;
                Some(Decided {
                    completed_at: request.and_then(|it| it.completed_at),
                    refusals,
                    id: row.id,
                    decision: decide(&outcomes, row.automatic),
                    outcomes,
                    is_automatic: row.automatic,
                    decided_at: row.decided_at,
                    valid_until: row.valid_until,
                })
            }
            None => None,
        };
        Ok(Some(Standing { state: session.state, facts: session.facts, decision }))
    }
}

impl Underwriting {
    /// Decisions that were kept after one of them and until an instant, the oldest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn news(
        &self,
        after: (Timestamp, uuid::Uuid),
        until: Timestamp,
        most: u32,
    ) -> Result<Vec<News>, Problem> {
        let rows = self.0.store.news(after, until, most).await?;
        let news = |(at, decision, dossier, number)| News {
            at,
            decision,
            insured: Insured { dossier, number },
        };
        Ok(rows.into_iter().map(news).collect())
    }

    /// The person wants somebody to study what was decided again (GDPR article 22, AERAS): it waits for
    /// the medical service. Asked twice, it is asked once.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when nothing is decided.
    pub async fn ask_review(&self, insured: Insured, wish: Wish) -> Result<(), Problem> {
        let shared = &self.0;
        let session = shared.store.live(insured).await?.ok_or(Kind::Conflict)?;
        match session.state {
            SessionState::Referred => Ok(()),
            SessionState::Decided => {
                let act = shared.act(&session, "applicant", wish.action());
                shared.store.audit_alone(&act).await?;
                shared.close(&session, SessionState::Referred).await
            }
            _ => Err(Problem::new(Kind::Conflict).cause("nothing is decided yet")),
        }
    }

    /// Whether there is an engine that questionnaires can be opened at.
    pub fn is_configured(&self) -> bool {
        self.0.upstream.is_configured() && self.0.medical.is_usable()
    }
}

impl Shared {
    /// How often a person has refused in this session.
    pub(super) async fn refusals(
        &self,
        connection: &mut Connection,
        session: uuid::Uuid,
    ) -> Result<u32, Problem> {
        let mut refusals = 0;
        for text in self.store.by_people(connection, session).await? {
            let outcomes: Vec<GuaranteeOutcome> = serde_json::from_str(&text)
                .map_err(|error| Problem::new(Kind::Bug).cause(error))?;
            refusals += u32::from(decide(&outcomes, false) == PersonDecision::Declined);
        }
        Ok(refusals)
    }

    /// The live session of this person, written when there is none.
    async fn wanted(&self, opening: &Opening) -> Result<Session, Problem> {
        if let Some(session) = self.store.live(opening.insured).await? {
            return Ok(session);
        }
        let now = self.clock.now();
        let new = NewSession {
            id: self.entropy.uuid_v7(now),
            insured: opening.insured,
            applicant: &opening.applicant,
            facts: &opening.facts,
            idempotency_key: &self.entropy.key(),
            created_at: now,
            expires_at: now + self.settings.session_life(),
        };
        // Two clicks at once: the second finds the first one's.
        self.store.insert_session(&new).await?;
        let session = self.store.live(opening.insured).await?;
        session.ok_or_else(|| Problem::new(Kind::Conflict).cause("closed in the meantime"))
    }

    /// Opens it at the engine. The key is the row's own: said twice, it is one session.
    async fn begin(&self, session: &Session, opening: &Opening) -> Result<Entrance, Problem> {
        let applicant = &opening.applicant;
        let wanted = EngineOpening {
            key: session.idempotency_key.clone(),
            // The engine's name for it: no identifier of ours leaves the house.
            external_ref: session.idempotency_key.clone(),
            facts: session.facts.clone(),
        };
        let opened = match self.engine.open(&wanted).await {
            Err(EngineError::Over) => return Err(self.lost(session).await),
            opened => opened?,
        };
        let (handle, noted) = (Opaque::draw("", &self.entropy), &opened.token);
        let sealed = self.sealed(session, &noted.text)?;
        let noted = Noted {
            token_sealed: &sealed,
            token_expires_at: self.clock.now() + noted.life,
            handle: Some(handle.hash()),
            applicant,
        };
        let (id, kb, revision) = (session.id, &opened.kb, opened.revision);
        if !self.store.set_opened(id, &opened.session, kb, revision, &noted).await? {
            // Somebody was faster with the same key: the session is the same, the browser is ours.
            let session = self.store.session(id).await?;
            let session = session.ok_or_else(|| Problem::new(Kind::Bug).cause("a lost row"))?;
            return self.hand(&session, opened.token, opening).await;
        }
        super::fetching::known(kb);
        self.note(session, applicant, "opened").await?;
        self.carry(session, &opened.token, opening).await?;
        self.entrance(&handle)
    }

    /// A new browser for the session that there is.
    async fn resume(&self, session: &Session, opening: &Opening) -> Result<Entrance, Problem> {
        if session.applicant != opening.applicant {
            return Err(Problem::new(Kind::NotFound).cause("another person's questionnaire"));
        }
        let engine_id = session.engine_id.as_deref().unwrap_or_default();
        match self.engine.token(engine_id).await {
            Ok(token) => self.hand(session, token, opening).await,
            Err(EngineError::Unknown | EngineError::Over) => Err(self.lost(session).await),
            Err(error) => Err(error.into()),
        }
    }

    async fn hand(
        &self,
        session: &Session,
        token: Token,
        opening: &Opening,
    ) -> Result<Entrance, Problem> {
        let applicant = &opening.applicant;
        let handle = Opaque::draw("", &self.entropy);
        let sealed = self.sealed(session, &token.text)?;
        let noted = Noted {
            token_sealed: &sealed,
            token_expires_at: self.clock.now() + token.life,
            handle: Some(handle.hash()),
            applicant,
        };
        if !self.store.set_token(session.id, &noted).await? {
            return Err(Problem::new(Kind::Conflict).cause("closed in the meantime"));
        }
        self.note(session, applicant, "resumed").await?;
        self.carry(session, &token, opening).await?;
        self.entrance(&handle)
    }

    /// The engine has no such session any more (its volume was lost, or its time is over): said, closed,
    /// and the next try opens a new one.
    async fn lost(&self, session: &Session) -> Problem {
        let to = SessionState::Failed;
        if let Err(problem) = self.close(session, to).await {
            return problem;
        }
        tracing::error!(session = %self.shown(session), "the engine has lost a session");
        let detail = "Vos réponses n’ont pas pu être retrouvées. Recommencez\u{a0}: un nouveau \
            questionnaire va s’ouvrir.";
        Problem::new(Kind::Gone).detail(detail)
    }

    /// Moves a session to another state.
    pub(super) async fn close(&self, session: &Session, to: SessionState) -> Result<(), Problem> {
        let now = self.clock.now();
        let mut transaction = self.store.database.begin().await?;
        let (id, from) = (session.id, session.state);
        if from.may_become(to) && self.store.set_state(&mut transaction, id, from, to, now).await? {
            let act = self.act(session, "system", to.code());
            self.store.audit(&mut transaction, &act).await?;
        }
        transaction.commit().await.map_err(crate::platform::db::DbError::from)?;
        Ok(())
    }

    fn entrance(&self, handle: &Opaque) -> Result<Entrance, Problem> {
        let cookie = self.cookies.set_strict(COOKIE, handle.expose());
        let cookie =
            cookie.ok_or_else(|| Problem::new(Kind::Bug).cause("a handle that is none"))?;
        Ok(Entrance { cookie, address: START })
    }

    pub(super) fn sealed(
        &self,
        session: &Session,
        token: &SecretString,
    ) -> Result<Vec<u8>, Problem> {
        let (place, clear) = (token_place(session), token.expose_secret().as_bytes());
        Ok(self.keyring.seal(&[b"uw_session.token", &place], clear, &self.entropy)?)
    }

    /// The token of a session, in the clear.
    pub(super) fn token_of(&self, session: &Session) -> Result<SecretString, Problem> {
        let sealed = session.token_sealed.as_deref().unwrap_or_default();
        let place = token_place(session);
        let clear = self.keyring.open(&[b"uw_session.token", &place], sealed)?;
        let text = String::from_utf8(clear).map_err(|it| Problem::new(Kind::Bug).cause(it))?;
        Ok(text.into())
    }

    pub(super) async fn note(
        &self,
        session: &Session,
        applicant: &Applicant,
        action: &'static str,
    ) -> Result<(), Problem> {
        let actor = format!("applicant {}", &crate::platform::digest::hex(applicant)[..16]);
        Ok(self.store.audit_alone(&self.act(session, &actor, action)).await?)
    }

    pub(super) fn act<'a>(
        &self,
        session: &Session,
        actor: &'a str,
        action: &'static str,
    ) -> Act<'a> {
        let at = self.clock.now();
        Act { at, actor, action, session: Some(session.id), reason: None, request_id: None }
    }

    /// A session's name for the log: tells two of them apart, opens none.
    pub(super) fn shown(&self, session: &Session) -> String {
        let hash = crate::platform::digest::sha256(&[b"uw", session.id.as_bytes()]);
        crate::platform::digest::hex(&hash)[..12].to_owned()
    }
}

fn token_place(session: &Session) -> [u8; 16] {
    *session.id.as_bytes()
}

/// Art. L113-2-1 C. ass.: whom the law protects is never asked, whoever wants it.
fn not_asked(path: Path) -> Problem {
    let detail = match path {
        Path::P1 => {
            "La loi vous dispense de toute question de santé (art. L. 113-2-1 du code des assurances)."
        }
        _ => "Ce questionnaire ne vous est pas demandé.",
    };
    Problem::new(Kind::Forbidden).detail(detail).cause("LEMOINE_PROTECTED or not P3")
}
