-- Whose a quote is: SHA-256 of the issuer and the subject of the token that it was kept with; NULL when
-- it was kept without one. The list of somebody's quotes reads the index backwards.
--
-- Both engines add the column at once; the index is built while rows may be written, which takes
-- seconds per million quotes.

ALTER TABLE quote
    ADD COLUMN owner BINARY(32) NULL,
    ADD KEY quote_owner_sequence (owner, sequence);
