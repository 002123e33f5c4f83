-- At the registrar: what posts may do, and what they handed in.

-- Numbers are the first eleven digits of certificate numbers; ranges never overlap.
CREATE TABLE delegation (
    id BYTEA PRIMARY KEY,
    post TEXT NOT NULL,
    first_number BIGINT NOT NULL,
    numbers BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    officer TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- content: a keyed digest of what was handed in, so that the same again is known. sealed: the facts,
-- under the registration's own key, while the birth does not stand in the register. other: the birth
-- that it may be the same as, or was merged into.
CREATE TABLE handed_in (
    registration BYTEA PRIMARY KEY,
    delegation BYTEA NOT NULL,
    post TEXT NOT NULL,
    content BYTEA NOT NULL,
    number TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'conflict', 'merged', 'rejected')),
    reasons TEXT NOT NULL,
    other BYTEA,
    mother BYTEA,
    likeness BYTEA,
    sealed BYTEA,
    officer TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    received BIGINT NOT NULL,
    resolved_by TEXT,
    resolved BIGINT,
    sealed_remark BYTEA
);
CREATE INDEX handed_in_conflict ON handed_in (registration) WHERE outcome = 'conflict';

-- At a post: the delegations it holds, what it registered under them, and how the link is.

CREATE TABLE held_delegation (
    id BYTEA PRIMARY KEY,
    token TEXT NOT NULL,
    first_number BIGINT NOT NULL,
    numbers BIGINT NOT NULL,
    used BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    taken BIGINT NOT NULL
);

-- serial: its place in the delegation's range, from 0. outcome: `waiting`, or what the registrar said.
CREATE TABLE post_birth (
    registration BYTEA PRIMARY KEY,
    delegation BYTEA NOT NULL,
    serial BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'accepted', 'conflict', 'merged', 'rejected')),
    reasons TEXT NOT NULL
);
CREATE UNIQUE INDEX post_birth_serial ON post_birth (delegation, serial);
CREATE INDEX post_birth_open ON post_birth (outcome, delegation, serial) WHERE outcome IN ('waiting', 'conflict');

-- The registrar's public keys, as it gave them out over the link.
CREATE TABLE registrar_key (
    kid TEXT PRIMARY KEY,
    jwk TEXT NOT NULL
);

-- One row: failures in a row, and when to try next. asked: when conflicts were asked about last.
CREATE TABLE post_link (
    id BIGINT PRIMARY KEY,
    failures BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    last_error TEXT NOT NULL
);
