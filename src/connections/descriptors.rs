//! File descriptors: each connection takes one, and systems give few unless they are asked.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a process has open besides: its output, the listener, signals, files, a PostgreSQL to start.
const OWN: usize = 32;

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

/// How many clients this process can let in when `others` of its descriptors must be left for other
/// things, such as connections to the database: a crowd at the door must not cut it off from that.
#[must_use]
pub fn room(others: usize) -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    limit.saturating_sub(others + OWN).max(1)
}
