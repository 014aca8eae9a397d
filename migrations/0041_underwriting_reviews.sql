-- Decisions of the medical service on their way: one person proposes, above a threshold another one
-- approves, then the engine takes it. Append-only but for the approval.

CREATE TABLE uw_review (
    id             BINARY(16)   NOT NULL,
    session_id     BINARY(16)   NOT NULL,
    -- The engine's decision that was studied.
    supersedes     VARCHAR(64)  NOT NULL,
    outcomes       JSON         NOT NULL,
    -- Why, for the medical service: sealed.
    reason_sealed  VARBINARY(4096) NOT NULL,
    author         VARCHAR(100) NOT NULL,
    approver       VARCHAR(100) NULL,
    state          VARCHAR(16)  NOT NULL,
    proposed_at    DATETIME(6)  NOT NULL,
    settled_at     DATETIME(6)  NULL,
    -- One review of a decision is under way at most: NULL once settled.
    live           TINYINT UNSIGNED GENERATED ALWAYS AS (CASE WHEN settled_at IS NULL THEN 1 END) STORED,
    PRIMARY KEY (id),
    UNIQUE KEY uw_review_live (session_id, live),
    -- Four eyes are two people's.
    CONSTRAINT uw_review_four_eyes CHECK (approver IS NULL OR approver <> author)
) COLLATE utf8mb4_unicode_ci;
