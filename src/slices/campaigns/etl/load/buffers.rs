//! Memory of the pieces that are sent: lent to the driver, and filled again once it has sent them.
//! Fresh memory for each piece would be cleared by the kernel each time.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use crate::slices::campaigns::etl::encode::PIECE_ROOM;

/// Buffers that are free. Cheap to clone. No more come to be than pieces are under way at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that is lent: it comes back when the last part of it is sent.
struct Lent {
    bytes: Vec<u8>,
    home: Buffers,
}

impl Buffers {
    /// An empty buffer.
    pub(super) fn next(&self) -> Vec<u8> {
        let free = self.0.lock().ok().and_then(|mut free| free.pop());
        free.unwrap_or_else(|| Vec::with_capacity(PIECE_ROOM))
    }

    /// A full one, to be sent.
    pub(super) fn lend(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { bytes, home: self.clone() })
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        if let Ok(mut free) = self.home.0.lock() {
            free.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_filled_again() {
        let buffers = Buffers::default();
        let mut first = buffers.next();
        first.extend_from_slice(b"rows");
        let at = first.as_ptr();
        let sent = buffers.lend(first);
        let part = sent.slice(1..3);
        drop(sent);
        let another = buffers.next();
        assert_ne!(another.as_ptr(), at, "a part of it is still to be sent");
        assert_eq!(&part[..], b"ow");
        drop(part);
        let again = buffers.next();
        assert!(again.as_ptr() == at && again.is_empty());
    }
}
