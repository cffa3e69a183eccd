//! The real binary serves, and ends: it drains at the first signal, and goes at the second.

use std::process::Stdio;
use std::time::{Duration, Instant};

use fairhold_test_kit::{TestDatabase, command::program, eventually};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Child;

use crate::service::client;

/// The binary, which serves.
struct Serving {
    process: Child,
    site: String,
    demo: String,
    _database: TestDatabase,
}

impl Serving {
    async fn start(arguments: &[&str]) -> Self {
        let database = TestDatabase::create().await;
        let mut command = program(arguments);
        command
            .env("DATABASE_URL", database.url())
            .env("FAIRHOLD_ALLOW_OPEN_ACCESS", "true")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        let site = first.split(' ').find(|word| word.starts_with("http://"));
        Self {
            process,
            site: site.unwrap().to_owned(),
            demo: lines.next_line().await.unwrap().unwrap(),
            _database: database,
        }
    }

    /// A client that begins a request and never ends it.
    async fn stuck_client(&self) -> TcpStream {
        let mut stuck = TcpStream::connect(self.address()).await.unwrap();
        let half = b"POST /inventory/init HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
        stuck.write_all(half).await.unwrap();
        // Who came first was let in first.
        assert_eq!(self.status("/livez").await, 200);
        stuck
    }

    async fn status(&self, path: &str) -> u16 {
        let request = client().get(format!("{}{path}", self.site));
        request.send().await.unwrap().status().as_u16()
    }

    fn address(&self) -> &str {
        self.site.strip_prefix("http://").unwrap()
    }

    fn tell(&self, signal: Signal) {
        let pid = self.process.id().unwrap().cast_signed();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    async fn until_nobody_is_let_in(&self) {
        eventually("nobody is let in", async || {
            let refused = TcpStream::connect(self.address()).await.is_err();
            refused.then_some(())
        })
        .await;
    }

    async fn end(mut self) -> Option<i32> {
        self.process.wait().await.unwrap().code()
    }
}

#[tokio::test]
async fn serve_prints_its_address_and_ends_on_sigterm() {
    for (arguments, signal) in [
        (&["--listen=127.0.0.1:0"][..], Signal::TERM),
        (&["serve", "--listen=127.0.0.1:0"][..], Signal::INT),
    ] {
        let serving = Serving::start(arguments).await;
        assert_eq!(serving.status("/readyz").await, 200);
        assert!(serving.demo.contains("/static/index.html"));
        serving.tell(signal);
        assert_eq!(serving.end().await, Some(0), "after {signal:?}");
    }
}

#[tokio::test]
async fn a_wildcard_address_is_printed_as_one_that_can_be_opened() {
    for arguments in [["--port=0"], ["--listen=0.0.0.0:0"]] {
        let serving = Serving::start(&arguments).await;
        for told in [&serving.site, &serving.demo] {
            assert!(told.contains("http://localhost:"), "{told}");
        }
        assert_eq!(serving.status("/readyz").await, 200);
        serving.tell(Signal::TERM);
        assert_eq!(serving.end().await, Some(0));
    }
}

#[tokio::test]
async fn a_second_signal_ends_the_process_at_once() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let flags = ["--listen=127.0.0.1:0", "--request-timeout-ms=60000"];
        let serving = Serving::start(&flags).await;
        let _stuck = serving.stuck_client().await;
        let start = Instant::now();
        serving.tell(Signal::TERM);
        serving.until_nobody_is_let_in().await;
        serving.tell(signal);
        assert_eq!(serving.end().await, Some(code));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn a_client_that_is_stuck_does_not_delay_the_end_for_long() {
    let flags = ["--listen=127.0.0.1:0", "--request-timeout-ms=300"];
    let serving = Serving::start(&flags).await;
    let _stuck = serving.stuck_client().await;
    let start = Instant::now();
    serving.tell(Signal::TERM);
    assert_eq!(serving.end().await, Some(0));
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
}
