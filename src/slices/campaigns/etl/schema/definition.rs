//! The schema file: what it may say, and what would make no sense in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::hash;
use super::kind::ColumnType;

/// A dataset's reviewed definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// SHA-256 of everything below but the evidence: a file that was edited must be sealed again.
    #[serde(default)]
    pub hash: String,
    /// How the files are written.
    pub dataset: Dataset,
    /// The columns, in the order of the table.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
    /// Columns that are made of others.
    #[serde(default, rename = "derived", skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<Derived>,
    /// What the sale table is made of; none for datasets without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<SaleRoles>,
}

/// How the files of a dataset are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Name of the dataset and beginning of its tables' names: `[a-z][a-z0-9_]*`.
    pub name: String,
    /// One ASCII character between two values.
    #[serde(default = "pipe")]
    pub separator: String,
    /// Declared, never guessed.
    #[serde(default)]
    pub encoding: Encoding,
    /// Whether the first line of each file holds the labels.
    #[serde(default = "yes")]
    pub header: bool,
    /// Whether each line ends with one separator more.
    #[serde(default)]
    pub trailing_separator: bool,
    /// Lines that begin so are no rows; empty for none.
    #[serde(default)]
    pub trailer: String,
    /// Character that opens and closes a value; empty: every character is data.
    #[serde(default)]
    pub quote: String,
    /// `,` or `.`: the other one is never taken for it.
    #[serde(default = "comma")]
    pub decimal_mark: String,
    /// Whether words such as "de" are left out of the names.
    #[serde(default = "yes")]
    pub drop_stop_words: bool,
}

/// Encoding of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// One column of the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its label, as the newest files write it.
    pub label: String,
    /// Other labels of the same column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its name in the table.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Zeros are put before a value until it has so many characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pad: Option<u8>,
    /// What was seen in the files; for the reader, never read back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
}

/// A column that is made of others, put one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Its name in the table.
    pub name: String,
    /// Its length.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// A part of a derived column. Without a value of it the whole has none, unless it is optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Name of the column.
    pub column: String,
    /// Zeros before it, to so many characters.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pad: usize,
    /// Zeros before it, until the whole has so many characters.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fill_to: usize,
    /// May be empty.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
}

/// Which column plays which part in a sale. A sale is a run of lines with equal `key` columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaleRoles {
    /// Lines of one sale have these in common.
    pub key: Vec<String>,
    /// When it was sold.
    pub date: String,
    /// What sort of deed.
    pub nature: String,
    /// Price of the whole sale, repeated on each line.
    pub price: String,
    /// Department.
    pub department: String,
    /// Commune, a whole INSEE code; made by a derived column if need be.
    pub commune: String,
    /// Postal code.
    pub postal_code: String,
    /// 1 house, 2 flat, 3 outbuilding, 4 commercial.
    pub local_type: String,
    /// Square metres of a local.
    pub built: String,
    /// Main rooms of a local.
    pub rooms: String,
    /// Square metres of land.
    pub land: String,
    /// Columns that name a parcel.
    pub parcel: Vec<String>,
    /// Columns that name a use of land on a parcel.
    pub culture: Vec<String>,
    /// Columns that tell two locals of a parcel apart.
    pub local: Vec<String>,
}

/// Why a schema file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Not TOML, or not our keys.
    #[error("the schema cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A value that makes no sense.
    #[error("the schema makes no sense: {0}")]
    Sense(String),
    /// Edited after its hash was written.
    #[error(
        "the schema was changed since it was sealed (its hash would be {0}). \
         Read it once more, then seal it: assurly etl profile --seal FILE"
    )]
    Unsealed(String),
}

impl Definition {
    /// Reads a schema file, and checks it but for its seal.
    ///
    /// # Errors
    /// [`DefinitionError`].
    pub fn read(text: &str) -> Result<Self, DefinitionError> {
        let definition: Self = toml::from_str(text)?;
        definition.check().map_err(DefinitionError::Sense)?;
        Ok(definition)
    }

    /// Reads a schema file that must be sealed: what loads were reviewed.
    ///
    /// # Errors
    /// [`DefinitionError`].
    pub fn read_sealed(text: &str) -> Result<Self, DefinitionError> {
        let definition = Self::read(text)?;
        let hash = definition.content_hash();
        if definition.hash == hash { Ok(definition) } else { Err(DefinitionError::Unsealed(hash)) }
    }

    /// Its content hash, in hex digits.
    pub fn content_hash(&self) -> String {
        hash::of(self)
    }

    /// The file, sealed.
    ///
    /// # Errors
    /// A value that TOML cannot say; there is none.
    pub fn sealed(mut self) -> Result<String, toml::ser::Error> {
        self.hash = self.content_hash();
        toml::to_string(&self)
    }

    /// The separator as a byte.
    pub fn separator(&self) -> u8 {
        self.dataset.separator.bytes().next().unwrap_or(b'|')
    }

    /// Place of a column, by its name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    fn check(&self) -> Result<(), String> {
        let dataset = &self.dataset;
        require(is_name(&dataset.name, 32), "dataset.name: [a-z][a-z0-9_]*, 32 characters")?;
        require(is_one_ascii(&dataset.separator), "dataset.separator: one ASCII character")?;
        let quote = &dataset.quote;
        require(quote.is_empty() || is_one_ascii(quote), "dataset.quote: one ASCII character")?;
        let mark = dataset.decimal_mark.as_str();
        require(mark == "," || mark == ".", "dataset.decimal_mark: a comma or a point")?;
        require((1..=1000).contains(&self.columns.len()), "1 to 1000 columns")?;
        let mut names = BTreeSet::from(["id"]);
        let derived = self.derived.iter().map(|derived| derived.name.as_str());
        for name in self.columns.iter().map(|column| column.name.as_str()).chain(derived) {
            require(is_name(name, 64), &format!("column `{name}`: [a-z][a-z0-9_]*"))?;
            require(names.insert(name), &format!("column `{name}` is there twice, or is `id`"))?;
        }
        self.check_references(&names)
    }

    fn check_references(&self, names: &BTreeSet<&str>) -> Result<(), String> {
        for part in self.derived.iter().flat_map(|derived| &derived.parts) {
            let is_known = self.place(&part.column).is_some();
            require(is_known, &format!("derived: no column `{}`", part.column))?;
        }
        let Some(sale) = &self.sale else { return Ok(()) };
        for name in sale.names() {
            require(names.contains(name), &format!("sale: no column `{name}`"))?;
        }
        let raw = sale.key.iter().chain(&sale.parcel).chain(&sale.culture).chain(&sale.local);
        for name in raw {
            require(
                self.place(name).is_some(),
                &format!("sale: `{name}` is no column of the files"),
            )?;
        }
        require(!sale.key.is_empty(), "sale.key: at least one column")
    }
}

impl SaleRoles {
    fn names(&self) -> impl Iterator<Item = &str> {
        let single = [
            &self.date,
            &self.nature,
            &self.price,
            &self.department,
            &self.commune,
            &self.postal_code,
            &self.local_type,
            &self.built,
            &self.rooms,
            &self.land,
        ];
        single.into_iter().map(String::as_str)
    }
}

/// Names of tables and columns reach SQL: nothing but these characters may.
pub(crate) fn is_name(name: &str, longest: usize) -> bool {
    let mut bytes = name.bytes();
    let begins = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
    let goes_on = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    begins && goes_on && name.len() <= longest
}

fn is_one_ascii(text: &str) -> bool {
    text.len() == 1 && text.is_ascii() && !matches!(text, "\n" | "\r" | "\0")
}

fn require(is_right: bool, otherwise: &str) -> Result<(), String> {
    if is_right { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn pipe() -> String {
    "|".to_owned()
}

fn comma() -> String {
    ",".to_owned()
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(value: &usize) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
