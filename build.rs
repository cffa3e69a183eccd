//! Has the crate built again when a migration or a web file is added: both become part of it.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=static");
}
