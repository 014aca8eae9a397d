//! How a quote is kept: its number, and the month-by-month tables, compressed apart from the answer that an operator may want to read.

use std::io::{Error, Read, Write};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::wire::{LoanRow, PremiumRow, ProjectRow, SimulationResponse};
use crate::kernel::id::check_digit;

/// Most bytes that stored tables may have when they are unpacked: six loans and four persons over
/// thirty-five years take a quarter of it.
const TABLES_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// The tables of an answer.
#[derive(Serialize, Deserialize)]
struct Tables {
    loans: Vec<Option<Vec<LoanRow>>>,
    insured: Vec<Option<Vec<PremiumRow>>>,
    project: Option<Vec<ProjectRow>>,
}

/// Takes the tables out of an answer and packs them.
///
/// # Errors
/// Only when memory cannot be written to.
pub(super) fn pack_tables(result: &mut SimulationResponse) -> Result<Vec<u8>, Error> {
    let tables = Tables {
        loans: result.loans.iter_mut().map(|loan| loan.schedule.take()).collect(),
        insured: result.insured.iter_mut().map(|person| person.schedule.take()).collect(),
        project: result.project.schedule.take(),
    };
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&serde_json::to_vec(&tables)?)?;
    packed.finish()
}

/// Puts the tables back into their answer.
///
/// # Errors
/// The bytes are not those of [`pack_tables`].
pub(super) fn unpack_tables(packed: &[u8], result: &mut SimulationResponse) -> Result<(), Error> {
    let mut text = Vec::new();
    DeflateDecoder::new(packed).take(TABLES_BYTES_MAX).read_to_end(&mut text)?;
    let tables: Tables = serde_json::from_slice(&text)?;
    for (loan, rows) in result.loans.iter_mut().zip(tables.loans) {
        loan.schedule = rows;
    }
    for (person, rows) in result.insured.iter_mut().zip(tables.insured) {
        person.schedule = rows;
    }
    result.project.schedule = tables.project;
    Ok(())
}

/// The number for people: `AS-2026-0001234-6`, year, sequence and check digit.
pub(super) fn number(created_at: Timestamp, sequence: u64) -> String {
    let year = created_at.to_zoned(TimeZone::UTC).year();
    let check = check_digit(&format!("{year:04}{sequence:07}")).unwrap_or_default();
    format!("AS-{year:04}-{sequence:07}-{check}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::quotes::Pricer;
    use crate::slices::quotes::wire::SimulationRequest;

    #[test]
    fn tables_come_back_as_they_were_and_smaller() {
        let couple = include_str!("../../../docs/examples/couple-two-loans.json");
        let request = serde_json::from_str(couple).expect("a document");
        let answer = Pricer::shipped().expect("products/").price(&request, true).expect("a price");
        let mut stored = answer.clone();
        let packed = pack_tables(&mut stored).expect("memory");
        assert!(stored.loans[0].schedule.is_none() && stored.project.schedule.is_none());
        assert!(packed.len() < 40_000, "{} bytes", packed.len());
        unpack_tables(&packed, &mut stored).expect("the same bytes");
        assert_eq!(stored, answer);
    }

    /// A quote kept by the first version must be readable for ever: never edit this file. A field
    /// that is added since needs a default, one that is renamed an alias.
    #[test]
    fn a_quote_of_the_first_version_is_still_read() {
        #[derive(Deserialize)]
        struct Stored {
            request: SimulationRequest,
            result: SimulationResponse,
        }
        let text = include_str!("../../../tests/data/stored/quote-v1.json");
        let stored: Stored = serde_json::from_str(text).expect("a quote of the first version");
        assert_eq!(stored.request.loans[0].months, 12);
        assert_eq!(stored.result.project.schedule.map(|rows| rows.len()), Some(12));
    }

    #[test]
    fn numbers_have_a_check_digit() {
        let created: Timestamp = "2026-11-23T10:00:00Z".parse().expect("a timestamp");
        assert_eq!(number(created, 1234), "AS-2026-0001234-6");
        assert_ne!(number(created, 1235).chars().last(), number(created, 1234).chars().last());
    }
}
