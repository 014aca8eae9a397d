-- Acceptance: what is proposed to a person whose health was studied, and what they answered. The
-- conditions are those of the quote; nothing of why they were decided is here.

CREATE TABLE acceptance_proposal (
    id            BINARY(16)   NOT NULL,
    insured_id    BINARY(16)   NOT NULL,
    -- The decision of uw_decision that it follows from.
    decision_id   BINARY(16)   NOT NULL,
    -- The quote that it was worked out on, and the one that has the conditions.
    base_quote_id BINARY(16)   NOT NULL,
    quote_id      BINARY(16)   NOT NULL,
    -- proposed, accepted, refused.
    reply         VARCHAR(10)  NOT NULL,
    -- The exclusions that the person acknowledged, one by one: codes and words as shown.
    acknowledged  JSON         NULL,
    valid_until   DATE         NOT NULL,
    proposed_at   DATETIME(6)  NOT NULL,
    replied_at    DATETIME(6)  NULL,
    PRIMARY KEY (id),
    -- One decision on one quote is one proposal, whoever looks at it twice.
    UNIQUE KEY acceptance_proposal_once (insured_id, decision_id, base_quote_id)
) COLLATE utf8mb4_unicode_ci;

-- How far decisions were looked at: one row.
CREATE TABLE acceptance_seen (
    id          TINYINT UNSIGNED NOT NULL,
    at          DATETIME(6)      NOT NULL,
    decision_id BINARY(16)       NOT NULL,
    PRIMARY KEY (id)
) COLLATE utf8mb4_unicode_ci;

-- Whom an answer was told: once for each decision, by a message or because they read it.
CREATE TABLE acceptance_told (
    insured_id  BINARY(16)  NOT NULL,
    decision_id BINARY(16)  NOT NULL,
    told_at     DATETIME(6) NOT NULL,
    PRIMARY KEY (insured_id, decision_id)
) COLLATE utf8mb4_unicode_ci;
