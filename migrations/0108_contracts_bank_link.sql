-- The demand that we send to a lender for a customer («Envoyer pour moi»): the link by which it reads the papers and
-- says that it has them. One for a contract, ever.
CREATE TABLE bank_link (
    contract_id BINARY(16)  NOT NULL,
    -- SHA-256 of the secret of the link.
    link_hash   BINARY(32)  NOT NULL,
    sent_at     DATETIME(6) NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (contract_id),
    UNIQUE KEY bank_link_hash (link_hash)
) COLLATE utf8mb4_unicode_ci;
