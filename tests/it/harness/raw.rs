//! Conversations byte by byte, for what no well-behaved client would send.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::soon;

/// A connection on which `bytes` were sent.
pub(crate) async fn sent(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = soon(TcpStream::connect(address)).await.expect("it listens");
    soon(stream.write_all(bytes)).await.expect("sent");
    stream
}

/// Waits for the first bytes of an answer.
pub(crate) async fn some(stream: &mut TcpStream) {
    let mut bytes = [0; 64];
    assert_ne!(soon(stream.read(&mut bytes)).await.expect("an answer"), 0);
}

/// Everything that comes until the other end closes; a reset is an end too.
pub(crate) async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    loop {
        match soon(stream.read_buf(&mut answer)).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => return String::from_utf8_lossy(&answer).into_owned(),
        }
    }
}

/// The whole conversation.
pub(crate) async fn answer(address: SocketAddr, bytes: &[u8]) -> String {
    rest(sent(address, bytes).await).await
}

/// Reads one whole answer of a connection that stays open: its body ends with `last`.
pub(crate) async fn one_answer(stream: &mut TcpStream, last: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(last.as_bytes()) {
        let read = soon(stream.read_buf(&mut answer)).await.expect("an answer");
        assert_ne!(read, 0, "closed after {:?}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8_lossy(&answer).into_owned()
}
