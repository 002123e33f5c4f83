-- The registry block's tables. A record says where it stands now; what it says stands in its
-- revisions, sealed under the key of the person it is about.

-- published: the version of the schema that writes must follow; none while there is a draft only.
CREATE TABLE register (
    code TEXT PRIMARY KEY,
    about TEXT NOT NULL CHECK (about IN ('person', 'thing')),
    name_en TEXT NOT NULL,
    name_fr TEXT NOT NULL,
    name_sw TEXT NOT NULL,
    owner TEXT NOT NULL,
    published BIGINT,
    created BIGINT NOT NULL
);

-- A version is a draft until it is published, and never changes afterwards.
CREATE TABLE schema_version (
    register TEXT NOT NULL REFERENCES register (code),
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    saved BIGINT NOT NULL,
    saved_by TEXT NOT NULL,
    published BIGINT,
    published_by TEXT,
    PRIMARY KEY (register, version)
);

-- subject: the person's pseudonym in the register's sector, or the record's own id where the
-- register is about things. A person has one record in a register for good; deleting marks it.
CREATE TABLE record (
    id BYTEA PRIMARY KEY,
    register TEXT NOT NULL,
    subject BYTEA NOT NULL,
    latest BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    recorded BIGINT NOT NULL
);
CREATE UNIQUE INDEX record_subject ON record (subject, register);

-- content: data and reason, sealed under the subject's key for this record and revision. Rows are
-- only ever added.
CREATE TABLE revision (
    record BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    schema_version BIGINT NOT NULL,
    effective BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    actor TEXT NOT NULL,
    case_ref TEXT,
    deleted BOOLEAN NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (record, revision)
);
