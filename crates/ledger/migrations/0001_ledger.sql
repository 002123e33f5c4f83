-- The ledger of double entry. `shard` leads every key: it is 0 for now, and the distribution key once there are several.

-- One row a shard. A writer owns the shard while `epoch` is the one it set; `position` is the last line of the log.
CREATE TABLE ledger_head (
    shard BIGINT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    position BIGINT NOT NULL
);

-- Never updated. `position` is the last line of the log before the opening.
CREATE TABLE ledger_account (
    shard BIGINT NOT NULL,
    id BYTEA NOT NULL,
    ledger BIGINT NOT NULL,
    code BIGINT NOT NULL,
    held BIGINT NOT NULL, -- 0 no limit, 1 debits must not exceed credits, 2 credits must not exceed debits
    position BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
);

CREATE TABLE ledger_closure (
    shard BIGINT NOT NULL,
    account BYTEA NOT NULL,
    position BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (shard, account)
);

-- The log. Only ever appended to; positions have no gap. The unique id is what makes a transfer happen once.
CREATE TABLE ledger_transfer (
    shard BIGINT NOT NULL,
    position BIGINT NOT NULL,
    id BYTEA NOT NULL,
    debit BYTEA NOT NULL,
    credit BYTEA NOT NULL,
    amount BIGINT NOT NULL,
    ledger BIGINT NOT NULL,
    code BIGINT NOT NULL,
    occurred BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    verdict BIGINT NOT NULL, -- 0 posted, else the number of the refusal; a refused line moves nothing and burns its id
    PRIMARY KEY (shard, position),
    CHECK (verdict <> 0 OR (amount > 0 AND debit <> credit))
);
CREATE UNIQUE INDEX ledger_transfer_id ON ledger_transfer (shard, id);

-- What follows is computed from the log by checkpoints and could be computed again. Sums are decimal text: they may
-- outgrow 64 bits.
CREATE TABLE ledger_checkpoint (
    shard BIGINT PRIMARY KEY,
    position BIGINT NOT NULL
);

CREATE TABLE ledger_balance (
    shard BIGINT NOT NULL,
    account BYTEA NOT NULL,
    debits TEXT NOT NULL,
    credits TEXT NOT NULL,
    PRIMARY KEY (shard, account)
);

-- The index of statements: the lines of each account, with its sums after each.
CREATE TABLE ledger_posting (
    shard BIGINT NOT NULL,
    account BYTEA NOT NULL,
    position BIGINT NOT NULL,
    debits TEXT NOT NULL,
    credits TEXT NOT NULL,
    PRIMARY KEY (shard, account, position)
);

-- Scratch of a running checkpoint; empty outside of it.
CREATE TABLE ledger_touched (
    shard BIGINT NOT NULL,
    account BYTEA NOT NULL,
    PRIMARY KEY (shard, account)
);
