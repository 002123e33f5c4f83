-- Paying many at once. `batch` leads the keys of what is hot, so that a batch lies together and can be a distribution key.

-- Where a beneficiary is paid. `payee` is a keyed digest of the programme and its token; the token is not kept. The highest
-- revision counts; earlier ones stay, because instructions were paid by them.
CREATE TABLE payment_beneficiary (
    payee BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    subject BYTEA NOT NULL, -- pseudonym of this block's sector
    provider TEXT NOT NULL,
    account BYTEA NOT NULL, -- sealed under the subject's key
    registered BIGINT NOT NULL,
    PRIMARY KEY (payee, revision)
);

CREATE TABLE payment_batch (
    id BYTEA PRIMARY KEY,
    member TEXT NOT NULL,
    title TEXT NOT NULL,
    debit BYTEA NOT NULL,
    currency TEXT NOT NULL,
    instructions BIGINT NOT NULL, -- announced
    total BIGINT NOT NULL, -- announced
    taken BIGINT NOT NULL,
    taken_total BIGINT NOT NULL,
    state TEXT NOT NULL,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened BIGINT NOT NULL,
    closed_by TEXT,
    closed BIGINT,
    approved_by TEXT,
    approved BIGINT,
    ended BIGINT,
    planned_after BYTEA, -- instructions up to this payee stand in messages
    planned BOOLEAN NOT NULL, -- all do
    messages BIGINT NOT NULL, -- made so far
    resend_below BIGINT NOT NULL -- what failed in messages below this number is to be tried again; 0 for nothing
);
CREATE INDEX payment_batch_state ON payment_batch (state, opened);

-- What a programme ordered. The key refuses a payee twice in a batch, the unique id an instruction twice anywhere.
CREATE TABLE payment_instruction (
    batch BYTEA NOT NULL,
    payee BYTEA NOT NULL,
    id BYTEA NOT NULL,
    amount BIGINT NOT NULL,
    reference TEXT NOT NULL,
    message BIGINT NOT NULL, -- the message it travels in; 0 for none yet
    revision BIGINT NOT NULL, -- of the beneficiary; 0 for none
    state BIGINT NOT NULL, -- 0 open, 1 paid, 2 rejected and the money not back yet, 3 failed
    transfer BYTEA, -- its id in the ledger and at the provider once it was sent again; before, that is `id`
    reason TEXT,
    ended BIGINT,
    booked BIGINT, -- position in the provider's statement
    PRIMARY KEY (batch, payee)
);
CREATE UNIQUE INDEX payment_instruction_id ON payment_instruction (id);

-- Instructions that were tried again, each with the transfer that failed before.
CREATE TABLE payment_resend (
    transfer BYTEA PRIMARY KEY,
    batch BYTEA NOT NULL,
    payee BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    previous_message BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made BIGINT NOT NULL
);

-- What travels to one provider together: those of its instructions between two payees that name it. Counts are taken from
-- them whenever one of them changes.
CREATE TABLE payment_message (
    batch BYTEA NOT NULL,
    number BIGINT NOT NULL,
    provider TEXT NOT NULL, -- empty where the payees are unknown
    state BIGINT NOT NULL, -- 0 planned, 1 posted in the ledger, 2 ended, 3 ended and reconciled
    first_payee BYTEA NOT NULL,
    last_payee BYTEA NOT NULL,
    planned BIGINT NOT NULL,
    due BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    open BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    paid_total BIGINT NOT NULL,
    PRIMARY KEY (batch, number)
);
CREATE INDEX payment_message_due ON payment_message (state, provider, due);

-- A provider: whether it answers, and how far its statement was read.
CREATE TABLE payment_provider (
    provider TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    last_error TEXT,
    statement_after BIGINT NOT NULL,
    statement_lines BIGINT NOT NULL
);

-- What this ledger owes a provider: money that left programmes towards it.
CREATE TABLE payment_clearing (
    provider TEXT NOT NULL,
    currency TEXT NOT NULL,
    account BYTEA NOT NULL,
    ledger_after BIGINT NOT NULL, -- the account's postings up to here are compared
    posted BIGINT NOT NULL, -- how many came in
    returned BIGINT NOT NULL, -- how many went back
    PRIMARY KEY (provider, currency)
);

-- Where instruction, posting and statement do not match.
CREATE TABLE payment_difference (
    transfer BYTEA NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    position BIGINT, -- in the provider's statement or the ledger's log
    found BIGINT NOT NULL,
    PRIMARY KEY (transfer, kind)
);
