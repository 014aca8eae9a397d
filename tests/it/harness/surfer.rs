//! A browser without a screen: keeps cookies, follows what the program sends it to, reads the forms of a
//! page and sends them as they stand, with what a person would type.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use super::app::App;
use super::{lint, soon};

/// Redirects that are followed at most.
const HOPS: usize = 8;

/// Pages that customers see. What stands at these addresses is held against the rules of every page.
const LINTED: [&str; 8] = ["/simuler", "/devis/", "/d/", "/b/", "/i/", "/m/", "/r/", "/espace"];

/// Among them, pages that are not held against the rules yet.
const UNLINTED: [&str; 3] = ["/questionnaire", "/decision", "/pieces"];

/// Whether a page of this address is held against the rules of every page.
fn is_linted(path: &str) -> bool {
    LINTED.iter().any(|begins| path.starts_with(begins))
        && !UNLINTED.iter().any(|part| path.contains(part))
}

/// The browser of one person.
#[derive(Clone)]
pub(crate) struct Surfer {
    client: reqwest::Client,
    origin: String,
    /// Cookies by their name.
    pub(crate) jar: BTreeMap<String, String>,
    /// Headers of every request.
    pub(crate) says: Vec<(&'static str, String)>,
    /// Where «Retour» leads from the pages seen so far, with the page.
    backs: BTreeSet<(String, String)>,
}

/// A page as it arrived.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Path and query that it came from at last.
    pub(crate) at: String,
    pub(crate) body: String,
}

/// A form of a page: where it leads, and its values as they stand.
#[derive(Clone, Debug)]
pub(crate) struct SeenForm {
    pub(crate) action: String,
    pub(crate) values: BTreeMap<String, String>,
}

impl Surfer {
    /// A new browser, of somebody who reads French.
    pub(crate) fn new(app: &App) -> Self {
        Self::at(app.client.clone(), app.url(""))
    }

    /// The same, of a program at this address.
    pub(crate) fn at(client: reqwest::Client, origin: String) -> Self {
        Self {
            client,
            origin,
            jar: BTreeMap::new(),
            says: vec![("accept-language", "fr-FR,fr;q=0.9".to_owned())],
            backs: BTreeSet::new(),
        }
    }

    /// The same browser; the program is at another address by now.
    pub(crate) fn go_to(&mut self, origin: &str) {
        origin.clone_into(&mut self.origin);
    }

    /// Opens an address and follows where it leads.
    pub(crate) async fn open(&mut self, path: &str) -> Seen {
        self.follow(Method::GET, path.to_owned(), None).await
    }

    /// Goes back from every page seen so far: each way leads to a page.
    pub(crate) async fn go_back_everywhere(&mut self) {
        assert!(!self.backs.is_empty(), "no page had a way back");
        for (to, from) in self.backs.clone() {
            let seen = self.open(&to).await;
            assert_eq!(seen.status, StatusCode::OK, "{to}, from {from}: {}", seen.body);
        }
    }

    /// Sends the form of `page` that leads to `action`, with these answers, and follows.
    pub(crate) async fn send(
        &mut self,
        page: &Seen,
        action: &str,
        answers: &[(&str, &str)],
    ) -> Seen {
        let form = page.form(action).with(answers);
        self.submit(&form).await
    }

    /// Sends a form and follows.
    pub(crate) async fn submit(&mut self, form: &SeenForm) -> Seen {
        self.follow(Method::POST, form.action.clone(), Some(form)).await
    }

    /// Sends a form and shows the first answer, wherever it leads.
    pub(crate) async fn submit_once(&mut self, form: &SeenForm) -> Seen {
        self.once(Method::POST, &form.action, Some(form)).await
    }

    /// Opens an address of a program that may die meanwhile, and shows the first answer.
    pub(crate) async fn try_open(&mut self, path: &str) -> reqwest::Result<Seen> {
        let request = self.client.get(format!("{}{path}", self.origin));
        self.tried(request, path).await
    }

    /// Sends a form to such a program.
    pub(crate) async fn try_submit(&mut self, form: &SeenForm) -> reqwest::Result<Seen> {
        let request = self.client.request(Method::POST, format!("{}{}", self.origin, form.action));
        self.tried(request.form(&form.values), &form.action).await
    }

    /// Sends a form with files (field, name, bytes) and shows the first answer, wherever it leads.
    pub(crate) async fn upload(&mut self, form: &SeenForm, files: &[(&str, &str, &[u8])]) -> Seen {
        let boundary = "----parcours7d1f";
        let mut body = Vec::new();
        for (name, value) in &form.values {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"");
            body.extend(format!("--{boundary}\r\n{head}\r\n\r\n{value}\r\n").into_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream"
            );
            body.extend(format!("--{boundary}\r\n{head}\r\n\r\n").into_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").into_bytes());
        let media = format!("multipart/form-data; boundary={boundary}");
        let request = self.client.request(Method::POST, format!("{}{}", self.origin, form.action));
        self.sent(request.header("content-type", media).body(body), &form.action).await
    }

    async fn follow(&mut self, method: Method, path: String, form: Option<&SeenForm>) -> Seen {
        let mut seen = self.once(method, &path, form).await;
        for _ in 0..HOPS {
            if !seen.status.is_redirection() {
                return seen;
            }
            let to = seen.location();
            if !to.starts_with('/') {
                // To an application: it is no part of the program.
                return seen;
            }
            seen = self.once(Method::GET, &to, None).await;
        }
        seen
    }

    async fn once(&mut self, method: Method, path: &str, form: Option<&SeenForm>) -> Seen {
        let mut request = self.client.request(method, format!("{}{path}", self.origin));
        if let Some(form) = form {
            request = request.form(&form.values);
        }
        self.sent(request, path).await
    }

    async fn sent(&mut self, request: reqwest::RequestBuilder, path: &str) -> Seen {
        soon(self.tried(request, path)).await.expect("an answer")
    }

    async fn tried(
        &mut self,
        mut request: reqwest::RequestBuilder,
        path: &str,
    ) -> reqwest::Result<Seen> {
        for (name, value) in &self.says {
            request = request.header(*name, value);
        }
        if !self.jar.is_empty() {
            let pairs: Vec<_> =
                self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.text().await?;
        for line in headers.get_all("set-cookie") {
            self.keep(line.to_str().expect("text"));
        }
        if body.starts_with("<!DOCTYPE") && is_linted(path) {
            let sound = std::panic::catch_unwind(|| lint::check(&body));
            assert!(sound.is_ok(), "{path} is no page of ours: {body}");
        }
        if let Some(tag) = body.split("<a class=\"retour\"").nth(1) {
            let to = tag.split('>').next().and_then(|tag| attribute(tag, "href"));
            self.backs.extend(to.map(|to| (to, path.to_owned())));
        }
        Ok(Seen { status, headers, at: path.to_owned(), body })
    }

    /// Keeps a cookie, as it is set or as it is sent.
    pub(crate) fn keep(&mut self, line: &str) {
        let (name, rest) = line.split_once('=').expect("a cookie");
        let value = rest.split(';').next().unwrap_or_default();
        if value.is_empty() || line.contains("Max-Age=0") {
            self.jar.remove(name);
        } else {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Seen {
    /// Where it leads.
    pub(crate) fn location(&self) -> String {
        self.headers["location"].to_str().expect("text").to_owned()
    }

    /// The text of its heading.
    pub(crate) fn heading(&self) -> String {
        let found = self.body.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next());
        plain(found.unwrap_or_default())
    }

    /// Whether it says this, spaces of any width read as one.
    pub(crate) fn says(&self, words: &str) -> bool {
        plain(&self.body).contains(words)
    }

    /// Its form that leads to a path with this end.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> SeenForm {
        let forms = self.forms();
        let found = forms.iter().find(|form| form.action.ends_with(action));
        found.cloned().unwrap_or_else(|| {
            unreachable!("{}: no form to {action}: {} {}", self.at, self.status, self.body)
        })
    }

    /// Every form.
    pub(crate) fn forms(&self) -> Vec<SeenForm> {
        self.body.split("<form ").skip(1).map(SeenForm::read).collect()
    }
}

impl SeenForm {
    /// The first form of a page.
    pub(crate) fn first(page: &str) -> Self {
        Self::read(page.split("<form ").nth(1).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let text = text.split("</form>").next().unwrap_or_default();
        let mut values = BTreeMap::new();
        for input in text.split("<input ").skip(1) {
            let tag = input.split('>').next().unwrap_or_default();
            let name = attribute(tag, "name").unwrap_or_default();
            values.insert(name, attribute(tag, "value").unwrap_or_default());
        }
        Self { action: attribute(text, "action").unwrap_or_default(), values }
    }

    /// With these answers.
    pub(crate) fn with(mut self, answers: &[(&str, &str)]) -> Self {
        for (name, value) in answers {
            self.values.insert((*name).to_owned(), (*value).to_owned());
        }
        self
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let tag = format!(" {tag}");
    let rest = tag.split_once(&start)?.1;
    Some(plain(rest.split('"').next()?))
}

fn plain(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace(['\u{a0}', '\u{202f}'], " ")
}
