//! The secret of an API key: generated here, shown once, stored only as a hash.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rand_core::OsError;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The prefix by which people and secret scanners recognize an API key.
pub(super) const PREFIX: &str = "fh_";

/// A new key. Its `Debug` hides it.
pub(super) struct Secret(String);

impl Secret {
    /// 256 bits from the operating system's random number generator.
    ///
    /// # Errors
    /// When there are none.
    pub(super) fn random() -> Result<Self, OsError> {
        let mut bits = [0; 32];
        OsRng.try_fill_bytes(&mut bits)?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits))))
    }

    pub(super) fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// The key itself, to be printed once.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The SHA-256 of a key. 256 random bits cannot be guessed, so a fast hash is enough.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    pub(super) fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented).into())
    }

    pub(super) fn from_column(column: &[u8]) -> Option<Self> {
        column.try_into().ok().map(Self)
    }

    pub(super) fn column(&self) -> &[u8] {
        &self.0
    }

    /// The part that is looked up in a map. Timing the lookup tells only about a hash, which does not
    /// lead back to a key.
    pub(super) fn lookup_prefix(&self) -> [u8; 8] {
        std::array::from_fn(|at| self.0[at])
    }

    /// Compares in constant time.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash")
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, SecretHash};

    #[test]
    fn a_key_is_recognized_by_its_hash_and_hidden_from_debug_output() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert!(one.reveal().starts_with("fh_"));
        assert_eq!(one.reveal().len(), 46);
        let kept = SecretHash::from_column(one.hash().column()).unwrap();
        assert!(kept.matches(&SecretHash::of(one.reveal())));
        assert!(!kept.matches(&other.hash()));
        let shown = format!("{one:?} {kept:?}");
        assert_eq!(shown, "Secret SecretHash");
        assert!(SecretHash::from_column(&[0; 31]).is_none());
    }
}
