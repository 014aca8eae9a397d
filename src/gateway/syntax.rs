//! The form of what is sent, before anybody asks what it means: one reading, or none. A parameter that
//! stands twice, a byte that is no text, a sign that two programs read in two ways are refused with their
//! place (400), so that no handler, proxy or log ever chooses between two readings.
//!
//! Documents in JSON are read with the same care by `platform::web::json`, at their own place.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::facts::{Audience, Facts};
use crate::platform::web::input::InputRule;

/// Parameters that are compared with each other; the firewall refuses more.
const NAMES_MAX: usize = 300;

/// Addresses whose handlers refuse in words of their own (RFC 6749 §5.2): they read each parameter once.
const OWN_WORDS: &str = "/pools/";

/// Refuses what has more than one reading. `route` is the address as it is routed; what nobody serves has
/// nobody to confuse.
///
/// # Errors
/// [`Kind::Malformed`], with the place.
pub(super) fn check(parts: &Parts, body: &[u8], route: Option<&str>) -> Result<(), Problem> {
    let Some(route) = route else { return Ok(()) };
    plain(parts.uri.path().as_bytes(), "", false)?;
    if route.starts_with(OWN_WORDS) {
        return Ok(());
    }
    let query = parts.uri.query().unwrap_or("").as_bytes();
    let mut names = Names::default();
    names.read(query, "?")?;
    if is_form(&parts.headers) {
        let is_page =
            parts.extensions.get::<Facts>().is_some_and(|it| it.audience == Audience::Page);
        names.read_form(body, is_page)?;
    }
    Ok(())
}

fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
    media.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded")
}

/// The names that were read, in lower case: `ID` and `id` are one to many programs.
#[derive(Default)]
struct Names {
    of_query: Vec<Vec<u8>>,
}

impl Names {
    fn read(&mut self, query: &[u8], mark: &str) -> Result<(), Problem> {
        for pair in pairs(query) {
            let (name, value) = split(pair);
            // A semicolon separated parameters once, and still does for some.
            if pair.contains(&b';') && pair.iter().filter(|&&byte| byte == b'=').count() > 1 {
                return Err(refused(
                    mark,
                    name,
                    InputRule::QuerySyntax,
                    "Codez le point-virgule\u{a0}: %3B.",
                ));
            }
            plain(value, &pointer(mark, name), true)?;
            let name = named(name, mark)?;
            if self.of_query.contains(&name) {
                let detail = "Ce paramètre apparaît deux fois\u{202f}; gardez-en un.";
                return Err(refused(mark, &name, InputRule::QueryDuplicate, detail));
            }
            if self.of_query.len() < NAMES_MAX {
                self.of_query.push(name);
            }
        }
        Ok(())
    }

    /// A page says itself, in its own words, that an answer came twice.
    fn read_form(&self, body: &[u8], is_page: bool) -> Result<(), Problem> {
        let mut own = Self::default();
        for pair in pairs(body) {
            let (name, value) = split(pair);
            plain(value, &pointer("/", name), true)?;
            let lower = named(name, "/")?;
            if self.of_query.contains(&lower) {
                let detail =
                    "Ce paramètre est dans l’adresse et dans le corps\u{202f}; gardez-en un.";
                return Err(refused("/", &lower, InputRule::QueryDuplicate, detail));
            }
            if own.of_query.contains(&lower) && !is_page {
                let detail = "Ce champ apparaît deux fois\u{202f}; gardez-en un.";
                return Err(refused("/", &lower, InputRule::QueryDuplicate, detail));
            }
            if own.of_query.len() < NAMES_MAX {
                own.of_query.push(lower);
            }
        }
        Ok(())
    }
}

fn pairs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty())
}

fn split(pair: &[u8]) -> (&[u8], &[u8]) {
    let middle = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
    (&pair[..middle], pair.get(middle + 1..).unwrap_or_default())
}

/// The name, decoded, in lower case; `_method` would change the method for a framework that listens.
fn named(name: &[u8], mark: &str) -> Result<Vec<u8>, Problem> {
    plain(name, &pointer(mark, name), false)?;
    let decoded: Vec<u8> = percent_encoding::percent_decode(name).collect();
    let lower = decoded.to_ascii_lowercase();
    if lower == b"_method" {
        let detail = "La méthode est celle de la requête\u{202f}; ôtez ce paramètre.";
        return Err(refused(mark, name, InputRule::QueryUnknown, detail));
    }
    Ok(lower)
}

/// Whole percents, UTF-8, and no sign that cannot be seen; `lines` may have ends of lines and tabs.
fn plain(text: &[u8], place: &str, lines: bool) -> Result<(), Problem> {
    let wrong = |detail: &str| {
        let fault = InputRule::QuerySyntax.fault(place, detail);
        Err(Problem::new(Kind::Malformed).faults(vec![fault]))
    };
    let percents = text.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    let is_whole =
        |at: usize| text.get(at + 1..at + 3).is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit));
    if percents.into_iter().any(|(at, _)| !is_whole(at)) {
        return wrong(
            "Un % est suivi de deux chiffres hexadécimaux\u{202f}; lui-même se code %25.",
        );
    }
    let decoded: Vec<u8> = percent_encoding::percent_decode(text).collect();
    let Ok(decoded) = std::str::from_utf8(&decoded) else {
        return wrong("Codez le texte en UTF-8, puis en pourcents.");
    };
    let is_unseen = |char: char| char.is_control() && !(lines && "\r\n\t".contains(char));
    if decoded.contains(is_unseen) {
        return wrong("Un caractère de contrôle ne peut pas figurer ici.");
    }
    Ok(())
}

fn refused(mark: &str, name: &[u8], rule: InputRule, detail: &str) -> Problem {
    Problem::new(Kind::Malformed).faults(vec![rule.fault(pointer(mark, name), detail)])
}

/// The place of a parameter; a stranger's name is cut before it fills the answer.
fn pointer(mark: &str, name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let shown = |char: &char| !char.is_control() && *char != '\u{fffd}';
    format!("{mark}{}", name.chars().filter(shown).take(80).collect::<String>())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    /// The pointer of the refusal, when there is one.
    fn refusal(address: &str, body: &str) -> Option<String> {
        let request = Request::post(address)
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let problem = check(&parts, body.as_bytes(), Some("/v1/x")).err()?;
        assert_eq!(problem.kind, Kind::Malformed);
        Some(problem.faults[0].pointer.clone())
    }

    #[test]
    fn the_matrix_of_pollution() {
        for (address, body, place) in [
            ("/x?a=1&a=2", "", "?a"),
            ("/x?a=1&A=2", "", "?a"),
            ("/x?a=1&%61=2", "", "?a"),
            ("/x?a[]=1&a[]=2", "", "?a[]"),
            ("/x?a&a", "", "?a"),
            ("/x?a=1;a=2", "", "?a"),
            ("/x?a=1;b=2&c=3", "", "?a"),
            ("/x?_method=DELETE", "", "?_method"),
            ("/x", "_method=PUT", "/_method"),
            ("/x", "a=1&a=2", "/a"),
            ("/x?a=1", "a=2", "/a"),
            ("/x?a=1", "b=1&A=2", "/a"),
            ("/x?a=%00", "", "?a"),
            ("/x?a=%zz", "", "?a"),
            ("/x?a=%4", "", "?a"),
            ("/x?a=%c0%af", "", "?a"),
            ("/x?a=%ff", "", "?a"),
            ("/x?%0a=1", "", "?%0a"),
            ("/x%00", "", ""),
            ("/x%0d%0a", "", ""),
            ("/%c0%ae%c0%ae/x", "", ""),
            ("/x", "a=%e9", "/a"),
        ] {
            assert_eq!(refusal(address, body).as_deref(), Some(place), "{address} {body}");
        }
    }

    #[test]
    fn what_has_one_reading_passes() {
        for (address, body) in [
            ("/x", ""),
            ("/x?a=1&b=2", "c=3"),
            ("/x?a=1%3Bb=2", ""),
            ("/x?q=pain;beurre", ""),
            ("/x?a=%C3%A9t%C3%A9", "nom=O%27Connor&texte=deux%0D%0Alignes"),
            ("/x?a", "&&"),
        ] {
            assert_eq!(refusal(address, body), None, "{address} {body}");
        }
        let (parts, ()) = Request::get("/x?a=1&a=2").body(()).expect("a request").into_parts();
        assert!(check(&parts, b"", None).is_ok(), "nobody serves it");
        assert!(check(&parts, b"", Some("/pools/{pool}/oauth2/token")).is_ok(), "in its own words");
    }
}
