-- How somebody proved who they are: code, passkey or foreign.
ALTER TABLE login_session ADD COLUMN method TEXT NOT NULL DEFAULT 'code';
ALTER TABLE code_grant ADD COLUMN method TEXT NOT NULL DEFAULT 'code';

-- Sign-ins of a person, good and bad; entry: sealed.
CREATE TABLE sign_in (
    person BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (person, id)
);

-- sealed: name, credential id and public key. counter: answers given, as the passkey counts them.
CREATE TABLE passkey (
    id BYTEA PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES person (id),
    credential_index BYTEA NOT NULL UNIQUE,
    sealed BYTEA NOT NULL,
    counter BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT
);
CREATE INDEX passkey_person ON passkey (person);

-- Challenges that a passkey has answered. digest: SHA-256.
CREATE TABLE used_challenge (
    digest BYTEA PRIMARY KEY,
    forget BIGINT NOT NULL
);
CREATE INDEX used_challenge_forget ON used_challenge (forget);
