-- A sign-in that has been sent to the issuer and has not come back. Holds nothing of a person.
CREATE TABLE sign_in (
    state BYTEA NOT NULL PRIMARY KEY,
    browser BYTEA NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    expires BIGINT NOT NULL
);

-- A resident who is signed in. `token` is the digest of what the browser holds; `sealed` is who it is, under the key of
-- `resident`, a blind index that no other block can compute.
CREATE TABLE session (
    token BYTEA NOT NULL PRIMARY KEY,
    id BYTEA NOT NULL,
    resident BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
