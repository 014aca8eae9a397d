-- Documents that were made for somebody. Their bytes are objects of the storage, under their own hash;
-- a row is written after its object, so that no row is without bytes. Nothing here is ever changed.

CREATE TABLE document (
    id               BINARY(16)      NOT NULL,
    -- Whose: the sort of thing (`quote`, `dossier`, `contract`) and its identifier.
    subject_sort     VARCHAR(16)     NOT NULL,
    subject_id       BINARY(16)      NOT NULL,
    kind             VARCHAR(40)     NOT NULL,
    -- Which one, when a subject has several of a kind: the insured person's number from 1; 0 for all.
    part             SMALLINT UNSIGNED NOT NULL,
    -- Version of the subject that it was made from: 1 for what never changes.
    data_version     INT UNSIGNED    NOT NULL,
    template_version INT UNSIGNED    NOT NULL,
    sha256           BINARY(32)      NOT NULL,
    size             BIGINT UNSIGNED NOT NULL,
    created_at       DATETIME(6)     NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY document_once (subject_sort, subject_id, kind, part, data_version),
    KEY document_sha256 (sha256)
) COLLATE utf8mb4_unicode_ci;
