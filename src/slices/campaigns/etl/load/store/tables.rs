//! Statements that are made for one schema: its tables, their indexes, and what fills them.

use crate::slices::campaigns::etl::encode::{RowShape, SALE_COLUMNS};
use crate::slices::campaigns::etl::schema::{ColumnType, Definition, Fitted};

/// Most bytes of a row on both engines, with room to spare: wider text goes beside the row.
const ROW_BYTES: usize = 60_000;

/// The tables of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Names {
    pub(in super::super) rows: String,
    pub(in super::super) sales: String,
    pub(in super::super) months: String,
}

impl Names {
    pub(in super::super) fn of(dataset: &str, run: u64) -> Self {
        Self {
            rows: format!("{dataset}_row_r{run}"),
            sales: format!("{dataset}_sale_r{run}"),
            months: format!("{dataset}_month_r{run}"),
        }
    }
}

/// The row table: every column of the schema, filled or not.
pub(in super::super) fn create_rows(
    names: &Names,
    definition: &Definition,
    fitted: &Fitted,
) -> String {
    let mut sql = format!("CREATE TABLE `{}` (`id` BIGINT UNSIGNED NOT NULL", names.rows);
    let columns = fitted
        .columns
        .iter()
        .map(|column| (&column.column.name, column.column.kind, column.column.label.as_str()));
    let derived = definition.derived.iter().map(|derived| (&derived.name, derived.kind, "derived"));
    let all: Vec<_> = columns.chain(derived).collect();
    let beside = beside_the_row(all.iter().map(|(_, kind, _)| *kind));
    // All comments of a table have some 60 000 bytes together.
    let most = (20_000 / all.len().max(1)).min(200);
    for (name, kind, label) in all {
        let kind = if bytes(kind) >= beside { "text".to_owned() } else { kind.to_string() };
        sql.push_str(&format!(", `{name}` {kind} NULL COMMENT '{}'", comment(label, most)));
    }
    sql.push_str(", PRIMARY KEY (`id`)) ENGINE=InnoDB COLLATE utf8mb4_unicode_ci");
    sql
}

/// Columns of so many bytes go beside the row, so that the rest fits.
fn beside_the_row(kinds: impl Iterator<Item = ColumnType>) -> usize {
    let mut sizes: Vec<_> = kinds.map(bytes).collect();
    sizes.sort_unstable();
    let mut total: usize = sizes.iter().sum();
    let mut limit = usize::MAX;
    while total > ROW_BYTES {
        let Some(largest) = sizes.pop() else { break };
        total -= largest.saturating_sub(12);
        limit = largest;
    }
    limit
}

const fn bytes(kind: ColumnType) -> usize {
    match kind {
        ColumnType::Varchar(n) | ColumnType::Char(n) => n as usize * 4 + 2,
        _ => 8,
    }
}

/// A label inside quotes.
fn comment(label: &str, most: usize) -> String {
    let plain = label.chars().filter(|c| !c.is_control()).take(most);
    plain.flat_map(|c| if matches!(c, '\'' | '\\') { vec!['\\', c] } else { vec![c] }).collect()
}

/// The sale table: one row a sale.
pub(in super::super) fn create_sales(names: &Names) -> String {
    format!(
        "CREATE TABLE `{}` (`id` BIGINT UNSIGNED NOT NULL, `sold_on` DATE NULL, \
         `nature` VARCHAR(40) NULL, `price_cents` BIGINT UNSIGNED NULL, \
         `code_departement` VARCHAR(3) NULL, `code_insee` VARCHAR(5) NULL, \
         `code_postal` VARCHAR(5) NULL, `kind` TINYINT UNSIGNED NOT NULL, \
         `houses` SMALLINT UNSIGNED NOT NULL, `flats` SMALLINT UNSIGNED NOT NULL, \
         `outbuildings` SMALLINT UNSIGNED NOT NULL, `premises` SMALLINT UNSIGNED NOT NULL, \
         `rooms` SMALLINT UNSIGNED NOT NULL, `built_m2` INT UNSIGNED NOT NULL, \
         `land_m2` INT UNSIGNED NOT NULL, `row_count` INT UNSIGNED NOT NULL, \
         PRIMARY KEY (`id`)) ENGINE=InnoDB COLLATE utf8mb4_unicode_ci",
        names.sales
    )
}

/// All indexes of the sale table in one step, after the load.
pub(in super::super) fn index_sales(names: &Names) -> String {
    format!(
        "ALTER TABLE `{}` \
         ADD INDEX by_department (`code_departement`, `kind`, `sold_on`, `price_cents`, `nature`), \
         ADD INDEX by_commune (`code_insee`, `kind`, `sold_on`, `price_cents`, `nature`, \
           `code_departement`), \
         ADD INDEX by_postal_code (`code_postal`, `kind`, `sold_on`, `price_cents`, `nature`)",
        names.sales
    )
}

/// The table of months.
pub(in super::super) fn create_months(names: &Names) -> String {
    format!(
        "CREATE TABLE `{}` (`month` DATE NOT NULL, `code_departement` VARCHAR(3) NOT NULL, \
         `code_insee` VARCHAR(5) NOT NULL, `kind` TINYINT UNSIGNED NOT NULL, \
         `sales` INT UNSIGNED NOT NULL, `median_cents` BIGINT UNSIGNED NULL, \
         PRIMARY KEY (`month`, `code_departement`, `code_insee`, `kind`)) \
         ENGINE=InnoDB COLLATE utf8mb4_unicode_ci",
        names.months
    )
}

/// Plain sales with a price that is one, in the order of communes, kinds and months: along the index, which
/// holds all of it.
pub(in super::super) fn walk_sales(names: &Names) -> String {
    format!(
        "SELECT `code_insee`, `kind`, EXTRACT(YEAR_MONTH FROM `sold_on`), \
         COALESCE(`code_departement`, ''), `price_cents` FROM `{}` FORCE INDEX (by_commune) \
         WHERE `nature` = 'Vente' AND `price_cents` >= 10000 \
         AND `sold_on` IS NOT NULL AND `code_insee` IS NOT NULL \
         ORDER BY `code_insee`, `kind`, `sold_on`",
        names.sales
    )
}

/// The table of months and its columns, in the order in which they are sent.
pub(in super::super) fn months(names: &Names) -> (&str, Vec<&str>) {
    let columns = ["month", "code_departement", "code_insee", "kind", "sales", "median_cents"];
    (&names.months, columns.to_vec())
}

/// Refreshes what the optimiser knows.
pub(in super::super) fn analyze(table: &str) -> String {
    format!("ANALYZE TABLE `{table}`")
}

/// Forgets a run's tables.
pub(in super::super) fn drop_all(names: &Names) -> String {
    format!("DROP TABLE IF EXISTS `{}`, `{}`, `{}`", names.rows, names.sales, names.months)
}

/// Counts a table.
pub(in super::super) fn count(table: &str) -> String {
    format!("SELECT COUNT(*) FROM `{table}`")
}

/// Empties the table of months.
pub(in super::super) fn clear_months(names: &Names) -> String {
    format!("DELETE FROM `{}`", names.months)
}

/// Takes a chunk's rows away again, before it is loaded with its repaired lines.
pub(in super::super) fn delete_range(table: &str) -> String {
    format!("DELETE FROM `{table}` WHERE `id` >= ? AND `id` < ?")
}

/// The rows' table and its columns.
pub(in super::super) fn rows<'a>(names: &'a Names, shape: &'a RowShape) -> (&'a str, Vec<&'a str>) {
    (&names.rows, shape.names.iter().map(String::as_str).collect())
}

/// The sales' table and its columns.
pub(in super::super) fn sales(names: &Names) -> (&str, Vec<&str>) {
    (&names.sales, SALE_COLUMNS.to_vec())
}

/// Takes rows from the stream of this connection. The name says nothing: no file is ever opened. What is sent
/// was checked, so the server takes the bytes as they are and decodes nothing while it looks for the ends.
pub(in super::super) fn load(table: &str, columns: &[&str]) -> String {
    let list = list(columns.iter().copied());
    format!("LOAD DATA LOCAL INFILE 'stream' INTO TABLE `{table}` CHARACTER SET binary ({list})")
}

/// So many rows in one statement, for servers that take no stream.
pub(in super::super) fn insert<'a>(
    table: &str,
    columns: impl Iterator<Item = &'a str> + Clone,
    rows: usize,
) -> String {
    let one = format!("({})", vec!["?"; columns.clone().count()].join(","));
    format!(
        "INSERT INTO `{table}` ({}) VALUES {}",
        list(columns),
        vec![one.as_str(); rows].join(",")
    )
}

fn list<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    columns.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_leave_their_quotes() {
        assert_eq!(comment("d'un\\\n", 200), "d\\'un\\\\");
    }

    #[test]
    fn wide_tables_fit_a_row() {
        let kinds = vec![ColumnType::Varchar(64); 300];
        assert_eq!(beside_the_row(kinds.into_iter()), 258);
        assert_eq!(beside_the_row(vec![ColumnType::Date; 300].into_iter()), usize::MAX);
    }
}
