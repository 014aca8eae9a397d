-- When a decision that was put off may be asked for again: the person is told then, once, and this is empty again. No
-- default and no rewrite: the column is added in place.
ALTER TABLE dossier ADD COLUMN recall_at DATETIME(6) NULL;
