//! The keys that tokens are signed with: each for one algorithm.

use std::collections::HashMap;
use std::fs;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::crypto;

/// How a key begins that is given itself, and not by the name of its file.
const PEM: &str = "-----BEGIN ";

/// What every kind of private key has in the lines around it.
const PRIVATE: &str = "PRIVATE KEY-----";

/// A public key, and the algorithm that follows from its kind: a token can't choose another one.
#[derive(Debug, Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKey {
    /// Reads a key of RSA, of the curve P-256, or Ed25519: a PEM, or the name of a file that has one.
    ///
    /// # Errors
    /// Why there is none.
    pub fn read(setting: &str) -> Result<Self, String> {
        let pem = if setting.trim_start().starts_with(PEM) {
            setting.to_owned()
        } else {
            fs::read_to_string(setting).map_err(|error| format!("can't be read: {error}"))?
        };
        if pem.contains(PRIVATE) {
            return Err(
                "is a private key: give the public one, and consider this one known".to_owned(),
            );
        }
        let pem = pem.trim().as_bytes();
        let rsa = DecodingKey::from_rsa_pem(pem).map(|key| (Algorithm::RS256, key));
        let found = rsa
            .or_else(|_| DecodingKey::from_ec_pem(pem).map(|key| (Algorithm::ES256, key)))
            .or_else(|_| DecodingKey::from_ed_pem(pem).map(|key| (Algorithm::EdDSA, key)));
        let (algorithm, key) =
            found.map_err(|_| "is no public key of RSA, P-256 or Ed25519 in PEM".to_owned())?;
        crypto::ensure_fit(algorithm, &key)?;
        Ok(Self { algorithm, key })
    }

    /// `None` for a key that is not for signatures, or of a kind that is not taken.
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
        crypto::ensure_fit(algorithm, &key).ok()?;
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

/// The keys that a provider publishes (RFC 7517), by their ids.
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
    /// Reads those keys that can be used. `None` when there are none.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let Published { keys } = serde_json::from_slice(json).ok()?;
        let mut set = Self::default();
        // A set may have kinds of keys that are not known yet: they are passed over.
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

    /// The key of that id. A token that names none can only mean the only one.
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
    fn keys_that_are_of_no_use_are_passed_over() {
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
    fn what_is_no_public_key_is_told() {
        for wrong in ["/nonexistent", "-----BEGIN NONSENSE-----", "/dev/null"] {
            assert!(PublicKey::read(wrong).is_err(), "{wrong}");
        }
    }
}
