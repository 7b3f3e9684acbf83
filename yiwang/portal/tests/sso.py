"""The URLconf of a place with single sign-on."""

from __future__ import annotations

from django.urls import include, path

from yiwang.portal import urls

urlpatterns = [*urls.urlpatterns, path("sso/", include("yiwang.portal.sso_urls"))]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
