-- How many messages were spent of what may be sent to one address, for one network, or in all, in one
-- window of time (docs/messages.md). Keys are HMAC marks under a key of crypto.keyring_file: nobody
-- reads an address or a network out of them.

CREATE TABLE message_budget (
    mark    BINARY(32)   NOT NULL,
    spent   INT UNSIGNED NOT NULL,
    -- The window's end: after it the row says nothing.
    ends_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (mark),
    KEY message_budget_ends (ends_at)
) COLLATE utf8mb4_unicode_ci;
