"""PBKDF2 with HMAC-SM3, for places that must use the national algorithms (GB/T 39786). OpenSSL does the work."""

from __future__ import annotations

import base64
import hashlib

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from yiwang.kit.digest import hasher


class PBKDF2SM3PasswordHasher(PBKDF2PasswordHasher):
    """As Django's own, with SM3 (GB/T 32905). The text kept: `pbkdf2_sm3$iterations$salt$base64`."""

    algorithm = "pbkdf2_sm3"

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The text to keep; the password in full length. Refuses where this OpenSSL has no SM3."""
        self._check_encode_args(password, salt)  # type: ignore[attr-defined]
        hasher("sm3")
        rounds = iterations or self.iterations
        raw = hashlib.pbkdf2_hmac("sm3", password.encode(), salt.encode(), rounds)
        return f"{self.algorithm}${rounds}${salt}${base64.b64encode(raw).decode('ascii')}"
