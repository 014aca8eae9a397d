-- A payer who is not insured has rights of their own (GDPR art. 15 and 17) and is found by their address, which is
-- sealed: here is its HMAC under a key of crypto.keyring_file. NULL: nobody is known any more, or the row was
-- written by a copy that does not know this column yet. Both engines add it without copying the table.

ALTER TABLE mandate_payer
    ADD COLUMN email_mark BINARY(32) NULL,
    ADD KEY mandate_payer_email (email_mark);
