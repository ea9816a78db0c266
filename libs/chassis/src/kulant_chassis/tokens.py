"""Links that cannot be guessed: an id and its signature in one URL-safe word."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

_SIGNATURE_BYTES = 16
_ID_BYTES = 16


def sign(secret: bytes, purpose: str, subject: UUID) -> str:
    """A token of 43 characters that proves knowledge of `secret` for one id and one purpose.

    The signature is HMAC-SHA256 (RFC 2104) cut to 128 bits.
    """
    return base64.urlsafe_b64encode(subject.bytes + _signature(secret, purpose, subject)).decode().rstrip("=")


def verify(secret: bytes, purpose: str, token: str) -> UUID | None:
    """The id inside a token that `sign` made with the same secret and purpose, else None."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _ID_BYTES + _SIGNATURE_BYTES:
        return None
    subject = UUID(bytes=raw[:_ID_BYTES])
    if not hmac.compare_digest(raw[_ID_BYTES:], _signature(secret, purpose, subject)):
        return None
    return subject


def _signature(secret: bytes, purpose: str, subject: UUID) -> bytes:
    message = purpose.encode() + b"\0" + subject.bytes
    return hmac.new(secret, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
