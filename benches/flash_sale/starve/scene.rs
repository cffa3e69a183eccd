//! The name of the scene in the results.

pub(super) const SCENE: &str = "starve";
