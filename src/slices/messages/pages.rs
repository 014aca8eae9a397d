//! The mailbox of development: `/dev/messages` for persons, `/dev/messages.json` for scripts. Neither
//! address exists in production.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};

use super::message::Letter;
use super::service::Messages;
use super::store::Delivered;
use crate::platform::db::DbError;
use crate::platform::web::json::Json;
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet};
use crate::platform::web::problem::ApiError;
use crate::platform::web::query::Query;

/// The mailbox's addresses, in development; none in production.
pub fn development(messages: &Messages) -> Router {
    if !messages.shared.is_development {
        return Router::new();
    }
    Router::new()
        .route("/dev/messages", get(page))
        .route("/dev/messages.json", get(json))
        .with_state(messages.clone())
}

/// Whose messages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "messages/mailbox.html")]
struct MailboxPage {
    to: String,
    messages: Vec<Shown>,
}

impl Sheet for MailboxPage {
    fn title(&self) -> &str {
        "Messages envoyés"
    }
}

/// A message as both forms show it.
#[derive(Serialize)]
struct Shown {
    id: String,
    channel: String,
    to: String,
    locale: String,
    sent_at: String,
    #[serde(flatten)]
    letter: Letter,
}

impl From<Delivered> for Shown {
    fn from(delivered: Delivered) -> Self {
        Self {
            id: delivered.id.to_string(),
            channel: delivered.channel,
            to: delivered.recipient,
            locale: delivered.locale,
            sent_at: delivered.sent_at.to_string(),
            letter: delivered.letter,
        }
    }
}

impl Shown {
    fn is_email(&self) -> bool {
        self.channel == "email"
    }
}

async fn page(
    State(messages): State<Messages>,
    Query(filter): Query<Filter>,
) -> Result<Page<MailboxPage>, PageError> {
    let to = filter.to.trim().to_owned();
    let messages = shown(&messages, &to).await?;
    Ok(Page::new(MailboxPage { to, messages }).cache(CachePolicy::Never))
}

async fn json(
    State(messages): State<Messages>,
    Query(filter): Query<Filter>,
) -> Result<Response, ApiError> {
    let messages = shown(&messages, filter.to.trim()).await?;
    let mut response = Json(serde_json::json!({ "messages": messages })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn shown(messages: &Messages, to: &str) -> Result<Vec<Shown>, DbError> {
    Ok(messages.shared.mailbox.read(to).await?.into_iter().map(Shown::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::web::lint;
    use crate::slices::messages::message::tests::letter;

    fn mailbox(messages: Vec<Shown>, to: &str) -> String {
        MailboxPage { to: to.to_owned(), messages }.render().expect("renders")
    }

    fn sent(channel: &str, to: &str) -> Shown {
        Shown {
            id: "msg_1".to_owned(),
            channel: channel.to_owned(),
            to: to.to_owned(),
            locale: "fr".to_owned(),
            sent_at: "2026-11-23T09:00:00Z".to_owned(),
            letter: letter(),
        }
    }

    #[test]
    fn the_page_is_sound_and_shows_code_and_link() {
        lint::check(&mailbox(Vec::new(), ""));
        lint::check(&mailbox(Vec::new(), "camille@exemple.fr"));
        let both = vec![sent("email", "camille@exemple.fr"), sent("sms", "+33612345678")];
        let page = mailbox(both, "");
        lint::check(&page);
        assert!(page.contains("<code>482913</code>"), "{page}");
        assert!(page.contains("href=\"https://assurly.example/c?a=1&#38;b=2\""), "{page}");
        assert!(page.contains("482913 est votre code."), "{page}");
    }
}
