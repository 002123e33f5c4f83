// What a relying party can verify by itself, with jose instead of openid-client.

import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { ensure } from './report.mjs';

const AHEAD_SECONDS_MAX = 5;
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

export class Verifier {
  constructor({ issuer, jwks_uri: jwksUri, ...metadata }, clientId) {
    this.issuer = issuer;
    this.jwksUri = new URL(jwksUri);
    this.keys = createRemoteJWKSet(this.jwksUri);
    this.metadata = metadata;
    this.clientId = clientId;
  }

  /** The published keys: signing keys with a name, and nothing private. */
  async keySet() {
    const response = await fetch(this.jwksUri);
    ensure(response.status === 200, `the key set answers ${response.status}`);
    const { keys } = await response.json();
    ensure(Array.isArray(keys) && keys.length > 0, 'the key set is empty');
    for (const key of keys) {
      ensure(key.kid, 'a key has no kid');
      ensure(!PRIVATE.some((member) => member in key), `key ${key.kid} is not public`);
    }
    ensure(new Set(keys.map(({ kid }) => kid)).size === keys.length, 'two keys have one kid');
  }

  /** OpenID Connect Core section 3.1.3.7, with `at_hash` (3.1.3.6) required. */
  async idToken({ id_token: idToken, access_token: accessToken }, nonce) {
    const { payload, protectedHeader } = await jwtVerify(idToken, this.keys, {
      issuer: this.issuer,
      audience: this.clientId,
      algorithms: this.metadata.id_token_signing_alg_values_supported,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'at_hash'],
    });
    this.#times(payload);
    ensure(payload.nonce === nonce, 'nonce is not the one sent');
    ensure([payload.aud].flat().length === 1, 'the token is for others as well');
    ensure(payload.azp === undefined || payload.azp === this.clientId, 'azp names another');
    ensure(payload.sub.length <= 255, 'sub is longer than 255');
    const expected = leftHalfHash(accessToken, protectedHeader.alg);
    ensure(payload.at_hash === expected, 'at_hash is not of this access token');
    return payload;
  }

  /** RFC 9068 sections 2 and 4, as far as it concerns who was given the token. */
  async accessToken({ access_token: accessToken, expires_in: expiresIn }, subject) {
    const { payload } = await jwtVerify(accessToken, this.keys, {
      issuer: this.issuer,
      typ: 'at+jwt',
      requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti', 'scope'],
    });
    this.#times(payload);
    ensure(payload.client_id === this.clientId, 'client_id names another');
    ensure(payload.sub === subject, 'sub is not that of the ID token');
    ensure(payload.scope.split(' ').includes('openid'), 'scope lacks openid');
    const left = payload.exp - payload.iat;
    ensure(Math.abs(left - expiresIn) <= 1, `exp says ${left} s and expires_in ${expiresIn} s`);
  }

  /** OpenID Connect Core section 5.3.2: signed, by the issuer, for this client. */
  async userinfo(body, subject) {
    const { payload } = await jwtVerify(body, this.keys, {
      issuer: this.issuer,
      audience: this.clientId,
      algorithms: this.metadata.userinfo_signing_alg_values_supported,
    });
    ensure(payload.sub === subject, 'sub is not that of the ID token');
    return payload;
  }

  #times({ iat, exp }) {
    ensure(iat <= Date.now() / 1000 + AHEAD_SECONDS_MAX, 'iat lies ahead');
    ensure(exp > iat, 'exp is not after iat');
  }
}

/** The token with one bit of its signature turned. */
export function withBrokenSignature(token) {
  const [header, payload, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[5] ^= 1;
  return [header, payload, bytes.toString('base64url')].join('.');
}

/** The `alg` in a token's header. */
export function algorithmOf(token) {
  return decodeProtectedHeader(token).alg;
}

function leftHalfHash(text, alg) {
  const bits = { 256: 'sha256', 384: 'sha384', 512: 'sha512' };
  // Ed25519 hashes with SHA-512 itself.
  const digest = createHash(bits[alg.slice(-3)] ?? 'sha512').update(text, 'ascii').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
