"""Addresses of trips; the fixed words stand before the numbers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.vehicles.trips import accounts, dispatching, outages, pages, phone

urlpatterns: list[URLPattern | URLResolver] = [
    path("trips/", pages.mine, name="trips-mine"),
    path("trips/new/", pages.new, name="trip-new"),
    path("trips/waiting/", dispatching.waiting, name="trips-waiting"),
    path("trips/loans/", dispatching.loans, name="loans"),
    path("trips/outages/", outages.page, name="outages"),
    path("trips/tasks/", phone.tasks, name="tasks"),
    path("trips/settlement/", accounts.settlement, name="settlement"),
    path("trips/settlement.<str:form>", accounts.export, name="settlement-export"),
    path("trips/<int:pk>/", pages.trip, name="trip"),
    path("trips/<int:pk>/correct/", pages.correct, name="trip-correct"),
    path("trips/<int:pk>/drive/", phone.drive, name="trip-drive"),
]
