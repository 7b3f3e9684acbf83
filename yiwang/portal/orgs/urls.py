"""Addresses of the organs' pages."""

from django.urls import path

from yiwang.portal.orgs import changing, pages

app_name = "orgs"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new", changing.new, name="new"),
    path("<int:pk>/change", changing.change, name="change"),
    path("<int:pk>", pages.organ, name="organ"),
    path("<int:pk>/below", pages.below, name="below"),
]
