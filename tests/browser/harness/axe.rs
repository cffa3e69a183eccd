//! The rules of axe-core, which judge whether everybody can use a page.

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
use super::programs::not_run;

const PACKAGE: &str = "axe-core@4.14.1";
const TARBALL: &str = "axe-core-4.14.1.tgz";
/// Of the tarball, which binds us to what we have tried.
const SHA512: &str =
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";
const LIBRARY: &str = "package/axe.min.js";

static SOURCE: LazyLock<Result<String, String>> = LazyLock::new(source);

/// What breaks a rule, each as a line.
const JUDGE: &str = "
    const done = arguments[arguments.length - 1];
    const line = ({ id, help }, { target, any, all }) =>
        `${id}: ${help}: ${target} ${any.concat(all).map(({ message }) => message)}`;
    axe.run(document).then(
        ({ violations }) => done(violations.flatMap((rule) => rule.nodes.map((node) => line(rule, node)))),
        (error) => done(String(error)));";

impl Browser {
    /// That the page, as it is now, breaks none of the rules.
    pub(crate) async fn serves_everybody(&self, state: &str) {
        let source = match &*SOURCE {
            Ok(source) => source,
            Err(why) => return not_run("axe-core's rules", why),
        };
        self.script(&format!("if (!window.axe) {{ {source} }}"), &[])
            .await;
        let violations = self.client.execute_async(JUDGE, Vec::new()).await.unwrap();
        let none = violations.as_array().is_some_and(Vec::<Value>::is_empty);
        assert!(none, "{state}: {violations:#}");
    }
}

/// The library, whose package is fetched once for each target folder.
fn source() -> Result<String, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let kept = folder.join(TARBALL);
    let tarball = match fs::read(&kept) {
        Ok(tarball) if is_whole(&tarball) => tarball,
        _ => fetch(folder, &kept)?,
    };
    library(&tarball).ok_or_else(|| format!("{TARBALL} has no {LIBRARY}"))
}

fn fetch(folder: &Path, kept: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new("npm")
        .args(["pack", "--silent", "--ignore-scripts", PACKAGE])
        .args(["--pack-destination", "."])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm can't be run: {error}"))?;
    let tarball = fs::read(kept).ok().filter(|tarball| is_whole(tarball));
    tarball.ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        format!("npm brought no {PACKAGE}: {}", complaint.trim())
    })
}

fn is_whole(tarball: &[u8]) -> bool {
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
