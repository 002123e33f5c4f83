-- OpenID providers of others, whose word counts for who somebody is once the person has linked them.
-- names: JSON, by language.
CREATE TABLE foreign_provider (
    id TEXT PRIMARY KEY,
    issuer TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    names TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX crosswalk_person ON crosswalk (person);
