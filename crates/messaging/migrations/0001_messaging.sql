-- Messages, each once; they lie in the person's inbox.
CREATE TABLE message (
    id BYTEA PRIMARY KEY,
    known_as BYTEA NOT NULL, -- keyed digest of the sender and its id
    content BYTEA NOT NULL, -- keyed digest of what was asked for
    subject BYTEA NOT NULL, -- pseudonym of this block's sector
    client TEXT NOT NULL, -- the information system that sent it
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    sealed BYTEA NOT NULL, -- title and text, under the subject's key
    sent BIGINT NOT NULL,
    opened BIGINT -- when the person opened it first
);
CREATE UNIQUE INDEX message_known_as ON message (known_as);
CREATE INDEX message_subject ON message (subject, sent);

-- What goes out of a message on one channel.
CREATE TABLE delivery (
    id BYTEA PRIMARY KEY, -- what a gateway knows it by
    message BYTEA NOT NULL,
    subject BYTEA NOT NULL,
    channel TEXT NOT NULL, -- sms or email
    status TEXT NOT NULL, -- queued, sent, delivered or failed
    reason TEXT, -- why it failed: a code, never what a server said
    sealed BYTEA, -- address and text, under the subject's key; gone once it is not queued
    priority BIGINT NOT NULL, -- the smaller goes first
    attempts BIGINT NOT NULL,
    queued BIGINT NOT NULL,
    next_at BIGINT NOT NULL
);
CREATE INDEX delivery_due ON delivery (status, priority, next_at);
CREATE INDEX delivery_message ON delivery (message);
