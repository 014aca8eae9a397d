-- Accounts whose address nobody has proven are forgotten after a week, the oldest first.
ALTER TABLE identity_user ADD KEY identity_user_unconfirmed (email_verified_at, created_at);
