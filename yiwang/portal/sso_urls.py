"""Addresses of single sign-on; only where it is set up."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from yiwang.portal.oidc import Callback

urlpatterns: list[URLPattern | URLResolver] = [
    path("begin", login_not_required(OIDCAuthenticationRequestView.as_view()), name="oidc_authentication_init"),
    path("back", login_not_required(Callback.as_view()), name="oidc_authentication_callback"),
]
