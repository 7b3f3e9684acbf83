"""Every address of the portal."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from yiwang.portal import files, search
from yiwang.portal.api.api import urls as api_urls
from yiwang.portal.home import pages as home
from yiwang.portal.home import recover
from yiwang.portal.papers import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("search", search.page, name="search"),
    path("organ", home.choose_organ, name="organ"),
    path("login", home.LogIn.as_view(), name="login"),
    path("recover", recover.ask, name="recover"),
    path("recover/<str:code>", recover.renew, name="recover-link"),
    path("logout", home.LogOut.as_view(), name="logout"),
    path("healthz", home.healthz, name="healthz"),
    path("files/<int:pk>/", files.download, name="attachment"),
    path("files/<int:pk>/remove/", files.remove, name="attachment-remove"),
    path("desk/", include("yiwang.portal.cases.urls")),
    path("notices/", include("yiwang.portal.notices.urls")),
    path("papers/", include("yiwang.portal.papers.urls")),
    path("p/<str:code>", public.ask, name="paper"),
    path("jobs/", include("yiwang.portal.jobs.urls")),
    path("accounts/", include("yiwang.portal.accounts.urls")),
    path("me/", include("yiwang.portal.me.urls")),
    path("security/", include("yiwang.portal.security.urls")),
    path("services/", include("yiwang.areas.services.urls")),
    path("vehicles/", include("yiwang.areas.vehicles.urls")),
    path("energy/", include("yiwang.areas.energy.urls")),
    path("reporting/", include("yiwang.areas.reporting.urls")),
    path("energy/judge/", include("yiwang.areas.energy.judge.urls")),
    path("evaluation/", include("yiwang.areas.evaluation.urls")),
    path("api/v1/", include(api_urls())),
    path("insight/", include("yiwang.insight.urls")),
    path("r/", include("yiwang.desk.urls")),
    path("law/", include("yiwang.portal.law.urls")),
    path("orgs/", include("yiwang.portal.orgs.urls")),
    path("ledger/", include("yiwang.portal.ledger.urls")),
    path("findings/", include("yiwang.portal.findings.urls")),
    path("intake/", include("yiwang.portal.intake.urls")),
]
if settings.OIDC:
    urlpatterns.append(path("sso/", include("yiwang.portal.sso_urls")))

handler400 = "yiwang.portal.errors.bad_request"
handler403 = "yiwang.portal.errors.forbidden"
handler404 = "yiwang.portal.errors.not_found"
handler500 = "yiwang.portal.errors.server_error"
