//! The incremental update that carries the seal: two new objects (the signature and its field), and
//! new versions of two old ones (the first page and the catalogue), after the bytes of the file.
//!
//! The field has no size and lies outside the page, so it needs no appearance (PDF/A-2, 6.3.3) and no
//! place in the structure (PDF/UA-1, 7.18.1): what people see of the seal is their reader's own panel.

use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;

use super::SealingError;

/// Room for the signature and its chain.
const ROOM: usize = 12 * 1024;

/// Digits kept free for each number of the range.
const DIGITS: usize = 10;

/// What readers show beside the seal.
pub(super) struct Words<'a> {
    pub(super) name: &'a str,
    pub(super) reason: &'a str,
    pub(super) at: Timestamp,
}

/// A file with an empty place for its signature.
#[derive(Debug)]
pub(super) struct Prepared {
    bytes: Vec<u8>,
    /// Where the signature's brackets open, and where they have closed.
    gap: (usize, usize),
}

impl Prepared {
    /// SHA-256 of everything but the gap.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(&self.bytes[..self.gap.0]);
        context.update(&self.bytes[self.gap.1..]);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }

    /// Writes the signature into the gap; the rest of it stays zeros.
    pub(super) fn write(&mut self, signature: &[u8]) -> Result<(), SealingError> {
        if signature.len() > ROOM {
            return Err(SealingError::Signature("its chain of certificates is too long".into()));
        }
        let mut place = self.gap.0 + 1;
        for byte in signature {
            let digits = format!("{byte:02X}");
            self.bytes[place..place + 2].copy_from_slice(digits.as_bytes());
            place += 2;
        }
        Ok(())
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The file with its update, the range written, the gap empty.
pub(super) fn prepare(pdf: &[u8], words: &Words<'_>) -> Result<Prepared, SealingError> {
    let old = Old::read(pdf)?;
    let (catalogue, page) = (old.object(old.root)?, old.first_page()?);
    let (signature, field) = (old.size, old.size + 1);
    if catalogue.contains("/AcroForm") {
        return Err(SealingError::Foreign("it has a form"));
    }
    let objects = [
        (page.0, annotated(page.1, field)?),
        (old.root, with(catalogue, &format!("/AcroForm<</Fields[{field} 0 R]/SigFlags 3>>"))?),
        (signature, signature_dictionary(words)),
        (field, field_dictionary(signature, page.0)),
    ];
    let mut bytes = pdf.to_vec();
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let mut places = Vec::with_capacity(objects.len());
    for (number, text) in &objects {
        places.push((*number, bytes.len()));
        bytes.extend_from_slice(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes());
    }
    let table = bytes.len();
    bytes.extend_from_slice(old.table(&mut places, field + 1).as_bytes());
    bytes.extend_from_slice(format!("startxref\n{table}\n%%EOF\n").as_bytes());
    with_range(bytes, pdf.len())
}

/// Finds the gap after `from` and writes the range around it.
fn with_range(mut bytes: Vec<u8>, from: usize) -> Result<Prepared, SealingError> {
    let lost = || SealingError::Signature("the place of the signature is lost".to_owned());
    let find = |bytes: &[u8], what: &str| {
        let windows = bytes[from..].windows(what.len());
        windows.enumerate().find(|(_, window)| *window == what.as_bytes()).map(|(at, _)| from + at)
    };
    let opens = find(&bytes, "/Contents<").ok_or_else(lost)? + "/Contents".len();
    let closes = opens + 2 * ROOM + 2;
    let range = find(&bytes, "/ByteRange[").ok_or_else(lost)? + "/ByteRange[".len();
    let numbers = format!("0 {opens} {closes} {}", bytes.len() - closes);
    let room = range_room().len();
    let numbers = format!("{numbers:<room$}");
    bytes[range..range + room].copy_from_slice(numbers.as_bytes());
    Ok(Prepared { bytes, gap: (opens, closes) })
}

fn range_room() -> String {
    " ".repeat("0   ".len() + 3 * DIGITS)
}

fn signature_dictionary(words: &Words<'_>) -> String {
    let at = words.at.strftime("%Y%m%d%H%M%S");
    let zeros = "0".repeat(2 * ROOM);
    let (range, name, reason) = (range_room(), text(words.name), text(words.reason));
    format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Name{name}/Reason{reason}\
         /M(D:{at}Z)/ByteRange[{range}]/Contents<{zeros}>>>"
    )
}

/// Printed and locked (flags 4 and 128), as PDF/A asks of every annotation.
fn field_dictionary(signature: u32, page: u32) -> String {
    let (name, tooltip) = (text("Sceau"), text("Sceau électronique de l’assureur"));
    format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T{name}/TU{tooltip}/F 132/Rect[-1 -1 -1 -1]\
         /P {page} 0 R/V {signature} 0 R>>"
    )
}

/// The page with one annotation more, before those that it has (links of a table of contents).
fn annotated(page: &str, field: u32) -> Result<String, SealingError> {
    let tabs = if page.contains("/Tabs") { "" } else { "/Tabs/S" };
    match page.split_once("/Annots") {
        None => with(page, &format!("{tabs}/Annots[{field} 0 R]")),
        Some((before, after)) => {
            let others = after.strip_prefix('[');
            let others = others.ok_or(SealingError::Foreign("its annotations are elsewhere"))?;
            with(&format!("{before}/Annots[{field} 0 R {others}"), tabs)
        }
    }
}

/// A text string: UTF-16 with its mark, in hex.
fn text(words: &str) -> String {
    let mut hex = String::from("<FEFF");
    for unit in words.encode_utf16() {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{unit:04X}");
    }
    hex.push('>');
    hex
}

/// A dictionary with more entries at its end.
fn with(dictionary: &str, entries: &str) -> Result<String, SealingError> {
    let inside = dictionary.trim().strip_suffix(">>").filter(|inside| inside.starts_with("<<"));
    let inside = inside.ok_or(SealingError::Foreign("an object is no dictionary"))?;
    Ok(format!("{inside}{entries}>>"))
}

/// What is known of the file: where its objects are, and its trailer.
struct Old<'a> {
    pdf: &'a [u8],
    table: usize,
    size: u32,
    root: u32,
    /// The trailer's other entries.
    info: Option<&'a str>,
    id: &'a str,
    offsets: Vec<usize>,
}

impl<'a> Old<'a> {
    fn read(pdf: &'a [u8]) -> Result<Self, SealingError> {
        let foreign = SealingError::Foreign;
        let tail = tail(pdf).ok_or(foreign("no trailer"))?;
        let table = after(tail, "startxref").and_then(first_number);
        let table = table.ok_or(foreign("no startxref"))?;
        let trailer = between(tail, "trailer", "startxref").ok_or(foreign("no trailer"))?;
        let size = after(trailer, "/Size").and_then(first_number).ok_or(foreign("no size"))?;
        let root = after(trailer, "/Root").and_then(first_number).ok_or(foreign("no root"))?;
        let id = between(trailer, "/ID[", "]").ok_or(foreign("no identifier"))?;
        let info = between(trailer, "/Info", "R");
        let number = |found: usize| u32::try_from(found).map_err(|_| foreign("too large"));
        let offsets = offsets(pdf.get(table..).unwrap_or_default(), size);
        let offsets = offsets.ok_or(foreign("its table of objects"))?;
        Ok(Self { pdf, table, size: number(size)?, root: number(root)?, info, id, offsets })
    }

    /// The text of an object, which is a dictionary.
    fn object(&self, number: u32) -> Result<&'a str, SealingError> {
        let foreign = || SealingError::Foreign("an object is not where it should be");
        let number = usize::try_from(number).map_err(|_| foreign())?;
        let start = *self.offsets.get(number).ok_or_else(foreign)?;
        let rest = self.pdf.get(start..).ok_or_else(foreign)?;
        let head = format!("{number} 0 obj");
        let rest = rest.strip_prefix(head.as_bytes()).ok_or_else(foreign)?;
        let end = rest.windows(6).position(|window| window == b"endobj").ok_or_else(foreign)?;
        std::str::from_utf8(&rest[..end]).map(str::trim).map_err(|_| foreign())
    }

    /// The first leaf of the tree of pages.
    fn first_page(&self) -> Result<(u32, &'a str), SealingError> {
        let foreign = || SealingError::Foreign("its tree of pages");
        let mut number = after(self.object(self.root)?, "/Pages").and_then(first_number);
        for _ in 0..16 {
            let at = number.and_then(|n| u32::try_from(n).ok()).ok_or_else(foreign)?;
            let text = self.object(at)?;
            match after(text, "/Kids[") {
                Some(kids) => number = first_number(kids),
                None => return Ok((at, text)),
            }
        }
        Err(foreign())
    }

    /// The table of the new objects, and the trailer.
    fn table(&self, places: &mut [(u32, usize)], size: u32) -> String {
        places.sort_unstable();
        let mut table = String::from("xref\n");
        for (number, place) in places {
            // Writing to a String cannot fail. Each entry has twenty bytes, its end included.
            let _ = write!(table, "{number} 1\n{place:010} 00000 n \n");
        }
        let info = self.info.map(|info| format!("/Info{info}R")).unwrap_or_default();
        let (root, id, before) = (self.root, self.id, self.table);
        let _ = writeln!(
            table,
            "trailer\n<</Size {size}/Root {root} 0 R{info}/ID[{id}]/Prev {before}>>"
        );
        table
    }
}

/// The last two kilobytes, from the trailer on; its identifier must be text.
fn tail(pdf: &[u8]) -> Option<&str> {
    let from = pdf.windows(7).rposition(|window| window == b"trailer")?;
    std::str::from_utf8(&pdf[from..]).ok()
}

/// Where each object begins, by its number.
fn offsets(table: &[u8], size: usize) -> Option<Vec<usize>> {
    let text = table.strip_prefix(b"xref")?;
    let end = text.windows(7).position(|window| window == b"trailer")?;
    let text = std::str::from_utf8(&text[..end]).ok()?;
    let mut words = text.split_ascii_whitespace();
    let (first, count) = (words.next()?, words.next()?);
    if first != "0" || count.parse() != Ok(size) {
        return None;
    }
    let mut offsets = Vec::with_capacity(size);
    for _ in 0..size {
        let (offset, _generation, _sort) = (words.next()?, words.next()?, words.next()?);
        offsets.push(offset.parse().ok()?);
    }
    words.next().is_none().then_some(offsets)
}

fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.split_once(what).map(|(_, rest)| rest)
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    after(text, from)?.split_once(to).map(|(inside, _)| inside)
}

fn first_number(text: &str) -> Option<usize> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}
