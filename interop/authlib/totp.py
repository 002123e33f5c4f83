"""Time-based one-time passwords as an authenticator app makes them: RFC 6238 with HMAC-SHA-1, six
digits, half a minute."""

import base64
import hashlib
import hmac
import time

STEP_SECONDS = 30
_CANDIDATES = ["314159", "271828", "161803", "141421", "173205", "223606", "264575", "577215"]


def step_now():
    """The half minute of now, counted from 1970."""
    return int(time.time()) // STEP_SECONDS


def code_of(secret, step):
    """The code of a step (RFC 4226 section 5.3). `secret` is base32."""
    tag = hmac.new(_from_base32(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = tag[-1] & 0x0F
    number = int.from_bytes(tag[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def wrong_code(secret, step):
    """A code that is good neither now nor in the minutes around: what a wrong entry looks like."""
    good = [code_of(secret, step + offset) for offset in range(-3, 4)]
    return next(candidate for candidate in _CANDIDATES if candidate not in good)


def _from_base32(text):
    """RFC 4648 section 6; case, spaces and padding do not matter, as in the apps."""
    letters = "".join(text.split()).rstrip("=")
    return base64.b32decode(letters + "=" * (-len(letters) % 8), casefold=True)
