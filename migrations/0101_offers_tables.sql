-- Loan offers (offres de prêt) that people send instead of looking for each figure: the files, and what an
-- advisor found when they compared them with what was typed. The bytes are sealed in the storage.

CREATE TABLE loan_offer (
    id          BINARY(16)       NOT NULL,
    dossier_id  BINARY(16)       NOT NULL,
    -- From 1, as in the quote.
    loan        TINYINT UNSIGNED NOT NULL,
    -- As it was called on the other machine; shown to who sent it, and believed by nobody.
    name        VARCHAR(80)      NOT NULL,
    -- pdf, jpeg, png: by its content, never by its name.
    media       VARCHAR(8)       CHARACTER SET ascii NOT NULL,
    sha256      BINARY(32)       NOT NULL,
    size        INT UNSIGNED     NOT NULL,
    -- QUARANTINE until a scanner has looked at it: nobody opens it before. CLEAN, INFECTED; REMOVED until
    -- its bytes are gone, and the row with them.
    state       VARCHAR(12)      CHARACTER SET ascii NOT NULL,
    received_at DATETIME(6)      NOT NULL,
    PRIMARY KEY (id),
    KEY loan_offer_dossier (dossier_id, loan),
    KEY loan_offer_state (state, received_at)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE loan_offer_review (
    id          BINARY(16)       NOT NULL,
    dossier_id  BINARY(16)       NOT NULL,
    loan        TINYINT UNSIGNED NOT NULL,
    -- same, different.
    verdict     VARCHAR(12)      CHARACTER SET ascii NOT NULL,
    note        VARCHAR(500)     NOT NULL,
    -- Who compared.
    reviewer    VARCHAR(64)      NOT NULL,
    reviewed_at DATETIME(6)      NOT NULL,
    PRIMARY KEY (id),
    KEY loan_offer_review_dossier (dossier_id, loan, reviewed_at)
) COLLATE utf8mb4_unicode_ci;
