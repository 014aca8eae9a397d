-- What our staff found out about who is insured and who pays (LCB-FT, art. L561-5 CMF). Rows are only added, and
-- kept five years after the end of the contract (art. L561-12 CMF).
CREATE TABLE identity_check (
    id          BINARY(16)   NOT NULL,
    contract_id BINARY(16)   NOT NULL,
    -- verified: one person is satisfied. refused: it could not be verified.
    outcome     VARCHAR(8)   NOT NULL,
    -- What it was verified by, as codes: "document,account".
    measures    VARCHAR(60)  NOT NULL,
    -- Who looked and what they wrote, sealed: it speaks of people.
    words       VARBINARY(8000) NOT NULL,
    -- Who looked, as their pool names them.
    decided_by  VARCHAR(120) NOT NULL,
    decided_at  DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    KEY identity_check_contract (contract_id, decided_at)
) COLLATE utf8mb4_unicode_ci;
