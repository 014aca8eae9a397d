-- Who kept a segment, and by which act: the same act again is answered with the same segment. Segments
-- of before, and of the command line, belong to nobody. Instant on both engines but for the key, whose
-- table has some hundreds of rows.
ALTER TABLE campaign_segment
    ADD COLUMN party    BINARY(32) NULL,
    ADD COLUMN act      BINARY(32) NULL,
    ADD COLUMN act_hash BINARY(32) NULL,
    ADD UNIQUE KEY campaign_segment_act (act);
