//! Whether a callback is the engine's: the signature of Standard Webhooks over the raw bytes, under a key
//! that it and we share, and not long ago. What it says is a hint: the decision is fetched, never taken
//! from here.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// A callback older, or newer, than this is somebody's who kept it.
const TOLERANCE_S: i64 = 300;

/// Signatures that are looked at in one header: one for each key while it changes.
const SIGNATURES: usize = 4;

/// The head of a callback.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a str,
}

/// Why a callback is refused; the caller is not told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forged {
    Head,
    Stale,
    Signature,
}

/// What a callback says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub(super) r#type: String,
    #[serde(rename = "sessionId")]
    pub(super) session: String,
    #[serde(rename = "revision")]
    pub(super) _revision: u32,
}

/// Whether the engine signed these bytes, now.
pub(super) fn verify(
    keys: &[SecretString],
    head: Head<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Forged> {
    let is_id =
        (1..=100).contains(&head.id.len()) && head.id.bytes().all(|it| it.is_ascii_graphic());
    let said: i64 = head.timestamp.parse().ok().filter(|_| is_id).ok_or(Forged::Head)?;
    if (now.as_second().saturating_sub(said)).abs() > TOLERANCE_S {
        return Err(Forged::Stale);
    }
    let text = [head.id.as_bytes(), b".", head.timestamp.as_bytes(), b".", body].concat();
    let signatures = head.signature.split(' ').take(SIGNATURES);
    let mut signatures = signatures.filter_map(|it| STANDARD.decode(it.strip_prefix("v1,")?).ok());
    let is_ours = |signature: Vec<u8>| {
        keys.iter().any(|key| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
            hmac::verify(&key, &text, &signature).is_ok()
        })
    };
    if signatures.any(is_ours) { Ok(()) } else { Err(Forged::Signature) }
}

/// The event of a body that was verified.
pub(super) fn read(body: &[u8]) -> Option<Event> {
    serde_json::from_slice::<Event>(body).ok().filter(|event| event.r#type == "session.decided")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
    const BODY: &[u8] = br#"{"type":"session.decided","sessionId":"s","revision":3}"#;
    const AT: &str = "1795426200";

    fn now() -> Timestamp {
        Timestamp::from_second(1_795_426_200).expect("an instant")
    }

    fn signed(key: &str, id: &str, at: &str, body: &[u8]) -> String {
        let text = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, &text)))
    }

    fn verdict(signature: &str, at: &str, body: &[u8], now: Timestamp) -> Result<(), Forged> {
        let head = Head { id: "msg_1", timestamp: at, signature };
        verify(&[KEY.into()], head, body, now)
    }

    #[test]
    fn a_callback_is_the_engines_or_nobodys() {
        let right = signed(KEY, "msg_1", AT, BODY);
        assert_eq!(verdict(&right, AT, BODY, now()), Ok(()));
        let other =
            signed("another key of the same length, which we do not have", "msg_1", AT, BODY);
        assert_eq!(verdict(&other, AT, BODY, now()), Err(Forged::Signature));
        assert_eq!(
            verdict(&format!("{other} {right}"), AT, BODY, now()),
            Ok(()),
            "while it changes"
        );
        assert_eq!(verdict(&right, AT, b"{}", now()), Err(Forged::Signature), "altered");
        assert_eq!(verdict(&right, "1795426201", BODY, now()), Err(Forged::Signature));
        for wrong in ["", "v1,", "v1", &right[3..], "v2,AAAA", "v1,????"] {
            assert_eq!(verdict(wrong, AT, BODY, now()), Err(Forged::Signature), "{wrong}");
        }
        let moved = signed(KEY, "msg_2", AT, BODY);
        assert_eq!(verdict(&moved, AT, BODY, now()), Err(Forged::Signature), "another event's");
        assert_eq!(verdict(&right, "yesterday", BODY, now()), Err(Forged::Head));
    }

    #[test]
    fn a_callback_that_somebody_kept_is_refused() {
        let right = signed(KEY, "msg_1", AT, BODY);
        for (seconds, verdict_is) in
            [(300, Ok(())), (301, Err(Forged::Stale)), (-300, Ok(())), (-301, Err(Forged::Stale))]
        {
            let now = now() + jiff::SignedDuration::from_secs(seconds);
            assert_eq!(verdict(&right, AT, BODY, now), verdict_is, "{seconds}");
        }
        let last = format!("v1,{}", STANDARD.encode([0; 32]));
        assert_eq!(verdict(&last, &i64::MIN.to_string(), BODY, now()), Err(Forged::Stale));
    }

    #[test]
    fn an_event_is_one_of_those_we_know() {
        assert_eq!(read(BODY).expect("an event").session, "s");
        assert!(read(br#"{"type":"session.opened","sessionId":"s","revision":3}"#).is_none());
        assert!(
            read(br#"{"type":"session.decided","sessionId":"s","revision":3,"x":1}"#).is_none()
        );
        assert!(read(b"[]").is_none());
    }
}
