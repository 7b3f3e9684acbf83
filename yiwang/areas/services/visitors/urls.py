"""Addresses of visitors."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.services.visitors import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("visitors/", pages.visits, name="visits"),
    path("visitors/<int:pk>/", pages.visit, name="visit"),
    path("visitors/reception/", pages.reception, name="reception"),
    path("visitors/figures/", pages.figures, name="visit-figures"),
    path("visitors/figures/export.<str:form>", pages.export, name="visit-export"),
]
