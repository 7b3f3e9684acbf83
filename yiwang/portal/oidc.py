"""Single sign-on by OpenID Connect, an extra (`requirements-oidc.lock`). Who signs on elsewhere gets the account that is
here under the same name, with its rights, its lock-out and its second factor; nobody gets an account by it.

The library checks signature, nonce and state; here are checked the issuer, the audience and the expiry, which it leaves.
"""

from __future__ import annotations

import logging
from typing import Any

import jwt
import requests
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.utils import timezone
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView

from yiwang.core.rights import lockout, verify
from yiwang.core.rights.models import User
from yiwang.portal import gate
from yiwang.portal.home.door import entered

logger = logging.getLogger(__name__)
#: Seconds that two clocks may differ.
LEEWAY = 30


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Finds the account; refuses rather than guesses."""

    @property
    def claim(self) -> str:
        """The claim that names the account."""
        return str(self.get_settings("OIDC_CLAIM", "preferred_username"))

    def authenticate(self, request: Any, **kwargs: Any) -> User | None:
        """The user, or None: a provider that does not answer or a token that does not hold is a failure, no error page."""
        if request is None or "nonce" not in kwargs:
            return None
        try:
            user = super().authenticate(request, **kwargs)
        except (SuspiciousOperation, jwt.PyJWTError, requests.RequestException, KeyError, ValueError) as error:
            logger.warning("single sign-on failed: %s", type(error).__name__)
            return None
        if not isinstance(user, User) or user.expired(timezone.localdate()) or verify.of_user(user):
            return None
        return None if lockout.is_locked(request, user.username) else user

    def _verify_jws(self, payload: Any, key: Any) -> dict[str, Any]:
        """The claims of a token that our provider signed for us and that is still good."""
        claims: dict[str, Any] = jwt.decode(
            payload,
            key,
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=self.get_settings("OIDC_ISSUER"),
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        return claims

    def get_userinfo(self, access_token: str, id_token: str, payload: Any) -> Any:
        """What the provider says of the person; it must be the person of the token."""
        said = super().get_userinfo(access_token, id_token, payload)
        if said.get("sub") != payload.get("sub"):
            raise SuspiciousOperation("userinfo of somebody else")
        return said

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Without the claim that names the account there is nothing to match."""
        return bool(claims.get(self.claim))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """The active account of that very name."""
        return User.objects.filter(username=str(claims[self.claim]), is_active=True)

    def create_user(self, claims: dict[str, Any]) -> None:
        """Never."""
        return


class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """The way back from the provider."""

    def login_success(self) -> HttpResponse:
        """In, as through the form: entry first, then the session, then the gate."""
        entered(self.user, "oidc")
        answer: HttpResponse = super().login_success()
        gate.prove(self.request)
        return answer
