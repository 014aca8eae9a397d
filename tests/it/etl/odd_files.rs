//! Files that are written oddly: every value comes through as it was, or is given back with a reason.

use std::fs;

use super::{Bench, dvf, real};

#[tokio::test]
async fn odd_values_come_through_as_they_are() {
    let bench = Bench::new("odd").await;
    let values =
        ["\"open", "back\\", "\\N", "NULL", "a\tb", "c\rd", "it's", "été €", "=1+1", " x "];
    let mut text = String::from("Nom|select|select||1er lot\n");
    for value in values {
        text.push_str(&format!("{value}|a|b|c|A1\n"));
    }
    text.push_str("last|a|b|c|1");
    let file = bench.write("odd.txt", &text);
    let schema = bench.schema("odd", &[&file], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, &file]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&11.into(), &0.into()), "{report}");
    let found = bench.texts("SELECT nom FROM odd_row_r1 ORDER BY id").await;
    let expected: Vec<Vec<String>> =
        values.iter().chain(&["last"]).map(|value| vec![(*value).to_owned()]).collect();
    assert_eq!(found, expected);
    let names =
        bench.texts("SELECT select_2, select_2_2, col_04, lot_1 FROM odd_row_r1 LIMIT 1").await;
    assert_eq!(names, [["a", "b", "c", "A1"]]);
    bench.pool.close().await;
}

#[tokio::test]
async fn the_same_rows_come_out_of_every_way_of_writing_them() {
    let bench = Bench::new("ways").await;
    let plain = "Nom|Ville\nDupré|Besançon\nŒuvre|Évian\n";
    let windows = b"Nom|Ville\r\nDupr\xe9|Besan\xe7on\r\n\x8cuvre|\xc9vian\r\n".to_vec();
    let ways: [(&str, Vec<u8>, &[&str]); 5] = [
        ("bom", [b"\xef\xbb\xbf", plain.as_bytes()].concat(), &[]),
        ("crlf", plain.replace('\n', "\r\n").into_bytes(), &[]),
        ("windows", windows, &["--windows-1252"]),
        ("trailing", plain.replace('\n', "|\n").into_bytes(), &["--trailing-separator"]),
        ("trailer", format!("{plain}\nFile end: 2\n").into_bytes(), &["--trailer", "File end"]),
    ];
    for (number, (name, bytes, options)) in (1..).zip(ways) {
        let file = bench.write(&format!("{name}.txt"), bytes);
        let schema = bench.schema(name, &[&file], options, |text| text).await;
        let report = bench.done(&["load", "--schema", &schema, &file]).await;
        assert_eq!((&report["rows"], &report["rejects"]), (&2.into(), &0.into()), "{report}");
        let sql = format!("SELECT nom, ville FROM {name}_row_r{number} ORDER BY id");
        assert_eq!(bench.texts(&sql).await, [["Dupré", "Besançon"], ["Œuvre", "Évian"]], "{name}");
    }
    bench.pool.close().await;
}

#[tokio::test]
async fn bad_lines_are_given_back_with_their_reasons_and_loaded_once_repaired() {
    let bench = Bench::new("rejects").await;
    let text = fs::read_to_string(real("valeursfoncieres-2020-dep01.txt")).expect("the file");
    let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
    lines.truncate(2000);
    let right = lines.clone();
    let mut spoil = |line: usize, from: &str, to: &[u8]| {
        let text = String::from_utf8(lines[line].clone()).expect("text");
        let at = text.find(from).unwrap_or_else(|| panic!("{from} in {text}"));
        lines[line].splice(at..at + from.len(), to.iter().copied());
    };
    spoil(10, "|Vente", b"|Vente|Vente");
    spoil(500, "/2020", b"/20201");
    spoil(501, ",00", b"x00");
    spoil(1500, "|Vente", b"|Ven\0te");
    spoil(1501, "|Vente", b"|Vent\xe9");
    let file = bench.write("valeursfoncieres-2020.txt", lines.join(&b'\n'));
    let arguments = ["load", "--schema", &dvf(), "--chunk", "20000", &file];
    let report = bench.done(&arguments).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&1994.into(), &5.into()), "{report}");
    let reasons = report["reasons"].to_string();
    for reason in ["field_count", "date", "decimal", "nul_byte", "utf8"] {
        assert!(reasons.contains(reason), "{reasons}");
    }
    let out = bench.path("run1");
    bench.done(&["rejects", "--run", "1", "--out", &out]).await;
    let table = fs::read_to_string(bench.path("run1.rej.csv")).expect("the reasons");
    assert!(table.contains(",501,") && table.contains("date_mutation,date"), "{table}");

    // Four are repaired, one is left as it is.
    let mut raw: Vec<Vec<u8>> = fs::read(bench.path("run1.rej"))
        .expect("raw")
        .split(|b| *b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    for (place, line) in [(0, 10), (1, 500), (2, 501), (3, 1500)] {
        raw[place].clone_from(&right[line]);
    }
    let repaired = bench.write("repaired.rej", raw.join(&b'\n'));
    let report = bench.done(&["retry-rejects", "--run", "1", &repaired]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&1998.into(), &1.into()), "{report}");
    assert_eq!(bench.number("SELECT COUNT(*) FROM dvf_row_r1").await, 1998);
    let rows = bench.number("SELECT CAST(SUM(row_count) AS SIGNED) FROM dvf_sale_r1").await;
    assert_eq!(rows, 1998);
    bench.pool.close().await;
}

#[tokio::test]
async fn too_many_rejects_stop_the_load() {
    let bench = Bench::new("limit").await;
    let text = format!("A|B\n{}{}", "1|2\n".repeat(500), "1|2|3\n".repeat(30));
    let file = bench.write("limit.txt", text);
    let schema = bench.schema("limit", &[&file], &[], |text| text).await;
    let (code, _, err) = bench.run(&["load", "--schema", &schema, &file]).await;
    assert!(code == Some(1) && err.contains("30 lines were given back"), "{err}");
    assert_eq!(bench.number("SELECT COUNT(*) FROM etl_edition").await, 0);
    let report = bench.done(&["resume", "--max-rejects", "30"]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&500.into(), &30.into()));
    bench.pool.close().await;
}

#[tokio::test]
async fn empty_files_wide_tables_and_headers_alone_are_no_trouble() {
    let bench = Bench::new("sizes").await;
    let labels: Vec<String> =
        (1..=300).map(|n| format!("{} {n}", "long label ".repeat(18))).collect();
    let row = vec!["some text"; 300].join("|");
    let wide = bench.write("wide.txt", format!("{}\n{row}\n{row}\n", labels.join("|")));
    let schema = bench.schema("wide", &[&wide], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, &wide]).await;
    assert_eq!(report["rows"], 2);
    let head = bench.write("valeursfoncieres-1999.txt", format!("{}\n", labels.join("|")));
    let report = bench.done(&["load", "--schema", &schema, &head]).await;
    assert_eq!((&report["rows"], &report["rejects"]), (&0.into(), &0.into()), "{report}");
    let empty = bench.write("empty.txt", "");
    let (code, _, err) = bench.run(&["load", "--schema", &schema, &empty]).await;
    assert!(code == Some(1) && err.contains("header"), "{err}");
    bench.pool.close().await;
}
