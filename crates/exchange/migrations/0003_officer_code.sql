-- Officers sign in with a browser: the secret of their one-time codes, sealed, and what was tried.
CREATE TABLE officer_code (
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (member, id)
);

-- Attempts that were not looked at, by hour: numbers nobody has, and officers who are locked.
CREATE TABLE refused_attempt (
    hour BIGINT NOT NULL,
    kind TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (hour, kind)
);

-- Sessions at the desk that were signed out before their end.
CREATE TABLE ended_session (
    id BYTEA NOT NULL PRIMARY KEY,
    expires BIGINT NOT NULL
);
CREATE INDEX ended_session_expires ON ended_session (expires);
