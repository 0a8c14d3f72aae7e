//! Lists the files under `data/` as one static table, so that a language is added by adding files and nothing else.
//!
//! It only writes `include_str!` lines into the build folder; the parsing is done at run time, lazily, in `src/data.rs`.

use std::{env, fmt::Write as _, fs, io, path::Path};

/// The kinds of data, each a folder of one file a language.
const KINDS: &[&str] = &["claims", "clean", "consent", "context", "emotion", "intents", "risk", "texts"];

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("data");
    let out = Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).join("data_files.rs");
    println!("cargo::rerun-if-changed=data");
    let mut code = String::from("&[\n");
    for kind in KINDS {
        let folder = root.join(kind);
        if !folder.is_dir() {
            continue;
        }
        let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?.iter().map(fs::DirEntry::path).collect();
        files.sort();
        for file in files {
            let (Some(stem), Some(extension)) = (file.file_stem().and_then(|s| s.to_str()), file.extension()) else { continue };
            if extension == "tsv" || extension == "toml" {
                println!("cargo::rerun-if-changed={}", file.display());
                writeln!(code, "({kind:?}, {stem:?}, include_str!({:?})),", file.display().to_string()).map_err(io::Error::other)?;
            }
        }
    }
    code.push(']');
    fs::write(out, code)
}
