//! What requests cost.

/// What a request to a route costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Health probes and metrics, which are never limited.
    Free,
    /// A read, and the replay of a command.
    Read,
    /// A command.
    Command,
}

impl Cost {
    /// In units of the limits.
    pub(super) fn units(self) -> u32 {
        match self {
            Self::Free => 0,
            Self::Read => 1,
            Self::Command => 4,
        }
    }
}
