//! A later file that is not quite what the schema says: widened, added, stopped, never altered.

use super::Bench;

const HEADER: &str = "Code|Jour|Prix|Ville|Nombre\n";

async fn bench(name: &str) -> (Bench, String) {
    let bench = Bench::new(name).await;
    let rows = "01|07/01/2020|8000,00|LAIZ|3\n02|08/01/2020|12,50|BOURG|12\n".repeat(30);
    let first = bench.write("things-2020.txt", format!("{HEADER}{rows}"));
    let schema = bench.schema("things", &[&first], &[], |text| text).await;
    let report = bench.done(&["load", "--schema", &schema, &first]).await;
    assert_eq!(report["rows"], 60);
    (bench, schema)
}

#[tokio::test]
async fn wider_values_widen_and_new_columns_are_added_and_said() {
    let (bench, schema) = bench("widen").await;
    let long = "SAINT-REMY-EN-BOUZEMONT-SAINT-GENEST-ET-ISSON";
    let next =
        format!("Code|Jour|Prix|Ville|Nombre|Pays\n01|07/01/2021|123456789,00|{long}|123456|FR\n");
    let next = bench.write("things-2021.txt", next);
    let report = bench.done(&["load", "--schema", &schema, &next]).await;
    let changes = report["changes"].to_string();
    assert!(changes.contains("`ville`") && changes.contains("`nombre`"), "{changes}");
    assert!(changes.contains("`prix`") && changes.contains("new"), "{changes}");
    let row = bench
        .texts("SELECT CAST(prix AS CHAR), ville, CAST(nombre AS CHAR), pays FROM things_row_r2");
    assert_eq!(row.await, [["123456789.00", long, "123456", "FR"]]);
    bench.pool.close().await;
}

#[tokio::test]
async fn a_missing_column_stays_empty_and_is_said() {
    let (bench, schema) = bench("missing").await;
    let next = bench.write("things-2021.txt", "Code|Jour|Prix|Nombre\n01|07/01/2021|1,00|1\n");
    let report = bench.done(&["load", "--schema", &schema, &next]).await;
    assert!(report["changes"].to_string().contains("`ville` is missing"), "{report}");
    assert_eq!(bench.number("SELECT COUNT(*) FROM things_row_r2 WHERE ville IS NULL").await, 1);
    bench.pool.close().await;
}

#[tokio::test]
async fn another_type_stops_and_publishes_nothing() {
    let (bench, schema) = bench("conflict").await;
    let rows = "01|7 janvier|1,00|LAIZ|1\n".repeat(20);
    let next = bench.write("things-2020.txt", format!("{HEADER}{rows}"));
    let (code, _, err) = bench.run(&["load", "--schema", &schema, &next]).await;
    assert!(
        code == Some(1) && err.contains("`jour` is date") && err.contains("7 janvier"),
        "{err}"
    );
    assert_eq!(bench.number("SELECT run_id FROM etl_edition").await, 1);
    let strange = bench.write("things-2022.txt", "a|b\n1|2\n");
    let (code, _, err) = bench.run(&["load", "--schema", &schema, &strange]).await;
    assert!(code == Some(1) && err.contains("file of this dataset"), "{err}");
    bench.pool.close().await;
}

#[tokio::test]
async fn a_schema_that_was_edited_must_be_sealed_again() {
    let (bench, schema) = bench("sealed").await;
    let text = std::fs::read_to_string(&schema).expect("the schema");
    std::fs::write(&schema, text.replace("decimal(", "decimal( ").replace("( ", "(1")).expect("w");
    let first = bench.path("things-2020.txt");
    let (code, _, err) = bench.run(&["load", "--schema", &schema, &first]).await;
    assert!(code == Some(1) && err.contains("--seal"), "{err}");
    bench.pool.close().await;
}
