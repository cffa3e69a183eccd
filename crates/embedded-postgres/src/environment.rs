//! The environment of child processes: only what they need, and so none of the owner's secrets.

use std::env;
use std::process::Command;

/// What PostgreSQL's programs and shell scripts get. Their messages are in English. Variables that
/// begin with `PG` are left out on purpose: they would redirect the programs.
const NEEDED: [&str; 4] = ["PATH", "HOME", "TZ", "LD_LIBRARY_PATH"];

/// What npm gets as well: its settings, proxies and certificates.
const NEEDED_BY_NPM: [&str; 5] = [
    "TMPDIR",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_CONFIG_HOME",
];

pub(crate) fn restrict(command: &mut Command) {
    keep(command, |name| NEEDED.contains(&name));
    command.env("LC_ALL", "C");
}

pub(crate) fn restrict_npm(command: &mut Command) {
    keep(command, |name| {
        let lower = name.to_ascii_lowercase();
        NEEDED.contains(&name)
            || NEEDED_BY_NPM.contains(&name)
            || lower.starts_with("npm_config_")
            || lower.ends_with("_proxy")
    });
}

fn keep(command: &mut Command, is_needed: impl Fn(&str) -> bool) {
    let needed = env::vars_os().filter(|(name, _)| name.to_str().is_some_and(&is_needed));
    command.env_clear().envs(needed);
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{restrict, restrict_npm};

    #[test]
    fn a_command_gets_the_search_path_and_no_other_variable_of_this_process() {
        for restrict in [restrict, restrict_npm] {
            let mut command = Command::new("/bin/sh");
            restrict(command.args(["-c", "env"]));
            let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
            assert!(output.contains("PATH="), "{output}");
            assert!(!output.contains("CARGO_MANIFEST_DIR="), "{output}");
        }
    }
}
