-- Dossiers: a demand from its first contact to the end of its contract (docs/subscription.md).
--
-- The price of a dossier is always a quote, which is frozen; another price is another quote. Answers
-- about health are never here (0021).

CREATE TABLE dossier (
    id            BINARY(16)      NOT NULL,
    -- The number for people is made of the year of created_at, this sequence and a check digit.
    sequence      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    -- Grows with every write; who writes says which one they saw.
    version       INT UNSIGNED    NOT NULL,
    state         VARCHAR(16)     NOT NULL,
    -- The quote that says what is insured and at which price.
    quote_id      BINARY(16)      NOT NULL,
    -- What the quote does not say: the lender's name, which pages are done.
    answers       JSON            NOT NULL,
    -- SHA-256 of the act that made it: sent twice, it is one dossier.
    origin        BINARY(32)      NOT NULL,
    -- Whose it is for the API, once somebody has proven their address or came with a token.
    owner         BINARY(32)      NULL,
    created_at    DATETIME(6)     NOT NULL,
    -- Last act of a person; deadlines run from it.
    touched_at    DATETIME(6)     NOT NULL,
    offered_until DATETIME(6)     NULL,
    reminded_at   DATETIME(6)     NULL,
    PRIMARY KEY (id),
    UNIQUE KEY dossier_sequence (sequence),
    UNIQUE KEY dossier_origin (origin),
    KEY dossier_owner (owner, sequence),
    KEY dossier_touched (state, touched_at),
    KEY dossier_offered (state, offered_until)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE dossier_insured (
    id             BINARY(16)   NOT NULL,
    dossier_id     BINARY(16)   NOT NULL,
    -- From 1, as in the quote.
    place          TINYINT UNSIGNED NOT NULL,
    email          VARCHAR(254) NULL,
    mobile         VARCHAR(20)  NULL,
    email_proven_at  DATETIME(6) NULL,
    mobile_proven_at DATETIME(6) NULL,
    -- Names, birth place, address; which pages are done.
    person         JSON         NOT NULL,
    -- P1, P2 or P3 by the routing; why.
    path           VARCHAR(8)   NOT NULL,
    reason         VARCHAR(20)  NOT NULL,
    -- Where the health formalities stand, never what was answered: none, asked, answered, questionnaire.
    health         VARCHAR(16)  NOT NULL,
    -- accept_standard, and later what underwriters decide; empty while there is none.
    decision       VARCHAR(20)  NULL,
    decided_at     DATETIME(6)  NULL,
    PRIMARY KEY (id),
    UNIQUE KEY dossier_insured_place (dossier_id, place)
) COLLATE utf8mb4_unicode_ci;

-- What happened, for ever: rows are only added.
CREATE TABLE dossier_event (
    sequence    BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    dossier_id  BINARY(16)      NOT NULL,
    version     INT UNSIGNED    NOT NULL,
    -- An act of the table, or `edit` when answers were saved and the state stayed.
    act         VARCHAR(24)     NOT NULL,
    state_from  VARCHAR(16)     NOT NULL,
    state_to    VARCHAR(16)     NOT NULL,
    role        VARCHAR(12)     NOT NULL,
    -- The insured person, or the party of a token; empty for the program.
    insured_id  BINARY(16)      NULL,
    party       BINARY(32)      NULL,
    at          DATETIME(6)     NOT NULL,
    reason      VARCHAR(200)    NOT NULL,
    PRIMARY KEY (sequence),
    UNIQUE KEY dossier_event_version (dossier_id, version)
) COLLATE utf8mb4_unicode_ci;

-- Answers that could not be taken, as typed, so that they are shown back after a pause.
CREATE TABLE dossier_draft (
    dossier_id BINARY(16)  NOT NULL,
    page       VARCHAR(24) NOT NULL,
    pairs      JSON        NOT NULL,
    saved_at   DATETIME(6) NOT NULL,
    PRIMARY KEY (dossier_id, page)
) COLLATE utf8mb4_unicode_ci;

-- One browser on one dossier, as one person. Of the cookie only a hash is kept.
CREATE TABLE dossier_session (
    token_hash BINARY(32)  NOT NULL,
    dossier_id BINARY(16)  NOT NULL,
    insured_id BINARY(16)  NOT NULL,
    -- Until the code was typed, the session opens the page of the code and nothing else.
    proven_at  DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    seen_at    DATETIME(6) NOT NULL,
    PRIMARY KEY (token_hash),
    KEY dossier_session_seen (seen_at),
    KEY dossier_session_insured (insured_id)
) COLLATE utf8mb4_unicode_ci;

-- Links sent by message: to come back, or to be invited. A link alone never shows anything.
CREATE TABLE dossier_link (
    token_hash BINARY(32)  NOT NULL,
    purpose    VARCHAR(8)  NOT NULL,
    dossier_id BINARY(16)  NOT NULL,
    insured_id BINARY(16)  NOT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    failures   TINYINT UNSIGNED NOT NULL,
    -- open, frozen (three wrong birth dates), declined (not me), replaced.
    state      VARCHAR(10) NOT NULL,
    PRIMARY KEY (token_hash),
    KEY dossier_link_insured (insured_id, purpose),
    KEY dossier_link_expires (expires_at)
) COLLATE utf8mb4_unicode_ci;

-- The code that somebody is expected to type, one at a time for each purpose.
CREATE TABLE dossier_code (
    insured_id BINARY(16)  NOT NULL,
    purpose    VARCHAR(12) NOT NULL,
    -- HMAC under a key of crypto.keyring_file.
    code_mark  BINARY(32)  NOT NULL,
    sent_at    DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    tries      TINYINT UNSIGNED NOT NULL,
    blocked_until DATETIME(6) NULL,
    serial     INT UNSIGNED NOT NULL,
    PRIMARY KEY (insured_id, purpose)
) COLLATE utf8mb4_unicode_ci;

-- How many codes went to a number, at the demand of a network, and in all, in the current hour.
CREATE TABLE dossier_throttle (
    key_hash   BINARY(32)  NOT NULL,
    began_at   DATETIME(6) NOT NULL,
    count      INT UNSIGNED NOT NULL,
    PRIMARY KEY (key_hash),
    KEY dossier_throttle_began (began_at)
) COLLATE utf8mb4_unicode_ci;
