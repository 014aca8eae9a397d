-- Quotes, and the keys that make their creation happen once.
--
-- A quote is a frozen document: the request, the answer, and the month-by-month tables of the
-- answer (compressed JSON). Nothing in a row is ever computed again.

CREATE TABLE quote (
    id             BINARY(16)      NOT NULL,
    -- The human number is made of the year of created_at, this sequence and a check digit.
    sequence       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    created_at     DATETIME(6)     NOT NULL,
    expires_at     DATETIME(6)     NOT NULL,
    tariff_version VARCHAR(40)     NOT NULL,
    copied_from    BINARY(16)      NULL,
    request        JSON            NOT NULL,
    result         JSON            NOT NULL,
    schedules      MEDIUMBLOB      NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY quote_sequence (sequence)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE quote_key (
    -- SHA-256 of who asks and of the key. What was asked stands in the quote.
    key_hash   BINARY(32)  NOT NULL,
    quote_id   BINARY(16)  NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (key_hash),
    KEY quote_key_expires_at (expires_at),
    KEY quote_key_quote_id (quote_id)
) COLLATE utf8mb4_unicode_ci;
