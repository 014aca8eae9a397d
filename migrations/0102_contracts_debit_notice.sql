-- The word before a debit (*prénotification*, SEPA Core rulebook): what was announced to whoever is debited, of
-- which instalment, once. Rows are only added; nothing may be debited that has none (docs/contracts.md).
CREATE TABLE contract_debit_notice (
    contract_id  BINARY(16)        NOT NULL,
    -- As in `contract_premium`.
    month        SMALLINT UNSIGNED NOT NULL,
    -- The day that was announced: of the debit, which is not before the day on which the premium is due.
    debit_on     DATE              NOT NULL,
    amount_cents BIGINT            NOT NULL,
    -- Reference unique du mandat.
    rum          VARCHAR(35)       NOT NULL,
    announced_at DATETIME(6)       NOT NULL,
    PRIMARY KEY (contract_id, month)
) COLLATE utf8mb4_unicode_ci;
