-- The consent block's tables. What policies, agreements and records say stands in their revisions;
-- the tables of the objects say where they stand now.

-- Every state of every object, chained and sealed. Rows are only ever added, or deleted with a
-- record a person has the right to be forgotten in.
CREATE TABLE revision (
    id BYTEA PRIMARY KEY,
    schema_name TEXT NOT NULL,
    object BYTEA NOT NULL,
    number BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    hash BYTEA NOT NULL,
    chain BYTEA NOT NULL,
    seal TEXT NOT NULL,
    recorded BIGINT NOT NULL
);
CREATE UNIQUE INDEX revision_number ON revision (object, number);

CREATE TABLE policy (
    id BYTEA PRIMARY KEY,
    code TEXT,
    deleted BOOLEAN NOT NULL,
    latest BYTEA NOT NULL
);
CREATE UNIQUE INDEX policy_code ON policy (code) WHERE code IS NOT NULL;

-- policy: the one the published revision stands under, so that it cannot be deleted meanwhile.
CREATE TABLE data_agreement (
    id BYTEA PRIMARY KEY,
    code TEXT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'terminated')),
    latest BYTEA NOT NULL,
    published BYTEA,
    policy BYTEA,
    CHECK ((state = 'published') = (published IS NOT NULL))
);
CREATE UNIQUE INDEX data_agreement_code ON data_agreement (code) WHERE code IS NOT NULL;
CREATE INDEX data_agreement_policy ON data_agreement (policy) WHERE policy IS NOT NULL;

-- subject: a pseudonym of this block's sector, known to no other block.
CREATE TABLE consent_record (
    id BYTEA PRIMARY KEY,
    agreement BYTEA NOT NULL,
    agreement_revision BYTEA NOT NULL,
    agreement_hash BYTEA NOT NULL,
    subject BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('given', 'refused', 'withdrawn', 'expired', 'replaced')),
    valid_until BIGINT,
    decided BIGINT NOT NULL,
    signing TEXT NOT NULL CHECK (signing IN ('unsigned', 'signed')),
    latest BYTEA NOT NULL
);
-- GovStack: UNIQUE(dataAgreementRevision, individual).
CREATE UNIQUE INDEX consent_record_once ON consent_record (subject, agreement_revision);
-- One answer counts.
CREATE UNIQUE INDEX consent_record_current ON consent_record (subject, agreement) WHERE state <> 'replaced';
CREATE INDEX consent_record_due ON consent_record (valid_until) WHERE state = 'given' AND valid_until IS NOT NULL;

-- naming: how others name the person, encrypted under the person's key; none if nobody said.
CREATE TABLE individual (
    subject BYTEA PRIMARY KEY,
    naming BYTEA
);

-- A person's own signature under the latest revision of a record, encrypted under the person's key.
CREATE TABLE record_signature (
    record BYTEA PRIMARY KEY,
    subject BYTEA NOT NULL,
    signature BYTEA NOT NULL
);
