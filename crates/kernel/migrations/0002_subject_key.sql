-- One data key per subject, wrapped by the block's key. Erasure empties `wrapped` and keeps the row,
-- so that a later read can say that the data was erased rather than lost.
CREATE TABLE subject_key (
    subject BYTEA PRIMARY KEY,
    wrapped BYTEA,
    created BIGINT NOT NULL,
    erased BIGINT
);
