-- What signs the ID tokens and the userinfo of a relying party.
ALTER TABLE relying_party ADD COLUMN id_token_alg TEXT NOT NULL DEFAULT 'ES256';
ALTER TABLE relying_party ADD COLUMN userinfo_alg TEXT NOT NULL DEFAULT 'ES256';
