-- Rounds of an assessment with what was claimed, attached, measured and signed.

-- `document` is the round as JSON without what the other tables hold: institutions, systems, services,
-- flows, laws and targets. `revision` moves on with each change of it or of the state.
CREATE TABLE round (
    id BYTEA NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    scope TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    quorum TEXT NOT NULL,
    document TEXT NOT NULL,
    digest TEXT,
    opened BIGINT NOT NULL,
    moved BIGINT NOT NULL
);
CREATE INDEX round_by_time ON round (opened);

-- Who is to answer which indicator; one institution each.
CREATE TABLE assignment (
    round BYTEA NOT NULL,
    indicator TEXT NOT NULL,
    institution TEXT NOT NULL,
    PRIMARY KEY (round, indicator)
);

-- Every answer that was ever given and every review of one; the latest revision counts.
CREATE TABLE answer (
    round BYTEA NOT NULL,
    indicator TEXT NOT NULL,
    revision BIGINT NOT NULL,
    step TEXT NOT NULL,
    answer TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (round, indicator, revision)
);

-- What carries a claim: a link, or a file whose content is sealed in `evidence_file`.
CREATE TABLE evidence (
    round BYTEA NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    evidence TEXT NOT NULL,
    file BYTEA,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (round, id)
);

-- Content of uploaded files, sealed: minutes and registers may name persons.
CREATE TABLE evidence_file (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed_content BYTEA NOT NULL
);

-- What probes found, in the order in which it came in.
CREATE TABLE measurement (
    round BYTEA NOT NULL,
    number BIGINT NOT NULL,
    measurement TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (round, number)
);

-- Signatures under a round. One that was withdrawn, because the review was taken up again, stays.
CREATE TABLE sign_off (
    id BYTEA NOT NULL PRIMARY KEY,
    round BYTEA NOT NULL,
    sign_off TEXT NOT NULL,
    digest TEXT NOT NULL,
    paper TEXT,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    withdrawn BIGINT
);
CREATE INDEX sign_off_of_round ON sign_off (round, at);
