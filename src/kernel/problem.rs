//! The shape of a refusal: what is wrong, where, and how to put it right.
//!
//! A [`Problem`] says *what* happened in words of the trade; `platform::web` alone turns it into a
//! status and renders it, as `application/problem+json` (RFC 9457) or as a page. Each slice says
//! in its `error.rs` which problem each of its failures is.

use std::{fmt, time::Duration};

/// A kind of refusal: a stable name that programs may rely on, and its registry entry.
///
/// The registry page is rendered from [`Kind::ALL`], so a kind cannot exist without its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is not what its media type says, or breaks a rule of HTTP.
    Malformed,
    /// The document is readable and at least one of its values cannot be taken.
    Invalid,
    /// Who asks does not say who they are.
    Unauthenticated,
    /// A token that is no good, whatever the reason.
    InvalidToken,
    /// The login is too weak or too old for this.
    StepUp,
    /// Who asks is known and may not.
    Forbidden,
    /// The law forbids the question itself, whoever asks.
    Protected,
    /// The request looks like an attack. Which part of it, only the operators read.
    WafFiltered,
    /// A rule of the gateway keeps the request out.
    AccessDenied,
    /// The API key is no good, or one is needed.
    InvalidApiKey,
    /// No such thing, or not for who asks.
    NotFound,
    /// The address exists and does not take this method.
    MethodNotAllowed,
    /// The client accepts nothing that is served here.
    NotAcceptable,
    /// The state of the thing does not allow the act, or somebody was faster.
    Conflict,
    /// The thing existed and its time is over.
    Gone,
    /// What is written must say which version was read (RFC 6585).
    PreconditionRequired,
    /// The body passes the limit.
    TooLarge,
    /// The address passes the limit.
    UriTooLong,
    /// The headers pass the limit.
    HeadersTooLarge,
    /// A media type that the address does not read.
    UnsupportedMediaType,
    /// A key of idempotency is required.
    IdempotencyKeyMissing,
    /// A key of idempotency was used with another body.
    IdempotencyKeyReused,
    /// The first request with this key of idempotency is still under way.
    IdempotencyInProgress,
    /// The body did not arrive in time.
    RequestTimeout,
    /// More requests than allowed.
    TooMany,
    /// The quota of the period is used up.
    QuotaExceeded,
    /// Something that this needs does not answer: try again later.
    Unavailable,
    /// Tokens of this issuer cannot be verified now.
    AuthorizerUnavailable,
    /// Something that this needs answers what nobody can use.
    BadGateway,
    /// The answer took too long.
    Timeout,
    /// Our fault.
    Bug,
}

/// What the registry says of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Last part of the `type` URI: never changes, never means something else.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Title, the same for every occurrence (French).
    pub title: &'static str,
    /// What to do about it (French).
    pub remedy: &'static str,
}

impl Kind {
    /// Every kind, in the order of the registry page.
    pub const ALL: [Self; 31] = [
        Self::Malformed,
        Self::Invalid,
        Self::Unauthenticated,
        Self::InvalidToken,
        Self::StepUp,
        Self::Forbidden,
        Self::Protected,
        Self::WafFiltered,
        Self::AccessDenied,
        Self::InvalidApiKey,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::Conflict,
        Self::Gone,
        Self::PreconditionRequired,
        Self::TooLarge,
        Self::UriTooLong,
        Self::HeadersTooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyKeyMissing,
        Self::IdempotencyKeyReused,
        Self::IdempotencyInProgress,
        Self::RequestTimeout,
        Self::TooMany,
        Self::QuotaExceeded,
        Self::Unavailable,
        Self::AuthorizerUnavailable,
        Self::BadGateway,
        Self::Timeout,
        Self::Bug,
    ];

    /// The registry entry.
    #[rustfmt::skip]
    pub const fn entry(self) -> Entry {
        let (slug, status, title, remedy) = match self {
            Self::Malformed => ("malformed", 400, "La requête ne peut pas être lue", "Corrigez la forme de la requête à l’endroit indiqué."),
            Self::Invalid => ("invalid", 422, "Une valeur au moins ne peut pas être acceptée", "Corrigez chaque valeur citée dans « errors », puis recommencez."),
            Self::Unauthenticated => ("unauthenticated", 401, "Il faut dire qui vous êtes", "Présentez un jeton d’accès dans l’en-tête Authorization."),
            Self::InvalidToken => ("invalid-token", 401, "Ce jeton d’accès n’est pas valable", "Obtenez un nouveau jeton d’accès, puis recommencez."),
            Self::StepUp => ("insufficient-user-authentication", 401, "Cet acte demande une identification plus forte ou plus récente", "Identifiez-vous de nouveau, au niveau que donne l’en-tête WWW-Authenticate."),
            Self::Forbidden => ("forbidden", 403, "Cet acte ne vous est pas ouvert", "Demandez un jeton avec la portée que donne l’en-tête WWW-Authenticate, si votre compte y a droit."),
            Self::Protected => ("protected", 403, "La loi protège cette personne", "Continuez sans cette question : rien n’est à répondre sur sa santé."),
            Self::WafFiltered => ("waf-filtered", 403, "Cette requête ressemble à une attaque", "Si elle est légitime, citez trace_id à l’assistance, qui saura pourquoi."),
            Self::AccessDenied => ("access-denied", 403, "Cette requête n’est pas admise", "Vérifiez le réseau, le certificat et l’adresse que vous utilisez ; citez trace_id au support s’ils sont les bons."),
            Self::InvalidApiKey => ("invalid-api-key", 403, "Cette clé d’API n’est pas valable", "Présentez dans l’en-tête X-Api-Key, une seule fois, une clé en vigueur pour ce réseau et cette application."),
            Self::NotFound => ("not-found", 404, "Rien à cette adresse", "Vérifiez l’adresse ou l’identifiant."),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "Cette adresse n’accepte pas cette méthode", "Utilisez une des méthodes de l’en-tête Allow."),
            Self::NotAcceptable => ("not-acceptable", 406, "Aucun format accepté n’est servi ici", "Acceptez application/json."),
            Self::Conflict => ("conflict", 409, "L’état actuel ne permet pas cet acte", "Relisez l’état, puis choisissez un des actes permis."),
            Self::Gone => ("gone", 410, "Ce n’est plus disponible", "Refaites le calcul."),
            Self::PreconditionRequired => ("precondition-required", 428, "Il faut dire quelle version vous avez lue", "Lisez d’abord, puis donnez dans l’en-tête If-Match l’ETag reçu."),
            Self::TooLarge => ("too-large", 413, "Le corps de la requête est trop grand", "Envoyez moins de données."),
            Self::UriTooLong => ("uri-too-long", 414, "L’adresse est trop longue", "Envoyez les données dans le corps de la requête."),
            Self::HeadersTooLarge => ("headers-too-large", 431, "Les en-têtes sont trop grands", "Envoyez moins d’en-têtes, ou de plus courts."),
            Self::UnsupportedMediaType => ("unsupported-media-type", 415, "Ce type de contenu n’est pas lu ici", "Envoyez Content-Type: application/json."),
            Self::IdempotencyKeyMissing => ("idempotency-key-missing", 400, "L’en-tête Idempotency-Key manque", "Ajoutez une clé nouvelle et aléatoire par acte, de 1 à 255 caractères."),
            Self::IdempotencyKeyReused => ("idempotency-key-reused", 422, "Cette clé d’idempotence a servi pour une autre requête", "Prenez une clé nouvelle pour un nouvel acte."),
            Self::IdempotencyInProgress => ("idempotency-in-progress", 409, "Une requête avec cette clé est en cours", "Attendez un instant, puis recommencez avec la même clé."),
            Self::RequestTimeout => ("request-timeout", 408, "La requête n’est pas arrivée à temps", "Recommencez sur une connexion plus rapide."),
            Self::TooMany => ("too-many-requests", 429, "Trop de requêtes", "Attendez le délai de l’en-tête Retry-After."),
            Self::QuotaExceeded => ("quota-exceeded", 429, "Le quota de la période est épuisé", "Attendez la période suivante, après le délai de l’en-tête Retry-After, ou demandez un plan plus large."),
            Self::Unavailable => ("unavailable", 503, "Le service est momentanément indisponible", "Recommencez après le délai de l’en-tête Retry-After."),
            Self::AuthorizerUnavailable => ("authorizer-unavailable", 503, "Les jetons ne peuvent pas être vérifiés pour le moment", "Recommencez après le délai de l’en-tête Retry-After."),
            Self::BadGateway => ("bad-gateway", 502, "Un service dont nous dépendons répond mal", "Recommencez après le délai de l’en-tête Retry-After, rien n’est perdu."),
            Self::Timeout => ("timeout", 504, "La réponse a pris trop de temps", "Recommencez ; un acte avec clé d’idempotence n’est jamais fait deux fois."),
            Self::Bug => ("internal", 500, "Une erreur de notre côté", "Recommencez plus tard, et citez trace_id si cela se répète."),
        };
        Entry { slug, status, title, remedy }
    }
}

/// One value that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer (RFC 6901) to the value, `""` for the whole document.
    pub pointer: String,
    /// Stable code, such as `LOAN_AMOUNT_RANGE`.
    pub code: &'static str,
    /// What is wrong and how to put it right (French).
    pub detail: String,
}

impl Fault {
    /// A fault at `pointer`.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }
}

/// A refusal, before it is rendered.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What sort of refusal.
    pub kind: Kind,
    /// What happened this time (French); the kind's title when `None`.
    pub detail: Option<String>,
    /// The values at fault.
    pub faults: Vec<Fault>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// The cause, for the log only: never sent.
    pub cause: Option<String>,
    /// Somebody else had the row: nothing was written, and the same act may succeed at once.
    pub contended: bool,
}

impl Problem {
    /// A refusal of this kind, with nothing more to say.
    pub const fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            faults: Vec::new(),
            retry_after: None,
            cause: None,
            contended: false,
        }
    }

    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the values at fault.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// Says when to try again.
    #[must_use]
    pub const fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Says that somebody else had the row.
    #[must_use]
    pub const fn contended(mut self) -> Self {
        self.contended = true;
        self
    }

    /// Keeps the cause for the log; it is never sent.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Kind;

    #[test]
    fn slugs_are_unique_and_statuses_are_refusals() {
        let slugs: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.entry().slug).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| (400..600).contains(&kind.entry().status)));
    }
}
