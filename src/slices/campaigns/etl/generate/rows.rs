//! The writing of a file: sales of one to many lines, with the traps of the real ones.

use std::io::{self, Write};

use super::oracle::Oracle;
use crate::platform::clock::Entropy;

/// The newest header of the real files.
const HEADER: &str = "Identifiant de document|Reference document|1 Articles CGI|2 Articles CGI|3 Articles CGI|4 Articles CGI|5 Articles CGI|No disposition|Date mutation|Nature mutation|Valeur fonciere|No voie|B/T/Q|Type de voie|Code voie|Voie|Code postal|Commune|Code departement|Code commune|Prefixe de section|Section|No plan|No Volume|1er lot|Surface Carrez du 1er lot|2eme lot|Surface Carrez du 2eme lot|3eme lot|Surface Carrez du 3eme lot|4eme lot|Surface Carrez du 4eme lot|5eme lot|Surface Carrez du 5eme lot|Nombre de lots|Code type local|Type local|Identifiant local|Surface reelle bati|Nombre pieces principales|Nature culture|Nature culture speciale|Surface terrain";

const STREETS: &[&str] = &[
    "DE LA REPUBLIQUE",
    "VICTOR HUGO",
    "DES LILAS",
    "DU MOULIN",
    "JEAN JAURES",
    "DE L EGLISE",
    "DES  ACACIAS",
    "DU 8 MAI 1945",
    "LE BOURG",
    "DE L'ÉTANG",
    "DES TERRES DE LA CROIX BLANCHE",
];
const KINDS: &[&str] = &["RUE", "AV", "CHE", "IMP", "BD", "PL"];
const NATURES: &[&str] = &[
    "Vente",
    "Vente",
    "Vente",
    "Vente",
    "Vente",
    "Vente",
    "Vente",
    "Vente",
    "Vente",
    "Vente en l'état futur d'achèvement",
    "Echange",
    "Adjudication",
];
const LOCALS: [&str; 5] =
    ["", "Maison", "Appartement", "Dépendance", "Local industriel. commercial ou assimilé"];
const CULTURES: &[&str] = &["S", "T", "P", "J", "AG", "AB"];

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct GenerateOptions {
    /// Rows that are right; the bad ones come on top.
    pub rows: u64,
    /// The same seed writes the same file.
    pub seed: u64,
    /// Year of the sales.
    pub year: u16,
    /// One line of so many is bad; 0 for none.
    pub bad_every: u64,
    /// Lines end with CR LF.
    pub crlf: bool,
}

/// Writes a file of generated rows, department after department as the real ones, and counts what a
/// right load must find.
///
/// # Errors
/// It cannot be written.
pub fn generate(options: GenerateOptions, out: &mut impl Write) -> io::Result<Oracle> {
    let mut writer = Writer {
        options,
        draw: Draw(Entropy::seeded(options.seed)),
        oracle: Oracle::default(),
        line: Vec::with_capacity(400),
        sale: 0,
    };
    writer.line.extend_from_slice(HEADER.as_bytes());
    writer.end(out)?;
    while writer.oracle.rows < options.rows {
        writer.sale(out)?;
    }
    Ok(writer.oracle)
}

/// Numbers from the seeded source.
struct Draw(Entropy);

impl Draw {
    fn below(&self, most: u64) -> u64 {
        u64::from_le_bytes(self.0.bytes::<8>()) % most
    }

    fn one_of<'a>(&self, list: &[&'a str]) -> &'a str {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }
}

struct Writer {
    options: GenerateOptions,
    draw: Draw,
    oracle: Oracle,
    line: Vec<u8>,
    sale: u64,
}

/// What the lines of a sale have in common.
struct Common {
    date: String,
    nature: &'static str,
    cents: Option<u64>,
    department: String,
    commune: u64,
    disposition: u64,
}

impl Writer {
    /// Departments come in their order: what only Corsica has is not seen in the first million.
    fn department(&self) -> String {
        let place = self.oracle.rows * 100 / self.options.rows.max(1);
        match place {
            0..=18 => format!("{:02}", place + 1),
            19 => "2A".to_owned(),
            20 => "2B".to_owned(),
            21..=95 => format!("{place}"),
            96..=99 => {
                ["971", "972", "973", "974"][usize::try_from(place - 96).unwrap_or(0)].to_owned()
            }
            _ => "974".to_owned(),
        }
    }

    fn sale(&mut self, out: &mut impl Write) -> io::Result<()> {
        let draw = &self.draw;
        let (day, month) = (draw.below(28) + 1, draw.below(12) + 1);
        // The disposition tells neighbouring sales apart, so that each is one to any reader.
        self.sale += 1;
        let cents = match draw.below(50) {
            0 => None,
            1 | 2 => Some(100),
            _ => Some((draw.below(900_000) + 5_000) * 100 + draw.below(4) * 25),
        };
        let department = self.department();
        // Overseas a commune has two digits behind the department's three.
        let communes = if department.len() == 3 { 90 } else { 400 };
        let common = Common {
            date: format!("{day:02}/{month:02}/{}", self.options.year),
            nature: draw.one_of(NATURES),
            cents,
            department,
            commune: draw.below(communes) + 1,
            disposition: self.sale % 999_999 + 1,
        };
        let lines = match draw.below(200) {
            0 => draw.below(60) + 20,
            1..=86 => 1,
            87..=150 => 2,
            _ => draw.below(5) + 2,
        };
        let left = self.options.rows - self.oracle.rows;
        self.oracle.sales += 1;
        for _ in 0..lines.min(left) {
            self.row(&common);
            self.end(out)?;
            self.count(&common);
            let every = self.options.bad_every;
            if every > 0 && self.oracle.rows.is_multiple_of(every) {
                self.bad(&common, out)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, common: &Common) {
        let oracle = &mut self.oracle;
        oracle.rows += 1;
        oracle.price_cents += common.cents.unwrap_or(0);
        oracle.without_price += u64::from(common.cents.is_none());
        oracle.corsica += u64::from(matches!(common.department.as_str(), "2A" | "2B"));
    }

    /// The fields of a right row.
    fn row(&mut self, common: &Common) {
        let local = usize::try_from(self.draw.below(5)).unwrap_or(0);
        let built = if matches!(local, 1 | 2 | 4) { self.draw.below(150) + 9 } else { 0 };
        let price = common.cents.map_or(String::new(), |c| format!("{},{:02}", c / 100, c % 100));
        let street = self.street();
        let has_number = self.draw.below(2) == 0;
        let number =
            if has_number { (self.draw.below(300) + 1).to_string() } else { String::new() };
        let way = if has_number { self.draw.one_of(KINDS) } else { "" };
        let code = self.draw.below(999) + 1;
        let code = if has_number { format!("{code:04}") } else { format!("B{code:03}") };
        // The producer has lost the zero of the first nine departments.
        let postal: String = match common.department.as_str() {
            "2A" | "2B" => format!("20{:03}", common.commune),
            department => {
                format!("{department:0<2}{:03}", common.commune).chars().take(5).collect()
            }
        };
        let postal = postal.strip_prefix('0').unwrap_or(&postal);
        let (lot, carrez, lots) = self.lots(local);
        let (rooms, built, kind) = match local {
            0 => (String::new(), String::new(), String::new()),
            _ => ((built / 25).to_string(), built.to_string(), local.to_string()),
        };
        let (culture, land) = match local {
            2 => ("", String::new()),
            _ => (self.draw.one_of(CULTURES), (self.draw.below(3000) + 1).to_string()),
        };
        let letter = ["A", "B", "9"][usize::try_from(self.draw.below(3)).unwrap_or(0)];
        let btq = if self.draw.below(30) == 0 { letter } else { "" };
        let section = ["A", "AB", "ZC", "B"][usize::try_from(self.draw.below(4)).unwrap_or(0)];
        let plan = self.draw.below(1999) + 1;
        // Writing to memory cannot fail.
        drop(write!(
            self.line,
            "|||||||{:06}|{}|{}|{price}|{number}|{btq}|{way}|{code}|{street}|{postal}|COMMUNE {}|{}|{}||\
             {section}|{plan}||{lot}|{carrez}|||||||||{lots}|{kind}|{}||{built}|{rooms}|{culture}||{land}",
            common.disposition,
            common.date,
            common.nature,
            common.commune,
            common.department,
            common.commune,
            LOCALS[local],
        ));
    }

    fn street(&mut self) -> String {
        let mut street = self.draw.one_of(STREETS).to_owned();
        match self.draw.below(500) {
            0 => {
                street.insert(0, '"');
                self.oracle.quotes += 1;
            }
            1 => {
                street.push('\\');
                self.oracle.backslashes += 1;
            }
            2 => street.push_str(" \\N"),
            _ => {}
        }
        if street.ends_with("\\N") {
            self.oracle.backslashes += 1;
        }
        self.oracle.street_characters += street.chars().count() as u64;
        street
    }

    fn lots(&mut self, local: usize) -> (String, String, u64) {
        if local != 2 && local != 3 {
            return (String::new(), String::new(), 0);
        }
        let number = self.draw.below(900) + 1;
        // Letters come late in the file: a sample of its head sees digits only.
        let is_late = self.oracle.rows * 10 > self.options.rows * 9;
        if is_late && self.draw.below(50) == 0 {
            self.oracle.lots_with_letters += 1;
            return (format!("A{number}"), String::new(), 1);
        }
        let carrez = if local == 2 {
            format!("{},{:02}", self.draw.below(120) + 9, self.draw.below(100))
        } else {
            String::new()
        };
        (number.to_string(), carrez, self.draw.below(2) + 1)
    }

    /// A line that must be given back, of each kind in turn.
    fn bad(&mut self, common: &Common, out: &mut impl Write) -> io::Result<()> {
        let before = self.oracle.clone();
        self.row(common);
        self.oracle = before;
        let all: u64 = self.oracle.rejects.values().sum();
        let text = String::from_utf8_lossy(&self.line).into_owned();
        let mut fields: Vec<&str> = text.split('|').collect();
        let reason = match all % 6 {
            0 => {
                fields.push("44");
                "field_count"
            }
            1 => {
                fields[8] = "31/02/2020";
                "date"
            }
            2 => {
                fields[10] = "12.345.678";
                "decimal"
            }
            3 => {
                fields[42] = "N/C";
                "integer"
            }
            4 => {
                fields[15] = "\0";
                "nul_byte"
            }
            _ => "utf8",
        };
        self.line = fields.join("|").into_bytes();
        if reason == "utf8" {
            self.line.extend_from_slice(b"\xe9");
        }
        *self.oracle.rejects.entry(reason.to_owned()).or_default() += 1;
        self.end(out)
    }

    fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.line.extend_from_slice(if self.options.crlf { b"\r\n" } else { b"\n" });
        out.write_all(&self.line)?;
        self.line.clear();
        self.oracle.lines += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(seed: u64) -> GenerateOptions {
        GenerateOptions { rows: 2000, seed, year: 2021, bad_every: 100, crlf: false }
    }

    #[test]
    fn a_seed_writes_the_same_bytes_and_counts_them() {
        let (mut first, mut again, mut other) = (Vec::new(), Vec::new(), Vec::new());
        let oracle = generate(options(1), &mut first).expect("memory");
        generate(options(1), &mut again).expect("memory");
        generate(options(2), &mut other).expect("memory");
        assert!(first == again && first != other);
        assert_eq!((oracle.rows, oracle.rejects.values().sum::<u64>()), (2000, 20));
        let lines = first.iter().filter(|b| **b == b'\n').count() as u64;
        assert_eq!(oracle.lines, lines);
        let text = String::from_utf8_lossy(&first);
        assert!(text.lines().skip(1).take(50).all(|line| line.matches('|').count() == 42));
        assert!(oracle.corsica > 0 && oracle.lots_with_letters > 0 && oracle.quotes > 0);
    }
}
