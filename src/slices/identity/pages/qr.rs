//! A picture for a telephone's camera, as one path of an SVG: no file, no script, nothing inline that
//! the policy forbids.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::kernel::problem::{Kind, Problem};

/// The quiet zone around it that the standard asks for.
const MARGIN: usize = 4;

/// A picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Qr {
    /// Side of the square, in modules.
    pub(super) side: usize,
    /// The dark modules: `d` of a path.
    pub(super) path: String,
}

/// The picture of an address.
pub(super) fn picture(address: &str) -> Result<Qr, Problem> {
    let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M);
    let code = code.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in modules.chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = line[column..].iter().take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                let (x, y) = (column + MARGIN, row + MARGIN);
                // Writing to a text does not fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            column += run.max(1);
        }
    }
    Ok(Qr { side: width + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_one_path_with_its_quiet_zone() {
        let qr = picture("otpauth://totp/Assurly:a?secret=JBSWY3DPEHPK3PXP").expect("a picture");
        assert!(qr.side > 2 * MARGIN + 21 && qr.path.starts_with("M4 4h7v1h-7z"), "{qr:?}");
        assert!(qr.path.bytes().all(|b| b.is_ascii_digit() || b"Mhvz- ".contains(&b)));
    }
}
