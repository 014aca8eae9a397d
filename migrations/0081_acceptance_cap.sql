-- What a household said of itself for its premium to be capped (écrêtement, AERAS): income, parts, and the
-- scale of the supplements that follows. NULL: not capped.
ALTER TABLE acceptance_proposal ADD COLUMN capped JSON NULL;
