-- Keeper: what each witness has acknowledged of our own trails.
CREATE TABLE sent (
    witness TEXT NOT NULL,
    block TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (witness, block)
);

-- Witness: the first key seen of an installation, and the subsystem it speaks through.
CREATE TABLE peer (
    installation TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    jwk TEXT NOT NULL,
    since BIGINT NOT NULL
);

-- Witness: checkpoints as they were received.
CREATE TABLE witnessed (
    installation TEXT NOT NULL,
    block TEXT NOT NULL,
    position BIGINT NOT NULL,
    jws TEXT NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (installation, block, position)
);

-- Witness: what did not agree.
CREATE TABLE finding (
    installation TEXT NOT NULL,
    block TEXT NOT NULL,
    finding TEXT NOT NULL,
    found BIGINT NOT NULL,
    PRIMARY KEY (installation, block, finding)
);
