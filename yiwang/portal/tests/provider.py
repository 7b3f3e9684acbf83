"""A small OpenID provider on this machine: signs RS256 tokens with a real key, checks PKCE, answers over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "yiwang", "client-secret-of-the-test"


@dataclass
class Provider:
    """What it says next; tests turn the screws."""

    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    signing_key: Any = None  # another one than is published
    algorithm: str = "RS256"
    name: str = "wangmin"
    claims: dict[str, Any] = field(default_factory=dict)  # over those of the token
    info: dict[str, Any] = field(default_factory=dict)  # over those of userinfo
    asked: dict[str, str] = field(default_factory=dict)  # of the last authorisation
    url: str = ""
    broken: bool = False

    def authorise(self, location: str) -> dict[str, str]:
        """The person agrees: what the browser brings back."""
        self.asked = {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}
        return {"code": "the-code", "state": self.asked["state"]}

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer to the code; a wrong secret or verifier is an error."""
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        right = form.get("client_secret") == SECRET and form.get("code") == "the-code"
        if self.broken or not right or proof.decode() != self.asked["code_challenge"]:
            raise PermissionError
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 60, "nonce": self.asked["nonce"], **self.claims,
        }  # fmt: skip
        key = self.signing_key or self.key
        signed = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            "" if self.algorithm == "none" else key,
            algorithm=self.algorithm,
            headers={"kid": "k1"},
        )
        return {"access_token": "at", "id_token": signed, "token_type": "Bearer"}

    def keys(self) -> dict[str, Any]:
        """The published keys."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def userinfo(self) -> dict[str, Any]:
        """The person."""
        return {"sub": "s-1", "preferred_username": self.name, **self.info}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _say(self, data: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._say(provider.keys() if self.path == "/keys" else provider.userinfo())

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                self._say(provider.token({key: values[0] for key, values in parse_qs(text).items()}))
            except PermissionError:
                self._say({"error": "invalid_grant"}, 400)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, answering until the end."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
