//! A reader of server-sent events.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::timeout;

use crate::server::client_builder;

/// Longer than the pause between two comments.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A block of the stream, up to an empty line.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Event(Event),
    Comment(String),
    /// The reconnection time in milliseconds.
    Retry(u64),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub kind: String,
    pub id: Option<String>,
    pub data: Value,
}

impl Event {
    pub fn number(&self, field: &str) -> i64 {
        let value = self.data.pointer(&format!("/{field}"));
        let value = value.and_then(Value::as_i64);
        value.unwrap_or_else(|| panic!("no {field}: {self:?}"))
    }

    pub fn text(&self, field: &str) -> &str {
        let value = self.data[field].as_str();
        value.unwrap_or_else(|| panic!("no {field}: {self:?}"))
    }
}

/// An open stream.
#[derive(Debug)]
pub struct EventStream {
    response: Response,
    unread: String,
}

impl EventStream {
    pub async fn open(address: &str, path: &str) -> Self {
        Self::open_with(address, path, &[]).await
    }

    pub async fn open_with(address: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let client = client_builder().build().expect("a client");
        let mut request = client.get(format!("{address}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{response:?}");
        let kind = &response.headers()["content-type"];
        assert_eq!(kind, "text/event-stream", "{response:?}");
        Self {
            response,
            unread: String::new(),
        }
    }

    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next block; `None` at the end of the stream.
    pub async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (parse(block), rest.to_owned());
                self.unread = rest;
                return Some(block);
            }
            let chunk = timeout(TIMEOUT, self.response.chunk()).await;
            let chunk = chunk.expect("something in time").ok().flatten()?;
            self.unread += std::str::from_utf8(&chunk).expect("whole characters");
        }
    }

    /// The next event; panics if none comes in time.
    pub async fn event(&mut self) -> Event {
        let event = timeout(TIMEOUT, self.any_event()).await;
        event.expect("an event in time")
    }

    async fn any_event(&mut self) -> Event {
        loop {
            match self.block().await {
                Some(Block::Event(event)) => return event,
                Some(Block::Comment(_) | Block::Retry(_)) => {}
                None => panic!("the stream has ended"),
            }
        }
    }

    /// Reads to the end, which must come in time and without another event before it.
    pub async fn end_without_event(&mut self) {
        let rest = async {
            while let Some(block) = self.block().await {
                assert!(!matches!(block, Block::Event(_)), "{block:?}");
            }
        };
        timeout(TIMEOUT, rest).await.expect("an end in time");
    }
}

fn parse(block: &str) -> Block {
    if let Some(comment) = block.strip_prefix(':') {
        return Block::Comment(comment.trim().to_owned());
    }
    let field = |name: &str| {
        let mut values = block
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let value = values.next().map(str::to_owned);
        assert_eq!(values.next(), None, "{name} twice: {block}");
        value
    };
    if let Some(retry) = field("retry") {
        return Block::Retry(retry.parse().expect("milliseconds"));
    }
    let data = field("data").expect("an event has data");
    Block::Event(Event {
        kind: field("event").expect("an event has a kind"),
        id: field("id"),
        data: serde_json::from_str(&data).expect("JSON"),
    })
}
