// The relying party: what a site that uses openid-client does, step by step.

import * as oidc from 'openid-client';
import { generateKeyPair, importJWK } from 'jose';

const ALGORITHMS = { 'P-256': 'ES256', 'P-384': 'ES384', Ed25519: 'Ed25519' };

export class RelyingParty {
  /** The answers of the provider to the library, newest last: `{ url, status, type, body }`. */
  answers = [];

  /** `settings` as the sandbox hands them over; `forged`: sign assertions with a key of our own. */
  static async discover(settings, { forged = false } = {}) {
    const party = new RelyingParty();
    const { client_key: jwk, issuer } = settings;
    const alg = jwk.alg ?? ALGORITHMS[jwk.crv] ?? 'PS256';
    const key = forged ? (await generateKeyPair(alg)).privateKey : await importJWK(jwk, alg);
    const auth = oidc.PrivateKeyJwt({ key, kid: jwk.kid });
    party.redirectUri = settings.redirect_uri;
    party.config = await oidc.discovery(new URL(issuer), settings.client_id, undefined, auth, {
      // Plain http is for sandboxes on loopback; the second option verifies signatures also where
      // TLS would do, as nothing here is over TLS.
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
      [oidc.customFetch]: (url, init) => party.#fetch(url, init),
    });
    return party;
  }

  get metadata() {
    return this.config.serverMetadata();
  }

  /** A new sign-in: the address to send the person to, and what the answer is held against. */
  async begin(scope, more = {}) {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const checks = {
      pkceCodeVerifier,
      expectedState: oidc.randomState(),
      expectedNonce: oidc.randomNonce(),
      idTokenExpected: true,
    };
    const address = oidc.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...more,
    });
    return { address, checks };
  }

  /** Exchanges the code in `callback` for tokens. */
  exchange(callback, checks) {
    return oidc.authorizationCodeGrant(this.config, callback, checks);
  }

  userinfo(accessToken, subject) {
    return oidc.fetchUserInfo(this.config, accessToken, subject);
  }

  /** What the provider last answered, as it came. */
  get lastAnswer() {
    return this.answers.at(-1);
  }

  /** The `error` of the last answer (RFC 6749 section 5.2). */
  get lastError() {
    const { status, body } = this.lastAnswer;
    return { status, error: JSON.parse(body).error };
  }

  async #fetch(url, init) {
    const response = await fetch(url, init);
    const type = (response.headers.get('content-type') ?? '').split(';')[0].trim();
    const { status } = response;
    this.answers.push({ url: String(url), status, type, body: await response.clone().text() });
    return response;
  }
}
