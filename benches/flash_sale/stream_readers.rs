//! Opens and reads live-update streams, as browsers do.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::demand::fraction;

/// One of this many readers parses its events; parsing all would slow the measured servers down.
const PROBES: usize = 50;

/// Longest pause between two changes.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Reader {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Reader {
    /// Opens a stream and reads its first event.
    pub(crate) async fn open(address: SocketAddr, path: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut reader = Self {
            stream,
            buffer: vec![0; 4096],
            filled: 0,
        };
        reader.event().await?;
        Ok(reader)
    }

    /// Reads until the received data ends with a complete event, and returns the data.
    pub(crate) async fn event(&mut self) -> io::Result<&str> {
        self.filled = 0;
        loop {
            if self.filled == self.buffer.len() {
                self.filled = 0;
            }
            let read = self.stream.read(&mut self.buffer[self.filled..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.filled += read;
            let received = &self.buffer[..self.filled];
            // After the event's empty line, the HTTP chunk ends with CRLF.
            if received.ends_with(b"}\n\n\r\n") {
                return Ok(std::str::from_utf8(&self.buffer[..self.filled]).unwrap_or_default());
            }
        }
    }
}

/// The value of a field of the last event in `text`.
fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = text.rsplit_once(&format!("\"{name}\":"))?;
    value.split([',', '}']).next()
}

pub(crate) struct Seen {
    events: AtomicU64,
    /// Microseconds from a change to its arrival.
    ages: Mutex<Histogram<u64>>,
}

/// Readers of one SKU. They stop on drop.
pub(crate) struct StreamReaders {
    pub(crate) seen: Arc<Seen>,
    _readers: JoinSet<io::Result<()>>,
}

impl StreamReaders {
    pub(crate) async fn open(address: SocketAddr, sku: &str, count: usize) -> anyhow::Result<Self> {
        let path = format!("/live/inventory/{sku}");
        let seen = Arc::new(Seen {
            events: AtomicU64::new(0),
            ages: Mutex::new(histogram()),
        });
        let mut readers = JoinSet::new();
        for number in 0..count {
            let reader = Reader::open(address, &path).await;
            let reader = reader.context("cannot open a stream")?;
            readers.spawn(read(reader, number % PROBES == 0, Arc::clone(&seen)));
        }
        Ok(Self {
            seen,
            _readers: readers,
        })
    }
}

async fn read(mut reader: Reader, probes: bool, seen: Arc<Seen>) -> io::Result<()> {
    loop {
        let text = reader.event().await?;
        seen.events.fetch_add(1, Ordering::Relaxed);
        if probes && let Some(age) = age(text) {
            record(&seen.ages, age);
        }
    }
}

/// The time since the change in `text`.
fn age(text: &str) -> Option<Duration> {
    let changed: DateTime<Utc> = member(text, "updated_at")?.trim_matches('"').parse().ok()?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the database runs on this machine and has the same clock"
    )]
    let now = DateTime::<Utc>::from(SystemTime::now());
    (now - changed).to_std().ok()
}

impl Seen {
    pub(crate) fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    pub(crate) fn ages(&self) -> String {
        let ages = self.ages.lock().expect("counting does not panic");
        quantiles(&ages)
    }
}

pub(crate) fn quantiles(histogram: &Histogram<u64>) -> String {
    let millis = |share| crate::outcome::millis(histogram, share);
    format!("{:.1} ms (p99 {:.1} ms)", millis(0.5), millis(0.99))
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 120_000_000, 3).expect("the bounds are valid")
}

fn record(histogram: &Mutex<Histogram<u64>>, time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let mut histogram = histogram.lock().expect("counting does not panic");
    histogram.saturating_record(micros);
}

/// The delays in microseconds from the response to a change until it appears on the stream, for `times`
/// changes by `change`, each of which increments the version.
pub(crate) async fn delays_after_responses(
    mut reader: Reader,
    version: u64,
    times: u64,
    mut change: impl AsyncFnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Histogram<u64>> {
    let (sender, mut shown) = mpsc::unbounded_channel();
    let mut reading = JoinSet::new();
    reading.spawn(async move {
        while let Ok(text) = reader.event().await {
            let version: Option<u64> = member(text, "version").and_then(|v| v.parse().ok());
            if sender.send((version, Instant::now())).is_err() {
                break;
            }
        }
    });
    let mut delays = histogram();
    for expected in version + 1..=version + times {
        // At a random time between two polls.
        sleep(PAUSE.mul_f64(fraction(expected))).await;
        change().await?;
        let responded = Instant::now();
        loop {
            let (version, at) = shown.recv().await.context("the stream ended")?;
            let version = version.context("event without version")?;
            ensure!(version <= expected, "event with an unexpected version");
            if version == expected {
                let delay = at.saturating_duration_since(responded).as_micros();
                delays.saturating_record(u64::try_from(delay)?);
                break;
            }
        }
    }
    Ok(delays)
}
