"""Addresses of the ledger's pages."""

from django.urls import path

from yiwang.portal.ledger import pages

app_name = "ledger"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<int:pk>", pages.entry, name="entry"),
    path("verify", pages.verification, name="verify"),
    path("verify/<uuid:key>", pages.result, name="result"),
]
