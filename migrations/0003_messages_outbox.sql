-- Messages that are to leave, written in the transaction of what they speak of, and the mailbox of
-- development. States: pending, sending, sent, dead, in_doubt (docs/messages.md).

CREATE TABLE message_outbox (
    id             BINARY(16)     NOT NULL,
    -- What the message speaks of: one message at most per event.
    event          VARCHAR(160)   COLLATE utf8mb4_bin NOT NULL,
    channel        VARCHAR(8)     NOT NULL,
    state          VARCHAR(12)    NOT NULL,
    -- By which support finds a person's messages again: HMAC under a key of crypto.keyring_file.
    recipient_mark BINARY(32)     NOT NULL,
    -- Both sealed, and erased as soon as the message is sent or dead.
    recipient      VARBINARY(1024) NULL,
    letter         MEDIUMBLOB     NULL,
    locale         VARCHAR(2)     NOT NULL,
    attempts       INT UNSIGNED   NOT NULL,
    -- Why it did not leave the last time: a code of ours, nothing that anybody sent.
    reason         VARCHAR(40)    NULL,
    created_at     DATETIME(6)    NOT NULL,
    due_at         DATETIME(6)    NOT NULL,
    -- After this it is of no use and is not sent.
    expires_at     DATETIME(6)    NOT NULL,
    -- Which attempt holds it, and until when that attempt may still be alive.
    claim          BINARY(16)     NULL,
    claimed_until  DATETIME(6)    NULL,
    settled_at     DATETIME(6)    NULL,
    PRIMARY KEY (id),
    UNIQUE KEY message_outbox_event (event),
    KEY message_outbox_due (channel, state, due_at),
    KEY message_outbox_claimed (state, claimed_until),
    KEY message_outbox_expires (state, expires_at),
    KEY message_outbox_settled (settled_at),
    KEY message_outbox_recipient (recipient_mark)
) COLLATE utf8mb4_unicode_ci;

CREATE TABLE message_mailbox (
    sequence  BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    id        BINARY(16)      NOT NULL,
    channel   VARCHAR(8)      NOT NULL,
    recipient VARCHAR(320)    NOT NULL,
    locale    VARCHAR(2)      NOT NULL,
    letter    JSON            NOT NULL,
    sent_at   DATETIME(6)     NOT NULL,
    PRIMARY KEY (sequence),
    UNIQUE KEY message_mailbox_id (id)
) COLLATE utf8mb4_unicode_ci;
