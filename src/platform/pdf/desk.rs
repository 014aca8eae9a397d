//! What every document is set from: templates and fonts of the binary, read once.
//!
//! Nothing is read from the disk, no package is fetched, and the date is the document's own: a
//! template cannot know anything that it was not given.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

#[derive(rust_embed::Embed)]
#[folder = "templates/pdf/"]
struct Files;

/// Where a template finds its data.
const DATA: &str = "/data.json";

static DESK: LazyLock<Desk> = LazyLock::new(Desk::lay);

struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    templates: HashMap<FileId, Source>,
    data: Option<FileId>,
}

impl Desk {
    fn lay() -> Self {
        let mut fonts = Vec::new();
        let mut templates = HashMap::new();
        for name in Files::iter() {
            let Some(file) = Files::get(&name) else { continue };
            if name.ends_with(".ttf") {
                fonts.extend(Font::iter(Bytes::new(file.data)));
            } else if let (Some(id), true) = (id(&name), name.ends_with(".typ")) {
                let text = String::from_utf8_lossy(&file.data).into_owned();
                templates.insert(id, Source::new(id, text));
            }
        }
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            templates,
            data: id(DATA),
        }
    }
}

fn id(path: &str) -> Option<FileId> {
    VirtualPath::new(path).ok().map(|path| RootedPath::new(VirtualRoot::Project, path).intern())
}

/// Whether a glyph of ours draws this character.
pub(super) fn draws(character: char) -> bool {
    let desk = &*DESK;
    (0..desk.fonts.len())
        .filter_map(|place| desk.book.info(place))
        .all(|font| font.coverage.contains(character.into()))
}

/// One document to be set: its template and its data. Borrows everything else.
pub(super) struct Job {
    template: FileId,
    data: Bytes,
    date: Option<Datetime>,
}

impl Job {
    /// `None` when there is no such template.
    pub(super) fn new(template: &str, data: Vec<u8>, date: Date) -> Option<Self> {
        let template = id(&format!("/{template}.typ"))?;
        DESK.templates.get(&template)?;
        Some(Self { template, data: Bytes::new(data), date: written(date) })
    }

    /// The day of the document.
    pub(super) const fn date(&self) -> Option<Datetime> {
        self.date
    }
}

/// A day as the library writes it.
fn written(date: Date) -> Option<Datetime> {
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Datetime::from_ymd(date.year().into(), month, day)
}

impl World for Job {
    fn library(&self) -> &LazyHash<Library> {
        &DESK.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &DESK.book
    }

    fn main(&self) -> FileId {
        self.template
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        DESK.templates.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Some(id) == DESK.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        DESK.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_french_has_a_glyph() {
        let french = "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÆŒàâäçéèêëîïôöùûüÿæœ€«»’‘“”–—…·•°²³×÷−≤≥\u{A0}\u{202F}\u{2009}\u{2011}";
        for character in french.chars().chain(' '..='~') {
            assert!(draws(character), "{character:?}");
        }
        assert!(!draws('漢') && !draws('😀') && !draws('\u{7}'));
    }

    #[test]
    fn a_template_reads_its_data_and_nothing_else() {
        let date = jiff::civil::date(2026, 11, 23);
        assert!(Job::new("nothing", Vec::new(), date).is_none());
        assert!(Job::new("../../Cargo", Vec::new(), date).is_none());
        let job = Job::new("house", b"{}".to_vec(), date).expect("a template");
        for path in ["/etc/passwd", "/fonts/OFL.txt", "/fonts/Figtree-Bold.ttf"] {
            let id = id(path).expect("a path");
            assert!(job.file(id).is_err() && job.source(id).is_err(), "{path}");
        }
        assert_eq!(job.file(id(DATA).expect("a path")).expect("the data").as_slice(), b"{}");
    }
}
