//! Verifies signatures with ring.

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
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Installs ring as the provider of jsonwebtoken. Call it before verifying tokens.
pub(super) fn provide() {
    // Installing it twice is a no-op.
    RING.install_default().ok();
}

/// A key and its algorithm.
struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is the library's"
)]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let family = match algorithm {
        Algorithm::RS256 => AlgorithmFamily::Rsa,
        Algorithm::ES256 => AlgorithmFamily::Ec,
        Algorithm::EdDSA => AlgorithmFamily::Ed,
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    };
    if key.family() != family {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(RingVerifier {
        algorithm: *algorithm,
        key: key.clone(),
    }))
}

/// Checks that `key` can verify signatures.
///
/// # Errors
/// Why it cannot.
pub(super) fn ensure_usable(algorithm: Algorithm, key: &DecodingKey) -> Result<(), &'static str> {
    let fits = match (algorithm, key.kind()) {
        (Algorithm::RS256, DecodingKeyKind::SecretOrDer(der)) => modulus(der).is_some_and(is_long),
        (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, .. }) => is_long(n),
        (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => is_of_p256(point),
        (_, DecodingKeyKind::SecretOrDer(point)) => point.len() == ED25519_PUBLIC_KEY_LEN,
        (_, DecodingKeyKind::RsaModulusExponent { .. }) => false,
    };
    fits.then_some(()).ok_or(match algorithm {
        Algorithm::RS256 => "is an RSA key of fewer than 2048 or more than 8192 bits",
        Algorithm::ES256 => "is an EC key on another curve than P-256",
        _ => "is not a complete Ed25519 key",
    })
}

fn is_long(modulus: &[u8]) -> bool {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = &modulus[zeros..];
    let first = modulus.first().map_or(0, |first| first.leading_zeros());
    (2048..=8192).contains(&(modulus.len() * 8).saturating_sub(first as usize))
}

/// The modulus of an RSA public key in DER (RFC 8017, appendix A.1.1).
fn modulus(der: &[u8]) -> Option<&[u8]> {
    content(0x02, content(0x30, der)?)
}

/// The content of the first element of `der`, if it has this tag.
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

/// Key agreement fails with a point that is not on the curve.
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

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), signature::Error> {
        let plain: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::EdDSA => &ED25519,
            _ => return Err(signature::Error::new()),
        };
        let verified = match self.key.kind() {
            DecodingKeyKind::SecretOrDer(key) => {
                UnparsedPublicKey::new(plain, key).verify(message, signed)
            }
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signed)
            }
        };
        verified.map_err(|_| signature::Error::new())
    }
}
