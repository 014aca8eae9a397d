-- Somebody else's account is debited (*tiers payeur*): who was asked for the mandate, by a link of their own
-- (docs/contracts.md). A row of `mandate` is written from it when the contract is concluded.

CREATE TABLE mandate_payer (
    -- Also what is signed, and the signer, in the ceremony of the mandate.
    id          BINARY(16)     NOT NULL,
    dossier_id  BINARY(16)     NOT NULL,
    -- Reference unique du mandat: another payer has another one.
    rum         VARCHAR(35)    NOT NULL,
    -- SHA-256 of the secret of the link, and of the cookie of the one browser that went on with it.
    link_hash   BINARY(32)     NOT NULL,
    visit_hash  BINARY(32)     NULL,
    -- Name, address of e-mail, tie, day; then postal address and IBAN. Sealed.
    person      VARBINARY(2048) NOT NULL,
    -- waiting, given, declined (not me), withdrawn.
    state       VARCHAR(10)    NOT NULL,
    -- The quote whose amounts were shown to who gave it.
    quote_id    BINARY(16)     NULL,
    asked_at    DATETIME(6)    NOT NULL,
    expires_at  DATETIME(6)    NOT NULL,
    answered_at DATETIME(6)    NULL,
    PRIMARY KEY (id),
    UNIQUE KEY mandate_payer_rum (rum),
    UNIQUE KEY mandate_payer_link (link_hash),
    KEY mandate_payer_dossier (dossier_id, asked_at),
    KEY mandate_payer_expires (state, expires_at)
) COLLATE utf8mb4_unicode_ci;
