-- What may come in through the gateway: API keys with their live secrets, the count of their quotas,
-- the versions of the rules, what operators did, who was refused, and the copies that are running.

-- Raised by every change, so that each copy sees with one small read whether it must read again.
CREATE TABLE admission_version (
    id      TINYINT UNSIGNED NOT NULL,
    version BIGINT UNSIGNED  NOT NULL,
    PRIMARY KEY (id)
) COLLATE utf8mb4_unicode_ci;

INSERT INTO admission_version (id, version) VALUES (1, 1);

CREATE TABLE admission_key (
    id           BINARY(16)   NOT NULL,
    name         VARCHAR(80)  NOT NULL,
    plan         VARCHAR(60)  COLLATE utf8mb4_bin NOT NULL,
    -- The application that holds it, by the issuer of its tokens and its name there; or nobody.
    owner_issuer VARCHAR(255) COLLATE utf8mb4_bin NULL,
    owner_client VARCHAR(120) COLLATE utf8mb4_bin NULL,
    -- Networks that it may come from, a list of texts; from anywhere when empty.
    networks     JSON         NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    revoked_at   DATETIME(6)  NULL,
    PRIMARY KEY (id),
    KEY admission_key_owner (owner_client, owner_issuer)
) COLLATE utf8mb4_unicode_ci;

-- Two live ones at most per key. The secret itself is nowhere.
CREATE TABLE admission_secret (
    prefix       CHAR(8)     COLLATE utf8mb4_bin NOT NULL,
    key_id       BINARY(16)  NOT NULL,
    hash         BINARY(32)  NOT NULL,
    created_at   DATETIME(6) NOT NULL,
    expires_at   DATETIME(6) NULL,
    revoked_at   DATETIME(6) NULL,
    PRIMARY KEY (prefix),
    KEY admission_secret_key (key_id)
) COLLATE utf8mb4_unicode_ci;

-- Units that copies have leased, and those that they have served of them.
CREATE TABLE admission_counter (
    key_id    BINARY(16)      NOT NULL,
    period    VARCHAR(5)      NOT NULL,
    starts    DATE            NOT NULL,
    reserved  BIGINT UNSIGNED NOT NULL,
    served    BIGINT UNSIGNED NOT NULL,
    served_at DATETIME(6)     NOT NULL,
    PRIMARY KEY (key_id, period, starts),
    KEY admission_counter_starts (starts)
) COLLATE utf8mb4_unicode_ci;

-- Each version whole; the highest one is in force.
CREATE TABLE admission_rules (
    version    INT UNSIGNED NOT NULL,
    document   JSON         NOT NULL,
    author     VARCHAR(200) NOT NULL,
    note       VARCHAR(400) NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (version)
) COLLATE utf8mb4_unicode_ci;

-- What operators did; written with it.
CREATE TABLE admission_event (
    id      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    at      DATETIME(6)  NOT NULL,
    author  VARCHAR(200) NOT NULL,
    act     VARCHAR(40)  NOT NULL,
    subject VARCHAR(200) NOT NULL,
    detail  JSON         NOT NULL,
    PRIMARY KEY (id)
) COLLATE utf8mb4_unicode_ci;

-- Who was refused and why, alike ones of a few seconds in one row. Kept for some days, and only so many.
CREATE TABLE admission_refusal (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    at          DATETIME(6)     NOT NULL,
    times       INT UNSIGNED    NOT NULL,
    address     VARCHAR(45)     NOT NULL,
    api_key     VARCHAR(8)      NULL,
    application VARCHAR(120)    NULL,
    method      VARCHAR(7)      NOT NULL,
    route       VARCHAR(200)    NOT NULL,
    status      SMALLINT UNSIGNED NOT NULL,
    slug        VARCHAR(60)     NOT NULL,
    why         VARCHAR(200)    NULL,
    request_id  VARCHAR(128)    NOT NULL,
    PRIMARY KEY (id),
    KEY admission_refusal_at (at)
) COLLATE utf8mb4_unicode_ci;

-- Copies that are running: they share the rate of a plan.
CREATE TABLE admission_copy (
    id      BINARY(16)  NOT NULL,
    seen_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY admission_copy_seen (seen_at)
) COLLATE utf8mb4_unicode_ci;
