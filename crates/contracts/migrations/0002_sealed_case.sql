-- A case reference names one person's matter. In the clear it would be the same in every register
-- that was read for it, and tie the person's pseudonyms together. No installation is in use yet, so
-- that there is nothing to carry over.
ALTER TABLE read_log ADD COLUMN sealed_case BYTEA;
ALTER TABLE read_log DROP COLUMN case_ref;
