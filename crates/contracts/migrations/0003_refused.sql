-- An attempt that the exchange refused is shown to the person like a read: by the slug of the reason.
ALTER TABLE read_log ADD COLUMN refused TEXT;
