//! The slower way, for servers that take no stream: many rows in one INSERT, as bound values.

use bytes::Bytes;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Params, Value};
use tokio::sync::mpsc::Receiver;

use super::error::LoadError;
use super::store::tables;

/// Rows of one statement, and most values that a statement may have.
const ROWS: usize = 1000;
const VALUES: usize = 60_000;

/// Inserts the rows of the pieces that come, and says how many the server took, with how many warnings.
pub(super) async fn rows(
    conn: &mut Conn,
    table: &str,
    columns: &[&str],
    mut from: Receiver<Bytes>,
) -> Result<(u64, u16), LoadError> {
    let most = ROWS.min(VALUES / columns.len().max(1)).max(1);
    let (mut taken, mut warnings) = (0, 0_u16);
    let mut waiting: Vec<Value> = Vec::with_capacity(most * columns.len());
    while let Some(piece) = from.recv().await {
        for row in piece.split(|b| *b == b'\n').filter(|row| !row.is_empty()) {
            waiting.extend(row.split(|b| *b == b'\t').map(value));
            if waiting.len() >= most * columns.len() {
                let sql = tables::insert(table, columns.iter().copied(), most);
                let values =
                    std::mem::replace(&mut waiting, Vec::with_capacity(most * columns.len()));
                conn.exec_drop(sql, Params::Positional(values)).await?;
                taken += conn.affected_rows();
                warnings = warnings.saturating_add(conn.get_warnings());
            }
        }
    }
    let rest = waiting.len() / columns.len().max(1);
    if rest > 0 {
        let sql = tables::insert(table, columns.iter().copied(), rest);
        conn.exec_drop(sql, Params::Positional(waiting)).await?;
        taken += conn.affected_rows();
        warnings = warnings.saturating_add(conn.get_warnings());
    }
    Ok((taken, warnings))
}

/// A value of the dialect of LOAD DATA, as it was before it was written in it.
fn value(field: &[u8]) -> Value {
    if field == b"\\N" {
        return Value::NULL;
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => bytes.push(match rest.next() {
                Some(b't') => b'\t',
                Some(b'n') => b'\n',
                Some(other) => *other,
                None => b'\\',
            }),
            plain => bytes.push(*plain),
        }
    }
    Value::Bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialect_is_undone() {
        assert_eq!(value(b"\\N"), Value::NULL);
        assert_eq!(value(b"\\\\N"), Value::Bytes(b"\\N".to_vec()));
        assert_eq!(value(b"a\\tb\\nc"), Value::Bytes(b"a\tb\nc".to_vec()));
    }
}
