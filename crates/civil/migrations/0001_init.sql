-- Births as registered. Everything about persons is inside `sealed`, under the registration's own key.
CREATE TABLE birth (
    id BYTEA PRIMARY KEY,
    number TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    subject BYTEA,
    registrar TEXT NOT NULL,
    effective BIGINT NOT NULL,
    recorded BIGINT NOT NULL
);
CREATE UNIQUE INDEX birth_number ON birth (number);
