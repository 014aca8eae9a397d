-- Why a lender refuses or sends a demand back, by its code; and which demand it is: one that was corrected has
-- another letter. Both engines add the columns without copying the table.
ALTER TABLE bank_request
    ADD COLUMN reason_code VARCHAR(20) NOT NULL DEFAULT '',
    ADD COLUMN demand_no INT UNSIGNED NOT NULL DEFAULT 1;
