//! A minimal HTTP/1.1 client: one connection, one request at a time, no unnecessary copies.

use std::io::{self, Write};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kept-alive connection.
pub(crate) struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
    /// Length of the response's head.
    head: usize,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            request: Vec::with_capacity(512),
            buffer: vec![0; 16 * 1024],
            filled: 0,
            head: 0,
        })
    }

    /// Sends `body` with extra header lines, reads the whole response and returns its status.
    pub(crate) async fn post(&mut self, path: &str, head: &str, body: &str) -> io::Result<u16> {
        self.request.clear();
        write!(
            self.request,
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{head}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        self.exchange().await
    }

    /// Reads the whole response and returns its status.
    pub(crate) async fn get(&mut self, path: &str) -> io::Result<u16> {
        self.request.clear();
        write!(self.request, "GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n")?;
        self.exchange().await
    }

    /// The body of the last response.
    pub(crate) fn body(&self) -> &[u8] {
        &self.buffer[self.head..self.filled]
    }

    async fn exchange(&mut self) -> io::Result<u16> {
        self.stream.write_all(&self.request).await?;
        self.filled = 0;
        let (head, length) = loop {
            self.read_more().await?;
            if let Some(found) = head_and_length(&self.buffer[..self.filled])? {
                break found;
            }
        };
        let whole = head + length;
        if self.buffer.len() < whole {
            self.buffer.resize(whole, 0);
        }
        while self.filled < whole {
            self.read_more().await?;
        }
        self.head = head;
        status(&self.buffer)
    }

    async fn read_more(&mut self) -> io::Result<()> {
        let read = self.stream.read(&mut self.buffer[self.filled..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.filled += read;
        Ok(())
    }
}

const LENGTH: &[u8] = b"content-length: ";

/// The lengths of head and body, once the head is complete.
fn head_and_length(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let length = bytes[..end]
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(LENGTH))
        .and_then(|value| std::str::from_utf8(value).ok())
        .and_then(|value| value.trim_end().parse().ok());
    match length {
        Some(length) => Ok(Some((end + 4, length))),
        None => Err(invalid("response without content-length")),
    }
}

fn status(bytes: &[u8]) -> io::Result<u16> {
    let digits = bytes
        .get(9..12)
        .and_then(|text| std::str::from_utf8(text).ok());
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| invalid("response without status"))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
