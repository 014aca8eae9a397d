-- Who asked what of the sales: every count, kept segment and export, for a year. No result is in it.
CREATE TABLE campaign_event (
    id         BINARY(16)   NOT NULL,
    at         DATETIME(6)  NOT NULL,
    -- Hash of issuer and subject; NULL: by the command line.
    party      BINARY(32)   NULL,
    kind       VARCHAR(20)  NOT NULL,
    segment_id BINARY(16)   NULL,
    filter     JSON         NOT NULL,
    PRIMARY KEY (id),
    KEY campaign_event_at (at)
) COLLATE utf8mb4_unicode_ci;
