-- The second of two steps: no program reads it since letters are counted by the budgets of messages
-- (table message_budget). Holds its lock for a moment.
DROP TABLE dossier_throttle;
