//! What must not compile: an operation without its proof, and proofs, callers or actors made by hand.
//!
//! Each file of `tests/compile_fail` is compiled against the library, by the compiler and with the
//! libraries that built this very program; it must fail with the error that its `//~` line names, and
//! with no other. (`trybuild` does the same in a folder of its own, where every dependency is checked
//! once more: minutes, instead of seconds.)

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Crates that the files name.
const NAMED: [&str; 4] = ["assurly", "axum", "utoipa", "utoipa_axum"];

/// Where the libraries of this program are, as cargo says; everything is built, so it only looks.
fn libraries() -> Vec<(String, PathBuf)> {
    let looked = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["test", "--no-run", "--test", "compile", "--offline", "--locked", "--quiet"])
        .arg("--message-format=json")
        .output()
        .expect("cargo runs");
    let lines = String::from_utf8(looked.stdout).expect("UTF-8");
    let artifacts = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let library = |artifact: Value| {
        let name = artifact["target"]["name"].as_str()?.replace('-', "_");
        let files = artifact["filenames"].as_array()?.iter();
        let file = files.filter_map(Value::as_str).find(|file| file.ends_with(".rlib"))?;
        NAMED.contains(&name.as_str()).then(|| (name, PathBuf::from(file)))
    };
    let found: Vec<_> = artifacts.filter_map(library).collect();
    assert_eq!(found.len(), NAMED.len(), "{found:?}\n{}", String::from_utf8_lossy(&looked.stderr));
    found
}

fn compiled(file: &Path, libraries: &[(String, PathBuf)]) -> Output {
    let (_, assurly) = libraries.iter().find(|(name, _)| name == "assurly").expect("found");
    let folder = assurly.parent().expect("in a folder");
    // The library itself lies beside the folder of those that it needs.
    let needed = if folder.ends_with("deps") { folder.into() } else { folder.join("deps") };
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    let mut compiler = Command::new(rustc);
    compiler.args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "--color=never"]);
    compiler.args(["--diagnostic-width=200", "--out-dir", env!("CARGO_TARGET_TMPDIR")]);
    compiler.arg(format!("-Ldependency={}", needed.display()));
    for (name, path) in libraries {
        compiler.arg(format!("--extern={name}={}", path.display()));
    }
    compiler.arg(file).output().expect("the compiler runs")
}

/// The `//~` lines: what the compiler must say.
fn expected(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("//~ ")).collect()
}

#[test]
fn what_is_not_authorized_does_not_compile() {
    let libraries = libraries();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail");
    let files = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let files: Vec<_> = files.map(|file| file.path()).collect();
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("readable");
        let output = compiled(&file, &libraries);
        let told = String::from_utf8_lossy(&output.stderr);
        if expected(&text).is_empty() {
            assert!(output.status.success(), "{}:\n{told}", file.display());
            continue;
        }
        assert!(!output.status.success(), "{} compiles", file.display());
        for expected in expected(&text) {
            assert!(told.contains(expected), "{}: no `{expected}` in\n{told}", file.display());
        }
        let mut codes = told
            .lines()
            .filter_map(|line| line.get(..12))
            .filter(|line| line.starts_with("error["));
        assert!(codes.all(|code| text.contains(code)), "{}:\n{told}", file.display());
    }
}
