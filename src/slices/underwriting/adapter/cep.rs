//! The engine of `reflex/`, through the integration service of its CEP: the key in a header, bounded
//! answers, statuses turned into what they mean.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::http::uri::PathAndQuery;
use hyper::http::{HeaderValue, header};
use hyper::{Method, Request};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::wire;
use crate::platform::access::Boxed;
use crate::slices::underwriting::engine::{
    DocumentLine, EngineDecision, EngineError, EngineOpening, EngineReview, Look, Opened, Token,
    UnderwritingEngine,
};
use crate::slices::underwriting::model::Declared;
use crate::slices::underwriting::upstream::{Answer, Upstream, UpstreamError};

const BASE: &str = "/cep-core/integration/v1";

/// Where a person's own browser answers, with the token of their session.
const ANSWERS: &str = "/cep-core/api/v1/answers";

/// A document of JSON is never longer.
const JSON_BYTES: usize = 1 << 20;

/// The engine behind an [`Upstream`].
pub(crate) struct Cep {
    upstream: Upstream,
    key: Option<SecretString>,
    within: Duration,
    answer_bytes: usize,
}

impl Cep {
    pub(crate) const fn new(
        upstream: Upstream,
        key: Option<SecretString>,
        within: Duration,
        answer_bytes: usize,
    ) -> Self {
        Self { upstream, key, within, answer_bytes }
    }

    /// Asks, and takes the whole answer; with its status.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<(Vec<u8>, Option<&str>)>,
        most: usize,
    ) -> Result<(u16, Bytes), EngineError> {
        let key = self.key.as_ref().ok_or_else(|| away(UpstreamError::None))?;
        let path = PathAndQuery::try_from(format!("{BASE}{path}"))
            .map_err(|_| EngineError::Strange("an identifier that no path can hold"))?;
        self.send(request(method, key, body)?, path, most).await
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
        path: PathAndQuery,
        most: usize,
    ) -> Result<(u16, Bytes), EngineError> {
        let Answer { response, seat, deadline } =
            self.upstream.ask(request, path, self.within).await.map_err(away)?;
        let status = response.status().as_u16();
        let whole = Limited::new(response.into_body(), most).collect();
        let whole = tokio::time::timeout_at(deadline, whole).await;
        drop(seat);
        match whole {
            Ok(Ok(body)) => Ok((status, body.to_bytes())),
            Ok(Err(error)) => {
                self.upstream.failed();
                Err(EngineError::Away(format!("its answer broke off or is too long: {error}")))
            }
            Err(_) => {
                self.upstream.failed();
                Err(EngineError::Away("its answer does not end".to_owned()))
            }
        }
    }

    async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<(Vec<u8>, Option<&str>)>,
    ) -> Result<T, EngineError> {
        let (status, bytes) = self.ask(method, path, body, JSON_BYTES).await?;
        match status {
            200 | 201 => serde_json::from_slice(&bytes)
                .map_err(|_| EngineError::Strange("a document of another form")),
            _ => Err(refused(status, &bytes)),
        }
    }

    async fn done(&self, method: Method, path: &str) -> Result<(), EngineError> {
        match self.ask(method, path, None, JSON_BYTES).await? {
            (200 | 204, _) => Ok(()),
            (status, bytes) => Err(refused(status, &bytes)),
        }
    }
}

impl UnderwritingEngine for Cep {
    fn open<'a>(&'a self, opening: &'a EngineOpening) -> Boxed<'a, Result<Opened, EngineError>> {
        Box::pin(async move {
            let body = written(&wire::Open::of(&opening.external_ref, &opening.facts))?;
            let body = Some((body, Some(opening.key.as_str())));
            let opened: wire::Opened = self.json(Method::POST, "/sessions", body).await?;
            Ok(Opened {
                session: opened.session_id,
                token: token(opened.token, opened.expires_in),
                kb: opened.kb,
                revision: opened.revision,
            })
        })
    }

    fn declare<'a>(
        &'a self,
        token: &'a Token,
        declared: &'a Declared,
    ) -> Boxed<'a, Result<(), EngineError>> {
        Box::pin(async move {
            let body = Some((written(&wire::Answers::of(declared))?, None));
            let request = request(Method::PUT, &token.text, body)?;
            match self.send(request, PathAndQuery::from_static(ANSWERS), JSON_BYTES).await? {
                (200, _) => Ok(()),
                (status, bytes) => Err(refused(status, &bytes)),
            }
        })
    }

    fn token<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<Token, EngineError>> {
        Box::pin(async move {
            let path = format!("/sessions/{session}/tokens");
            let answer: wire::TokenAnswer =
                self.json(Method::POST, &path, Some((Vec::new(), None))).await?;
            Ok(token(answer.token, answer.expires_in))
        })
    }

    fn look<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<Look, EngineError>> {
        Box::pin(async move {
            let path = format!("/sessions/{session}");
            let session: wire::Session = self.json(Method::GET, &path, None).await?;
            let (state, revision) = (session.state()?, session.revision);
            let decision = session.decision.map(wire::Decision::read).transpose()?;
            Ok(Look { state, revision, decision })
        })
    }

    fn cancel<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<(), EngineError>> {
        Box::pin(
            async move { self.done(Method::POST, &format!("/sessions/{session}/cancel")).await },
        )
    }

    fn review<'a>(
        &'a self,
        session: &'a str,
        review: &'a EngineReview,
    ) -> Boxed<'a, Result<EngineDecision, EngineError>> {
        Box::pin(async move {
            let body = Some((written(&wire::Review::of(review))?, None));
            let path = format!("/sessions/{session}/review");
            let decision: wire::Decision = self.json(Method::POST, &path, body).await?;
            decision.read()
        })
    }

    fn documents<'a>(
        &'a self,
        session: &'a str,
    ) -> Boxed<'a, Result<Vec<DocumentLine>, EngineError>> {
        Box::pin(async move {
            let path = format!("/sessions/{session}/documents");
            let list: wire::Documents = self.json(Method::GET, &path, None).await?;
            let line = |line: wire::Line| DocumentLine {
                id: line.id,
                kind: line.r#type,
                audience: line.audience,
                sha256: line.sha256,
                bytes: line.bytes,
            };
            Ok(list.documents.into_iter().map(line).collect())
        })
    }

    fn document<'a>(
        &'a self,
        session: &'a str,
        document: &'a str,
    ) -> Boxed<'a, Result<Bytes, EngineError>> {
        Box::pin(async move {
            let path = format!("/sessions/{session}/documents/{document}");
            match self.ask(Method::GET, &path, None, self.answer_bytes).await? {
                (200, bytes) => Ok(bytes),
                (status, bytes) => Err(refused(status, &bytes)),
            }
        })
    }

    fn erase_answers<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<(), EngineError>> {
        Box::pin(
            async move { self.done(Method::DELETE, &format!("/sessions/{session}/answers")).await },
        )
    }

    fn health(&self) -> Boxed<'_, Result<(), EngineError>> {
        Box::pin(self.done(Method::GET, "/health"))
    }
}

/// A request under this key or token.
fn request(
    method: Method,
    key: &SecretString,
    body: Option<(Vec<u8>, Option<&str>)>,
) -> Result<Request<Full<Bytes>>, EngineError> {
    let value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()));
    let mut value = value.map_err(|_| EngineError::Strange("our own key"))?;
    value.set_sensitive(true);
    let mut request = Request::new(Full::default());
    *request.method_mut() = method;
    request.headers_mut().insert(header::AUTHORIZATION, value);
    if let Some((bytes, idempotency)) = body {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        if let Some(key) = idempotency.and_then(|key| HeaderValue::try_from(key).ok()) {
            request.headers_mut().insert("idempotency-key", key);
        }
        *request.body_mut() = Full::new(bytes.into());
    }
    Ok(request)
}

fn written(document: &impl Serialize) -> Result<Vec<u8>, EngineError> {
    serde_json::to_vec(document).map_err(|_| EngineError::Strange("our own document"))
}

fn token(text: String, seconds: u64) -> Token {
    Token { text: text.into(), life: Duration::from_secs(seconds) }
}

#[expect(clippy::needless_pass_by_value, reason = "a conversion of errors, as map_err takes it")]
fn away(error: UpstreamError) -> EngineError {
    EngineError::Away(error.to_string())
}

/// What a refusal means. Its text may quote what was sent; its code is one of a few words.
fn refused(status: u16, body: &[u8]) -> EngineError {
    let refusal = serde_json::from_slice::<wire::Refusal>(body);
    let is_word = |code: &String| {
        code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let code = refusal.map(|it| it.code).ok().filter(is_word).unwrap_or_default();
    match status {
        404 => EngineError::Unknown,
        410 => EngineError::Over,
        409 => EngineError::Conflict(code),
        400..500 => EngineError::Refused(format!("{status} {code}")),
        _ => EngineError::Away(format!("status {status}")),
    }
}
