//! Certificates that become unusable and usable again, and handshakes that never end.

use std::env;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::super::in_flight::InFlight;
use super::super::request_memory::RequestMemory;
use super::super::timeout_stream::TimeoutStream;
use super::{Identity, Tls, TlsError, accept};
use crate::memory_budget::MemoryBudget;

/// The files of one test, removed when dropped.
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
fn unusable_files_are_reported_by_their_settings() {
    let files = Files::new("refused");
    let key = fs::read(&files.0.key).unwrap();
    let error_with = |content: &[u8]| {
        fs::write(&files.0.key, content).unwrap();
        files.open().unwrap_err()
    };
    let other = Files::new("other");
    assert!(matches!(error_with(b"nonsense"), TlsError::Key(_)));
    let of_another = error_with(&fs::read(&other.0.key).unwrap());
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
async fn unusable_files_change_nothing_until_they_are_usable() {
    let files = Files::new("broken");
    let tls = files.open().unwrap();
    let mut changes = tls.config.subscribe();
    let first = tls.config();
    let stop = CancellationToken::new();
    let changing = async {
        fs::write(&files.0.certificate, "nonsense").unwrap();
        sleep(Duration::from_secs(5)).await;
        fs::remove_file(&files.0.key).unwrap();
        sleep(Duration::from_secs(5)).await;
        assert!(Arc::ptr_eq(&tls.config(), &first), "nonsense is used");
        files.renew();
        let renewed = timeout(Duration::from_mins(1), changes.changed());
        renewed.await.expect("it is reloaded").unwrap();
        sleep(Duration::from_secs(5)).await;
        stop.cancel();
    };
    let ((), ()) = tokio::join!(tls.clone().reload(stop.clone()), changing);
    assert!(!Arc::ptr_eq(&tls.config(), &first));
    assert!(
        !changes.has_changed().unwrap(),
        "unchanged files are not read again"
    );
}

/// How many seconds the handshake with a client lasts that sends only this.
async fn seconds_with(sent: &[u8]) -> u64 {
    let files = Files::new(&format!("slow-{}", sent.len()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(sent).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    let stream = TimeoutStream::new(
        server,
        InFlight::default(),
        RequestMemory::new(MemoryBudget::new(usize::MAX)),
        CancellationToken::new(),
    );
    let began = Instant::now();
    let accepted = accept(stream, files.open().unwrap().config()).await;
    assert!(accepted.is_none());
    let took = began.elapsed().as_secs();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.ok();
    took
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_times_out() {
    // Nothing, and the beginning of a record without its end.
    for sent in [&b""[..], &[22, 3, 1, 2, 0, 1]] {
        assert_eq!(seconds_with(sent).await, 10, "{sent:?}");
    }
}
