//! Public keys that verify tokens, each with one algorithm.

use std::collections::HashMap;
use std::fs;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::crypto;

/// The start of a PEM, which distinguishes a key from the name of a file.
const PEM: &str = "-----BEGIN ";

/// Part of the header of every kind of private key.
const PRIVATE: &str = "PRIVATE KEY-----";

/// A public key and the algorithm that follows from its type. A token cannot choose another one.
#[derive(Debug, Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKey {
    /// Reads an RSA, P-256 or Ed25519 key from a PEM, or from a file that contains one.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(setting: &str) -> Result<Self, String> {
        let pem = if setting.trim_start().starts_with(PEM) {
            setting.to_owned()
        } else {
            fs::read_to_string(setting).map_err(|error| format!("cannot be read: {error}"))?
        };
        if pem.contains(PRIVATE) {
            return Err(
                "is a private key; use the public key, and treat this one as compromised"
                    .to_owned(),
            );
        }
        let pem = pem.trim().as_bytes();
        let rsa = DecodingKey::from_rsa_pem(pem).map(|key| (Algorithm::RS256, key));
        let found = rsa
            .or_else(|_| DecodingKey::from_ec_pem(pem).map(|key| (Algorithm::ES256, key)))
            .or_else(|_| DecodingKey::from_ed_pem(pem).map(|key| (Algorithm::EdDSA, key)));
        let (algorithm, key) = found
            .map_err(|_| "is not an RSA, P-256 or Ed25519 public key in PEM format".to_owned())?;
        crypto::ensure_usable(algorithm, &key)?;
        Ok(Self { algorithm, key })
    }

    /// `None` for a key that is not for signatures, or of an unsupported type.
    fn of_jwk(jwk: &Jwk) -> Option<Self> {
        if !matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        ) {
            return None;
        }
        let (algorithm, named) = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                (Algorithm::ES256, KeyAlgorithm::ES256)
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
            }
            _ => return None,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        crypto::ensure_usable(algorithm, &key).ok()?;
        let fits = jwk.common.key_algorithm.is_none_or(|given| given == named);
        fits.then_some(Self { algorithm, key })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn key(&self) -> &DecodingKey {
        &self.key
    }
}

/// The keys that a provider publishes (RFC 7517), by id.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    named: HashMap<String, PublicKey>,
    all: Vec<PublicKey>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads the usable keys. `None` if there are none.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let Published { keys } = serde_json::from_slice(json).ok()?;
        let mut set = Self::default();
        // A set may contain unknown types of keys, which are ignored.
        let known = keys
            .into_iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        for jwk in known {
            let Some(key) = PublicKey::of_jwk(&jwk) else {
                continue;
            };
            if let Some(id) = jwk.common.key_id {
                set.named.insert(id, key.clone());
            }
            set.all.push(key);
        }
        (!set.all.is_empty()).then_some(set)
    }

    /// The key of that id. Without an id, the only key of the set.
    pub(super) fn find(&self, id: Option<&str>) -> Option<&PublicKey> {
        match (id, self.all.as_slice()) {
            (Some(id), _) => self.named.get(id),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KeySet, PublicKey};

    #[test]
    fn unusable_keys_are_ignored() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let short = "_".repeat(172);
        let set = format!(
            r#"{{"keys": [
                {{"kty": "OKP", "crv": "Ed25519", "kid": "good", "x": "{x}"}},
                {{"kty": "OKP", "crv": "Ed25519", "kid": "other-use", "use": "enc", "x": "{x}"}},
                {{"kty": "OKP", "crv": "Ed25519", "kid": "other-alg", "alg": "ES256", "x": "{x}"}},
                {{"kty": "RSA", "kid": "short", "e": "AQAB", "n": "{short}"}},
                {{"kty": "EC", "crv": "P-256", "kid": "no-point", "x": "{x}", "y": "{x}"}},
                {{"kty": "oct", "kid": "secret", "k": "AAAA"}},
                {{"kty": "of tomorrow", "kid": "new"}},
                7
            ]}}"#
        );
        let set = KeySet::read(set.as_bytes()).unwrap();
        assert!(set.find(Some("good")).is_some());
        assert!(set.find(None).is_some(), "the only one");
        for other in [
            "other-use",
            "other-alg",
            "short",
            "no-point",
            "secret",
            "new",
            "",
        ] {
            assert!(set.find(Some(other)).is_none(), "{other}");
        }
        for useless in ["{\"keys\": []}", "[]", "", "<html>", "{\"keys\": [{}]}"] {
            assert!(KeySet::read(useless.as_bytes()).is_none(), "{useless}");
        }
    }

    #[test]
    fn anything_but_a_public_key_is_refused() {
        for wrong in ["/nonexistent", "-----BEGIN NONSENSE-----", "/dev/null"] {
            assert!(PublicKey::read(wrong).is_err(), "{wrong}");
        }
    }
}
