//! File descriptors: each connection takes one, and systems give few unless they are asked.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files as far as the system lets this process.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    match setrlimit(Resource::Nofile, most) {
        Ok(()) => tracing::debug!(
            from = current,
            to = maximum,
            "the limit of open files is raised"
        ),
        Err(error) => tracing::warn!(%error, limit = current, "the limit of open files stays"),
    }
}
