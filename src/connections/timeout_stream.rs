//! A client connection with read, write and idle timeouts.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::in_flight::InFlight;
use super::request_memory::RequestMemory;
use super::timer::Timer;
use crate::telemetry::metrics;

/// How long a client may take from the first byte of a request to the end of its head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may be idle. Longer than the minute of load balancers: they must close it
/// first, or they would send requests into a connection that is closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a client may read nothing of a response.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long what a client still sends is read after the last response: closing at once would reset
/// the connection, and the client would lose the response.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// The most that one read takes. Less than hyper has room for, which would double its buffer otherwise,
/// and so the most of a next request that arrives unseen before the response to the one before.
const MAX_READ: usize = 4 * 1024;

/// A stream that fails with [`ErrorKind::TimedOut`] when the client takes too long, and with
/// [`ErrorKind::OutOfMemory`] when all clients together send too much. A request in flight has a
/// deadline of its own.
#[derive(Debug)]
pub(super) struct TimeoutStream<S> {
    stream: S,
    in_flight: InFlight,
    memory: RequestMemory,
    stop: CancellationToken,
    phase: Phase,
    /// Bounds how long the client may send nothing.
    read_timer: Timer,
    /// Bounds how long the client may take nothing of a write that is pending.
    write_timer: Option<Timer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No byte has arrived since the last response.
    Idle,
    /// Part of a request has arrived.
    Receiving,
    /// The response is sent, and the rest of the request is discarded.
    Lingering,
    /// The client was too slow, or sent too much.
    Refused,
}

impl<S> TimeoutStream<S> {
    pub(super) fn new(
        stream: S,
        in_flight: InFlight,
        memory: RequestMemory,
        stop: CancellationToken,
    ) -> Self {
        Self {
            stream,
            in_flight,
            memory,
            stop,
            phase: Phase::Idle,
            read_timer: Timer::after(IDLE_TIMEOUT),
            write_timer: None,
        }
    }

    /// Fails when too much of requests is in memory.
    fn note_read(&mut self, bytes: usize) -> io::Result<()> {
        if self.phase == Phase::Idle {
            self.phase = Phase::Receiving;
            self.read_timer.restart(HEAD_TIMEOUT);
        }
        if self.memory.receive(bytes) {
            return Ok(());
        }
        self.phase = Phase::Refused;
        metrics().overloaded();
        Err(ErrorKind::OutOfMemory.into())
    }

    /// Restarts the timers after a write, or fails a pending one that takes too long.
    fn check_write(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_timer = None;
            self.phase = Phase::Idle;
            self.memory.release();
            self.read_timer.restart(IDLE_TIMEOUT);
            return written;
        }
        let timer = self
            .write_timer
            .get_or_insert_with(|| Timer::after(WRITE_TIMEOUT));
        ready!(timer.poll_elapsed(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl TimeoutStream<TcpStream> {
    /// Waits for the first byte and leaves it to be read.
    pub(super) async fn first_byte(&self) -> io::Result<u8> {
        let mut byte = [0];
        match self.stream.peek(&mut byte).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(byte[0]),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Poll::Ready(read) = poll_read_some(&mut this.stream, context, buffer) {
            return Poll::Ready(read.and_then(|bytes| this.note_read(bytes)));
        }
        if this.in_flight.is_any() {
            return Poll::Pending;
        }
        ready!(this.read_timer.poll_elapsed(context));
        this.phase = Phase::Refused;
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TimeoutStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.check_write(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.check_write(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.phase == Phase::Refused {
            return Pin::new(&mut this.stream).poll_shutdown(context);
        }
        if this.phase != Phase::Lingering {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            this.phase = Phase::Lingering;
            this.read_timer.restart(LINGER_TIMEOUT);
        }
        this.poll_linger(context).map(Ok)
    }
}

impl<S: AsyncRead + Unpin> TimeoutStream<S> {
    /// Discards what the client still sends, until it closes the connection. A server that is stopping
    /// does not wait for a client that sends nothing.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut discarded = [0; 4096];
        while !self.read_timer.has_elapsed() {
            let mut buffer = ReadBuf::new(&mut discarded);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Pending if !self.stop.is_cancelled() => {
                    return self.read_timer.poll_elapsed(context);
                }
                Poll::Pending | Poll::Ready(_) => break,
            }
        }
        Poll::Ready(())
    }
}

/// Reads [`MAX_READ`] bytes at most, and returns how many.
fn poll_read_some<S: AsyncRead + Unpin>(
    stream: &mut S,
    context: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
) -> Poll<io::Result<usize>> {
    let length = buffer.remaining().min(MAX_READ);
    let mut part = ReadBuf::new(buffer.initialize_unfilled_to(length));
    ready!(Pin::new(stream).poll_read(context, &mut part))?;
    let bytes = part.filled().len();
    buffer.advance(bytes);
    Poll::Ready(Ok(bytes))
}
