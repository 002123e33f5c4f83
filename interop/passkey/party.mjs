// A relying party: asks for a sign-in, redeems the code by private_key_jwt and verifies the ID token.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, createRemoteJWKSet, importJWK, jwtVerify } from 'jose';
import { ensure } from '../openid-client/report.mjs';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const token = () => randomBytes(32).toString('base64url');

export class Party {
  #given;
  #metadata;
  #keys;

  static async discover(given) {
    const answer = await fetch(`${given.issuer}/.well-known/openid-configuration`);
    ensure(answer.ok, `status is ${answer.status}`);
    const party = new Party();
    party.#given = given;
    party.#metadata = await answer.json();
    party.#keys = createRemoteJWKSet(new URL(party.#metadata.jwks_uri));
    ensure(party.#metadata.acr_values_supported.includes('phr'), 'acr_values_supported lacks phr');
    return party;
  }

  /** A new request for a sign-in. */
  async begin() {
    const [state, nonce, verifier] = [token(), token(), token()];
    const address = new URL(this.#metadata.authorization_endpoint);
    const parameters = {
      response_type: 'code',
      client_id: this.#given.client_id,
      redirect_uri: this.#given.redirect_uri,
      scope: 'openid',
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    Object.entries(parameters).forEach(([name, value]) => address.searchParams.set(name, value));
    return { address, state, nonce, verifier };
  }

  /** The claims of the ID token for the answer that came back. */
  async redeem({ state, nonce, verifier }, callback) {
    const answer = callback.searchParams;
    ensure(!answer.get('error'), `${answer.get('error')}: ${answer.get('error_description')}`);
    ensure(answer.get('state') === state, 'state is not the one sent');
    ensure(answer.get('iss') === this.#given.issuer, `iss is ${answer.get('iss')}`);
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: this.#given.redirect_uri,
      code_verifier: verifier,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await this.#assertion(),
    });
    const response = await fetch(this.#metadata.token_endpoint, { method: 'POST', body });
    const tokens = await response.json();
    ensure(response.ok, `the token endpoint says ${tokens.error}: ${tokens.error_description}`);
    const expected = { issuer: this.#given.issuer, audience: this.#given.client_id };
    const { payload } = await jwtVerify(tokens.id_token, this.#keys, expected);
    ensure(payload.nonce === nonce, 'nonce is not the one sent');
    return payload;
  }

  async #assertion() {
    const { client_id: id, client_key: jwk } = this.#given;
    const alg = jwk.alg ?? 'ES256';
    const header = { alg, ...(jwk.kid && { kid: jwk.kid }) };
    const claims = { iss: id, sub: id, aud: this.#metadata.token_endpoint, jti: randomUUID() };
    const assertion = new SignJWT(claims).setProtectedHeader(header);
    return assertion.setIssuedAt().setExpirationTime('1m').sign(await importJWK(jwk, alg));
  }
}
