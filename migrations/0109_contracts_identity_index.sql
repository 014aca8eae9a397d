-- The contracts that wait for somebody to look at who pays. Built in place: writes go on, the table is locked for
-- its first and last moment.
CREATE INDEX contract_identity ON contract (identity, concluded_at);
