//! Programs that not every machine has.

use std::env;
use std::io::{self, Write};

/// Set to `required` where a missing program is a failure.
const SETTING: &str = "FAIRHOLD_TEST_TOOLS";

/// Reports what was not tested because a program is missing; panics if it is required.
pub fn not_tested_without(program: &str, what: &str) {
    let required = env::var_os(SETTING).is_some_and(|value| value == "required");
    assert!(
        !required,
        "{SETTING}=required, but there is no {program} for {what}"
    );
    not_tested(&format!("{what}, for want of {program}"));
}

/// Reports what was not tested, bypassing the capture of output: it must not pass in silence.
pub fn not_tested(what: &str) {
    let line = format!("NOT TESTED: {what}\n");
    io::stderr().write_all(line.as_bytes()).unwrap();
}
