//! Reads the sources of every crate of the workspace, module by module.

use std::fs;
use std::path::{Path, PathBuf};

use crate::code::tokens;
use crate::graph::Modules;
use crate::paths::mentions;

/// The modules of all crates, and the files that they were read from.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) modules: Modules,
    pub(crate) files: Vec<Source>,
}

/// A file, as tokens that are separated by spaces.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) module: String,
    pub(crate) path: PathBuf,
    pub(crate) code: String,
}

/// Reads the library and the program, the crates, and the benchmark.
pub(crate) fn sources() -> Sources {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Sources::default();
    sources.read("fairhold", &root.join("src/lib.rs"));
    sources.read("main", &root.join("src/main.rs"));
    sources.read("flash_sale", &root.join("benches/flash_sale/main.rs"));
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let package = if folder.join("src/lib.rs").exists() {
            format!("fairhold_{}", name.replace('-', "_"))
        } else {
            continue;
        };
        sources.read(&package, &folder.join("src/lib.rs"));
    }
    sources
}

impl Sources {
    /// Reads a module and, by its `mod` declarations, its children.
    fn read(&mut self, module: &str, file: &Path) {
        let code = fs::read_to_string(file).unwrap();
        let tokens = tokens(&code);
        let mentions = mentions(&tokens);
        let folder = folder_of_children(file);
        let children = mentions.children.clone();
        self.files.push(Source {
            module: module.to_owned(),
            path: file.to_owned(),
            code: tokens.join(" "),
        });
        self.modules.0.insert(module.to_owned(), mentions);
        for child in children {
            let flat = folder.join(format!("{child}.rs"));
            let nested = folder.join(&child).join("mod.rs");
            let file = if flat.exists() { flat } else { nested };
            self.read(&format!("{module}::{child}"), &file);
        }
    }
}

fn folder_of_children(file: &Path) -> PathBuf {
    let parent = file.parent().unwrap();
    let name = file.file_stem().unwrap();
    if ["lib", "main", "mod"].iter().any(|root| name == *root) {
        parent.to_owned()
    } else {
        parent.join(name)
    }
}
