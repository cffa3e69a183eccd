//! Rebuilds the crate when a migration or static file is added, and compresses the API viewer.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{Cursor, copy};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// The files of the viewer.
const FILES: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=static");
    let folder = env::var("OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for file in FILES {
        let path = place(&archive, file).ok_or_else(|| format!("the viewer has no {file}"))?;
        let packed = File::create(Path::new(&folder).join(format!("{file}.gz")))?;
        let mut packed = GzEncoder::new(packed, Compression::best());
        copy(&mut archive.by_name(&path)?, &mut packed)?;
        packed.finish()?;
    }
    Ok(())
}

/// Where the archive keeps `file`, ready to be served.
fn place(archive: &ZipArchive<Cursor<&[u8]>>, file: &str) -> Option<String> {
    let end = format!("/dist/{file}");
    let mut paths = archive.file_names().filter_map(Result::ok);
    let path = paths.find(|path| path.ends_with(&end))?;
    Some(path.into_owned())
}
