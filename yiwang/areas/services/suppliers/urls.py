"""Addresses of contracts."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.services.suppliers import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/", pages.index, name="contracts"),
    path("contracts/<int:pk>/", pages.contract, name="contract"),
    path("contracts/<int:pk>/terms/", pages.terms, name="terms"),
]
