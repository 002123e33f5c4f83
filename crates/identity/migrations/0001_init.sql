-- The identity block's tables. Everything personal is sealed under the person's own key (kernel table
-- subject_key) and found again by a blind index; what another block knows a person by never stands
-- here in clear, so that no two databases can be joined.

-- id: secret. reference: names the person in audit rows and the read log, where the id must not stand;
-- random, and known to no other block.
CREATE TABLE person (
    id BYTEA PRIMARY KEY,
    reference BYTEA NOT NULL,
    uin BYTEA NOT NULL,
    uin_index BYTEA NOT NULL UNIQUE,
    name BYTEA NOT NULL,
    born BYTEA NOT NULL,
    sex BYTEA,
    created BIGINT NOT NULL
);

CREATE TABLE vid (
    value_index BYTEA PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES person (id),
    value BYTEA NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT
);
CREATE INDEX vid_person ON vid (person);

-- A person in a sector. The index is over sector and value.
CREATE TABLE pseudonym (
    person BYTEA NOT NULL REFERENCES person (id),
    sector TEXT NOT NULL,
    value BYTEA NOT NULL,
    value_index BYTEA NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    PRIMARY KEY (person, sector)
);

-- Identifiers that other systems have for a person. Written before the person, so that of two
-- deliveries of one registration the first row wins; hence no foreign key.
-- bucket: the day in the foreign id's leading 48 bits; reconciliation compares day by day.
CREATE TABLE crosswalk (
    system TEXT NOT NULL,
    value_index BYTEA NOT NULL,
    person BYTEA NOT NULL,
    value BYTEA NOT NULL,
    bucket BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (system, value_index)
);
CREATE INDEX crosswalk_bucket ON crosswalk (system, bucket);

-- failures: wrong codes in a row. last_step: the newest half minute whose code was used.
CREATE TABLE authenticator (
    person BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'totp'),
    algorithm TEXT NOT NULL,
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT,
    PRIMARY KEY (person, id)
);
CREATE UNIQUE INDEX authenticator_current ON authenticator (person) WHERE revoked IS NULL;

-- Attempts that were not looked at, by hour: with a number that nobody has, or while locked. Of the
-- numbers nothing is kept.
CREATE TABLE refused_attempt (
    hour BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('unknown', 'locked')),
    attempts BIGINT NOT NULL,
    PRIMARY KEY (hour, kind)
);

CREATE TABLE relying_party (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    subsystem TEXT NOT NULL,
    sector TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    jwks TEXT NOT NULL,
    scopes TEXT NOT NULL,
    userinfo TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- A browser in which somebody is signed in. token: SHA-256 of the cookie. request: SHA-256 of the
-- request the session began with.
CREATE TABLE login_session (
    token BYTEA PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES person (id),
    request BYTEA NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX login_session_expires ON login_session (expires);

-- One answer to one request: the code, then the tokens made from it. code: SHA-256.
CREATE TABLE code_grant (
    id BYTEA PRIMARY KEY,
    code BYTEA NOT NULL UNIQUE,
    relying_party TEXT NOT NULL REFERENCES relying_party (id),
    person BYTEA NOT NULL REFERENCES person (id),
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    nonce BYTEA,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    redeemed BIGINT,
    revoked BIGINT
);
CREATE INDEX code_grant_expires ON code_grant (expires);

-- Client assertions that were used. jti: SHA-256.
CREATE TABLE used_assertion (
    relying_party TEXT NOT NULL,
    jti BYTEA NOT NULL,
    forget BIGINT NOT NULL,
    PRIMARY KEY (relying_party, jti)
);
CREATE INDEX used_assertion_forget ON used_assertion (forget);

CREATE TABLE reconciliation_run (
    id BYTEA PRIMARY KEY,
    started BIGINT NOT NULL,
    finished BIGINT,
    listed BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    repaired BIGINT NOT NULL,
    failure TEXT
);

-- What did not agree. registration: sealed, for there may be no person to seal it under.
CREATE TABLE reconciliation_difference (
    kind TEXT NOT NULL CHECK (kind IN ('missing-person', 'missing-registration')),
    value_index BYTEA NOT NULL,
    registration BYTEA NOT NULL,
    first_seen BIGINT NOT NULL,
    last_run BYTEA NOT NULL,
    resolved BIGINT,
    PRIMARY KEY (kind, value_index)
);
CREATE INDEX reconciliation_open ON reconciliation_difference (first_seen) WHERE resolved IS NULL;
