//! Public keys that verify tokens, each with one algorithm.

use std::collections::HashMap;
use std::fs;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::crypto;

/// The start of a PEM, which distinguishes a key from the name of a file.
const PEM: &str = "-----BEGIN ";

/// Part of the header of every kind of private key.
const PRIVATE: &str = "PRIVATE KEY-----";

/// `rsaEncryption` (RFC 3279, section 2.3.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// `id-Ed25519` (RFC 8410, section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

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
        let (algorithm, key) =
            of_pem(&pem).ok_or("is not an RSA, P-256 or Ed25519 public key in PEM format")?;
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

/// The key of the first section, which is a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7) or an
/// `RSAPublicKey` (RFC 8017, appendix A.1.1). Which curve an EC key is on is not checked here.
fn of_pem(text: &str) -> Option<(Algorithm, DecodingKey)> {
    let pem = pem::parse(text).ok()?;
    if pem.tag() == "RSA PUBLIC KEY" {
        return Some((Algorithm::RS256, DecodingKey::from_rsa_der(pem.contents())));
    }
    let info = SubjectPublicKeyInfoRef::try_from(pem.contents()).ok()?;
    let key = info.subject_public_key.as_bytes()?;
    match info.algorithm.oid {
        RSA => Some((Algorithm::RS256, DecodingKey::from_rsa_der(key))),
        EC => Some((Algorithm::ES256, DecodingKey::from_ec_der(key))),
        ED25519 => Some((Algorithm::EdDSA, DecodingKey::from_ed_der(key))),
        _ => None,
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
