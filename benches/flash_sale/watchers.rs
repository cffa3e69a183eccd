//! Streams of live updates that are open and read, as browsers do.

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

use crate::crowd::fraction;

/// Of so many readers one looks at what it reads: for all to do so would take the time of the
/// servers that are measured.
const PROBES: usize = 50;

/// At most so long passes between two changes that are waited for.
const PAUSE: Duration = Duration::from_millis(100);

/// One open stream.
pub(crate) struct Reader {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Reader {
    /// Opens the stream of `path` and reads to its first event.
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

    /// Reads on to the end of what has come, which has an event. That event and what came with it.
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
            let came = &self.buffer[..self.filled];
            // A chunk of HTTP ends with a line, after the empty line of the event.
            if came.ends_with(b"}\n\n\r\n") {
                return Ok(std::str::from_utf8(&self.buffer[..self.filled]).unwrap_or_default());
            }
        }
    }
}

/// The value of a member of the last event in `text`.
fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = text.rsplit_once(&format!("\"{name}\":"))?;
    value.split([',', '}']).next()
}

/// What readers saw.
pub(crate) struct Seen {
    events: AtomicU64,
    /// Microseconds from the instant of the latest change to its arrival.
    ages: Mutex<Histogram<u64>>,
}

/// Readers of one SKU, until this is dropped.
pub(crate) struct Watchers {
    pub(crate) seen: Arc<Seen>,
    _readers: JoinSet<io::Result<()>>,
}

impl Watchers {
    /// Opens `count` streams.
    pub(crate) async fn open(address: SocketAddr, sku: &str, count: usize) -> anyhow::Result<Self> {
        let path = format!("/live/inventory/{sku}");
        let seen = Arc::new(Seen {
            events: AtomicU64::new(0),
            ages: Mutex::new(histogram()),
        });
        let mut readers = JoinSet::new();
        for number in 0..count {
            let reader = Reader::open(address, &path).await;
            let reader = reader.context("a stream could not be opened")?;
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

/// How long ago the change was made that `text` tells of.
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

    /// The ages of what was shown, in words.
    pub(crate) fn ages(&self) -> String {
        let ages = self.ages.lock().expect("nobody panics while counting");
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
    let mut histogram = histogram.lock().expect("nobody panics while counting");
    histogram.saturating_record(micros);
}

/// How long after its answer a change is shown: `times` changes by `change`, each of which raises
/// the version by one, one after the other. In microseconds.
pub(crate) async fn delay_behind_answers(
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
        // At any moment of the pauses between two looks.
        sleep(PAUSE.mul_f64(fraction(expected))).await;
        change().await?;
        let answered = Instant::now();
        loop {
            let (version, at) = shown.recv().await.context("the stream ended")?;
            let version = version.context("an event without a version")?;
            ensure!(version <= expected, "an event of the future");
            if version == expected {
                let delay = at.saturating_duration_since(answered).as_micros();
                delays.saturating_record(u64::try_from(delay)?);
                break;
            }
        }
    }
    Ok(delays)
}
