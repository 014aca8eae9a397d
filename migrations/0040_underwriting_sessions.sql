-- Underwriting: one insured person's passage through the questionnaire engine, what it decided, the
-- documents that it made, and who did what. No answer about health is in the clear here: the medical part
-- of a decision is sealed under a key of its own, and answers stay with the engine.

CREATE TABLE uw_session (
    id               BINARY(16)        NOT NULL,
    dossier_id       BINARY(16)        NOT NULL,
    insured_no       TINYINT UNSIGNED  NOT NULL,
    -- A mark of whom the browser was logged in as: nobody else opens this session.
    applicant        BINARY(32)        NOT NULL,
    -- What the engine is told: age, capital, term, guarantees. No name, no address.
    facts            JSON              NOT NULL,
    idempotency_key  CHAR(32)          CHARACTER SET ascii NOT NULL,
    engine_id        VARCHAR(64)       NULL,
    -- SHA-256 of the browser's handle; the handle itself is kept nowhere.
    handle_sha256    BINARY(32)        NULL,
    token_sealed     VARBINARY(4608)   NULL,
    token_expires_at DATETIME(6)       NULL,
    kb               VARCHAR(100)      NULL,
    state            VARCHAR(16)       NOT NULL,
    revision         INT UNSIGNED      NOT NULL DEFAULT 0,
    -- When the engine is asked next what became of it; none when there is nothing to ask.
    next_poll_at     DATETIME(6)       NULL,
    attempts         INT UNSIGNED      NOT NULL DEFAULT 0,
    created_at       DATETIME(6)       NOT NULL,
    submitted_at     DATETIME(6)       NULL,
    expires_at       DATETIME(6)       NOT NULL,
    closed_at        DATETIME(6)       NULL,
    -- At most one live session per insured person: NULL, which is never unique, once closed.
    live             TINYINT UNSIGNED  GENERATED ALWAYS AS (CASE WHEN closed_at IS NULL THEN 1 END) STORED,
    PRIMARY KEY (id),
    UNIQUE KEY uw_session_live (dossier_id, insured_no, live),
    UNIQUE KEY uw_session_idempotency (idempotency_key),
    UNIQUE KEY uw_session_engine (engine_id),
    UNIQUE KEY uw_session_handle (handle_sha256),
    KEY uw_session_poll (next_poll_at)
) COLLATE utf8mb4_unicode_ci;

-- Append-only: a new decision supersedes an old one, nothing is changed.
CREATE TABLE uw_decision (
    id                 BINARY(16)        NOT NULL,
    session_id         BINARY(16)        NOT NULL,
    -- 1 for the first decision of a session.
    sequence           SMALLINT UNSIGNED NOT NULL,
    engine_decision_id VARCHAR(64)       NOT NULL,
    supersedes         VARCHAR(64)       NULL,
    status             VARCHAR(16)       NOT NULL,
    automatic          BOOLEAN           NOT NULL,
    -- Outcome per guarantee, without a reason: what sales and the customer may see.
    commercial         JSON              NOT NULL,
    -- Rules and digest of the answers, sealed: the medical service alone.
    medical_sealed     MEDIUMBLOB        NOT NULL,
    kb                 VARCHAR(100)      NOT NULL,
    as_of              DATE              NOT NULL,
    decided_at         DATETIME(6)       NOT NULL,
    valid_until        DATE              NOT NULL,
    created_at         DATETIME(6)       NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uw_decision_engine (engine_decision_id),
    UNIQUE KEY uw_decision_sequence (session_id, sequence)
) COLLATE utf8mb4_unicode_ci;

-- Documents of the engine. The bytes are sealed in the storage; the digest is of the document itself.
CREATE TABLE uw_document (
    id         BINARY(16)      NOT NULL,
    session_id BINARY(16)      NOT NULL,
    engine_id  VARCHAR(100)    NOT NULL,
    kind       VARCHAR(40)     NOT NULL,
    audience   VARCHAR(20)     NOT NULL,
    sha256     BINARY(32)      NOT NULL,
    size       INT UNSIGNED    NOT NULL,
    created_at DATETIME(6)     NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uw_document_once (session_id, engine_id)
) COLLATE utf8mb4_unicode_ci;

-- Callbacks that were taken: one event has one effect.
CREATE TABLE uw_callback_seen (
    event_id VARCHAR(100) NOT NULL,
    seen_at  DATETIME(6)  NOT NULL,
    PRIMARY KEY (event_id),
    KEY uw_callback_seen_at (seen_at)
) COLLATE utf8mb4_unicode_ci;

-- Who did what to a session, and why. Append-only.
CREATE TABLE uw_audit (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    at         DATETIME(6)     NOT NULL,
    actor      VARCHAR(100)    NOT NULL,
    action     VARCHAR(40)     NOT NULL,
    session_id BINARY(16)      NULL,
    reason     VARCHAR(500)    NULL,
    request_id VARCHAR(128)    NULL,
    PRIMARY KEY (id),
    KEY uw_audit_session (session_id, id)
) COLLATE utf8mb4_unicode_ci;
