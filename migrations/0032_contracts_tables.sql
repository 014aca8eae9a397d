-- Contracts: created once from what was signed, never computed again (docs/contracts.md). The state of
-- a contract is its dossier's.

-- The number for people is on the documents before they are signed: a dossier has one, whatever happens.
CREATE TABLE contract_number (
    sequence    BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    dossier_id  BINARY(16)      NOT NULL,
    contract_id BINARY(16)      NOT NULL,
    created_at  DATETIME(6)     NOT NULL,
    PRIMARY KEY (sequence),
    UNIQUE KEY contract_number_dossier (dossier_id)
) COLLATE utf8mb4_unicode_ci;

-- The account that is debited (SEPA). States: draft, signed, revoked.
CREATE TABLE mandate (
    dossier_id BINARY(16)       NOT NULL,
    -- Reference unique du mandat.
    rum        VARCHAR(35)      NOT NULL,
    -- Holder and IBAN, sealed.
    account    VARBINARY(1024)  NOT NULL,
    day        TINYINT UNSIGNED NOT NULL,
    state      VARCHAR(8)       NOT NULL,
    saved_at   DATETIME(6)      NOT NULL,
    signed_at  DATETIME(6)      NULL,
    PRIMARY KEY (dossier_id),
    UNIQUE KEY mandate_rum (rum)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE contract (
    id             BINARY(16)   NOT NULL,
    dossier_id     BINARY(16)   NOT NULL,
    number         VARCHAR(24)  NOT NULL,
    ceremony_id    BINARY(16)   NOT NULL,
    quote_id       BINARY(16)   NOT NULL,
    -- Whose it is, by their account.
    owner          BINARY(32)   NULL,
    -- Names, addresses, lender, as signed.
    content        JSON         NOT NULL,
    effect_on      DATE         NOT NULL,
    concluded_at   DATETIME(6)  NOT NULL,
    -- Last day of the right to renounce.
    withdraw_until DATE         NOT NULL,
    -- none, pending, ok, rejected (LCB-FT).
    identity       VARCHAR(8)   NOT NULL,
    ended_at       DATETIME(6)  NULL,
    end_reason     VARCHAR(24)  NULL,
    PRIMARY KEY (id),
    UNIQUE KEY contract_dossier (dossier_id),
    UNIQUE KEY contract_number_of (number),
    KEY contract_owner (owner, concluded_at)
) COLLATE utf8mb4_unicode_ci;

-- The schedule of premiums, fixed at the signature: rows are only added.
CREATE TABLE contract_premium (
    contract_id       BINARY(16)        NOT NULL,
    month             SMALLINT UNSIGNED NOT NULL,
    due_on            DATE              NOT NULL,
    premium_cents     BIGINT            NOT NULL,
    outstanding_cents BIGINT            NOT NULL,
    PRIMARY KEY (contract_id, month)
) COLLATE utf8mb4_unicode_ci;

-- What is asked of the lender. States: draft, sent, received, late, accepted, refused.
CREATE TABLE bank_request (
    contract_id  BINARY(16)   NOT NULL,
    version      INT UNSIGNED NOT NULL,
    state        VARCHAR(10)  NOT NULL,
    agency       VARCHAR(200) NOT NULL,
    loan_number  VARCHAR(40)  NOT NULL,
    old_contract VARCHAR(40)  NOT NULL,
    effect_on    DATE         NOT NULL,
    sent_at      DATETIME(6)  NULL,
    received_on  DATE         NULL,
    -- Ten business days after its receipt (art. L313-31 C. conso.).
    answer_due   DATE         NULL,
    answered_on  DATE         NULL,
    reason       VARCHAR(200) NOT NULL,
    PRIMARY KEY (contract_id)
) COLLATE utf8mb4_unicode_ci;

-- Demands to end a contract (*résiliation*), acknowledged at once.
CREATE TABLE termination_request (
    contract_id BINARY(16)   NOT NULL,
    reason      VARCHAR(24)  NOT NULL,
    wanted_on   DATE         NOT NULL,
    asked_at    DATETIME(6)  NOT NULL,
    PRIMARY KEY (contract_id)
) COLLATE utf8mb4_unicode_ci;
