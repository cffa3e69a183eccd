//! What requests cost.

/// Which requests are counted together. Each has the whole quota of the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bucket {
    General,
    Checkout,
}

/// What a request to a route costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cost {
    /// Health probes and metrics, which are never limited.
    #[default]
    Free,
    /// A read, and the replay of a command.
    Read,
    /// A command.
    Command,
    /// A confirmation or cancellation, counted apart from other requests: whoever has a hold must be
    /// able to pay although reads and reservations have used up the limit.
    Checkout,
}

impl Cost {
    /// In units of the limits.
    pub(super) fn units(self) -> u32 {
        match self {
            Self::Free => 0,
            Self::Read => 1,
            Self::Command | Self::Checkout => 4,
        }
    }

    pub(super) fn bucket(self) -> Bucket {
        match self {
            Self::Free | Self::Read | Self::Command => Bucket::General,
            Self::Checkout => Bucket::Checkout,
        }
    }
}
