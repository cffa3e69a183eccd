//! File descriptors: each connection takes one, and most systems allow few by default.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a process opens besides connections: output, listener, signals, files, a PostgreSQL to start.
const RESERVED: usize = 32;

/// Raises the limit of open files as far as the system allows.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => tracing::debug!(from = current, to = maximum, "raised the open file limit"),
        Err(error) => tracing::warn!(%error, limit = current, "cannot raise the open file limit"),
    }
}

/// How many clients may connect at once when `others` descriptors are kept for other uses, such as
/// database connections, which a flood of clients must not take.
#[must_use]
pub fn max_connections(others: usize) -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    limit.saturating_sub(others + RESERVED).max(1)
}
