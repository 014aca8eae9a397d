//! Where rules come from: the files compiled into the program, and a folder of the operator's whose
//! files stand in for those of the same name, or come beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rust_embed::RustEmbed;

/// The largest file of rules that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The most files of one folder.
const FILES_MAX: usize = 100;

#[derive(RustEmbed)]
#[folder = "config/waf/"]
struct Own;

/// The text of each file, by its name.
pub(super) type Files = BTreeMap<String, String>;

/// The files in force: the program's, under those of `folder` when it is named.
///
/// # Errors
/// The folder or a file of it cannot be read.
pub(super) fn gather(folder: &Path) -> Result<Files, String> {
    let mut files: Files = Own::iter()
        .filter_map(|name| {
            let text = String::from_utf8(Own::get(&name)?.data.into_owned()).ok()?;
            Some((name.into_owned(), text))
        })
        .collect();
    if !folder.as_os_str().is_empty() {
        files.extend(read(folder)?);
    }
    Ok(files)
}

fn read(folder: &Path) -> Result<Files, String> {
    let said = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Files::new();
    for entry in fs::read_dir(folder).map_err(said)? {
        let entry = entry.map_err(said)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".toml") {
            continue;
        }
        let size = fs::metadata(entry.path()).map_err(said)?.len();
        if size > FILE_BYTES_MAX || files.len() >= FILES_MAX {
            return Err(format!("{name}: more than this program reads"));
        }
        files.insert(name, fs::read_to_string(entry.path()).map_err(said)?);
    }
    Ok(files)
}
