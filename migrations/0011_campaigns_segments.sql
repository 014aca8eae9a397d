-- Saved segments: a filter, the editions that it was counted on, and the count. No row of a person.

CREATE TABLE campaign_segment (
    id         BINARY(16)      NOT NULL,
    name       VARCHAR(120)    NOT NULL,
    dataset    VARCHAR(32)     NOT NULL,
    filter     JSON            NOT NULL,
    -- Runs of the editions, by period: a count can be said again on the same data.
    editions   JSON            NOT NULL,
    sale_count BIGINT UNSIGNED NOT NULL,
    created_at DATETIME(6)     NOT NULL,
    PRIMARY KEY (id),
    KEY campaign_segment_created (created_at)
) COLLATE utf8mb4_unicode_ci;
