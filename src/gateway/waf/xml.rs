//! The texts and attributes of a document in XML. No parser: nothing of ours reads XML from outside,
//! and what is looked for is in the characters.

use super::rules::Place;
use super::values::Values;

/// Adds the whole, and each text and attribute by itself.
pub(super) fn read<'a>(body: &'a [u8], values: &mut Values<'a>) {
    values.add(Place::Body, "", body);
    let mut rest = body;
    while let Some(start) = memchr::memchr(b'<', rest) {
        values.add(Place::Args, "#text", rest[..start].trim_ascii());
        rest = &rest[start + 1..];
        let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        attributes(&rest[..end], values);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    values.add(Place::Args, "#text", rest.trim_ascii());
}

fn attributes<'a>(tag: &'a [u8], values: &mut Values<'a>) {
    let mut rest = tag;
    while let Some(start) = memchr::memchr2(b'"', b'\'', rest) {
        let quote = rest[start];
        rest = &rest[start + 1..];
        let end = memchr::memchr(quote, rest).unwrap_or(rest.len());
        values.add(Place::Args, "@", &rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
}
