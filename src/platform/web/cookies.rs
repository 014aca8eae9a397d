//! Cookies: read one by name, set one with everything that keeps it ours.
//!
//! Over TLS the name begins with `__Host-`: a browser then takes the cookie from this very host only,
//! for all paths, and over TLS only. On a developer's plain http there is no prefix and no `Secure`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// Longest value that is read: ours are shorter.
const LONGEST: usize = 256;

/// How cookies are named and protected here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// For the service whose public origin this is.
    pub fn of(origin: &str) -> Self {
        Self { secure: origin.starts_with("https:") }
    }

    /// The value of the cookie `name`, when it was sent exactly once.
    pub fn read<'a>(self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let full = self.full_name(name);
        let lines = headers.get_all(header::COOKIE).iter();
        let pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        let mut values = pairs.filter_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == full).then_some(value)
        });
        let value = values.next()?;
        // Two values: somebody else's has been planted beside ours.
        let is_one = values.next().is_none() && (1..=LONGEST).contains(&value.len());
        is_one.then_some(value)
    }

    /// The header that sets `name` for so long; for the browser's session when `life` is `None`.
    /// `value` is of our making: letters, digits, `-`, `_` and `.`.
    pub fn set(self, name: &str, value: &str, life: Option<Duration>) -> Option<HeaderValue> {
        self.line(name, value, life, "Lax")
    }

    /// The same for the browser's session, never sent with what begins on another site.
    pub fn set_strict(self, name: &str, value: &str) -> Option<HeaderValue> {
        self.line(name, value, None, "Strict")
    }

    fn line(
        self,
        name: &str,
        value: &str,
        life: Option<Duration>,
        site: &str,
    ) -> Option<HeaderValue> {
        let age = life.map_or_else(String::new, |life| format!("; Max-Age={}", life.as_secs()));
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.full_name(name);
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite={site}{secure}{age}");
        HeaderValue::try_from(line).ok()
    }

    /// The header that removes `name`.
    pub fn remove(self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", Some(Duration::ZERO))
    }

    fn full_name(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn a_cookie_is_read_once_or_not_at_all() {
        let plain = Cookies::of("http://127.0.0.1:8080");
        assert_eq!(plain.read(&headers(&["a=1; session=xyz"]), "session"), Some("xyz"));
        assert_eq!(plain.read(&headers(&["a=1", "session=xyz"]), "session"), Some("xyz"));
        assert_eq!(plain.read(&headers(&["session=1; session=2"]), "session"), None);
        assert_eq!(plain.read(&headers(&["session="]), "session"), None);
        assert_eq!(plain.read(&headers(&["xsession=1"]), "session"), None);
        let safe = Cookies::of("https://assurly.example");
        assert_eq!(safe.read(&headers(&["session=planted"]), "session"), None);
        assert_eq!(safe.read(&headers(&["__Host-session=ours"]), "session"), Some("ours"));
    }

    #[test]
    fn over_tls_a_cookie_is_bound_to_its_host() {
        let safe = Cookies::of("https://assurly.example");
        let line = safe.set("s", "v", Some(Duration::from_secs(60))).expect("a header");
        assert_eq!(line, "__Host-s=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60");
        let plain = Cookies::of("http://127.0.0.1").set("s", "v", None).expect("a header");
        assert_eq!(plain, "s=v; Path=/; HttpOnly; SameSite=Lax");
        let strict = safe.set_strict("s", "v").expect("a header");
        assert_eq!(strict, "__Host-s=v; Path=/; HttpOnly; SameSite=Strict; Secure");
    }
}
