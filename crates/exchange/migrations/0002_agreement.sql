-- The service that says whether an officer's case stands, where an agreement demands one, and when the
-- provider was warned that the agreement ends soon.
ALTER TABLE agreement ADD COLUMN case_service TEXT;
ALTER TABLE agreement ADD COLUMN warned BIGINT;
