-- Messages that arrived, each once. Number and text go after a day, what an id stood for stays known.
CREATE TABLE sms (
    known_as BYTEA PRIMARY KEY, -- keyed digest of the sending member and its id
    content BYTEA NOT NULL, -- keyed digest of number and text
    sealed BYTEA, -- the sender's id, number and text, under a key of this message's own
    client TEXT NOT NULL, -- the information system that sent it: receipts go to it
    purpose TEXT NOT NULL,
    ground TEXT NOT NULL, -- the legal basis it came on, as JSON: receipts rest on the same
    status TEXT NOT NULL, -- sent, delivered or failed
    received BIGINT NOT NULL,
    due BIGINT, -- when the next receipt is to be given
    receipts_left BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX sms_due ON sms (due);
CREATE INDEX sms_received ON sms (received);
