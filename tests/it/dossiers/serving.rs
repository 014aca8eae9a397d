//! What a program does for its customer beside the straight way: the other borrower, the lender, and the
//! ways out of a contract.

use serde_json::{Value, json};

use super::api::{IBAN, Told, Town, base, next, pointers};
use super::{another_code, link, somebody};
use crate::harness::typeset;
use crate::quotes::project;

impl Town {
    /// A contract of the caller's on this project, signed by one person: its address.
    pub(super) async fn signed(&self, who: &str, document: Value) -> String {
        let contact = somebody("anne");
        let due = document["loans"][0]["first_due_date"].as_str().expect("a day");
        let first = json!(due[..7]);
        let quote = self.quote_of(who, document).await;
        let mut told = self.begin(who, &quote, &contact).await;
        for (path, mut body) in super::api::answers() {
            if path == "loan" {
                body["first_instalment"] = first.clone();
            }
            told = self.put(who, &told, path, body).await;
        }
        self.concluded(who, told, &contact.0).await
    }

    /// The contract of a dossier that has an offer, signed by one person who has this address: its address.
    pub(super) async fn concluded(&self, who: &str, told: Told, email: &str) -> String {
        self.concluded_by(who, told, (email, "Camille Martin")).await
    }

    /// The same, paid from an account in this name.
    pub(super) async fn concluded_by(
        &self,
        who: &str,
        told: Told,
        account: (&str, &str),
    ) -> String {
        let (path, act) = self.at_the_code_of(who, told, account).await;
        let signed = self.ask(who, ("POST", &path), &[], Some(act)).await;
        assert_eq!(signed.body["state"], "concluded", "{}", signed.body);
        signed.body["next"].as_str().expect("an address").to_owned()
    }

    /// The same before the act: where it is sent, and the act.
    pub(super) async fn at_the_code(&self, who: &str, told: Told, email: &str) -> (String, Value) {
        self.at_the_code_of(who, told, (email, "Camille Martin")).await
    }

    async fn at_the_code_of(
        &self,
        who: &str,
        told: Told,
        (email, holder): (&str, &str),
    ) -> (String, Value) {
        let at = base(&told);
        let headers = [("if-match", told.etag.as_str())];
        let path = format!("{at}/documents-received");
        let told = self.ask(who, ("POST", &path), &headers, None).await;
        assert_eq!(told.status, 200, "{}", told.body);
        let body = json!({ "holder": holder, "iban": IBAN, "day": 10 });
        let kept = self.ask(who, ("PUT", &format!("{at}/mandate")), &[], Some(body)).await;
        assert_eq!(kept.status, 200, "{}", kept.body);
        let path = format!("{at}/signature");
        let ready = typeset("documents", async || {
            let told = self.get(who, &path).await;
            (told.body["state"] == "ready").then_some(told)
        })
        .await;
        let mailbox = format!("/dev/messages.json?to={}", email.replace('@', "%40"));
        let known = self.app.get(&mailbox).await.text().await.unwrap_or_default();
        let known = serde_json::from_str::<Value>(&known).unwrap_or_default();
        let mut known = known["messages"].as_array().into_iter().flatten();
        let old = known.find_map(|one| one["code"].as_str()).unwrap_or_default().to_owned();
        // By e-mail, for who has no telephone at hand.
        let sent = self.ask(who, ("POST", &format!("{path}/code?by=email")), &[], None).await;
        assert_eq!(sent.status, 202, "{}", sent.body);
        assert_eq!(
            (&sent.body["by"], &sent.body["to"]),
            (&json!("email"), &json!("a•••@exemple.fr"))
        );
        let code = another_code(&self.app, email, &old).await;
        let act =
            json!({ "ceremony": ready.body["ceremony"], "code": code, "documents_received": true });
        (path, act)
    }

    /// Time has passed: a token would not outlive it, so the row says it.
    pub(super) async fn is(&self, change: &'static str) {
        sqlx::query(change).execute(self.app.opened().pool()).await.expect("written");
    }

    pub(super) async fn put_at(&self, who: &str, path: &str, body: Value) -> Told {
        self.ask(who, ("PUT", path), &[], Some(body)).await
    }
}

/// A loan that is being repaid, whose insurance is replaced.
pub(super) fn running() -> Value {
    let mut document = project();
    document["loans"][0]["release_date"] = json!("2024-12-05");
    document["loans"][0]["first_due_date"] = json!("2025-01-05");
    document
}

#[tokio::test]
async fn the_other_borrower_is_invited_and_comes_by_their_link() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let mut document = project();
    let mut two = document["insured"][0].clone();
    two["ref"] = json!("b");
    document["insured"].as_array_mut().expect("a list").push(two);
    let quote = town.quote_of(&anne, document).await;
    let (mine, sam) = (somebody("anne"), somebody("sam"));
    let mut told = town.begin(&anne, &quote, &mine).await;
    let at = base(&told);
    for (path, mut body) in super::api::answers() {
        if path == "guarantees" {
            body["shares"] = json!([100, 100]);
        }
        told = town.put(&anne, &told, path, body).await;
    }
    let path = format!("{at}/invitation");
    assert_eq!(next(&told), path, "the way is shown");
    assert_eq!(town.get(&anne, &path).await.body["state"], "none");
    let invited = |mobile: &str| json!({ "given_name": "Sam", "email": sam.0, "mobile": mobile });
    let refused = town.put_at(&anne, &path, invited(&mine.1)).await;
    assert_eq!((refused.status.as_u16(), pointers(&refused)), (422, vec!["/mobile"]));
    let sent = town.put_at(&anne, &path, invited(&sam.1)).await;
    assert_eq!((&sent.body["state"], &sent.body["has_arrived"]), (&json!("open"), &json!(false)));
    assert!(link(&town.app, &sam.0, "/i/").await.starts_with("/i/"));
    town.is("UPDATE dossier_link SET expires_at = '2026-11-23 09:00:00' WHERE purpose = 'invite'")
        .await;
    assert_eq!(town.get(&anne, &path).await.body["state"], "over");
    let alone = town.begin(&anne, &town.quote(&anne, 1992).await, &mine).await;
    let none = town.get(&anne, &format!("{}/invitation", base(&alone))).await;
    assert_eq!(none.status, 404, "nobody to invite: {}", none.body);
}

#[tokio::test]
async fn the_lender_is_asked_once_and_its_answer_stands() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = town.signed(&anne, running()).await;
    let path = format!("{contract}/lender");
    let seen = town.get(&anne, &path).await;
    assert_eq!(
        (&seen.body["state"], &seen.body["is_substitution"]),
        (&json!("draft"), &json!(true))
    );
    let early = json!({ "answer": "accepted" });
    let early = town.ask(&anne, ("POST", &format!("{path}/answer")), &[], Some(early)).await;
    assert_eq!(early.status, 409, "nothing was asked: {}", early.body);
    assert_eq!(town.get(&anne, &path).await.body["state"], "draft");
    let letter = format!("{contract}/documents/lettre_banque");
    assert_eq!(town.get(&anne, &letter).await.status, 404, "nothing is dated");
    let demand = |effect: &str| {
        json!({ "agency": "1 place de la Mairie, 35000 Rennes", "loan_number": "P-42",
            "effect_on": effect })
    };
    let past = town.put_at(&anne, &path, demand("2026-11-23")).await;
    assert_eq!((past.status.as_u16(), pointers(&past)), (422, vec!["/effect_on"]), "{}", past.body);
    for _ in 0..2 {
        let sent = town.put_at(&anne, &path, demand("2027-02-01")).await;
        assert_eq!((&sent.body["state"], &sent.body["letter"]), (&json!("sent"), &json!(letter)));
    }
    // Nobody has it yet: it can be corrected.
    let other = town.put_at(&anne, &path, demand("2027-03-01")).await;
    assert_eq!(other.body["effect_on"], "2027-03-01", "{}", other.body);
    let read = town.get(&anne, &letter).await;
    assert_eq!(read.status, 200, "{}", read.body);
    let answer = format!("{path}/answer");
    for (body, wrong) in [
        (json!({ "answer": "received", "on": "2026-11-24" }), "/on"),
        (json!({ "answer": "received", "on": "2026-11-22" }), "/on"),
        (json!({ "answer": "received", "on": "hier" }), "/on"),
        (json!({ "answer": "refused" }), "/reason"),
        (json!({ "answer": "refused", "reason_code": "CCSF_19" }), "/reason_code"),
        (json!({ "answer": "refused", "reason_code": "DOSSIER_INCOMPLET" }), "/reason"),
    ] {
        let refused = town.ask(&anne, ("POST", &answer), &[], Some(body.clone())).await;
        assert_eq!((refused.status.as_u16(), pointers(&refused)), (422, vec![wrong]), "{body}");
    }
    let post = async |body: Value| town.ask(&anne, ("POST", &answer), &[], Some(body)).await;
    assert_eq!(post(json!({ "answer": "perhaps" })).await.status, 422);
    // Ten business days from the day after 23 November 2026, a Monday.
    let received = post(json!({ "answer": "received" })).await;
    assert_eq!(received.body["answer_due"], "2026-12-07", "{}", received.body);
    let late = town.put_at(&anne, &path, demand("2027-04-01")).await;
    assert_eq!(late.status, 409, "the lender has it: {}", late.body);
    let same = town.put_at(&anne, &path, demand("2027-03-01")).await;
    assert_eq!(same.status, 200, "{}", same.body);
    let accepted = post(json!({ "answer": "accepted" })).await;
    assert_eq!(accepted.body["state"], "accepted", "{}", accepted.body);
    let late = post(json!({ "answer": "refused", "reason": "Trop tard" })).await;
    assert_eq!(late.body["state"], "accepted", "the first answer stands: {}", late.body);
}

#[tokio::test]
async fn a_program_renounces_and_asks_for_the_end() {
    let town = Town::start().await;
    let (anne, bob) = (town.customer("anne"), town.customer("bob"));
    let first = town.signed(&anne, project()).await;
    let second = town.signed(&anne, project()).await;
    let end = json!({ "reason": "substitution", "wanted_on": "2027-03-01" });
    for (method, path, body) in [
        ("GET", format!("{first}/lender"), None),
        ("PUT", format!("{first}/termination"), Some(end.clone())),
        ("GET", format!("{first}/termination"), None),
        ("POST", format!("{first}/withdrawal"), None),
        ("POST", format!("{first}/lender/answer"), Some(json!({ "answer": "accepted" }))),
    ] {
        let seen = town.ask(&bob, (method, &path), &[], body).await;
        assert_eq!(seen.status, 404, "{method} {path}: {}", seen.body);
    }
    let demand = json!({
        "agency": "1 place de la Mairie", "loan_number": "P-42", "effect_on": "2027-02-01"
    });
    let new = town.put_at(&anne, &format!("{first}/lender"), demand).await;
    assert_eq!(new.status, 409, "nothing is replaced: {}", new.body);
    let path = format!("{first}/termination");
    assert_eq!(town.get(&anne, &path).await.status, 404, "not asked for");
    let past = json!({ "reason": "autre", "wanted_on": "2026-11-22" });
    let refused = town.put_at(&anne, &path, past).await;
    assert_eq!((refused.status.as_u16(), pointers(&refused)), (422, vec!["/wanted_on"]));
    for wanted in ["2027-03-01", "2027-04-01"] {
        let body = json!({ "reason": "substitution", "wanted_on": wanted });
        let asked = town.put_at(&anne, &path, body).await;
        assert_eq!(asked.body["wanted_on"], "2027-03-01", "the first one stands: {}", asked.body);
    }
    assert_eq!(town.get(&anne, &path).await.body["wanted_on"], "2027-03-01");
    for _ in 0..2 {
        let over = town.ask(&anne, ("POST", &format!("{second}/withdrawal")), &[], None).await;
        assert_eq!(over.body["state"], "withdrawn", "{}", over.body);
        assert!(over.body["ended_at"].is_string(), "{}", over.body);
    }
    let late = town.put_at(&anne, &format!("{second}/termination"), end).await;
    assert_eq!(late.status, 409, "{}", late.body);
    is_listed(&town, &anne, [&second, &first]).await;
    // Thirty days, and not one more.
    town.is("UPDATE contract SET withdraw_until = '2026-11-22'").await;
    let late = town.ask(&anne, ("POST", &format!("{first}/withdrawal")), &[], None).await;
    assert_eq!(late.status, 409, "{}", late.body);
}

/// The list comes page by page, the newest first.
async fn is_listed(town: &Town, anne: &str, contracts: [&str; 2]) {
    let page = town.get(anne, "/v1/contracts?limit=1").await;
    let after = page.body["next"].as_str().expect("another page").to_owned();
    let rest = town.get(anne, &format!("/v1/contracts?limit=1&after={after}")).await;
    assert!(rest.body["next"].is_null(), "{}", rest.body);
    let mut ids = Vec::new();
    for one in [&page, &rest] {
        let id = one.body["contracts"][0]["id"].as_str().expect("an id");
        ids.push(format!("/v1/contracts/{id}"));
    }
    // Two of the same moment, as the clock stands still, come in the order of their identifiers.
    assert_eq!(ids.len(), 2);
    assert!(contracts.iter().all(|one| ids.contains(&(*one).to_owned())), "{ids:?}");
    for wrong in ["limit=0", "after=rien", "after=ctr_00000000000070008000000000000000"] {
        let told = town.get(anne, &format!("/v1/contracts?{wrong}")).await;
        assert_eq!(told.status, 422, "{wrong}");
    }
}
