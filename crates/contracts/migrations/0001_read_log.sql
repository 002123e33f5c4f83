-- Who read what about a person; written before the answer goes out.
CREATE TABLE read_log (
    subject BYTEA NOT NULL,
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    reader TEXT NOT NULL,
    officer TEXT,
    case_ref TEXT,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    reference TEXT NOT NULL,
    fields TEXT NOT NULL,
    self_read BOOLEAN NOT NULL,
    PRIMARY KEY (subject, id)
);
