//! What a file is, by its own bytes: its name and what the browser says of it are not asked.

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// A PDF.
    Pdf,
    /// A photograph.
    Jpeg,
    /// A picture of a screen, mostly.
    Png,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// Nothing is in it.
    Empty,
    /// A photograph in the format of iPhones, which browsers do not show.
    Heic,
    /// It breaks off: its sending was cut, or the file is damaged.
    Cut,
    /// Nobody can open it without a password.
    Locked,
    /// Something else.
    Unknown,
}

impl Odd {
    /// What is said of the file, after its name (French).
    pub const fn said(self) -> &'static str {
        match self {
            Self::Empty => "est vide\u{a0}: choisissez-le de nouveau",
            Self::Heic => {
                "est une photo HEIC\u{a0}: envoyez-la en JPEG (sur iPhone\u{a0}: Réglages, Appareil photo, \
                 Formats, Le plus compatible)"
            }
            Self::Cut => "est incomplet\u{a0}: vérifiez qu’il s’ouvre, puis envoyez-le de nouveau",
            Self::Locked => {
                "est protégé par un mot de passe\u{a0}: enregistrez-le sans mot de passe, puis envoyez-le"
            }
            Self::Unknown => {
                "n’est ni un PDF ni une photo\u{a0}: envoyez un PDF, un JPEG ou un PNG"
            }
        }
    }
}

/// Bytes at the end of a PDF in which its last word stands.
const TAIL: usize = 1024;

impl Media {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// As it is stored, and the end of a name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }

    /// The kind of this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => super::file::PDF,
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// What these bytes are.
    ///
    /// # Errors
    /// Nothing that is taken.
    pub fn of(bytes: &[u8]) -> Result<Self, Odd> {
        if bytes.is_empty() {
            return Err(Odd::Empty);
        }
        if bytes.starts_with(b"%PDF-") {
            return pdf(bytes);
        }
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            // Telephones write after the end of a picture: it is looked for, not expected.
            let is_whole = holds(bytes, &[0xff, 0xd9]);
            return if is_whole { Ok(Self::Jpeg) } else { Err(Odd::Cut) };
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            let is_whole = holds(&bytes[bytes.len().saturating_sub(64)..], b"IEND");
            return if is_whole { Ok(Self::Png) } else { Err(Odd::Cut) };
        }
        Err(if is_heic(bytes) { Odd::Heic } else { Odd::Unknown })
    }
}

fn pdf(bytes: &[u8]) -> Result<Media, Odd> {
    if !holds(&bytes[bytes.len().saturating_sub(TAIL)..], b"%%EOF") {
        return Err(Odd::Cut);
    }
    // The dictionary that says so is never compressed (ISO 32000-2, 7.5.5 and 7.5.8).
    if holds(bytes, b"/Encrypt") { Err(Odd::Locked) } else { Ok(Media::Pdf) }
}

fn is_heic(bytes: &[u8]) -> bool {
    let brand = bytes.get(4..12).unwrap_or_default();
    [&b"ftyphei"[..], b"ftyphev", b"ftypmif", b"ftypmsf"].iter().any(|it| brand.starts_with(it))
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(bytes, what).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_are() {
        for (bytes, said) in [
            (&b"%PDF-1.7\n1 0 obj\n%%EOF\n"[..], Ok(Media::Pdf)),
            (b"\xff\xd8\xff\xe0picture\xff\xd9and more", Ok(Media::Jpeg)),
            (b"\x89PNG\r\n\x1a\npicture\0\0\0\0IEND\xaeB`\x82", Ok(Media::Png)),
            (b"", Err(Odd::Empty)),
            (b"%PDF-1.7\n1 0 obj", Err(Odd::Cut)),
            (b"\xff\xd8\xff\xe0picture", Err(Odd::Cut)),
            (b"\x89PNG\r\n\x1a\npicture", Err(Odd::Cut)),
            (b"%PDF-1.7\ntrailer << /Encrypt 9 0 R >>\n%%EOF", Err(Odd::Locked)),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Err(Odd::Heic)),
            (b"MZ\x90\0 a program", Err(Odd::Unknown)),
            (b"<html><script>", Err(Odd::Unknown)),
            (b"PK\x03\x04 an archive", Err(Odd::Unknown)),
            (b" %PDF-1.7 %%EOF", Err(Odd::Unknown)),
        ] {
            assert_eq!(Media::of(bytes), said, "{}", String::from_utf8_lossy(bytes));
        }
        for media in Media::ALL {
            assert_eq!(Media::of_code(media.code()), Some(media));
        }
    }
}
