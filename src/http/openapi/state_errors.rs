//! Which problems follow from using a part of the handlers' shared state.

use crate::http::ProblemType;

/// A part of the state that handlers extract.
pub trait StateErrors {
    /// The problems that its use can end in.
    const PROBLEMS: &'static [ProblemType];
}
