-- Births entered from a paper book, many at once; and what births are found by.
--
-- mother, likeness, entry: keyed digests (blind indexes) of the mother's pseudonym; of the child's
-- name, date and place; and of the reference in the paper book. No installation is in use yet, so that
-- there is nothing to carry over.
ALTER TABLE birth ADD COLUMN mother BYTEA;
ALTER TABLE birth ADD COLUMN likeness BYTEA;
ALTER TABLE birth ADD COLUMN entry BYTEA;
ALTER TABLE birth ADD COLUMN batch BYTEA;
CREATE INDEX birth_mother ON birth (mother) WHERE mother IS NOT NULL;
CREATE INDEX birth_likeness ON birth (likeness) WHERE likeness IS NOT NULL;
CREATE UNIQUE INDEX birth_entry ON birth (entry) WHERE entry IS NOT NULL;

-- One import. Its births have ids from from_id to to_id, others may lie between them.
CREATE TABLE import_batch (
    id BYTEA PRIMARY KEY,
    from_id BYTEA NOT NULL,
    to_id BYTEA NOT NULL,
    births BIGINT NOT NULL,
    officer TEXT NOT NULL,
    recorded BIGINT NOT NULL
);
