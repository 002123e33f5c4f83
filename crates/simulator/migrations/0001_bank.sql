-- Transfers that arrived, each decided once for ever, and the books: what has a position is booked.
CREATE TABLE bank_transfer (
    known_as BYTEA PRIMARY KEY, -- keyed digest of the sending member and its id
    content BYTEA NOT NULL, -- keyed digest of account, amount and reference
    sealed BYTEA NOT NULL, -- the sender's id, account and reference
    member TEXT NOT NULL, -- who sent it, INSTANCE/CLASS/MEMBER
    client TEXT NOT NULL, -- the member's information system: reports go to it
    ground TEXT NOT NULL, -- the legal basis it came on, as JSON: reports rest on the same
    status TEXT NOT NULL, -- ACCP, ACSC or RJCT
    reason TEXT, -- ISO 20022 code of a rejection
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    position BIGINT, -- place in the books, 1 to n without gaps
    received BIGINT NOT NULL,
    booked BIGINT,
    due BIGINT, -- when the bank turns to it again: to book what was accepted, and to report
    reports_left BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE UNIQUE INDEX bank_transfer_position ON bank_transfer (position);
CREATE INDEX bank_transfer_due ON bank_transfer (due);

-- How the bank behaves; no row for well.
CREATE TABLE bank_behaviour (
    singleton BIGINT PRIMARY KEY,
    behaviour TEXT NOT NULL
);
