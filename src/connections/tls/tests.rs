//! Certificates that change to nonsense and back, and clients that never come to an agreement.

use std::env;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::super::busy::Busy;
use super::super::patient::Patient;
use super::{Identity, Tls, TlsError, shake_hands};

/// Files of one test. Removed when dropped.
struct Files(Identity);

impl Drop for Files {
    fn drop(&mut self) {
        fs::remove_dir_all(self.0.key.parent().unwrap()).unwrap();
    }
}

impl Files {
    fn new(test: &str) -> Self {
        let name = format!("fairhold-tls-{}-{test}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        let files = Self(Identity {
            certificate: folder.join("certificate"),
            key: folder.join("key"),
        });
        files.renew();
        files
    }

    fn renew(&self) {
        let made = generate_simple_self_signed(["localhost".to_owned()]);
        let CertifiedKey { cert, signing_key } = made.unwrap();
        fs::write(&self.0.certificate, cert.pem()).unwrap();
        fs::write(&self.0.key, signing_key.serialize_pem()).unwrap();
    }

    fn open(&self) -> Result<Tls, TlsError> {
        Tls::open(self.0.clone())
    }
}

#[test]
fn files_that_can_not_be_used_are_told_by_their_settings() {
    let files = Files::new("refused");
    let key = fs::read(&files.0.key).unwrap();
    let told = |content: &[u8]| {
        fs::write(&files.0.key, content).unwrap();
        files.open().unwrap_err()
    };
    let other = Files::new("other");
    assert!(matches!(told(b"nonsense"), TlsError::Key(_)));
    let of_another = told(&fs::read(&other.0.key).unwrap());
    assert!(matches!(of_another, TlsError::Pair(_)), "{of_another:?}");
    fs::write(&files.0.key, key).unwrap();
    files.open().unwrap();
    fs::write(&files.0.certificate, "").unwrap();
    let empty = files.open().unwrap_err();
    assert!(matches!(empty, TlsError::Pair(_)), "{empty:?}");
    fs::remove_file(&files.0.certificate).unwrap();
    let missing = files.open().unwrap_err();
    assert!(matches!(missing, TlsError::Certificate(_)), "{missing:?}");
    assert!(missing.to_string().contains("FAIRHOLD_TLS_CERTIFICATE"));
    fs::write(&files.0.certificate, "").unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_used_changes_nothing_until_it_can() {
    let files = Files::new("broken");
    let tls = files.open().unwrap();
    let mut changes = tls.shown.subscribe();
    let first = tls.shown();
    let stop = CancellationToken::new();
    let changing = async {
        fs::write(&files.0.certificate, "nonsense").unwrap();
        sleep(Duration::from_secs(5)).await;
        fs::remove_file(&files.0.key).unwrap();
        sleep(Duration::from_secs(5)).await;
        assert!(Arc::ptr_eq(&tls.shown(), &first), "nonsense is shown");
        files.renew();
        let renewed = timeout(Duration::from_mins(1), changes.changed());
        renewed.await.expect("it is shown").unwrap();
        sleep(Duration::from_secs(5)).await;
        stop.cancel();
    };
    let ((), ()) = tokio::join!(tls.clone().follow(stop.clone()), changing);
    assert!(!Arc::ptr_eq(&tls.shown(), &first));
    assert!(
        !changes.has_changed().unwrap(),
        "what stays is not read again"
    );
}

/// A client, and how long the handshake with it takes until it is given up.
async fn seconds_with(says: &[u8]) -> u64 {
    let files = Files::new(&format!("slow-{}", says.len()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(says).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    let patient = Patient::new(server, Busy::default(), CancellationToken::new());
    let began = Instant::now();
    let shaken = shake_hands(patient, files.open().unwrap().shown()).await;
    assert!(shaken.is_none());
    let took = began.elapsed().as_secs();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.ok();
    took
}

#[tokio::test(start_paused = true)]
async fn who_does_not_come_to_an_agreement_is_not_waited_for() {
    // Nothing, and the beginning of a record that never comes to its end.
    for says in [&b""[..], &[22, 3, 1, 2, 0, 1]] {
        assert_eq!(seconds_with(says).await, 10, "{says:?}");
    }
}
