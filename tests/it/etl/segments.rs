//! Segments out of sales: exact counts, thresholds, exports, and segments that are kept.

use super::{Bench, dvf, real};

#[tokio::test]
async fn segments_count_sales_and_hide_what_is_too_small() {
    let bench = Bench::new("segments").await;
    let source = real("valeursfoncieres-2020-dep01.txt");
    bench.done(&["load", "--schema", &dvf(), &source]).await;
    let period = ["--from", "2020-01-01", "--to", "2020-12-31"];
    let ask = |more: &'static [&'static str]| {
        let mut arguments = vec!["segment", "count"];
        arguments.extend(period);
        arguments.extend(more);
        arguments
    };
    let houses = bench.done(&ask(&["--department", "01", "--kind", "maison"])).await;
    let expected = "SELECT COUNT(*) FROM dvf_sale_r1 WHERE houses > 0 AND flats = 0 \
                    AND price_cents >= 10000 AND nature = 'Vente'";
    assert_eq!(houses["sales"].as_i64(), Some(bench.number(expected).await), "{houses}");
    let dear = ask(&["--department", "01", "--kind", "maison", "--price-min", "300000"]);
    let dear = bench.done(&dear).await;
    assert!(dear["sales"].as_i64() < houses["sales"].as_i64(), "{dear}");
    let country = bench.done(&ask(&["--kind", "maison"])).await;
    assert_eq!(country["sales"], houses["sales"]);
    let none = bench.done(&ask(&["--department", "75"])).await;
    assert_eq!(none["sales"], 0);
    let few = bench.done(&ask(&["--commune", "01072", "--kind", "maison"])).await;
    assert!(few["sales"].is_null() || few["sales"].as_i64() >= Some(11), "{few}");

    let mut save = ask(&["--department", "01", "--kind", "maison"]);
    save.splice(1..2, ["save", "--name", "Maisons de l’Ain"]);
    let saved = bench.done(&save).await;
    assert_eq!((&saved["sales"], &saved["editions"][0]["run"]), (&houses["sales"], &1.into()));
    let list = bench.done(&["segment", "list"]).await;
    assert_eq!(list[0]["name"], "Maisons de l’Ain");

    let mut export = ask(&["--department", "01"]);
    export[1] = "export";
    let text = bench.done(&export).await;
    let text = text.as_str().expect("CSV");
    assert!(text.starts_with("departement,commune,type,ventes,prix_moyen_euros\n"), "{text}");
    assert!(text.contains("moins de 11"), "{text}");
    for line in text.lines().skip(1) {
        let count = line.split(',').nth(3).expect("a count");
        assert!(count == "moins de 11" || count.parse::<u64>().is_ok_and(|n| n >= 11), "{line}");
    }
    let mut months = ask(&["--department", "01"]);
    months[1] = "months";
    let months = bench.done(&months).await;
    assert_eq!(
        months.as_array().map(Vec::len),
        Some(
            bench
                .number("SELECT COUNT(DISTINCT month) FROM dvf_month_r1")
                .await
                .try_into()
                .expect("few")
        )
    );
    bench.pool.close().await;
}
