-- Health: a world of its own. Answers are sealed under the keys of health.keyring_file, and every
-- reading is written down. Nothing here names a person: an insured is an identifier.

CREATE TABLE health_consent (
    insured_id   BINARY(16)  NOT NULL,
    text_version VARCHAR(20) NOT NULL,
    given_at     DATETIME(6) NOT NULL,
    -- HMAC of the network's address.
    network_mark BINARY(32)  NOT NULL,
    withdrawn_at DATETIME(6) NULL,
    PRIMARY KEY (insured_id)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE health_declaration (
    insured_id   BINARY(16)    NOT NULL,
    -- draft or submitted. What it leads to is sealed with the answers.
    state        VARCHAR(10)   NOT NULL,
    -- Identifier of the key, for the rotation.
    key_id       VARCHAR(32)   NOT NULL,
    sealed       VARBINARY(4096) NOT NULL,
    questions    VARCHAR(20)   NOT NULL,
    saved_at     DATETIME(6)   NOT NULL,
    submitted_at DATETIME(6)   NULL,
    PRIMARY KEY (insured_id),
    KEY health_declaration_key (key_id)
) COLLATE utf8mb4_unicode_ci;

-- Who read or changed what, when, why. Rows are only added.
CREATE TABLE health_access (
    sequence   BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    insured_id BINARY(16)  NOT NULL,
    at         DATETIME(6) NOT NULL,
    -- insured, medical or system.
    reader     VARCHAR(10) NOT NULL,
    party      BINARY(32)  NULL,
    -- consented, read, saved, submitted, erased.
    act        VARCHAR(12) NOT NULL,
    reason     VARCHAR(40) NOT NULL,
    PRIMARY KEY (sequence),
    KEY health_access_insured (insured_id)
) COLLATE utf8mb4_unicode_ci;
