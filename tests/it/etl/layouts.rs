//! Files of other houses: every type is found without help, and every value comes back as it was.

use std::collections::BTreeMap;

use super::Bench;

/// Rows of a file; what the engine needs to see more than once.
const ROWS: usize = 120;

/// Name of a column, its values in turn, the type that must be found.
type Agreed = (&'static str, &'static [&'static str], &'static str);

/// An agreed list: what each column is, whoever looks at it.
const AGREED: &[Agreed] = &[
    ("Montant", &["12,50", "-8,05", "0,00", "1234567,89"], "decimal(11,2)"),
    ("Milliers", &["1 234,56", "12,00", "1 000 000,00"], "varchar(16)"),
    ("Milliers anglais", &["1,234.56", "12.00"], "varchar(16)"),
    ("Taux", &["0,125", "3,5", "12"], "decimal(7,3)"),
    ("Scientifique", &["1,5E3", "2E-4", "6,02e23"], "varchar(16)"),
    ("Négatif", &["-1", "12", "-12345"], "int"),
    ("Plus", &["+1", "+12"], "varchar(8)"),
    ("Grand", &["123456789012345678", "1"], "bigint"),
    ("Trop grand", &["1234567890123456789012", "1"], "varchar(32)"),
    ("Zéros", &["007", "042", "100"], "char(3)"),
    ("Mêlé", &["12", "A12", "B"], "varchar(8)"),
    ("Jour", &["07/01/2020", "29/02/2020"], "date"),
    ("Jour ISO", &["2020-01-07", "2020-12-31"], "date"),
    ("Jour américain", &["12/31/2020", "01/15/2020"], "varchar(16)"),
    ("Jour court", &["07/01/20", "31/12/20"], "varchar(16)"),
    ("Jour compact", &["20200107", "20201231"], "int"),
    ("Instant", &["2020-01-07T10:00:00Z", "2020-01-07T23:59:59Z"], "varchar(32)"),
    ("Heure", &["08:30", "23:59"], "varchar(8)"),
    ("Oui", &["true", "false"], "varchar(8)"),
    ("Part", &["12 %", "3,5 %"], "varchar(8)"),
    ("Siret", &["12345678901234", "98765432109876"], "varchar(24)"),
    ("Téléphone", &["+33612345678", "0612345678"], "varchar(16)"),
    ("Code postal", &["1000", "75001"], "char(5)"),
    ("Adresse", &["12, rue « du Bac »", "1\\2 bis", "L'Haÿ-les-Roses"], "varchar(24)"),
    ("Emoji", &["🏠", "🏠🏢"], "varchar(8)"),
    ("Vide", &[""], "varchar(8)"),
    ("Presque vide", &["", "", "", "", "", "", "", "", "", "", "", "7"], "tinyint"),
];

/// What may be written otherwise than in the source: documented, and nothing else.
fn normal(name: &str, kind: &str, value: &str) -> String {
    let Some(scale) = kind.strip_prefix("decimal(").and_then(|rest| rest.split(',').nth(1)) else {
        return match kind {
            "date" if value.contains('/') => value.split('/').rev().collect::<Vec<_>>().join("-"),
            "char(5)" if name == "Code postal" => format!("{value:0>5}"),
            _ => value.to_owned(),
        };
    };
    let scale: usize = scale.trim_end_matches(')').parse().expect("a number");
    let (whole, fraction) = value.split_once(',').unwrap_or((value, ""));
    format!("{whole}.{fraction:0<scale$}")
}

async fn as_agreed(bench: &Bench, name: &str, run: u64, file: &str, options: &[&str]) {
    let schema = bench.schema(name, &[file], options, |text| text).await;
    let text = std::fs::read_to_string(&schema).expect("the schema");
    let schema_read: toml::Table = text.parse().expect("TOML");
    let columns = schema_read["column"].as_array().expect("columns");
    let found: BTreeMap<&str, (&str, &str)> = columns
        .iter()
        .map(|column| {
            let text = |key: &str| column[key].as_str().expect("a text");
            (text("label"), (text("name"), text("type")))
        })
        .collect();
    let wrong: Vec<_> = AGREED
        .iter()
        .filter(|(label, _, kind)| found.get(label).map(|found| found.1) != Some(kind))
        .map(|(label, _, kind)| format!("{label}: {kind}, found {:?}", found.get(label)))
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    let report = bench.done(&["load", "--schema", &schema, file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&ROWS.into(), &0.into()), "{report}");
    for (label, values, kind) in AGREED {
        let column = found[label].0;
        let sql = format!("SELECT CAST(`{column}` AS CHAR) FROM `{name}_row_r{run}` ORDER BY id");
        let came: Vec<String> = bench.texts(&sql).await.into_iter().flatten().collect();
        let went: Vec<String> = (0..ROWS)
            .map(|row| values[row % values.len()])
            .map(|value| if value.is_empty() { String::new() } else { normal(label, kind, value) })
            .collect();
        assert_eq!(came, went, "{name}: {label}");
    }
}

/// The agreed columns, written with this separator, and quotes where they say so.
fn written(separator: &str, quote: &str, end: &str) -> String {
    let field = |text: &str| {
        let needs = !quote.is_empty() && (text.contains(separator) || text.contains(quote));
        if needs {
            format!("{quote}{}{quote}", text.replace(quote, &quote.repeat(2)))
        } else {
            text.to_owned()
        }
    };
    let line = |fields: Vec<String>| format!("{}{end}", fields.join(separator));
    let mut text = line(AGREED.iter().map(|(label, ..)| field(label)).collect());
    for row in 0..ROWS {
        text.push_str(&line(
            AGREED.iter().map(|(_, values, _)| field(values[row % values.len()])).collect(),
        ));
    }
    text
}

#[tokio::test]
async fn every_type_of_an_agreed_list_is_found_and_every_value_comes_back() {
    let bench = Bench::new("agreed").await;
    for (run, (name, text, options)) in (1..).zip([
        ("pipes", written("|", "", "\n"), &[][..]),
        ("tabs", written("\t", "", "\r\n"), &["--separator", "\t"][..]),
        ("semicolons", written(";", "", "\n"), &["--separator", ";"][..]),
        ("commas", written(",", "\"", "\r\n"), &["--separator", ",", "--quote", "\""][..]),
        ("ended", written("|", "", "|\n"), &["--trailing-separator"][..]),
        ("marked", format!("\u{feff}{}", written("|", "", "\n")), &[][..]),
    ]) {
        let file = bench.write(&format!("{name}.txt"), text);
        as_agreed(&bench, name, run, &file, options).await;
    }
    bench.pool.close().await;
}

#[tokio::test]
async fn a_file_without_labels_or_of_one_column_is_loaded() {
    let bench = Bench::new("bare").await;
    let file = bench.write("bare.txt", "1|LAIZ|8,50\n2|BOURG|9,75\n");
    let schema = bench.schema("bare", &[&file], &["--no-header"], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, &file]).await;
    assert_eq!((&report["rows"], &report["files"][0]["headers"]), (&2.into(), &0.into()));
    let rows = bench.texts(
        "SELECT CAST(col_01 AS CHAR), col_02, CAST(col_03 AS CHAR) FROM bare_row_r1 ORDER BY id",
    );
    assert_eq!(rows.await, [["1", "LAIZ", "8.50"], ["2", "BOURG", "9.75"]]);
    let run = bench.texts("SELECT schema_toml FROM etl_run").await.remove(0).remove(0);
    assert!(run.contains("tinyint") && run.contains("decimal(5,2)"), "{run}");
    // One column: an empty value and an empty line are the same thing, which is counted as such.
    let one = bench.write("one.txt", "Ville\nLAIZ\n\nBOURG");
    let schema = bench.schema("one", &[&one], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, &one]).await;
    assert_eq!(
        (&report["rows"], &report["files"][0]["blanks"]),
        (&2.into(), &1.into()),
        "{report}"
    );
    assert_eq!(
        bench.texts("SELECT ville FROM one_row_r2 ORDER BY id").await,
        [["LAIZ"], ["BOURG"]]
    );
    bench.pool.close().await;
}

#[tokio::test]
async fn ragged_and_endless_lines_are_given_back_and_their_neighbours_are_not() {
    let bench = Bench::new("ragged").await;
    let long = "x".repeat(7_900);
    let mut text = format!("Nom|Texte|Nombre\nfirst|{long}|1\n").into_bytes();
    let mut bad = Vec::new();
    // Shorter than a line may be, longer, longer than any buffer; too few fields, too many, one.
    for (line, length) in [(3, 900_000), (4, 1_200_000), (5, 9_000_000)] {
        text.extend_from_slice(format!("long|{}|1\n", "y".repeat(length)).as_bytes());
        bad.push((line, if length < 1_000_000 { "too_long" } else { "line_too_long" }));
    }
    for (line, ragged) in [(6, "few|1"), (7, "many|a|1|2"), (8, "alone")] {
        text.extend_from_slice(format!("{ragged}\n").as_bytes());
        bad.push((line, "field_count"));
    }
    text.extend_from_slice(b"last|z|2");
    let file = bench.write("ragged.txt", text);
    let schema = bench.schema("ragged", &[&file], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, "--max-rejects", "10", &file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&2.into(), &6.into()), "{report}");
    let rows =
        bench.texts("SELECT nom, texte, CAST(nombre AS CHAR) FROM ragged_row_r1 ORDER BY id");
    assert_eq!(rows.await, [["first", long.as_str(), "1"], ["last", "z", "2"]]);
    let found =
        bench.texts("SELECT CAST(line_no AS CHAR), reason FROM etl_reject ORDER BY line_no").await;
    let expected: Vec<Vec<String>> =
        bad.iter().map(|(line, reason)| vec![line.to_string(), (*reason).to_owned()]).collect();
    assert_eq!(found, expected);
    let kept = bench.number("SELECT MAX(LENGTH(raw)) FROM etl_reject").await;
    assert_eq!(kept, 65_536, "of an endless line the beginning is kept");
    bench.pool.close().await;
}

/// Types are those of the whole: what a sample of the beginning would never see stands in the last lines.
#[tokio::test]
async fn what_stands_at_the_very_end_has_its_say() {
    let bench = Bench::new("late").await;
    let mut text = String::from("Code departement|1er lot|Voie|Prix\n");
    for number in 0..60_000 {
        text.push_str(&format!("{:02}|{}|RUE|{},00\n", number % 18 + 1, number % 90, number));
    }
    let early = text.len();
    let street = "ALLEE DE LA TRES LONGUE ET TRES CALME PLACE DE L'EGLISE";
    text.push_str(&format!("2A|A12|{street}|1234567890,50\n2B|7|RUE|\n"));
    let file = bench.write("late-2020.txt", &text);
    let schema = bench.schema("late", &[&file], &[], |text| text).await;
    let chunk = (early / 4).to_string();
    let report = bench.done(&["load", "--schema", &schema, "--chunk", &chunk, &file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&60_002.into(), &0.into()), "{report}");
    let last = "SELECT code_departement, lot_1, voie, CAST(prix AS CHAR) FROM late_row_r1 \
                WHERE code_departement IN ('2A', '2B') ORDER BY id";
    assert_eq!(
        bench.texts(last).await,
        [["2A", "A12", street, "1234567890.50"], ["2B", "7", "RUE", ""]]
    );
    // The schema of the early lines meets the late ones in a later file: the columns that must be wider
    // are, and the one value that a column of numbers cannot hold is given back.
    let before = bench.write("early-2019.txt", &text[..early]);
    let narrow = bench.schema("early", &[&before], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &narrow, &file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&60_001.into(), &1.into()), "{report}");
    let given_back = "SELECT CAST(line_no AS CHAR), column_name, reason FROM etl_reject";
    assert_eq!(bench.texts(given_back).await, [["60002", "lot_1", "integer"]]);
    let changes = report["changes"].to_string();
    assert!(changes.contains("`voie`") && changes.contains("`prix`"), "{changes}");
    bench.pool.close().await;
}

/// A decimal has the dataset's mark: a column with the other one is text, and a file that changes it stops.
#[tokio::test]
async fn the_other_decimal_mark_is_never_taken_for_it() {
    let bench = Bench::new("marks").await;
    let rows = "1,50|1.50|12,25\n".repeat(40);
    let file = bench.write("marks-2020.txt", format!("Prix|Taux|Surface\n{rows}"));
    let schema = bench.schema("marks", &[&file], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, &file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&40.into(), &0.into()), "{report}");
    let row = "SELECT CAST(prix AS CHAR), taux FROM marks_row_r1 LIMIT 1";
    assert_eq!(bench.texts(row).await, [["1.50", "1.50"]]);
    let rows = "1.50|1.50|12.25\n".repeat(40);
    let changed = bench.write("marks-2021.txt", format!("Prix|Taux|Surface\n{rows}"));
    let (code, _, err) = bench.run(&["load", "--schema", &schema, &changed]).await;
    assert!(code == Some(1) && err.contains("`prix` is decimal") && err.contains("1.50"), "{err}");
    bench.pool.close().await;
}
