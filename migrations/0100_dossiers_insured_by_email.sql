-- The dossiers of an address are asked for by its account, and when a person is forgotten.
CREATE INDEX dossier_insured_email ON dossier_insured (email);
