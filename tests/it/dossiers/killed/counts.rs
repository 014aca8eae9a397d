//! What is true of everything that was written, whoever died and when: nothing is lost, nothing was done twice.

use std::collections::BTreeMap;

use super::house::House;

/// Acts that a dossier sees once in its life.
const ONCE: &str = "'keep_quote', 'apply', 'begin_signature', 'conclude', 'notify_bank', \
    'enter_into_force', 'amend_for_bank', 'withdraw', 'expire', 'abandon', 'postpone'";

/// What must find nothing, each with what it would have found.
const NEVER: [(&str, &str); 8] = [
    (
        "versions with holes",
        "SELECT COUNT(*) FROM dossier d WHERE d.version <> (SELECT COUNT(*) FROM dossier_event e \
            WHERE e.dossier_id = d.id) OR d.version <> (SELECT MAX(e.version) \
            FROM dossier_event e WHERE e.dossier_id = d.id)",
    ),
    (
        "a state that no event led to",
        "SELECT COUNT(*) FROM dossier d JOIN dossier_event e ON e.dossier_id = d.id \
            AND e.version = d.version WHERE e.state_to <> d.state",
    ),
    (
        "an event that begins where the one before did not end",
        "SELECT COUNT(*) FROM dossier_event e JOIN dossier_event b ON b.dossier_id = e.dossier_id \
            AND b.version + 1 = e.version WHERE b.state_to <> e.state_from",
    ),
    (
        "a dossier without persons",
        "SELECT COUNT(*) FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM dossier_insured i \
            WHERE i.dossier_id = d.id)",
    ),
    (
        "a conclusion without its contract, or a contract without one",
        "SELECT ABS((SELECT COUNT(*) FROM dossier_event WHERE act = 'conclude') \
            - (SELECT COUNT(*) FROM contract))",
    ),
    (
        "a contract without its whole schedule, its mandate or its lender",
        "SELECT COUNT(*) FROM contract c WHERE (SELECT COUNT(*) FROM contract_premium p \
            WHERE p.contract_id = c.id) <> (SELECT MAX(p.month) FROM contract_premium p \
            WHERE p.contract_id = c.id) \
            OR NOT EXISTS (SELECT 1 FROM contract_premium p WHERE p.contract_id = c.id) \
            OR NOT EXISTS (SELECT 1 FROM mandate m WHERE m.dossier_id = c.dossier_id \
                AND m.state <> 'draft') \
            OR NOT EXISTS (SELECT 1 FROM bank_request b WHERE b.contract_id = c.id)",
    ),
    ("a message that was given up", "SELECT COUNT(*) FROM message_outbox WHERE state = 'dead'"),
    ("a job that was given up", "SELECT COUNT(*) FROM job WHERE state = 'dead'"),
];

impl House {
    /// Every dossier is whole, and so many contracts are there.
    pub(super) async fn is_whole(&self, dossiers: i64, contracts: i64) {
        assert_eq!(self.count("SELECT COUNT(*) FROM dossier").await, dossiers, "dossiers");
        assert_eq!(self.count("SELECT COUNT(*) FROM contract").await, contracts, "contracts");
        for (what, sql) in NEVER {
            assert_eq!(self.count(sql).await, 0, "{what}");
        }
        let twice = format!(
            "SELECT COUNT(*) FROM (SELECT dossier_id FROM dossier_event WHERE act IN ({ONCE}) \
                GROUP BY dossier_id, act HAVING COUNT(*) > 1) AS found"
        );
        assert_eq!(self.count(&twice).await, 0, "an act twice");
    }

    /// These acts of all dossiers, so many times.
    pub(super) async fn has_seen(&self, acts: &[(&str, i64)]) {
        for (act, count) in acts {
            let sql = format!("SELECT COUNT(*) FROM dossier_event WHERE act = '{act}'");
            assert_eq!(self.count(&sql).await, *count, "{act}");
        }
    }

    /// Everything that anybody was ever told but codes: these messages, so many of each.
    pub(super) async fn has_told(&self, expected: &[(&str, i64)]) {
        const ALL: &str = "SELECT SUBSTRING_INDEX(event, '/', 2), COUNT(*) FROM message_outbox \
            WHERE event NOT LIKE 'dossiers/code/%' GROUP BY SUBSTRING_INDEX(event, '/', 2)";
        let told: BTreeMap<String, i64> = self.rows(ALL).await.into_iter().collect();
        let expected = expected.iter().map(|(event, count)| ((*event).to_owned(), *count));
        assert_eq!(told, expected.collect(), "what people were told");
    }
}
