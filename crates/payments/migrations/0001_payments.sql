-- Who an account belongs to and what it is for. What stands in it is the ledger's.
CREATE TABLE payment_account (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    owner TEXT, -- the member that may debit it, CLASS/MEMBER; none for a person's account
    opened BIGINT NOT NULL
);

-- The account into which a person is paid, by the pseudonym of this block's sector.
CREATE TABLE payment_payee (
    subject BYTEA NOT NULL,
    currency TEXT NOT NULL,
    account BYTEA NOT NULL,
    PRIMARY KEY (subject, currency)
);
CREATE UNIQUE INDEX payment_payee_account ON payment_payee (account);

-- What was ordered, by whom and why; written before the ledger is asked, so that no money moves without a record of who
-- wanted it. What became of it stands in the ledger under the same id.
CREATE TABLE payment_order (
    id BYTEA PRIMARY KEY,
    debit BYTEA NOT NULL,
    credit BYTEA NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    code BIGINT NOT NULL,
    reference TEXT NOT NULL,
    member TEXT NOT NULL,
    actor TEXT NOT NULL,
    case_ref TEXT,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    ordered BIGINT NOT NULL
);
