//! The bounds of one transaction.

/// What one transaction does to a SKU at most, so that its row is not locked for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Due holds that it ends.
    pub due: u16,
    /// Waiting reservations that it reads and promotes.
    pub promotions: i64,
    /// Waiting reservations that it reads first.
    pub first_rows: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            due: 500,
            promotions: 1000,
            first_rows: 16,
        }
    }
}
