-- What is to be done at an hour, or again and again (docs/jobs.md). A row names what it is about and
-- holds nothing of it: whoever does the work reads its own tables. States: waiting, running, done, dead.

CREATE TABLE job (
    id            BINARY(16)   NOT NULL,
    kind          VARCHAR(60)  COLLATE utf8mb4_bin NOT NULL,
    -- What it is about, such as the identifier of a contract; empty for what is done again and again.
    subject       VARCHAR(120) COLLATE utf8mb4_bin NOT NULL,
    state         VARCHAR(8)   NOT NULL,
    attempts      INT UNSIGNED NOT NULL,
    -- Why it was not done the last time: a code of ours.
    reason        VARCHAR(60)  NULL,
    created_at    DATETIME(6)  NOT NULL,
    due_at        DATETIME(6)  NOT NULL,
    -- Which attempt holds it, and until when that attempt may still be alive.
    claim         BINARY(16)   NULL,
    claimed_until DATETIME(6)  NULL,
    settled_at    DATETIME(6)  NULL,
    PRIMARY KEY (id),
    UNIQUE KEY job_once (kind, subject),
    KEY job_due (state, due_at),
    KEY job_claimed (state, claimed_until),
    KEY job_settled (settled_at)
) COLLATE utf8mb4_unicode_ci;
