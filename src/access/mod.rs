//! Who may do what: API keys, the shop's own tokens, and what each route asks for.

mod bearer;
mod caller;
pub mod command;
mod gate;
pub mod jwt;
mod keyring;
mod model;
pub mod needs;
mod openness;
mod owners;
mod refusal;
mod secret;
mod settings;
mod standing;
mod store;

pub use caller::Caller;
pub use gate::Gate;
pub use keyring::{Keyring, run as keep_fresh};
pub use model::{Actor, KeyName, Scope};
pub use openness::{OpenAccessError, Openness};
pub use owners::Owners;
pub use refusal::forbidden;
pub use settings::{Settings, SettingsError};
pub use standing::Standing;
