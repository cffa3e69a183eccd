//! The listening socket.

use std::net::SocketAddr;

use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};

use crate::config::Settings;

/// The address cannot be bound.
#[derive(Debug, Error)]
#[error("cannot bind {address} (from {setting})")]
pub struct ListenError {
    address: SocketAddr,
    setting: &'static str,
    source: std::io::Error,
}

/// The backlog of connections, up to the system's limit: a sale starts for everyone in the same second,
/// and a client that finds the backlog full retries only after another second.
const BACKLOG: u32 = 4096;

/// Listens on the address of the settings.
pub fn listen(settings: &Settings) -> Result<TcpListener, ListenError> {
    let address = settings.address();
    listen_on(address).map_err(|source| ListenError {
        address,
        setting: settings.address_setting(),
        source,
    })
}

fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A restart must not wait until the connections of the previous process time out.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
