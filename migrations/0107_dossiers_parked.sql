-- What somebody sent from a page of their dossier after their session was over: kept for twenty minutes, until they
-- have typed the code again (docs/subscription.md). One row a person, the last thing that they sent.

CREATE TABLE dossier_parked (
    insured_id  BINARY(16)  NOT NULL,
    -- SHA-256 of the secret that the browser which sent it holds.
    secret_hash BINARY(32)  NOT NULL,
    -- Where it was sent, after /d/{id}/.
    page        VARCHAR(40) NOT NULL,
    -- The form, under a key of crypto.keyring_file; of a page of health, under a key of health.keyring_file.
    sealed      BLOB        NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (insured_id),
    UNIQUE KEY dossier_parked_secret (secret_hash),
    KEY dossier_parked_expires (expires_at)
) COLLATE utf8mb4_unicode_ci;
