//! Authentication and permissions: API keys, the tokens of an identity provider, and open access.

mod api_key_cache;
mod auth_layer;
mod bearer;
mod caller;
mod challenge;
mod credential_expiry;
pub mod jwt;
pub mod keys_command;
mod model;
mod open_access;
mod permission;
mod secret;
mod settings;
mod store;

pub use api_key_cache::{ApiKeyCache, run as refresh_api_keys};
pub use auth_layer::{AuthLayer, Authenticator};
pub use caller::Caller;
pub use challenge::other_user;
pub use credential_expiry::CredentialExpiry;
pub use model::{Actor, KeyName, Scope};
pub use open_access::{OpenAccessError, OpenAccessPolicy};
pub use permission::Permission;
pub use settings::{AccessSettings, AccessSettingsError};
