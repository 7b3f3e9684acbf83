"""Short secrets at rest: sealed with AES-256-GCM under a key derived from the one of this place.

Sealed text is `v1.` and base64url of nonce and ciphertext. The purpose is part of the key and the owner is bound as
associated data: a text copied into another row or another column does not open.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yiwang.kit.refusal import Refusal

_VERSION = "v1."
_NONCE = 12


def _cipher(key: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"yiwang {purpose}".encode())
    return AESGCM(derived.derive(key.encode()))


def seal(secret: bytes, *, key: str, purpose: str, owner: str) -> str:
    """The secret as text that only `unseal` with the same key, purpose and owner opens."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = _cipher(key, purpose).encrypt(nonce, secret, owner.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + hidden).decode()


def unseal(text: str, *, key: str, purpose: str, owner: str) -> bytes:
    """The secret again. Refusal `sealing.broken`: another key, another owner, or altered."""
    try:
        raw = base64.urlsafe_b64decode(text.removeprefix(_VERSION))
        return _cipher(key, purpose).decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())
    except (InvalidTag, ValueError):
        raise Refusal("sealing.broken", "保存的密文打不开:会话密钥换过,或内容被改动。请重新登记这一项。") from None
