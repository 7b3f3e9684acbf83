"""Addresses of venues and bookings; the fixed words stand before the numbers."""

from __future__ import annotations

from django.urls import URLPattern, path

from yiwang.areas.services.venues import door, pages, report

urlpatterns: list[URLPattern] = [
    path("venues/", pages.venues, name="venues"),
    path("venues/book/", pages.book, name="booking-new"),
    path("venues/bookings/", pages.bookings, name="bookings"),
    path("venues/bookings/<int:pk>/", pages.booking, name="booking"),
    path("venues/bookings/<int:pk>/move/", pages.move, name="booking-move"),
    path("venues/door/<str:code>/", door.door, name="venue-door"),
    path("venues/report/", report.report, name="venue-report"),
    path("venues/report.<str:form>", report.export, name="venue-report-export"),
    path("venues/<int:pk>/", pages.venue, name="venue"),
    path("venues/<int:pk>/door/", door.poster, name="venue-poster"),
]
