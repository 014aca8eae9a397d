//! One chunk, one transaction: its rows, its sales, its rejects and its checkpoint, or none of them.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::sync::mpsc;

use super::buffers::Buffers;
use super::error::LoadError;
use super::insert;
use super::job::{Job, JobFile, Unit};
use super::store::{control, tables};
use crate::slices::campaigns::etl::encode::{ChunkError, Encoded, Overrides, encode};

/// Pieces that wait for the server; the encoder waits when it is full.
const AHEAD: usize = 8;

/// What a connection keeps from one chunk to the next.
#[derive(Default)]
pub(super) struct Held {
    /// A file that is open, as far as it was read: compressed streams are not begun again for each chunk.
    open: Option<(u32, u64, Box<dyn Read + Send>)>,
    buffers: Buffers,
}

/// Loads a chunk inside a transaction that the caller has begun and will commit.
pub(super) async fn load(
    conn: &mut Conn,
    job: &Job,
    unit: &Unit,
    overrides: Overrides,
    held: &mut Held,
) -> Result<Encoded, LoadError> {
    let (to, from) = mpsc::channel::<Bytes>(AHEAD);
    let (file, start, end) = (Arc::clone(&unit.file), unit.start(), unit.end());
    let mut taken = std::mem::take(held);
    let encoding = tokio::task::spawn_blocking(move || {
        let place = (start.byte, start.line);
        let buffers = taken.buffers.clone();
        let reader = taken.at(&file, start.byte)?;
        let limited = reader.take(end - start.byte);
        let send = |piece| to.blocking_send(buffers.lend(piece)).ok().map(|()| buffers.next());
        let encoded = encode(&file.plan, limited, place, &overrides, send)?;
        taken.advance(end);
        Ok::<_, ChunkError>((encoded, taken))
    });
    let sent = send(conn, tables::rows(&job.names, &job.shape), job.has_infile, from).await;
    let encoded = encoding.await.map_err(|_| LoadError::Panicked)?;
    let (taken, warnings) = sent?;
    let failed = |error| LoadError::Chunk(unit.file.source.name.clone(), error);
    let (encoded, still_held) = encoded.map_err(failed)?;
    *held = still_held;
    if encoded.crc != start.crc {
        return Err(LoadError::Changed(unit.file.source.name.clone()));
    }
    check(conn, unit, encoded.rows, taken, warnings).await?;
    Ok(encoded)
}

/// Sends the sales of a chunk.
pub(super) async fn sales(
    conn: &mut Conn,
    job: &Job,
    unit: &Unit,
    encoded: &mut Encoded,
) -> Result<(), LoadError> {
    if encoded.sale_count == 0 {
        return Ok(());
    }
    let (to, from) = mpsc::channel(1);
    // The channel has room for the one piece.
    drop(to.try_send(Bytes::from(std::mem::take(&mut encoded.sales))));
    drop(to);
    let (taken, warnings) = send(conn, tables::sales(&job.names), job.has_infile, from).await?;
    check(conn, unit, encoded.sale_count, taken, warnings).await
}

/// Sends the pieces that come, and says how many rows the server took, with how many warnings.
pub(super) async fn send(
    conn: &mut Conn,
    (table, columns): (&str, Vec<&str>),
    has_infile: bool,
    mut from: mpsc::Receiver<Bytes>,
) -> Result<(u64, u16), LoadError> {
    if !has_infile {
        return insert::rows(conn, table, &columns, from).await;
    }
    let pieces = stream::poll_fn(move |context| from.poll_recv(context)).map(Ok).boxed();
    stream_into(conn, tables::load(table, &columns), pieces).await
}

/// The server names a file; what it gets is this stream, whatever the name.
async fn stream_into(
    conn: &mut Conn,
    sql: String,
    pieces: BoxStream<'static, std::io::Result<Bytes>>,
) -> Result<(u64, u16), LoadError> {
    // The driver asks for a handler that may be shared between threads; it is awaited once.
    let pieces = std::sync::Mutex::new(Some(pieces));
    conn.set_infile_handler(async move {
        let taken = pieces.lock().ok().and_then(|mut pieces| pieces.take());
        Ok(taken.unwrap_or_else(|| stream::empty().boxed()))
    });
    conn.query_drop(sql).await?;
    Ok((conn.affected_rows(), conn.get_warnings()))
}

/// LOCAL implies IGNORE: what the server does not understand it alters, and says so in a warning. Not
/// one is accepted.
async fn check(
    conn: &mut Conn,
    unit: &Unit,
    sent: u64,
    taken: u64,
    warnings: u16,
) -> Result<(), LoadError> {
    if sent == taken && warnings == 0 {
        return Ok(());
    }
    let first = control::first_warning(conn).await?;
    let (file, chunk) = (unit.file.source.name.clone(), unit.chunk_no);
    Err(LoadError::Altered { file, chunk, sent, taken, warnings, first })
}

impl Held {
    /// The file, open at this byte.
    fn at(&mut self, file: &JobFile, byte: u64) -> std::io::Result<&mut Box<dyn Read + Send>> {
        let is_there = matches!(&self.open, Some((no, at, _)) if *no == file.file_no
            && (*at == byte || (*at < byte && !file.source.is_seekable())));
        if !is_there {
            self.open = Some((file.file_no, byte, file.source.open(byte)?));
        }
        let Some((_, at, reader)) = &mut self.open else {
            return Err(std::io::Error::other("no file is open"));
        };
        if *at < byte {
            std::io::copy(&mut reader.take(byte - *at), &mut std::io::sink())?;
            *at = byte;
        }
        Ok(reader)
    }

    fn advance(&mut self, to: u64) {
        if let Some((_, at, _)) = &mut self.open {
            *at = to;
        }
    }
}
