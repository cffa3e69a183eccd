//! A client's connection with an end to our patience.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::busy::Busy;
use super::timer::Timer;

/// How long a client may take from the first byte of a request to the end of its head.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a connection may lie idle. Longer than the minute that load balancers keep theirs, so
/// that it is they who end them, and send no request into one that ends.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// How long a client may read nothing of an answer that waits for it.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// How long a client is waited for after its last answer, should it still be sending: to hang up on
/// it would take the answer from it, too.
const FAREWELL_TIME: Duration = Duration::from_secs(2);

/// A stream that fails with [`ErrorKind::TimedOut`] when the client takes too long. A request that
/// is being worked on has time limits of its own.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    busy: Busy,
    stop: CancellationToken,
    phase: Phase,
    /// For the client to send.
    sending: Timer,
    /// For the client to take what it is sent, while it does not.
    taking: Option<Timer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing of a request has come since the last answer.
    Idle,
    /// Some of a request has come.
    Begun,
    /// All is said.
    Farewell,
    /// The client has been given up.
    Over,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, busy: Busy, stop: CancellationToken) -> Self {
        Self {
            stream,
            busy,
            stop,
            phase: Phase::Idle,
            sending: Timer::after(IDLE_TIME),
            taking: None,
        }
    }

    fn has_begun(&mut self) {
        if self.phase == Phase::Idle {
            self.phase = Phase::Begun;
            self.sending.restart(HEAD_TIME);
        }
    }

    /// Looks at what came of a write.
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.taking = None;
            self.phase = Phase::Idle;
            self.sending.restart(IDLE_TIME);
            return written;
        }
        let taking = self.taking.get_or_insert_with(|| Timer::after(WRITE_TIME));
        ready!(taking.poll_up(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl Patient<TcpStream> {
    /// Waits for the first byte that the client sends, and leaves it to be read.
    pub(super) async fn first_byte(&self) -> io::Result<u8> {
        let mut byte = [0];
        match self.stream.peek(&mut byte).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(byte[0]),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if read.is_ready() {
            this.has_begun();
            return read;
        }
        if this.busy.is_busy() {
            return Poll::Pending;
        }
        ready!(this.sending.poll_up(context));
        this.phase = Phase::Over;
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.phase == Phase::Over {
            return Pin::new(&mut this.stream).poll_shutdown(context);
        }
        if this.phase != Phase::Farewell {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            this.phase = Phase::Farewell;
            this.sending.restart(FAREWELL_TIME);
        }
        this.poll_farewell(context).map(Ok)
    }
}

impl<S: AsyncRead + Unpin> Patient<S> {
    /// Throws away what a client that is still sending sends, until it has hung up. Who is about to
    /// end the process waits for nobody who sends nothing.
    fn poll_farewell(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut thrown_away = [0; 4096];
        while !self.sending.is_up() {
            let mut buffer = ReadBuf::new(&mut thrown_away);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Pending if !self.stop.is_cancelled() => {
                    return self.sending.poll_up(context);
                }
                Poll::Pending | Poll::Ready(_) => break,
            }
        }
        Poll::Ready(())
    }
}
