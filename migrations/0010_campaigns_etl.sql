-- Loads of files: runs, their files, the chunks that are committed, the lines that were given back,
-- and which edition of a period is the one that is read. The tables of rows are made by the loader.
--
-- A row of etl_chunk is written in the transaction of its rows: what is there is loaded, once.

CREATE TABLE etl_run (
    id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    dataset      VARCHAR(32)     NOT NULL,
    period       VARCHAR(40)     NOT NULL,
    content_hash BINARY(32)      NOT NULL,
    schema_hash  CHAR(64)        NOT NULL,
    -- The schema file, and how it was fitted to these files.
    schema_toml  MEDIUMTEXT      NOT NULL,
    fitted       JSON            NOT NULL,
    state        VARCHAR(16)     NOT NULL,
    started_at   DATETIME(6)     NOT NULL,
    heartbeat_at DATETIME(6)     NOT NULL,
    ended_at     DATETIME(6)     NULL,
    bytes_total  BIGINT UNSIGNED NOT NULL,
    bytes_done   BIGINT UNSIGNED NOT NULL DEFAULT 0,
    message      TEXT            NULL,
    report       JSON            NULL,
    PRIMARY KEY (id),
    KEY etl_run_content (dataset, period, content_hash)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE etl_file (
    run_id       BIGINT UNSIGNED NOT NULL,
    file_no      INT UNSIGNED    NOT NULL,
    name         VARCHAR(1000)   NOT NULL,
    bytes        BIGINT UNSIGNED NOT NULL,
    line_count   BIGINT UNSIGNED NOT NULL,
    sha256       BINARY(32)      NOT NULL,
    labels       JSON            NOT NULL,
    -- Borders of the chunks: first byte, first line, checksum of each.
    chunks       LONGBLOB        NOT NULL,
    PRIMARY KEY (run_id, file_no)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE etl_chunk (
    run_id       BIGINT UNSIGNED NOT NULL,
    file_no      INT UNSIGNED    NOT NULL,
    chunk_no     INT UNSIGNED    NOT NULL,
    byte_from    BIGINT UNSIGNED NOT NULL,
    byte_to      BIGINT UNSIGNED NOT NULL,
    line_from    BIGINT UNSIGNED NOT NULL,
    rows_ok      BIGINT UNSIGNED NOT NULL,
    rejects      BIGINT UNSIGNED NOT NULL,
    blanks       BIGINT UNSIGNED NOT NULL,
    trailers     BIGINT UNSIGNED NOT NULL,
    sales        BIGINT UNSIGNED NOT NULL,
    crc          INT UNSIGNED    NOT NULL,
    committed_at DATETIME(6)     NOT NULL,
    PRIMARY KEY (run_id, file_no, chunk_no)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE etl_reject (
    run_id      BIGINT UNSIGNED NOT NULL,
    file_no     INT UNSIGNED    NOT NULL,
    line_no     BIGINT UNSIGNED NOT NULL,
    byte_offset BIGINT UNSIGNED NOT NULL,
    column_name VARCHAR(64)     NOT NULL,
    reason      VARCHAR(16)     NOT NULL,
    raw         MEDIUMBLOB      NOT NULL,
    -- The line as it was repaired, once it is loaded.
    repaired    MEDIUMBLOB      NULL,
    PRIMARY KEY (run_id, file_no, line_no)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE etl_edition (
    dataset         VARCHAR(32)     NOT NULL,
    period          VARCHAR(40)     NOT NULL,
    run_id          BIGINT UNSIGNED NOT NULL,
    previous_run_id BIGINT UNSIGNED NULL,
    changed_at      DATETIME(6)     NOT NULL,
    PRIMARY KEY (dataset, period)
) COLLATE utf8mb4_unicode_ci;
