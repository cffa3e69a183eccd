//! A key that no token could ever be verified with is refused at the start, by its name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fairhold_test_kit::{
    TokenSigner,
    command::{program, run},
};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

/// The curve secp256k1, whose points are as long as those of P-256, and the point that it begins
/// with (SEC 2, section 2.4.1).
const K256: &str = "3056301006072a8648ce3d020106052b8104000a034200\
    0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\
    483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A public key of RSA with a modulus of this many bytes, as PKCS #1 has it.
fn rsa(modulus: u8) -> String {
    let number = [
        &[0x02, 0x81, modulus + 1, 0][..],
        &vec![0xc5; modulus.into()],
    ]
    .concat();
    let both = [&number[..], &[0x02, 3, 1, 0, 1]].concat();
    let length = u8::try_from(both.len()).unwrap();
    pem(
        "RSA PUBLIC KEY",
        &[&[0x30, 0x81, length][..], &both].concat(),
    )
}

#[tokio::test]
async fn a_key_that_could_never_verify_a_token_is_refused_at_the_start() {
    let of = |kind| KeyPair::generate_for(kind).unwrap();
    let private = "is a private key";
    for (key, why) in [
        (of(&PKCS_ED25519).serialize_pem(), private),
        (of(&PKCS_ECDSA_P256_SHA256).serialize_pem(), private),
        (TokenSigner::rsa_private_pem("PRIVATE KEY"), private),
        (TokenSigner::rsa_private_pem("RSA PRIVATE KEY"), private),
        (
            of(&PKCS_ECDSA_P384_SHA384).public_key_pem(),
            "another curve than P-256",
        ),
        (pem("PUBLIC KEY", &bytes(K256)), "another curve than P-256"),
        (rsa(120), "fewer than 2048 or more than 8192 bits"),
        (
            pem("PUBLIC KEY", b"0"),
            "is not an RSA, P-256 or Ed25519 public key",
        ),
    ] {
        let mut command = program(&["serve", "--listen=127.0.0.1:0"]);
        command.env("DATABASE_URL", "postgres://127.0.0.1:1/books");
        command.env("FAIRHOLD_JWT_PUBLIC_KEY", &key);
        let ended = run(command).await;
        let told = ended.err;
        assert_eq!(ended.code, Some(2), "{key}{told}");
        assert!(told.contains(why), "{why}: {told}");
        assert!(
            told.contains("--jwt-public-key (FAIRHOLD_JWT_PUBLIC_KEY)"),
            "{told}"
        );
        let body = key.lines().nth(1).unwrap();
        assert!(!told.contains(body), "{told}");
    }
}
