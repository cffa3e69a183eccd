//! The socket that clients come to.

use std::net::SocketAddr;

use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};

use crate::config::Settings;

/// The address can't be listened on.
#[derive(Debug, Error)]
#[error("can't listen on {address}, which {setting} says")]
pub struct ListenError {
    address: SocketAddr,
    setting: &'static str,
    source: std::io::Error,
}

/// How many clients may wait to be let in, as far as the system agrees: a sale begins for all of
/// them in the same second, and who finds no place here tries again only after another second.
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
    // A restart must not wait for the connections of the process before it to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
