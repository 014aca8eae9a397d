//! The only SQL of contracts: one statement per function, no decision. Days are written and read as
//! ISO text, which both engines turn into their own.

mod bank;
mod contracts;
mod debits;
mod mandates;
mod payers;
mod vouching;

pub(super) use contracts::NewContract;
pub(super) use mandates::MandateRow;
pub(super) use payers::PayerRow;

use jiff::civil::Date;

use super::error::ContractError;
use crate::platform::db::{Database, DbError, Statement, Transaction, statements};

statements! {
    /// A dossier's number, once.
    INSERT_NUMBER = "INSERT INTO contract_number (dossier_id, contract_id, created_at) \
        VALUES (?, ?, ?)";
    /// The number of a dossier.
    SELECT_NUMBER = "SELECT sequence, contract_id, created_at FROM contract_number \
        WHERE dossier_id = ?";
    /// The account of a dossier, or another one until it is signed.
    WRITE_MANDATE = "INSERT INTO mandate (dossier_id, rum, account, day, state, saved_at) \
        VALUES (?, ?, ?, ?, 'draft', ?) \
        ON DUPLICATE KEY UPDATE rum = IF(state = 'draft', ?, rum), \
        account = IF(state = 'draft', ?, account), day = IF(state = 'draft', ?, day), \
        saved_at = IF(state = 'draft', ?, saved_at)";
    /// The mandate of a dossier.
    SELECT_MANDATE = "SELECT rum, account, day, saved_at FROM mandate WHERE dossier_id = ?";
    /// The same, held until the transaction ends.
    LOCK_MANDATE = "SELECT rum, account, day, saved_at FROM mandate WHERE dossier_id = ? FOR UPDATE";
    /// It is signed.
    SIGN_MANDATE = "UPDATE mandate SET state = 'signed', signed_at = ? \
        WHERE dossier_id = ? AND state = 'draft'";
    /// Nothing is debited any more.
    REVOKE_MANDATE = "UPDATE mandate SET state = 'revoked' WHERE dossier_id = ?";
    /// The account of a dossier that no contract came of.
    FORGET_DRAFT = "DELETE FROM mandate WHERE dossier_id = ? AND state = 'draft'";
    /// A contract is concluded.
    INSERT_CONTRACT = "INSERT INTO contract (id, dossier_id, number, ceremony_id, quote_id, owner, \
        content, effect_on, concluded_at, withdraw_until, identity) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// It belongs to this account from now on, if it belonged to none.
    ADOPT = "UPDATE contract SET owner = ? WHERE dossier_id = ? AND owner IS NULL";
    /// Its schedule, in one statement.
    INSERT_PREMIUMS = "INSERT INTO contract_premium \
        (contract_id, month, due_on, premium_cents, outstanding_cents) \
        SELECT ?, one.month, one.due_on, one.premium_cents, one.outstanding_cents \
        FROM JSON_TABLE(?, '$[*]' COLUMNS (month INT PATH '$.month', \
        due_on DATE PATH '$.due_on', premium_cents BIGINT PATH '$.premium_cents', \
        outstanding_cents BIGINT PATH '$.outstanding_cents')) AS one";
    /// The contract of a dossier.
    BY_DOSSIER = "SELECT id, dossier_id, number, ceremony_id, content, \
        CAST(effect_on AS CHAR) AS effect_on, concluded_at, \
        CAST(withdraw_until AS CHAR) AS withdraw_until, identity, ended_at, end_reason \
        FROM contract WHERE dossier_id = ?";
    /// One contract, for those who look after all of them.
    BY_ID = "SELECT id, dossier_id, number, ceremony_id, content, \
        CAST(effect_on AS CHAR) AS effect_on, concluded_at, \
        CAST(withdraw_until AS CHAR) AS withdraw_until, identity, ended_at, end_reason \
        FROM contract WHERE id = ?";
    /// One contract of somebody.
    OF_OWNER = "SELECT id, dossier_id, number, ceremony_id, content, \
        CAST(effect_on AS CHAR) AS effect_on, concluded_at, \
        CAST(withdraw_until AS CHAR) AS withdraw_until, identity, ended_at, end_reason \
        FROM contract WHERE owner = ? AND id = ?";
    /// All contracts of somebody, the newest first.
    ALL_OF_OWNER = "SELECT id, dossier_id, number, ceremony_id, content, \
        CAST(effect_on AS CHAR) AS effect_on, concluded_at, \
        CAST(withdraw_until AS CHAR) AS withdraw_until, identity, ended_at, end_reason \
        FROM contract WHERE owner = ? ORDER BY concluded_at DESC LIMIT 100";
    /// A page of them: what was concluded before this one, and at the same moment under a smaller
    /// identifier.
    PAGE_OF_OWNER = "SELECT id, dossier_id, number, ceremony_id, content, \
        CAST(effect_on AS CHAR) AS effect_on, concluded_at, \
        CAST(withdraw_until AS CHAR) AS withdraw_until, identity, ended_at, end_reason \
        FROM contract WHERE owner = ? AND (concluded_at < ? OR (concluded_at = ? AND id < ?)) \
        ORDER BY concluded_at DESC, id DESC LIMIT ?";
    /// Its schedule.
    SELECT_PREMIUMS = "SELECT month, CAST(due_on AS CHAR), premium_cents, outstanding_cents \
        FROM contract_premium WHERE contract_id = ? ORDER BY month";
    /// It is over.
    END_CONTRACT = "UPDATE contract SET ended_at = ?, end_reason = ? \
        WHERE id = ? AND ended_at IS NULL";
    /// What is to be asked of the lender.
    INSERT_BANK = "INSERT INTO bank_request (contract_id, version, state, agency, loan_number, \
        old_contract, effect_on, reason) VALUES (?, 1, 'draft', '', '', '', ?, '')";
    /// What is asked of the lender.
    SELECT_BANK = "SELECT version, state, agency, loan_number, old_contract, sent_at, demand_no, \
        CAST(effect_on AS CHAR) AS effect_on, CAST(received_on AS CHAR) AS received_on, \
        CAST(answer_due AS CHAR) AS answer_due, CAST(answered_on AS CHAR) AS answered_on, \
        reason_code, reason FROM bank_request WHERE contract_id = ?";
    /// The same, held until the transaction ends.
    LOCK_BANK = "SELECT version, state, agency, loan_number, old_contract, sent_at, demand_no, \
        CAST(effect_on AS CHAR) AS effect_on, CAST(received_on AS CHAR) AS received_on, \
        CAST(answer_due AS CHAR) AS answer_due, CAST(answered_on AS CHAR) AS answered_on, \
        reason_code, reason FROM bank_request WHERE contract_id = ? FOR UPDATE";
    /// Something of it changed.
    UPDATE_BANK = "UPDATE bank_request SET version = ?, state = ?, agency = ?, loan_number = ?, \
        old_contract = ?, sent_at = ?, demand_no = ?, effect_on = ?, received_on = ?, \
        answer_due = ?, answered_on = ?, reason_code = ?, reason = ? WHERE contract_id = ?";
    /// Somebody wants their contract to end.
    INSERT_TERMINATION = "INSERT INTO termination_request \
        (contract_id, reason, wanted_on, asked_at) VALUES (?, ?, ?, ?)";
    /// Their demand.
    SELECT_TERMINATION = "SELECT CAST(wanted_on AS CHAR), asked_at, reason \
        FROM termination_request WHERE contract_id = ?";
}

/// Contracts in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        self.database.begin().await
    }

    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), DbError> {
        Ok(transaction.commit().await?)
    }
}

/// A day as a column gives it.
fn day(text: &str) -> Result<Date, ContractError> {
    text.parse().map_err(|_| ContractError::Stored("a day"))
}

/// The statements, for the slice's list.
pub(super) const ALL: &[&[Statement]] =
    &[STATEMENTS, bank::ALL, debits::ALL, payers::ALL, vouching::ALL];
