//! Signatures, judged by ring.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use ring::agreement::{self, ECDH_P256, EphemeralPrivateKey, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ED25519_PUBLIC_KEY_LEN, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use signature::Verifier;

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: judge,
    key_utils: KeyUtils::new_unimplemented(),
};

/// To be called before the first token is judged, as often as anybody likes.
pub(super) fn provide() {
    // Who comes second finds it done.
    RING.install_default().ok();
}

/// A key with the one algorithm that it is for.
struct Judge {
    algorithm: Algorithm,
    key: DecodingKey,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the library hands it over by reference"
)]
fn judge(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let family = match algorithm {
        Algorithm::RS256 => AlgorithmFamily::Rsa,
        Algorithm::ES256 => AlgorithmFamily::Ec,
        Algorithm::EdDSA => AlgorithmFamily::Ed,
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    };
    if key.family() != family {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(Judge {
        algorithm: *algorithm,
        key: key.clone(),
    }))
}

/// Makes sure that a signature by `key` could be taken at all.
///
/// # Errors
/// Why none could.
pub(super) fn ensure_fit(algorithm: Algorithm, key: &DecodingKey) -> Result<(), &'static str> {
    let fits = match (algorithm, key.kind()) {
        (Algorithm::RS256, DecodingKeyKind::SecretOrDer(der)) => modulus(der).is_some_and(is_long),
        (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, .. }) => is_long(n),
        (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => is_of_p256(point),
        (_, DecodingKeyKind::SecretOrDer(point)) => point.len() == ED25519_PUBLIC_KEY_LEN,
        (_, DecodingKeyKind::RsaModulusExponent { .. }) => false,
    };
    fits.then_some(()).ok_or(match algorithm {
        Algorithm::RS256 => "is a key of RSA that has not 2048 to 8192 bits",
        Algorithm::ES256 => "is a key of another curve than P-256",
        _ => "is no whole key of Ed25519",
    })
}

fn is_long(modulus: &[u8]) -> bool {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = &modulus[zeros..];
    let first = modulus.first().map_or(0, |first| first.leading_zeros());
    (2048..=8192).contains(&(modulus.len() * 8).saturating_sub(first as usize))
}

/// The first number of an RSA public key in DER (RFC 8017, appendix A.1.1).
fn modulus(der: &[u8]) -> Option<&[u8]> {
    content(0x02, content(0x30, der)?)
}

/// What stands in the first element of `der`, if it has this tag.
fn content(tag: u8, der: &[u8]) -> Option<&[u8]> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = if length < 0x80 {
        (length.into(), rest)
    } else {
        let (digits, rest) = rest.split_at_checked((length - 0x80).into())?;
        let number = |number: u16, digit: &u8| Some(number.checked_mul(256)? + u16::from(*digit));
        (digits.iter().try_fold(0, number)?.into(), rest)
    };
    rest.get(..length).filter(|_| found == tag)
}

/// An agreement with a point that is not on the curve fails.
fn is_of_p256(point: &[u8]) -> bool {
    let random = SystemRandom::new();
    let Ok(ours) = EphemeralPrivateKey::generate(&ECDH_P256, &random) else {
        return false;
    };
    agree_ephemeral(
        ours,
        &agreement::UnparsedPublicKey::new(&ECDH_P256, point),
        |_| (),
    )
    .is_ok()
}

impl JwtVerifier for Judge {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for Judge {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), signature::Error> {
        let plain: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::EdDSA => &ED25519,
            _ => return Err(signature::Error::new()),
        };
        let judged = match self.key.kind() {
            DecodingKeyKind::SecretOrDer(key) => {
                UnparsedPublicKey::new(plain, key).verify(message, signed)
            }
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signed)
            }
        };
        judged.map_err(|_| signature::Error::new())
    }
}
