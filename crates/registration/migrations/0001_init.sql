-- The registration block's tables. Where an application stands lies in clear, what it says is sealed
-- under the key of the person it is about.

-- subject: the applicant's pseudonym in our sector. stage: how many roles of the package's chain have
-- approved. content: answers, what registers said, and remarks.
CREATE TABLE application (
    id BYTEA PRIMARY KEY,
    subject BYTEA NOT NULL,
    service TEXT NOT NULL,
    number TEXT,
    status TEXT NOT NULL,
    stage BIGINT NOT NULL,
    taken_by TEXT,
    language TEXT NOT NULL,
    started BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    submitted BIGINT,
    decided BIGINT,
    content BYTEA NOT NULL
);
CREATE INDEX application_subject ON application (subject);
CREATE UNIQUE INDEX application_number ON application (number);
CREATE INDEX application_queue ON application (status, submitted);

-- Rows are only ever added.
CREATE TABLE application_event (
    application BYTEA NOT NULL,
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (application, position)
);

-- The last number given out in a series such as CB-2026.
CREATE TABLE number_series (
    series TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- Which data agreement of the consent block a package's read by consent rests on.
CREATE TABLE consent_binding (
    service TEXT NOT NULL,
    reading TEXT NOT NULL,
    agreement BYTEA NOT NULL,
    PRIMARY KEY (service, reading)
);

-- What is still to be told to other blocks after a decision. problem: the last failure, no personal
-- data.
CREATE TABLE step (
    id BYTEA PRIMARY KEY,
    application BYTEA NOT NULL,
    kind TEXT NOT NULL,
    template TEXT,
    state TEXT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    problem TEXT
);
CREATE INDEX step_due ON step (state, due);
CREATE INDEX step_application ON step (application);

-- payee: the token that means this person to the payments block, sealed. origin: the application, or
-- the person for imported awards, so that nothing is awarded twice.
CREATE TABLE award (
    id BYTEA PRIMARY KEY,
    service TEXT NOT NULL,
    subject BYTEA NOT NULL,
    origin BYTEA NOT NULL,
    minor BIGINT NOT NULL,
    payee BYTEA NOT NULL,
    active BOOLEAN NOT NULL,
    awarded BIGINT NOT NULL
);
CREATE UNIQUE INDEX award_origin ON award (service, origin);
CREATE INDEX award_page ON award (service, active, id);

CREATE TABLE run (
    id BYTEA PRIMARY KEY,
    service TEXT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    approved_by TEXT,
    opened BIGINT NOT NULL,
    after BYTEA,
    lines BIGINT NOT NULL,
    total BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due BIGINT NOT NULL,
    problem TEXT
);
CREATE UNIQUE INDEX run_month ON run (service, month);

-- instruction: the id that the payments block and the provider know it by, sealed, because it stands
-- in their databases too.
CREATE TABLE run_line (
    run BYTEA NOT NULL,
    position BIGINT NOT NULL,
    award BYTEA NOT NULL,
    instruction BYTEA NOT NULL,
    minor BIGINT NOT NULL,
    PRIMARY KEY (run, position)
);
