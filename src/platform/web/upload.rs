//! Files that a person sends with a form (`multipart/form-data`), read piece by piece within limits.
//!
//! A file that is too much is read to its end and thrown away, so that the person is told of that file
//! and the others are taken. Nothing is written anywhere here, and no name of a file is believed.

use std::error::Error;

use axum::extract::Request;
use axum::http::header;
use multer::{Field, Multipart};

use super::body;
use super::form::Form;
use crate::kernel::french;
use crate::kernel::problem::{Kind, Problem};

/// Fields of one form at most.
const FIELDS_MAX: usize = 100;

/// Longest answer of a field that is no file.
const TEXT_MAX: usize = 8192;

/// Longest name of a file that is shown back.
const NAME_MAX: usize = 80;

/// How much of what is sent is kept.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// Files.
    pub files: usize,
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Bytes of all of them.
    pub all_bytes: usize,
}

/// Why a file was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// It is too large.
    Large,
    /// With those before it there are too many, or together they are too large.
    Many,
}

impl TooMuch {
    /// What is said of the file, after its name (French).
    pub fn said(self, limits: UploadLimits) -> String {
        let size = |bytes: usize| french::bytes(bytes as u64);
        match self {
            Self::Large => format!(
                "dépasse {}\u{a0}: prenez une photo plus petite, ou envoyez un PDF",
                size(limits.file_bytes)
            ),
            Self::Many => format!(
                "n’a pas été pris\u{a0}: envoyez {}\u{a0}fichiers et {} au plus à la fois, puis \
                 recommencez avec les suivants",
                limits.files,
                size(limits.all_bytes)
            ),
        }
    }
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct SentFile {
    /// Name of its field.
    pub field: String,
    /// Its name on the other machine, for a message about it and nothing else.
    pub name: String,
    /// Its bytes.
    pub bytes: Result<Vec<u8>, TooMuch>,
}

/// A form with its files.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// The answers.
    pub form: Form,
    /// The files, in the order of the page.
    pub files: Vec<SentFile>,
}

impl Upload {
    /// Reads a form with files. An input in which nothing was chosen is no file.
    ///
    /// # Errors
    /// [`Kind::UnsupportedMediaType`], [`Kind::TooLarge`], [`Kind::RequestTimeout`], or
    /// [`Kind::Malformed`].
    pub async fn read(request: Request, limits: UploadLimits) -> Result<Self, Problem> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let boundary = media.and_then(|media| multer::parse_boundary(media).ok());
        let boundary = boundary.ok_or(Kind::UnsupportedMediaType)?;
        let mut parts = Multipart::new(request.into_body().into_data_stream(), boundary);
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        let mut room = Room { limits, files: 0, bytes: 0 };
        while let Some(mut field) = parts.next_field().await.map_err(|it| broken(&it))? {
            let name: String = field.name().unwrap_or_default().chars().take(NAME_MAX).collect();
            let file = field.file_name().map(shown);
            match file {
                Some(file) => {
                    let bytes = room.take(&mut field).await?;
                    let is_file = !file.is_empty() || bytes.as_ref().is_ok_and(|it| !it.is_empty());
                    if is_file && files.len() < FIELDS_MAX {
                        files.push(SentFile { field: name, name: file, bytes });
                    }
                }
                None => pairs.push((name, text(&mut field).await?)),
            }
            if pairs.len() > FIELDS_MAX {
                return Err(Problem::new(Kind::Malformed).cause("too many fields"));
            }
        }
        Ok(Self { form: Form::new(pairs), files })
    }
}

/// What is left of the limits.
struct Room {
    limits: UploadLimits,
    files: usize,
    bytes: usize,
}

impl Room {
    /// The bytes of a file, if there is room for them; it is read to its end either way.
    async fn take(&mut self, field: &mut Field<'_>) -> Result<Result<Vec<u8>, TooMuch>, Problem> {
        let mut bytes = Vec::new();
        let mut refused = None;
        while let Some(piece) = field.chunk().await.map_err(|it| broken(&it))? {
            let size = bytes.len() + piece.len();
            if refused.is_some() {
                continue;
            }
            if size > self.limits.file_bytes {
                refused = Some(TooMuch::Large);
            } else if self.files >= self.limits.files || self.bytes + size > self.limits.all_bytes {
                refused = Some(TooMuch::Many);
            } else {
                bytes.extend_from_slice(&piece);
                continue;
            }
            bytes = Vec::new();
        }
        if let Some(why) = refused {
            return Ok(Err(why));
        }
        self.files += usize::from(!bytes.is_empty());
        self.bytes += bytes.len();
        Ok(Ok(bytes))
    }
}

/// The answer of a field that is no file.
async fn text(field: &mut Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|it| broken(&it))? {
        if bytes.len() + piece.len() > TEXT_MAX {
            return Err(Problem::new(Kind::Malformed).cause("an answer that is too long"));
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|error| Problem::new(Kind::Malformed).cause(error))
}

/// The end of a path, without what is not written.
fn shown(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|it| !it.is_control()).take(NAME_MAX).collect()
}

/// A body that passes its limits says so in its own words; anything else is no form.
fn broken(error: &multer::Error) -> Problem {
    let stopped = body::stopped(error as &(dyn Error + 'static));
    Problem::new(stopped.map_or(Kind::Malformed, body::Stopped::kind)).cause(error)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;

    use super::*;

    const LIMITS: UploadLimits = UploadLimits { files: 2, file_bytes: 8, all_bytes: 12 };

    fn part(name: &str, file: Option<&str>, text: &str) -> String {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
    }

    async fn read(body: Body) -> Result<Upload, Problem> {
        let request = Request::builder().header("content-type", "multipart/form-data; boundary=x");
        Upload::read(request.body(body).expect("a request"), LIMITS).await
    }

    #[tokio::test]
    async fn each_file_that_is_too_much_is_told_of_and_the_others_are_taken() {
        let parts = [
            part("jeton", None, "abc"),
            part("a", Some("C:\\\\photos\\\\l'été.pdf"), "1234567"),
            part("a", Some("large.pdf"), "123456789"),
            part("b", Some(""), ""),
            part("b", Some("small.pdf"), "12345"),
            part("b", Some("third.pdf"), "1"),
        ];
        let body = format!("{}--x--\r\n", parts.concat());
        let upload = read(Body::from(body)).await.expect("a form");
        assert_eq!(upload.form.value("jeton"), "abc");
        let seen: Vec<_> = upload
            .files
            .iter()
            .map(|it| (it.field.as_str(), it.name.as_str(), it.bytes.as_ref().map(Vec::len)))
            .collect();
        let expected = [
            ("a", "l'été.pdf", Ok(7)),
            ("a", "large.pdf", Err(&TooMuch::Large)),
            ("b", "small.pdf", Ok(5)),
            ("b", "third.pdf", Err(&TooMuch::Many)),
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn what_is_no_form_or_breaks_off_is_refused_in_its_own_words() {
        let cut = read(Body::from(part("a", Some("a.pdf"), "12"))).await;
        assert_eq!(cut.expect_err("cut").kind, Kind::Malformed);
        let long = part("a", None, &"x".repeat(TEXT_MAX + 1));
        let long = read(Body::from(format!("{long}--x--\r\n"))).await;
        assert_eq!(long.expect_err("long").kind, Kind::Malformed);
        let large = part("a", Some("a.pdf"), &"x".repeat(100));
        let large = body::bound(Body::from(large), 50, Duration::from_secs(3600));
        assert_eq!(read(large).await.expect_err("large").kind, Kind::TooLarge);
        let other = Request::builder().header("content-type", "application/json");
        let other = Upload::read(other.body(Body::empty()).expect("a request"), LIMITS).await;
        assert_eq!(other.expect_err("no form").kind, Kind::UnsupportedMediaType);
    }
}
