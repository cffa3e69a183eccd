//! What a test needs that not every machine has.

use std::env;
use std::io::{self, Write};

/// Set to `required` where a missing program is a failure.
const SETTING: &str = "FAIRHOLD_TEST_TOOLS";

/// Says what was not tested for want of a program; fails where all of it must be.
pub(crate) fn not_tested_without(program: &str, what: &str) {
    let required = env::var_os(SETTING).is_some_and(|value| value == "required");
    assert!(
        !required,
        "{SETTING}=required, but there is no {program} for {what}"
    );
    not_tested(&format!("{what}, for want of {program}"));
}

/// Says what was not tested, past the capture of the output: it must not pass in silence.
pub(crate) fn not_tested(what: &str) {
    let line = format!("NOT TESTED: {what}\n");
    io::stderr().write_all(line.as_bytes()).unwrap();
}
