-- Ceremonies of signature: documents with the hashes of their bytes, and who signed them (docs/signature.md).
-- Rows of documents are only added; a signer's row is written once more, when they sign.

CREATE TABLE signature_ceremony (
    id           BINARY(16)   NOT NULL,
    -- What is signed, for which time its documents were made, and from which version of it.
    subject_id   BINARY(16)   NOT NULL,
    round        INT UNSIGNED NOT NULL,
    version      INT UNSIGNED NOT NULL,
    opened_at    DATETIME(6)  NOT NULL,
    completed_at DATETIME(6)  NULL,
    PRIMARY KEY (id),
    UNIQUE KEY signature_ceremony_once (subject_id, round)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE signature_document (
    ceremony_id BINARY(16)       NOT NULL,
    place       TINYINT UNSIGNED NOT NULL,
    -- Name in addresses, and title.
    name        VARCHAR(60)      NOT NULL,
    title       VARCHAR(120)     NOT NULL,
    size        BIGINT UNSIGNED  NOT NULL,
    sha256      BINARY(32)       NOT NULL,
    PRIMARY KEY (ceremony_id, place)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE signature_signer (
    ceremony_id BINARY(16)       NOT NULL,
    signer_id   BINARY(16)       NOT NULL,
    place       TINYINT UNSIGNED NOT NULL,
    signed_at   DATETIME(6)      NULL,
    -- By which means, from where, on which consents; sealed.
    evidence    VARBINARY(8192)  NULL,
    PRIMARY KEY (ceremony_id, signer_id)
) COLLATE utf8mb4_unicode_ci;
