-- Whom an outage of the engine stopped, and since when: they are told when it is back, and NULL again. When
-- all that a session held about health was erased: its row stays, with its states and days.
ALTER TABLE uw_session ADD COLUMN stopped_at DATETIME(6) NULL;
ALTER TABLE uw_session ADD COLUMN erased_at DATETIME(6) NULL;
ALTER TABLE uw_session ADD KEY uw_session_stopped (stopped_at);
