-- The premiums that are due within days, of all contracts (docs/contracts.md, "The word before a debit"). Both
-- engines build it while rows are read and written; it holds its lock for a moment at its beginning and end.
CREATE INDEX contract_premium_due ON contract_premium (due_on);
