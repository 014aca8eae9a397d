-- Identity: pools of people, the applications that ask for tokens, what was granted, and the journal.
--
-- No secret is readable here. What is presented back to us by its holder (session cookie, code,
-- refresh token, link, client secret) is kept as its SHA-256; what we must read again (seeds of second
-- factors, private keys) is sealed under a key that is not in the database; passwords are argon2id.
-- Texts that are compared exactly are utf8mb4_bin: no two names are equal by accent or case.

CREATE TABLE identity_pool (
    id              BINARY(16)   NOT NULL,
    slug            VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- clients, partenaires, gestion: what its people are to the company.
    kind            VARCHAR(20)  NOT NULL,
    name_fr         VARCHAR(60)  NOT NULL,
    name_en         VARCHAR(60)  NOT NULL,
    -- Colour of the band on its pages, #rrggbb.
    accent          CHAR(7)      NOT NULL,
    -- ES256, or RS256 for libraries that know nothing else.
    algorithm       VARCHAR(8)   NOT NULL,
    access_ttl_s    INT UNSIGNED NOT NULL,
    refresh_ttl_s   INT UNSIGNED NOT NULL,
    refresh_idle_s  INT UNSIGNED NOT NULL,
    session_ttl_s   INT UNSIGNED NOT NULL,
    session_idle_s  INT UNSIGNED NOT NULL,
    -- off, optional, required: the second factor.
    second_factor   VARCHAR(10)  NOT NULL,
    sign_up         BOOLEAN      NOT NULL,
    -- Implicit and password grants are possible until then: one of their two locks.
    legacy_until    DATETIME(6)  NULL,
    created_at      DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY identity_pool_slug (slug)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_signing_key (
    -- RFC 7638 thumbprint.
    kid            VARCHAR(43)    CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    pool_id        BINARY(16)     NOT NULL,
    algorithm      VARCHAR(8)     NOT NULL,
    public_jwk     JSON           NOT NULL,
    -- PKCS#8, sealed.
    private_sealed VARBINARY(4096) NOT NULL,
    -- Published from then on.
    created_at     DATETIME(6)    NOT NULL,
    -- Signs from then on, until a younger key does.
    active_from    DATETIME(6)    NOT NULL,
    -- Dropped by hand: neither published nor honoured.
    revoked_at     DATETIME(6)    NULL,
    PRIMARY KEY (kid),
    KEY identity_signing_key_pool_id (pool_id, active_from)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_client (
    id               BINARY(16)   NOT NULL,
    pool_id          BINARY(16)   NOT NULL,
    name             VARCHAR(80)  NOT NULL,
    -- public (no secret can be kept) or confidential.
    kind             VARCHAR(12)  NOT NULL,
    -- Two, so that one can be replaced while the other works.
    secret_hash_1    BINARY(32)   NULL,
    secret_hash_2    BINARY(32)   NULL,
    redirect_uris    JSON         NOT NULL,
    logout_uris      JSON         NOT NULL,
    -- authorization_code, refresh_token, client_credentials; implicit and password need the two locks.
    grants           JSON         NOT NULL,
    scopes           VARCHAR(1000) NOT NULL,
    -- Ours: no consent is asked.
    first_party      BOOLEAN      NOT NULL,
    legacy_scopes    VARCHAR(1000) NOT NULL,
    legacy_until     DATETIME(6)  NULL,
    -- Shorter or longer than the pool's, when not null.
    access_ttl_s     INT UNSIGNED NULL,
    disabled_at      DATETIME(6)  NULL,
    created_at       DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    KEY identity_client_pool_id (pool_id)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_user (
    -- Also `sub` of the tokens.
    id              BINARY(16)   NOT NULL,
    pool_id         BINARY(16)   NOT NULL,
    -- SHA-256 of the normalised e-mail address: one account per address and pool.
    name_hash       BINARY(32)   NOT NULL,
    email           VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    email_verified_at DATETIME(6) NULL,
    given_name      VARCHAR(80)  NULL,
    family_name     VARCHAR(80)  NULL,
    locale          VARCHAR(2)   NOT NULL,
    -- argon2id, as a PHC string; null: no password was ever chosen.
    password        VARCHAR(200) NULL,
    password_at     DATETIME(6)  NULL,
    -- Sessions and tokens from before are void.
    not_before      DATETIME(6)  NULL,
    disabled_at     DATETIME(6)  NULL,
    created_at      DATETIME(6)  NOT NULL,
    last_login_at   DATETIME(6)  NULL,
    PRIMARY KEY (id),
    UNIQUE KEY identity_user_name (pool_id, name_hash)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_membership (
    user_id    BINARY(16)  NOT NULL,
    group_name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (user_id, group_name)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_factor (
    id              BINARY(16)   NOT NULL,
    user_id         BINARY(16)   NOT NULL,
    -- totp or passkey.
    kind            VARCHAR(10)  NOT NULL,
    label           VARCHAR(80)  NOT NULL,
    -- The seed, or the passkey with its counter, sealed.
    sealed          VARBINARY(8000) NOT NULL,
    -- SHA-256 of the passkey's credential id; null for totp.
    credential_hash BINARY(32)   NULL,
    -- The last time step that was used: a code works once.
    last_step       BIGINT UNSIGNED NOT NULL,
    created_at      DATETIME(6)  NOT NULL,
    -- Null until the person has shown that it works.
    confirmed_at    DATETIME(6)  NULL,
    last_used_at    DATETIME(6)  NULL,
    PRIMARY KEY (id),
    KEY identity_factor_user_id (user_id),
    UNIQUE KEY identity_factor_credential (credential_hash)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_recovery_code (
    user_id    BINARY(16)  NOT NULL,
    code_hash  BINARY(32)  NOT NULL,
    created_at DATETIME(6) NOT NULL,
    used_at    DATETIME(6) NULL,
    PRIMARY KEY (user_id, code_hash)
) COLLATE utf8mb4_unicode_ci;

-- A browser that is logged in to a pool.
CREATE TABLE identity_session (
    -- Also `sid` of the tokens.
    id           BINARY(16)   NOT NULL,
    token_hash   BINARY(32)   NOT NULL,
    pool_id      BINARY(16)   NOT NULL,
    user_id      BINARY(16)   NOT NULL,
    auth_time    DATETIME(6)  NOT NULL,
    -- Methods of RFC 8176, separated by spaces: pwd, otp, hwk…
    amr          VARCHAR(60)  NOT NULL,
    acr          VARCHAR(10)  NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    last_seen_at DATETIME(6)  NOT NULL,
    expires_at   DATETIME(6)  NOT NULL,
    ended_at     DATETIME(6)  NULL,
    address      VARCHAR(45)  NOT NULL,
    user_agent   VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY identity_session_token (token_hash),
    KEY identity_session_user_id (user_id, ended_at),
    KEY identity_session_expires_at (expires_at)
) COLLATE utf8mb4_unicode_ci;

-- A login under way in one browser: the request of an application, frozen, and how far the person is.
CREATE TABLE identity_login (
    -- SHA-256 of the browser's cookie and of the identifier in the address: both are needed.
    id_hash    BINARY(32)  NOT NULL,
    pool_id    BINARY(16)  NOT NULL,
    -- The authorization request as it was checked; null when the person came by themselves.
    request    JSON        NULL,
    -- What is proven so far, and what is waited for; secrets inside are hashed or sealed.
    progress   JSON        NOT NULL,
    version    INT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id_hash),
    KEY identity_login_expires_at (expires_at)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_code (
    code_hash    BINARY(32)   NOT NULL,
    pool_id      BINARY(16)   NOT NULL,
    client_id    BINARY(16)   NOT NULL,
    -- Everything that the token answer needs: user, session, scopes, nonce, redirect, challenge.
    grant_data   JSON         NOT NULL,
    session_id   BINARY(16)   NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    expires_at   DATETIME(6)  NOT NULL,
    used_at      DATETIME(6)  NULL,
    -- What the first use issued: revoked by a second one.
    family_id    BINARY(16)   NULL,
    access_jti   BINARY(16)   NULL,
    PRIMARY KEY (code_hash),
    KEY identity_code_expires_at (expires_at)
) COLLATE utf8mb4_unicode_ci;

-- All refresh tokens that descend from one login; locked while one of them is used.
CREATE TABLE identity_family (
    id          BINARY(16)    NOT NULL,
    pool_id     BINARY(16)    NOT NULL,
    client_id   BINARY(16)    NOT NULL,
    user_id     BINARY(16)    NOT NULL,
    session_id  BINARY(16)    NOT NULL,
    scopes      VARCHAR(1000) NOT NULL,
    auth_time   DATETIME(6)   NOT NULL,
    amr         VARCHAR(60)   NOT NULL,
    acr         VARCHAR(10)   NOT NULL,
    created_at  DATETIME(6)   NOT NULL,
    expires_at  DATETIME(6)   NOT NULL,
    revoked_at  DATETIME(6)   NULL,
    -- logout, reuse, revoked, password, admin, code_reuse
    reason      VARCHAR(20)   NULL,
    PRIMARY KEY (id),
    KEY identity_family_session_id (session_id),
    KEY identity_family_user_id (user_id),
    KEY identity_family_expires_at (expires_at)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_refresh_token (
    token_hash  BINARY(32)  NOT NULL,
    family_id   BINARY(16)  NOT NULL,
    -- The token that it replaced.
    parent_hash BINARY(32)  NULL,
    -- The access token that was issued with it, revoked with it.
    access_jti  BINARY(16)  NOT NULL,
    created_at  DATETIME(6) NOT NULL,
    used_at     DATETIME(6) NULL,
    revoked_at  DATETIME(6) NULL,
    PRIMARY KEY (token_hash),
    KEY identity_refresh_token_family_id (family_id),
    KEY identity_refresh_token_parent (parent_hash)
) COLLATE utf8mb4_unicode_ci;

-- What every copy must refuse although its signature is right; read every few seconds.
CREATE TABLE identity_revocation (
    id         BINARY(16)  NOT NULL,
    pool_id    BINARY(16)  NOT NULL,
    -- session, token (jti), user (issued before), pool (issued before)
    kind       VARCHAR(10) NOT NULL,
    subject    VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- Tokens issued at or before.
    issued_by  DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    -- No token that it concerns lives longer.
    until_at   DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY identity_revocation_subject (pool_id, kind, subject),
    KEY identity_revocation_until_at (until_at),
    KEY identity_revocation_created_at (created_at)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE identity_consent (
    user_id    BINARY(16)    NOT NULL,
    client_id  BINARY(16)    NOT NULL,
    scopes     VARCHAR(1000) NOT NULL,
    granted_at DATETIME(6)   NOT NULL,
    PRIMARY KEY (user_id, client_id)
) COLLATE utf8mb4_unicode_ci;

-- Links that are sent: confirmation of an address, another password.
CREATE TABLE identity_ticket (
    id         BINARY(16)  NOT NULL,
    pool_id    BINARY(16)  NOT NULL,
    user_id    BINARY(16)  NOT NULL,
    -- confirm, reset
    purpose    VARCHAR(12) NOT NULL,
    token_hash BINARY(32)  NOT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at    DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY identity_ticket_token (token_hash),
    KEY identity_ticket_user_id (user_id, purpose),
    KEY identity_ticket_expires_at (expires_at)
) COLLATE utf8mb4_unicode_ci;

-- Browsers that somebody has logged in with: each has a count of failures of its own, and its owner is
-- told of the first login with another one.
CREATE TABLE identity_device (
    -- SHA-256 of the pool, the account's name and the browser's cookie.
    device_hash  BINARY(32)  NOT NULL,
    user_id      BINARY(16)  NOT NULL,
    created_at   DATETIME(6) NOT NULL,
    last_seen_at DATETIME(6) NOT NULL,
    PRIMARY KEY (device_hash),
    KEY identity_device_user_id (user_id),
    KEY identity_device_last_seen_at (last_seen_at)
) COLLATE utf8mb4_unicode_ci;

-- Failed logins, by account whether it exists or not, and by known device.
CREATE TABLE identity_throttle (
    key_hash     BINARY(32)   NOT NULL,
    failures     INT UNSIGNED NOT NULL,
    last_at      DATETIME(6)  NOT NULL,
    -- No try counts before.
    open_at      DATETIME(6)  NOT NULL,
    PRIMARY KEY (key_hash),
    KEY identity_throttle_last_at (last_at)
) COLLATE utf8mb4_unicode_ci;

-- Which accounts are one person of the business: never by e-mail, always by issuer and subject.
CREATE TABLE identity_link (
    -- SHA-256 of issuer and subject.
    account_hash BINARY(32)   NOT NULL,
    person_id    BINARY(16)   NOT NULL,
    issuer       VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    subject      VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    PRIMARY KEY (account_hash),
    KEY identity_link_person_id (person_id)
) COLLATE utf8mb4_unicode_ci;

-- The journal: each event holds the hash of the one before it in its pool.
CREATE TABLE identity_event (
    pool_id       BINARY(16)      NOT NULL,
    sequence      BIGINT UNSIGNED NOT NULL,
    happened_at   DATETIME(6)     NOT NULL,
    kind          VARCHAR(40)     NOT NULL,
    -- Canonical JSON text: what is hashed is what is kept.
    data          TEXT            CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    previous_hash BINARY(32)      NOT NULL,
    hash          BINARY(32)      NOT NULL,
    PRIMARY KEY (pool_id, sequence)
) COLLATE utf8mb4_unicode_ci;

-- The last event of each pool, locked while one is added.
CREATE TABLE identity_event_head (
    pool_id  BINARY(16)      NOT NULL,
    sequence BIGINT UNSIGNED NOT NULL,
    hash     BINARY(32)      NOT NULL,
    PRIMARY KEY (pool_id)
) COLLATE utf8mb4_unicode_ci;
