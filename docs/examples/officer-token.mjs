// Signs an officer in and prints the access token: RFC 7523, section 2.2, with nothing but Node's own
// library.
//
//   node officer-token.mjs key   officer.pem                          makes a key, prints its public half
//   node officer-token.mjs token officer.pem GOV/MSP/b-90 BASE_URL    prints a token
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [command, file, officer, base] = process.argv.slice(2);

if (command === 'key') {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  console.log(JSON.stringify(createPublicKey(privateKey).export({ format: 'jwk' })));
} else if (command === 'token') {
  const now = Math.floor(Date.now() / 1000);
  const endpoint = `${base}/exchange/v1/token`;
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: officer, sub: officer, aud: endpoint, iat: now, exp: now + 60, jti: randomUUID() };
  const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  const key = { key: createPrivateKey(readFileSync(file)), dsaEncoding: 'ieee-p1363' };
  const assertion = `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const answer = await fetch(endpoint, { method: 'POST', body: form });
  const body = await answer.json();
  if (!answer.ok) {
    console.error(`${answer.status} ${body.error}: ${body.error_description}`);
    process.exit(1);
  }
  console.log(body.access_token);
} else {
  console.error('say `key FILE`, or `token FILE CLASS/MEMBER/ID BASE_URL`');
  process.exit(2);
}
