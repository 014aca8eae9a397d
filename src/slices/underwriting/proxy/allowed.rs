//! What a browser may ask the engine, and nothing else.

use axum::http::Method;

/// What a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Nothing,
    Form,
    Json,
}

/// An address of the engine that a browser may call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) method: Method,
    /// As in metrics and logs.
    pub(super) template: &'static str,
    pub(super) sent: Sent,
    /// Whether it ends the questionnaire.
    pub(super) is_submission: bool,
}

const fn allowed(method: Method, template: &'static str, sent: Sent) -> Allowed {
    Allowed { method, template, sent, is_submission: false }
}

/// The list. `{n}` is a number, `{doc}` a name, `{file}` one to three names.
static ALLOWED: [Allowed; 12] = [
    allowed(Method::GET, "/continue/", Sent::Nothing),
    allowed(Method::GET, "/continue/question/{n}", Sent::Nothing),
    allowed(Method::GET, "/continue/verification", Sent::Nothing),
    allowed(Method::GET, "/continue/decision", Sent::Nothing),
    allowed(Method::GET, "/continue/pause", Sent::Nothing),
    allowed(Method::GET, "/continue/look/{file}", Sent::Nothing),
    allowed(Method::POST, "/continue/question/{n}", Sent::Form),
    Allowed {
        method: Method::POST,
        template: "/continue/envoi",
        sent: Sent::Form,
        is_submission: true,
    },
    allowed(Method::GET, "/cep-core/api/v1/questionnaire", Sent::Nothing),
    allowed(Method::GET, "/cep-core/api/v1/documents/{doc}", Sent::Nothing),
    allowed(Method::PUT, "/cep-core/api/v1/answers", Sent::Json),
    Allowed {
        method: Method::POST,
        template: "/cep-core/api/v1/submit",
        sent: Sent::Json,
        is_submission: true,
    },
];

/// What is not on the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// No such address.
    Address,
    /// The address takes these methods.
    Method(Vec<&'static str>),
}

impl Allowed {
    /// Whether its pages are for programs.
    pub(super) fn is_api(&self) -> bool {
        self.template.starts_with("/cep-core/")
    }

    /// Whether its answer is a document to be kept.
    pub(super) fn is_document(&self) -> bool {
        self.template.ends_with("{doc}")
    }

    /// Whether its answer is a file of the pages' look.
    pub(super) fn is_look(&self) -> bool {
        self.template.ends_with("{file}")
    }
}

/// What these segments may be asked with this method.
pub(super) fn find(method: &Method, segments: &[String]) -> Result<&'static Allowed, Refused> {
    let here: Vec<_> = ALLOWED.iter().filter(|it| fits(it.template, segments)).collect();
    if here.is_empty() {
        return Err(Refused::Address);
    }
    let found = here.iter().find(|it| it.method == *method).copied();
    let name = |it: &&Allowed| match it.method {
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "GET",
    };
    found.ok_or_else(|| Refused::Method(here.iter().map(name).collect()))
}

fn fits(template: &str, segments: &[String]) -> bool {
    let mut rest = segments.iter();
    for part in template.split('/').skip(1) {
        if part == "{file}" {
            let left: Vec<_> = rest.collect();
            return (1..=3).contains(&left.len()) && left.into_iter().all(|it| is_name(it));
        }
        let Some(segment) = rest.next() else { return false };
        let fits = match part {
            "{n}" => is_number(segment),
            "{doc}" => is_name(segment),
            literal => segment == literal,
        };
        if !fits {
            return false;
        }
    }
    rest.next().is_none()
}

fn is_number(segment: &str) -> bool {
    (1..=3).contains(&segment.len()) && segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=100).contains(&segment.len()) && segment.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::super::path::segments;
    use super::*;

    fn asked(method: &Method, path: &str) -> Result<&'static str, Refused> {
        find(method, &segments(path).expect("a plain path")).map(|it| it.template)
    }

    #[test]
    fn the_list_is_all_that_gets_through() {
        let get = |path| asked(&Method::GET, path);
        assert_eq!(get("/continue/"), Ok("/continue/"));
        assert_eq!(get("/continue/question/7"), Ok("/continue/question/{n}"));
        assert_eq!(get("/continue/look/1a/app.css"), Ok("/continue/look/{file}"));
        let document = "/cep-core/api/v1/documents/decision-1a2b3c4d";
        assert_eq!(get(document), Ok("/cep-core/api/v1/documents/{doc}"));
        for path in [
            "/",
            "/continue",
            "/continue/x",
            "/continue/question/",
            "/continue/question/x",
            "/continue/question/1234",
            "/continue/question/1/2",
            "/continue/look/",
            "/continue/look/a/b/c/d",
            "/continue/WEB-INF/web.xml",
            "/cep-core/",
            "/cep-core/integration/v1/health",
            "/cep-core/integration/v1/sessions",
            "/cep-core/api/v1/",
            "/cep-core/api/v1/documents/a b",
            "/cep-core/api/v2/questionnaire",
            "/ras-web/api/v1/cases",
            "/dcs/api/v1/documents",
            "/manager/html",
        ] {
            assert_eq!(get(path), Err(Refused::Address), "{path}");
        }
    }

    #[test]
    fn an_address_takes_its_own_methods() {
        let only = |names: &[&'static str]| Err(Refused::Method(names.to_vec()));
        for method in
            [Method::DELETE, Method::TRACE, Method::CONNECT, Method::OPTIONS, Method::HEAD]
        {
            assert_eq!(asked(&method, "/continue/question/1"), only(&["GET", "POST"]), "{method}");
        }
        assert_eq!(asked(&Method::POST, "/cep-core/api/v1/answers"), only(&["PUT"]));
        assert_eq!(asked(&Method::GET, "/cep-core/api/v1/submit"), only(&["POST"]));
        assert_eq!(asked(&Method::POST, "/continue/envoi"), Ok("/continue/envoi"));
    }
}
