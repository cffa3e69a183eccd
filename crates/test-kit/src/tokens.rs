//! Signs tokens as an identity provider does.

use std::process::Command;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use serde_json::{Value, json};

/// An RSA private key, which ring can use but not generate.
static RSA: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut openssl = Command::new("openssl");
    openssl.args(["genpkey", "-algorithm", "RSA"]);
    openssl.args(["-pkeyopt", "rsa_keygen_bits:2048"]);
    let made = openssl
        .output()
        .expect("openssl, of the package of that name");
    let pem = String::from_utf8(made.stdout).unwrap();
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).unwrap()
});

/// The DER before the key itself in an Ed25519 public key, and in a P-256 one.
const ED_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
const EC_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 3, 1, 7, 3, 0x42, 0,
];

pub enum TokenSigner {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(rsa::KeyPair),
}

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Seconds since 1970 by the clock of this machine.
pub fn now() -> i64 {
    jsonwebtoken::get_current_timestamp().try_into().unwrap()
}

/// The claims of a shopper's token that is valid for five minutes.
pub fn claims(sub: &str) -> Value {
    json!({"sub": sub, "exp": now() + 300})
}

impl TokenSigner {
    pub fn ed() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap())
    }

    pub fn ec() -> Self {
        let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self::Ec(EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap())
    }

    pub fn rsa() -> Self {
        Self::Rsa(rsa::KeyPair::from_pkcs8(&RSA).unwrap())
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed(_) => "EdDSA",
            Self::Ec(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    pub fn sign(&self, message: &str) -> Vec<u8> {
        let message = message.as_bytes();
        match self {
            Self::Ed(key) => key.sign(message).as_ref().to_vec(),
            Self::Ec(key) => {
                let signed = key.sign(&SystemRandom::new(), message).unwrap();
                signed.as_ref().to_vec()
            }
            Self::Rsa(key) => {
                let mut signed = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signed,
                )
                .unwrap();
                signed
            }
        }
    }

    /// A token with these claims and this key id.
    pub fn token(&self, kid: Option<&str>, claims: &Value) -> String {
        let mut header = json!({"alg": self.algorithm(), "typ": "JWT"});
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        self.token_headed(&header, claims)
    }

    /// A token with any header.
    pub fn token_headed(&self, header: &Value, claims: &Value) -> String {
        let [header, claims] = [header, claims].map(|part| base64(part.to_string()));
        let message = format!("{header}.{claims}");
        format!("{message}.{}", base64(self.sign(&message)))
    }

    /// The public key as a provider publishes it.
    pub fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Ed(key) => {
                let x = base64(key.public_key());
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x, "use": "sig"})
            }
            Self::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": base64(x), "y": base64(y)})
            }
            Self::Rsa(key) => {
                let parts = rsa::PublicKeyComponents::<Vec<u8>>::from(key.public());
                let (n, e) = (base64(parts.n), base64(parts.e));
                json!({"kty": "RSA", "kid": kid, "n": n, "e": e, "alg": "RS256"})
            }
        }
    }

    /// The RSA private key in PEM, under this label.
    pub fn rsa_private_pem(label: &str) -> String {
        let body = STANDARD.encode(&*RSA);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    /// The public key in PEM.
    pub fn pem(&self) -> String {
        let (label, der) = match self {
            Self::Ed(key) => ("", [&ED_HEAD, key.public_key().as_ref()].concat()),
            Self::Ec(key) => ("", [&EC_HEAD, key.public_key().as_ref()].concat()),
            Self::Rsa(key) => ("RSA ", key.public_key().as_ref().to_vec()),
        };
        let lines: Vec<_> = STANDARD
            .encode(der)
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8(line.to_vec()).unwrap())
            .collect();
        let body = lines.join("\n");
        format!("-----BEGIN {label}PUBLIC KEY-----\n{body}\n-----END {label}PUBLIC KEY-----\n")
    }
}
