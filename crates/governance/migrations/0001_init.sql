-- Complaints of residents, the steps that tell them of an answer, and who acts under which mandate.

-- What a person wrote, the line of their tracker it is about, and the answer are sealed under the
-- person's key. The id is the form's, so that a double submit lodges one.
CREATE TABLE grievance (
    id BYTEA NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    subject BYTEA NOT NULL,
    status TEXT NOT NULL,
    sealed_words BYTEA NOT NULL,
    sealed_answer BYTEA,
    officer TEXT,
    lodged BIGINT NOT NULL,
    due BIGINT NOT NULL,
    taken_up BIGINT,
    answered BIGINT
);
CREATE INDEX grievance_of_subject ON grievance (subject, lodged);
CREATE INDEX grievance_by_status ON grievance (status, due);

-- The last number given out in a series, such as 2026.
CREATE TABLE number_series (
    series TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- Persons who are still to be told that their complaint is answered.
CREATE TABLE notice (
    grievance BYTEA NOT NULL PRIMARY KEY,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    sent BIGINT
);
CREATE INDEX notice_due ON notice (due);

-- What a member may do and under which law; public.
CREATE TABLE mandate (
    id BYTEA NOT NULL PRIMARY KEY,
    member TEXT NOT NULL,
    law TEXT NOT NULL,
    section TEXT NOT NULL,
    allows TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    published BIGINT NOT NULL
);
CREATE INDEX mandate_of_member ON mandate (member);
