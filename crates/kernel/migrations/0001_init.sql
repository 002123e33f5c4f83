-- The kernel's tables, in every block's database.

-- Rows whose update serialises transactions on PostgreSQL (Tx::lock).
CREATE TABLE lock_row (
    name TEXT PRIMARY KEY,
    taken BIGINT NOT NULL
);

-- What was done, by whom, to what; sealed into a hash chain off the hot path.
CREATE TABLE audit (
    id BYTEA PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    position BIGINT,
    digest BYTEA,
    chain BYTEA
);
CREATE INDEX audit_unsealed ON audit (id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_position ON audit (position) WHERE position IS NOT NULL;

-- Events on their way to other blocks; payloads hold references, never personal data.
CREATE TABLE outbox (
    id BYTEA PRIMARY KEY,
    topic TEXT NOT NULL,
    object BYTEA NOT NULL,
    payload TEXT NOT NULL,
    destination TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'pending';

-- Events that were handled, so that a second delivery changes nothing.
CREATE TABLE inbox (
    id BYTEA PRIMARY KEY,
    topic TEXT NOT NULL,
    handled BIGINT NOT NULL
);

-- Answers to requests that carried an Idempotency-Key.
CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    request BYTEA NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (caller, operation, key)
);

-- Leader-only work holds a lease; the fence number grows with every change of hands.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    until BIGINT NOT NULL
);
