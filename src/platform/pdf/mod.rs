//! Typesetting: a template of `templates/pdf/` and a JSON document become a PDF, in process.
//!
//! What comes out is PDF/A-2a and PDF/UA-1: archivable, tagged, in French, with a title; the library
//! checks both while it writes. The same template, data and date give the same bytes.
//!
//! Only the templates of this binary are ever parsed. Data reach them as the file `/data.json`, so a
//! text is a text whatever it holds: it is never read as a template.

mod desk;
mod legible;
mod press;
mod settings;

pub use press::{Order, PdfError, Typesetter};
pub use settings::PdfSettings;
