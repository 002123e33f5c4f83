-- What this installation says about the members it hosts (its part of the directory), its
-- officers, the directory as fetched, and the hop log.

-- Own certificate, root certificate, hub's key and other single values of this installation.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- On the hub: every installation that joined. Elsewhere: none, they come with the directory.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    sign_key TEXT NOT NULL,
    seal_key TEXT NOT NULL,
    members TEXT NOT NULL,
    joined BIGINT NOT NULL
);

-- On the hub: the part each installation published last, as signed.
CREATE TABLE part (
    installation TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    jws TEXT NOT NULL
);

-- One-time tokens to join; only their digests.
CREATE TABLE join_token (
    digest BYTEA NOT NULL PRIMARY KEY,
    installation TEXT NOT NULL,
    members TEXT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT
);

CREATE TABLE member (
    id TEXT NOT NULL PRIMARY KEY,
    names TEXT NOT NULL
);

CREATE TABLE subsystem (
    id TEXT NOT NULL PRIMARY KEY,
    sector TEXT NOT NULL,
    names TEXT NOT NULL
);

CREATE TABLE service (
    id TEXT NOT NULL PRIMARY KEY,
    names TEXT NOT NULL,
    kinds TEXT NOT NULL,
    enabled BOOLEAN NOT NULL
);

CREATE TABLE access_right (
    service TEXT NOT NULL,
    client TEXT NOT NULL,
    granted BIGINT NOT NULL,
    PRIMARY KEY (service, client)
);

CREATE TABLE agreement (
    id BYTEA NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    client TEXT NOT NULL,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    reference TEXT NOT NULL,
    fields TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    suspended BOOLEAN NOT NULL,
    recorded BIGINT NOT NULL
);

CREATE TABLE officer (
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    roles TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (member, id)
);

-- Hop log: one row a call and end, written before the callee runs, never changed. No bodies, no
-- pseudonyms: subject and represented party are keyed digests of this installation. The id is the
-- message's, so that the rows of both ends match. No further index: it is the hottest table here.
CREATE TABLE hop (
    id BYTEA NOT NULL,
    direction TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    peer TEXT,
    client TEXT NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    basis_reference TEXT NOT NULL,
    agreement BYTEA,
    officer TEXT,
    case_reference TEXT,
    represented BYTEA,
    subject BYTEA,
    correlation BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    signature TEXT,
    refusal TEXT,
    PRIMARY KEY (id, direction)
);

-- What came back, in the next shared commit after the answer.
CREATE TABLE hop_answer (
    hop BYTEA NOT NULL,
    direction TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    status BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    signature TEXT,
    PRIMARY KEY (hop, direction)
);
