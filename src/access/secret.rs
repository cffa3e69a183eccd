//! The secret of an API key: made here, shown once, kept only as its hash.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rand_core::OsError;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// What an API key begins with, so that people and scanners know one when they see it.
pub(super) const PREFIX: &str = "fh_";

/// A new key. Whoever shows it says so: it never shows itself.
pub(super) struct Secret(String);

impl Secret {
    /// 256 random bits of the system.
    ///
    /// # Errors
    /// When the system has none.
    pub(super) fn random() -> Result<Self, OsError> {
        let mut bits = [0; 32];
        OsRng.try_fill_bytes(&mut bits)?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits))))
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The key itself, for the one who asked for it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The hash of a key. So many random bits can't be tried out, so a fast hash will do.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented).into())
    }

    pub(super) fn from_column(column: &[u8]) -> Option<Self> {
        column.try_into().ok().map(Self)
    }

    pub(super) fn column(&self) -> &[u8] {
        &self.0
    }

    /// By what it is looked up. Whoever measures how long that takes learns about a hash, of which
    /// nothing leads back to a key.
    pub(super) fn shelf(&self) -> [u8; 8] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// Takes the same time whatever the difference.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Secret};

    #[test]
    fn a_key_is_known_by_its_hash_and_shows_itself_nowhere() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert!(one.reveal().starts_with("fh_"));
        assert_eq!(one.reveal().len(), 46);
        let kept = Digest::from_column(one.digest().column()).unwrap();
        assert!(kept.is(&Digest::of(one.reveal())));
        assert!(!kept.is(&other.digest()));
        let shown = format!("{one:?} {kept:?}");
        assert_eq!(shown, "Secret Digest");
        assert!(Digest::from_column(&[0; 31]).is_none());
    }
}
