// Time-based one-time passwords as an authenticator app makes them: RFC 6238 with HMAC-SHA-1, six
// digits, half a minute.

import { createHmac } from 'node:crypto';

export const STEP_SECONDS = 30;
const CANDIDATES = ['314159', '271828', '161803', '141421', '173205', '223606', '264575', '577215'];

/** The half minute that `seconds` since 1970 lie in. */
export function stepAt(seconds) {
  return Math.floor(seconds / STEP_SECONDS);
}

/** The code of a step (RFC 4226 section 5.3). `secret` is base32. */
export function codeOf(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(step));
  const tag = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const number = tag.readUInt32BE(tag[tag.length - 1] & 0x0f) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** A code that is good neither now nor in the minutes around: what a wrong entry looks like. */
export function wrongCode(secret, step) {
  const good = [-3, -2, -1, 0, 1, 2, 3].map((offset) => codeOf(secret, step + offset));
  return CANDIDATES.find((candidate) => !good.includes(candidate));
}

/** RFC 4648 section 6; case, spaces and padding do not matter, as in the apps. */
function fromBase32(text) {
  const bits = [];
  for (const letter of text.toUpperCase().replace(/[\s=]/g, '')) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    if (value < 0) throw new Error('totp_secret is not base32');
    bits.push(value.toString(2).padStart(5, '0'));
  }
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
