//! The real files: types, round trip, sales, and an edition that replaces another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::{Bench, dvf, real};

const YEARS: [&str; 3] = [
    "valeursfoncieres-2018-dep01.txt",
    "valeursfoncieres-2019-dep01.txt",
    "valeursfoncieres-2020-dep01.txt",
];

/// The type of each column, as the reference names them.
const AGREED: [&str; 43] = [
    "text", "text", "text", "text", "text", "text", "text", "text", "date", "text", "decimal",
    "integer", "text", "text", "text", "text", "text", "text", "text", "text", "text", "text",
    "integer", "integer", "text", "decimal", "text", "decimal", "text", "decimal", "text",
    "decimal", "text", "decimal", "integer", "integer", "text", "text", "integer", "integer",
    "text", "text", "integer",
];

fn shape(kind: &str) -> &str {
    match kind.split('(').next().unwrap_or(kind) {
        "varchar" | "char" => "text",
        "decimal" => "decimal",
        "date" => "date",
        _ => "integer",
    }
}

#[tokio::test]
async fn all_43_types_are_found_without_help() {
    let bench = Bench::new("types").await;
    let sources = YEARS.map(real);
    let mut arguments = vec!["profile", "--name", "dvf", "--log", "none"];
    arguments.extend(sources.iter().map(String::as_str));
    let (code, out, err) = bench.run(&arguments).await;
    assert_eq!(code, Some(0), "{err}");
    let schema: toml::Table = out.parse().expect("TOML");
    let columns = schema["column"].as_array().expect("columns");
    assert_eq!(columns.len(), 43);
    for (column, agreed) in columns.iter().zip(AGREED) {
        let kind = column["type"].as_str().expect("a type");
        // Columns that are always empty are text of any length.
        assert_eq!(shape(kind), agreed, "{column}");
    }
    let named: BTreeMap<_, _> = columns
        .iter()
        .map(|column| (column["name"].as_str().expect("a name"), column["type"].as_str()))
        .collect();
    assert_eq!(named["no_disposition"], Some("char(6)"));
    assert_eq!(named["code_postal"], Some("char(5)"));
    assert!(named.contains_key("surface_carrez_lot_5") && named.contains_key("btq"));
}

#[tokio::test]
async fn the_rows_come_back_as_they_were_and_an_edition_replaces_another() {
    let bench = Bench::new("dvf").await;
    let (schema, old) = (dvf(), real(YEARS[2]));
    let report = bench.done(&["load", "--schema", &schema, "--chunk", "200000", &old]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&10_000.into(), &0.into()), "{report}");
    assert_eq!((&report["period"], &report["state"]), (&"2020".into(), &"published".into()));
    same_rows(&bench, 1, &old).await;

    let again = bench.done(&["load", "--schema", &schema, &old]).await;
    assert_eq!(again["state"], "unchanged", "{again}");

    // The corrected edition: one sale more, one line less.
    let text = fs::read_to_string(&old).expect("the file");
    let corrected: Vec<&str> = text.lines().take(9_000).collect();
    let new = bench.write("valeursfoncieres-2020.txt", corrected.join("\n"));
    let report = bench.done(&["load", "--schema", &schema, &new]).await;
    assert_eq!(report["rows"], 8_999);
    assert_eq!(bench.number("SELECT run_id FROM etl_edition").await, 2);
    same_rows(&bench, 2, &new).await;

    bench.done(&["undo", "--period", "2020"]).await;
    assert_eq!(bench.number("SELECT run_id FROM etl_edition").await, 1);
    assert_eq!(bench.number("SELECT COUNT(*) FROM dvf_row_r1").await, 10_000);
    bench.done(&["undo", "--period", "2020"]).await;
    assert_eq!(bench.number("SELECT run_id FROM etl_edition").await, 2);
    bench.pool.close().await;
}

/// The lines of a source of DVF as they must come back: all but those that the run has given back, and
/// with the one documented normalisation, the zero that the producer lost.
async fn sent(bench: &Bench, run: u64, source: &str) -> Vec<Vec<String>> {
    let given_back = format!("SELECT CAST(line_no AS CHAR) FROM etl_reject WHERE run_id = {run}");
    let given_back: BTreeSet<String> =
        bench.texts(&given_back).await.into_iter().flatten().collect();
    let bytes = fs::read(source).expect("the file");
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n')).skip(1);
    lines
        .filter(|(number, line)| !line.is_empty() && !given_back.contains(&number.to_string()))
        .map(|(_, line)| {
            let line = std::str::from_utf8(line).expect("text");
            let mut fields: Vec<String> = line.split('|').map(str::to_owned).collect();
            if fields[16].len() == 4 {
                fields[16].insert(0, '0');
            }
            fields
        })
        .collect()
}

async fn same_rows(bench: &Bench, run: u64, source: &str) {
    let expected = sent(bench, run, source).await;
    same(bench, &format!("dvf_row_r{run}"), &dvf(), ("%d/%m/%Y", ","), &expected).await;
}

/// Every loaded column, written back as the source writes dates and decimals, is the source: as a
/// multiset, and even in its order.
async fn same(
    bench: &Bench,
    table: &str,
    schema: &str,
    (dates, mark): (&str, &str),
    expected: &[Vec<String>],
) {
    let schema: toml::Table =
        fs::read_to_string(schema).expect("the schema").parse().expect("TOML");
    let columns = schema["column"].as_array().expect("columns");
    let select: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = column["name"].as_str().expect("a name");
            match shape(column["type"].as_str().expect("a type")) {
                "date" => format!("DATE_FORMAT(`{name}`, '{dates}')"),
                "decimal" => format!("REPLACE(CAST(`{name}` AS CHAR), '.', '{mark}')"),
                _ => format!("CAST(`{name}` AS CHAR)"),
            }
        })
        .collect();
    let sql = format!("SELECT {} FROM {table} ORDER BY id", select.join(","));
    let found = bench.texts(&sql).await;
    assert_eq!(found.len(), expected.len());
    for (line, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "row {}", line + 1);
    }
}

/// All departments, quotes, backslashes, accents, and lines that are given back in between.
#[tokio::test]
async fn generated_rows_of_every_department_come_back_as_they_were() {
    let bench = Bench::new("back").await;
    let file = bench.path("valeursfoncieres-2021.txt");
    bench.done(&["generate", &file, "--rows", "20000", "--seed", "21", "--bad-every", "400"]).await;
    let report = bench.done(&["load", "--schema", &dvf(), "--chunk", "500000", &file]).await;
    assert!(report["rejects"].as_u64().expect("a count") >= 40, "{report}");
    same_rows(&bench, 1, &file).await;
    bench.pool.close().await;
}

#[tokio::test]
async fn the_older_header_is_the_same_column_by_its_alias() {
    let bench = Bench::new("alias").await;
    let old = real("valeursfoncieres-2020-verbatim-172.txt");
    let report = bench.done(&["load", "--schema", &dvf(), &old]).await;
    assert_eq!(report["rows"], 172);
    assert_eq!(report["changes"], serde_json::json!([]), "{report}");
    bench.pool.close().await;
}

#[tokio::test]
async fn sales_are_counted_once_however_many_lines_they_have() {
    let bench = Bench::new("sales").await;
    let sources = YEARS.map(real);
    let mut arguments = vec!["load", "--schema"];
    let schema = dvf();
    arguments.push(&schema);
    arguments.extend(["--period", "2018-2020", "--chunk", "100000"]);
    arguments.extend(sources.iter().map(String::as_str));
    let report = bench.done(&arguments).await;
    assert_eq!((&report["rows"], &report["sales"]), (&30_000.into(), &expected_sales().into()));
    let rows = bench.number("SELECT CAST(SUM(row_count) AS SIGNED) FROM dvf_sale_r1").await;
    assert_eq!(rows, 30_000);
    let sum = "SELECT CAST(SUM(sales) AS SIGNED) FROM dvf_month_r1";
    let plain = "SELECT COUNT(*) FROM dvf_sale_r1 WHERE nature = 'Vente' AND price_cents >= 10000 \
                 AND code_insee IS NOT NULL";
    assert_eq!(bench.number(sum).await, bench.number(plain).await);
    bench.pool.close().await;
}

/// Counted here in another way: changes of (date, nature, price, disposition, department, commune).
fn expected_sales() -> u64 {
    let mut sales = 0;
    for year in YEARS {
        let text = fs::read_to_string(real(year)).expect("the file");
        let mut before = Vec::new();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split('|').collect();
            let key: Vec<String> =
                [7, 8, 9, 10, 18, 19].iter().map(|place| fields[*place].to_owned()).collect();
            if key != before {
                sales += 1;
                before = key;
            }
        }
    }
    sales
}

/// The geo-enriched edition of the same sales: another layout, by its definition alone.
#[tokio::test]
async fn a_second_dataset_needs_a_definition_and_no_code() {
    let bench = Bench::new("geo").await;
    let text = fs::read_to_string(real(YEARS[2])).expect("the file");
    let lines = super::geo::rows(text.lines().skip(1));
    let file = bench.write("geo-2020.csv", super::geo::file(&lines));
    let schema = dvf().replace("dvf.toml", "geodvf.toml");
    let report = bench.done(&["load", "--schema", &schema, &file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&10_000.into(), &0.into()), "{report}");
    same(&bench, "geodvf_row_r1", &schema, ("%Y-%m-%d", "."), &lines).await;
    let raw = bench.done(&["load", "--schema", &dvf(), &real(YEARS[2])]).await;
    assert_eq!(report["sales"], raw["sales"]);
    let facts = |table: &str| {
        format!(
            "SELECT CAST(sold_on AS CHAR), nature, CAST(price_cents AS CHAR), code_insee, \
             code_postal, CAST(kind AS CHAR), CAST(houses AS CHAR), CAST(rooms AS CHAR), \
             CAST(land_m2 AS CHAR) FROM {table} ORDER BY id"
        )
    };
    let geo = bench.texts(&facts("geodvf_sale_r1")).await;
    assert_eq!(geo, bench.texts(&facts("dvf_sale_r2")).await);
    bench.pool.close().await;
}
