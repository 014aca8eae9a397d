-- Documents asked for (pièces demandées): the demand that a decision makes, and the files that a person
-- sent. The bytes are sealed in the storage under the keys of medical data; no name of a file is kept.

-- One demand for each decision that asks. Its reminders and its end are due at next_at; NULL: nothing is
-- awaited any more.
CREATE TABLE uw_evidence_request (
    decision_id  BINARY(16)       NOT NULL,
    session_id   BINARY(16)       NOT NULL,
    asked_at     DATETIME(6)      NOT NULL,
    reminders    TINYINT UNSIGNED NOT NULL DEFAULT 0,
    next_at      DATETIME(6)      NULL,
    -- When the person said that everything is sent.
    completed_at DATETIME(6)      NULL,
    PRIMARY KEY (decision_id),
    KEY uw_evidence_request_session (session_id),
    KEY uw_evidence_request_due (next_at)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE uw_evidence (
    id          BINARY(16)   NOT NULL,
    session_id  BINARY(16)   NOT NULL,
    -- Code of the document asked for.
    code        VARCHAR(40)  CHARACTER SET ascii NOT NULL,
    -- pdf, jpeg, png: by its content, never by its name.
    media       VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    sha256      BINARY(32)   NOT NULL,
    size        INT UNSIGNED NOT NULL,
    -- QUARANTINE until a scanner has looked at it: nobody opens it before. CLEAN, INFECTED, ERASED.
    state       VARCHAR(12)  CHARACTER SET ascii NOT NULL,
    received_at DATETIME(6)  NOT NULL,
    checked_at  DATETIME(6)  NULL,
    PRIMARY KEY (id),
    -- The same file for the same demand is one.
    UNIQUE KEY uw_evidence_once (session_id, code, sha256),
    KEY uw_evidence_state (state, received_at)
) COLLATE utf8mb4_unicode_ci;
