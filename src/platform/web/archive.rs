//! Several files as one to download (ZIP, APPNOTE 6.3.10). PDFs are compressed already: nothing is squeezed
//! here, so that its cost is that of copying. The same files are always the same bytes: they stand in the
//! order in which they are given, and no clock is asked.

use std::io::{Cursor, Write as _};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::kernel::problem::{Kind, Problem};

/// Most bytes of all files: an archive is made in memory.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Most files: far above what one contract has.
const FILES_MAX: usize = 64;

/// The files under their names, as a download that nobody keeps on the way. `name` is letters, digits, `-`
/// and `.`.
///
/// # Errors
/// [`Kind::TooLarge`] when they are too many, or together too much to be made in memory.
pub fn download(name: &str, files: &[(String, Vec<u8>)]) -> Result<Response, Problem> {
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((StatusCode::OK, headers, zipped(files)?).into_response())
}

fn zipped(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Problem> {
    let total = files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    if total > BYTES_MAX || files.len() > FILES_MAX {
        return Err(Problem::new(Kind::TooLarge).cause("too much for one archive"));
    }
    let broken = |error: std::io::Error| Problem::new(Kind::Bug).cause(error);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options).map_err(|error| broken(error.into()))?;
        archive.write_all(bytes).map_err(broken)?;
    }
    Ok(archive.finish().map_err(|error| broken(error.into()))?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let files = [("a.pdf".to_owned(), b"one".to_vec()), ("b.pdf".to_owned(), Vec::new())];
        let bytes = zipped(&files).expect("an archive");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("readable");
        assert_eq!(archive.len(), 2);
        let mut text = String::new();
        archive.by_name("a.pdf").expect("there").read_to_string(&mut text).expect("read");
        assert_eq!(text, "one");
    }

    #[test]
    fn the_same_files_are_the_same_bytes_in_their_order() {
        let files = [("b.pdf".to_owned(), b"two".to_vec()), ("a.pdf".to_owned(), b"one".to_vec())];
        let bytes = zipped(&files).expect("an archive");
        assert_eq!(bytes, zipped(&files).expect("an archive"));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("readable");
        for (place, (name, _)) in files.iter().enumerate() {
            let one = archive.by_index(place).expect("there");
            assert_eq!(&one.name().expect("a name"), name);
        }
    }

    #[test]
    fn too_many_and_too_much_are_refused() {
        let named = |count: usize, size: usize| {
            let one = |n| (format!("{n}.pdf"), vec![0; size]);
            (0..count).map(one).collect::<Vec<_>>()
        };
        assert!(zipped(&named(FILES_MAX, 1)).is_ok());
        for files in [named(FILES_MAX + 1, 1), named(1, BYTES_MAX + 1)] {
            let refused = zipped(&files).expect_err("too large");
            assert_eq!(refused.kind, Kind::TooLarge);
        }
    }
}
