//! Segments as a program asks for them: counted, kept once, listed, exported, refused to others.

use std::time::Duration;

use assurly::kernel::access::PoolKind;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{Bench, dvf, real};
use crate::access::issuer::Issuer;
use crate::harness::app::{Access, App};

/// A program on loaded sales, with staff and customers of its own.
struct Desk {
    bench: Bench,
    app: App,
    staff: Issuer,
    customers: Issuer,
}

impl Desk {
    async fn open(name: &str) -> Self {
        let bench = Bench::new(name).await;
        let source = real("valeursfoncieres-2020-dep01.txt");
        bench.done(&["load", "--schema", &dvf(), &source]).await;
        let (staff, customers) = (Issuer::start("/staff").await, Issuer::start("/clients").await);
        let issuers =
            vec![staff.settings(PoolKind::Gestion), customers.settings(PoolKind::Clients)];
        let access = Access { issuers, ..Access::default() };
        let app = App::guarded_on(&bench.database, access, &[]).await;
        Self { bench, app, staff, customers }
    }

    /// A token of a member of staff with two factors, with these members of its claims replaced.
    fn token(&self, other: &Value) -> String {
        let mut claims = self.staff.claims("camille");
        claims["acr"] = json!("two");
        for (name, value) in other.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        self.staff.sign(&self.staff.header(), &claims)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Response {
        let url = format!("http://{}{path}", self.app.public);
        let mut request = self.app.client.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }

    async fn count(&self, filter: &Value) -> (u16, Value) {
        let token = self.token(&json!({}));
        let answer = self.send(Method::POST, "/v1/segments/count", &token, Some(filter)).await;
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn keep(&self, key: &str, body: &Value) -> (u16, bool, Value) {
        let url = format!("http://{}/v1/segments", self.app.public);
        let request = self.app.client.post(url).bearer_auth(self.token(&json!({})));
        let answer = request.header("idempotency-key", key).json(body).send().await;
        let answer = answer.expect("an answer");
        let is_replayed = answer.headers().contains_key("idempotency-replayed");
        (answer.status().as_u16(), is_replayed, answer.json().await.expect("JSON"))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.send(Method::GET, path, &self.token(&json!({})), None).await;
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

fn year(more: &Value) -> Value {
    let mut filter = json!({"from": "2020-01-01", "to": "2020-12-31"});
    for (name, value) in more.as_object().expect("an object") {
        filter[name] = value.clone();
    }
    filter
}

#[tokio::test]
async fn counts_are_those_of_the_table_and_small_ones_are_not_said() {
    let desk = Desk::open("api-count").await;
    let plain = "FROM dvf_sale_r1 WHERE nature = 'Vente' AND price_cents >= 10000";
    for (more, sql) in [
        (json!({}), format!("SELECT COUNT(*) {plain}")),
        (
            json!({"zone": "departments", "zones": ["01"], "kinds": ["maison", "mixte"]}),
            format!("SELECT COUNT(*) {plain} AND kind IN (1, 3)"),
        ),
        (
            json!({"zone": "postal_codes", "zones": ["01000", "01100"], "from": "2020-03-01"}),
            format!(
                "SELECT COUNT(*) {plain} AND code_postal IN ('01000', '01100') AND sold_on >= '2020-03-01'"
            ),
        ),
        (
            json!({"zone": "communes", "zones": ["01053"], "price_min_cents": 10_000_000, "price_max_cents": 20_000_000}),
            format!(
                "SELECT COUNT(*) {plain} AND code_insee = '01053' AND price_cents BETWEEN 10000000 AND 20000000"
            ),
        ),
        (
            json!({"rooms_min": 3, "rooms_max": 4, "built_min": 60, "built_max": 90}),
            format!(
                "SELECT COUNT(*) {plain} AND rooms BETWEEN 3 AND 4 AND built_m2 BETWEEN 60 AND 90"
            ),
        ),
    ] {
        let expected = desk.bench.number(&sql).await;
        assert!(expected >= 11, "{sql}: {expected} would be hidden");
        let (status, counted) = desk.count(&year(&more)).await;
        assert_eq!((status, &counted["sales"]), (200, &json!(expected)), "{more}: {counted}");
        assert_eq!(counted["editions"], json!([{"period": "2020", "run": 1}]));
    }
    // A commune with fewer sales than may be said.
    let few = format!(
        "SELECT MIN(code_insee) FROM (SELECT code_insee {plain} AND code_insee IS NOT NULL \
         GROUP BY code_insee HAVING COUNT(*) BETWEEN 1 AND 10) AS few"
    );
    let commune = desk.bench.texts(&few).await.remove(0).remove(0);
    let zone = json!({"zone": "communes", "zones": [commune]});
    let (status, hidden) = desk.count(&year(&zone)).await;
    assert_eq!((status, &hidden["sales"], &hidden["smallest"]), (200, &Value::Null, &json!(11)));
    let (_, none) = desk.count(&year(&json!({"zone": "departments", "zones": ["75"]}))).await;
    assert_eq!(none["sales"], 0);
    desk.bench.pool.close().await;
}

#[tokio::test]
async fn a_filter_that_nobody_can_mean_is_told_where_it_is_wrong() {
    let desk = Desk::open("api-wrong").await;
    for (more, pointer) in [
        (json!({"from": "2020-02-31"}), "/from"),
        (json!({"to": "2019-12-31"}), "/to"),
        (json!({"zone": "departments"}), "/zones"),
        (json!({"zone": "communes", "zones": ["1053"]}), "/zones"),
        (json!({"zone": "departments", "zones": ["1-é"]}), "/zones"),
        (json!({"kinds": ["chateau"]}), "/kinds/0"),
        (json!({"price_min_cents": -1}), "/price_min_cents"),
        (json!({"price_max_cents": 5000}), "/price_max_cents"),
        (json!({"rooms_min": 5, "rooms_max": 2}), "/rooms_max"),
        (json!({"dataset": "Dvf"}), "/dataset"),
        (json!({"colour": "red"}), "/colour"),
    ] {
        let (status, refused) = desk.count(&year(&more)).await;
        assert!((400..=422).contains(&status), "{more}: {status} {refused}");
        let places = refused["errors"].to_string();
        assert!(places.contains(&format!("\"{pointer}\"")), "{more}: {refused}");
    }
    let (status, none) = desk.count(&year(&json!({"dataset": "nothing"}))).await;
    assert_eq!(status, 404, "{none}");
    // A dataset without sales: a clear answer, not a fault of ours.
    let file = desk.bench.write("things-2020.txt", "A|B\n1|2\n3|4\n");
    let schema = desk.bench.schema("things", &[&file], &[], |text| text).await;
    desk.bench.done(&["load", "--schema", &schema, &file]).await;
    let (status, none) = desk.count(&year(&json!({"dataset": "things"}))).await;
    assert_eq!(status, 404, "{none}");
    assert!(none["detail"].as_str().is_some_and(|text| text.contains("ventes")), "{none}");
    desk.bench.pool.close().await;
}

#[tokio::test]
async fn a_segment_is_kept_once_listed_opened_and_exported() {
    let desk = Desk::open("api-keep").await;
    let filter = year(&json!({"zone": "departments", "zones": ["01"], "kinds": ["maison"]}));
    let body = json!({"name": "=HYPERLINK(\"x\")", "filter": filter});
    let (status, is_replayed, kept) = desk.keep("first-key-of-the-desk", &body).await;
    assert_eq!((status, is_replayed), (201, false), "{kept}");
    let (status, is_replayed, again) = desk.keep("first-key-of-the-desk", &body).await;
    assert_eq!((status, is_replayed, &again["id"]), (201, true, &kept["id"]));
    let other = json!({"name": "Autre", "filter": filter});
    let (status, _, refused) = desk.keep("first-key-of-the-desk", &other).await;
    assert_eq!(status, 422, "{refused}");
    let unnamed = json!({"name": " ", "filter": filter});
    let (status, _, refused) = desk.keep("another-key-of-the-desk", &unnamed).await;
    assert!(status == 422 && refused["errors"].to_string().contains("\"/name\""), "{refused}");
    let wrong = json!({"name": "Faux", "filter": year(&json!({"zone": "departments"}))});
    let (status, _, refused) = desk.keep("third-key-of-the-desk", &wrong).await;
    assert!(status == 422 && refused["errors"].to_string().contains("/filter/zones"), "{refused}");
    // Of two segments of one instant neither is the newer one.
    desk.app.clock.advance(Duration::from_secs(1));
    let (status, _, second) = desk.keep("fourth-key-of-the-desk", &other).await;
    assert_eq!(status, 201, "{second}");

    let (_, page) = desk.get("/v1/segments?limit=1").await;
    assert_eq!(page["segments"][0]["id"], second["id"], "the newest first: {page}");
    let (_, rest) = desk.get(&format!("/v1/segments?limit=1&after={}", text(&page["next"]))).await;
    assert_eq!(rest["segments"][0], kept);
    assert!(rest.get("next").is_none(), "{rest}");
    for wrong in ["limit=0", "limit=101", "after=x", "colour=red"] {
        let (status, refused) = desk.get(&format!("/v1/segments?{wrong}")).await;
        assert!((400..=422).contains(&status), "{wrong}: {refused}");
    }
    let path = format!("/v1/segments/{}", text(&kept["id"]));
    assert_eq!(desk.get(&path).await, (200, kept.clone()));
    for nothing in ["seg_x", "seg_00000000000000000000000000"] {
        assert_eq!(desk.get(&format!("/v1/segments/{nothing}")).await.0, 404);
        assert_eq!(desk.get(&format!("/v1/segments/{nothing}/export")).await.0, 404);
    }

    let token = desk.token(&json!({}));
    let answer = desk.send(Method::GET, &format!("{path}/export"), &token, None).await;
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    let name = headers["content-disposition"].to_str().expect("text").to_owned();
    assert!(name.starts_with("attachment; filename=\"seg_"), "{name}");
    let export = answer.text().await.expect("text");
    let mut lines = export.lines();
    assert_eq!(lines.next(), Some("departement,commune,type,ventes,prix_moyen_euros"));
    let mut said = 0;
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!((fields.len(), fields[0], fields[2]), (5, "01", "maison"), "{line}");
        assert!(!fields[0].starts_with(['=', '+', '-', '@']), "{line}");
        match fields[3].parse::<u64>() {
            Ok(sales) => {
                said += sales;
                assert!(sales >= 11, "{line}");
            }
            Err(_) => assert_eq!((fields[3], fields[4]), ("moins de 11", ""), "{line}"),
        }
    }
    assert!(said > 0 && said < kept["sales"].as_u64().expect("said"), "some are hidden: {said}");
    desk.bench.pool.close().await;
}

/// Of the sales themselves nothing can begin like a formula; their codes come out of a file, though.
#[tokio::test]
async fn an_export_has_no_value_that_a_spreadsheet_would_run() {
    let desk = Desk::open("api-formula").await;
    let change = "UPDATE dvf_sale_r1 SET code_insee = '=1+1', code_departement = '-1'";
    let change = sqlx::query(change).execute(desk.bench.pool.pool()).await.expect("changed");
    assert!(change.rows_affected() > 11);
    let body = json!({"name": "Tout", "filter": year(&json!({}))});
    let (_, _, kept) = desk.keep("a-key-for-the-formula", &body).await;
    let path = format!("/v1/segments/{}/export", text(&kept["id"]));
    let answer = desk.send(Method::GET, &path, &desk.token(&json!({})), None).await;
    let export = answer.text().await.expect("text");
    assert!(export.lines().skip(1).all(|line| line.starts_with("\"'-1\",\"'=1+1\",")), "{export}");
    desk.bench.pool.close().await;
}

#[tokio::test]
async fn segments_are_for_staff_in_person_with_two_factors_and_the_scope() {
    let desk = Desk::open("api-roles").await;
    let filter = year(&json!({}));
    let body = json!({"name": "Tout", "filter": filter});
    let (_, _, kept) = desk.keep("a-key-of-the-owner", &body).await;
    let one = format!("/v1/segments/{}", text(&kept["id"]));
    let export = format!("{one}/export");
    let addresses: [(Method, &str, Option<&Value>, &str); 5] = [
        (Method::POST, "/v1/segments/count", Some(&filter), "segments:lire"),
        (Method::POST, "/v1/segments", Some(&body), "segments:ecrire"),
        (Method::GET, "/v1/segments", None, "segments:lire"),
        (Method::GET, &one, None, "segments:lire"),
        (Method::GET, &export, None, "segments:exporter"),
    ];
    let customer = desk.customers.token("client");
    for (method, path, body, scope) in addresses {
        let all = "segments:lire segments:ecrire segments:exporter";
        let others = all.split(' ').filter(|known| *known != scope).collect::<Vec<_>>().join(" ");
        for (who, token, expected) in [
            ("nobody", String::new(), 401),
            ("a customer", customer.clone(), 403),
            ("one factor", desk.token(&json!({"acr": "one"})), 401),
            ("without the scope", desk.token(&json!({"scope": others})), 403),
        ] {
            let answer = desk.send(method.clone(), path, &token, body).await;
            let status = answer.status().as_u16();
            let refused: Value = answer.json().await.expect("JSON");
            assert_eq!(status, expected, "{who}: {method} {path}: {refused}");
        }
    }
    let kept = desk.bench.number("SELECT COUNT(*) FROM campaign_segment").await;
    let asked = desk.bench.number("SELECT COUNT(*) FROM campaign_event").await;
    assert_eq!((kept, asked), (1, 1), "nothing was done for those who may not");
    desk.bench.pool.close().await;
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
