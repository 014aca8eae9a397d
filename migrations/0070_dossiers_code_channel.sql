-- Which way a code went, for the evidence of what it signs (docs/signature.md): by SMS, or by e-mail where
-- that takes its place. A copy of the program before this one sends by SMS and says nothing.

ALTER TABLE dossier_code ADD COLUMN channel VARCHAR(8) NOT NULL DEFAULT 'sms';
