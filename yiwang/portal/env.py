"""Settings come from the environment; a malformed value is refused at start, by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, *, default: bool) -> bool:
    """A yes/no setting: 1/0, true/false, yes/no, on/off."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}: expected 1 or 0, got {text!r}")


def whole(name: str, default: int) -> int:
    """A whole number."""
    text = os.environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}: expected a whole number, got {text!r}") from None


def one_of(name: str, default: str, allowed: Sequence[str]) -> str:
    """One of some words."""
    text = os.environ.get(name, "").strip() or default
    if text not in allowed:
        raise ImproperlyConfigured(f"{name}: expected one of {', '.join(allowed)}, got {text!r}")
    return text


def nets(name: str, default: str = "") -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks, with commas between: `10.1.0.0/16,192.168.3.7`."""
    text = os.environ.get(name, default)
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise ImproperlyConfigured(f"{name}: expected addresses like 10.1.0.0/16, got {text!r}") from None


#: Setting of the library → variable; all of them are needed.
_OIDC = {
    "OIDC_ISSUER": "YIWANG_OIDC_ISSUER",
    "OIDC_RP_CLIENT_ID": "YIWANG_OIDC_CLIENT_ID",
    "OIDC_RP_CLIENT_SECRET": "YIWANG_OIDC_CLIENT_SECRET",
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "YIWANG_OIDC_AUTHORIZE_URL",
    "OIDC_OP_TOKEN_ENDPOINT": "YIWANG_OIDC_TOKEN_URL",
    "OIDC_OP_USER_ENDPOINT": "YIWANG_OIDC_USERINFO_URL",
    "OIDC_OP_JWKS_ENDPOINT": "YIWANG_OIDC_KEYS_URL",
}


def oidc() -> dict[str, Any]:
    """The settings of single sign-on, nothing without YIWANG_OIDC_CLIENT_ID; the addresses must be given in full."""
    if not os.environ.get("YIWANG_OIDC_CLIENT_ID"):
        return {}
    lacking = [name for name in _OIDC.values() if not os.environ.get(name)]
    if lacking:
        raise ImproperlyConfigured(f"single sign-on: missing {', '.join(lacking)}")
    return {setting: os.environ[name] for setting, name in _OIDC.items()} | {
        "OIDC_CLAIM": os.environ.get("YIWANG_OIDC_CLAIM", "preferred_username"),
        "OIDC_RP_SCOPES": os.environ.get("YIWANG_OIDC_SCOPES", "openid profile"),
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_CREATE_USER": False,
        "OIDC_USE_PKCE": True,
        "OIDC_TIMEOUT": 5,
        "OIDC_CALLBACK_CLASS": "yiwang.portal.oidc.Callback",
        "LOGIN_REDIRECT_URL_FAILURE": "/login?sso=failed",
    }


def database(url: str) -> dict[str, Any]:
    """`postgres://user:password@host:port/name` or `sqlite:///path` as a Django database.

    SQLite: WAL, IMMEDIATE transactions and a long busy time-out; measured without them, 22 of 240 read-then-write
    transactions ended in "database is locked".
    """
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Compiling a statement (0.7 s for one over 20,000 persons) costs more than it saves here. And a transaction
            # left idle would hold back what the sealer of the ledger may forget.
            "OPTIONS": {"options": "-c jit=off -c idle_in_transaction_session_timeout=600000"},
        }
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:]) or ":memory:"
        if name != ":memory:":
            Path(name).parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": 60,  # to open and close one costs a fifth of a list page
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA secure_delete=ON;",
            },
        }
    raise ImproperlyConfigured(f"database address {url!r}: expected postgres://… or sqlite:///path")
