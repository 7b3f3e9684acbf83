"""Addresses of the lawbook's pages."""

from django.urls import path

from yiwang.portal.law import pages

app_name = "law"
urlpatterns = [
    path("", pages.index, name="index"),
    path("at", pages.at, name="at"),
    path("diff", pages.diff, name="diff"),
    path("coverage", pages.coverage, name="coverage"),
    path("d/<path:code>", pages.document, name="document"),
    path("c/<path:key>", pages.clause, name="clause"),
]
