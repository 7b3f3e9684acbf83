"""Addresses of reporting, work orders, labels and teams."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.services.orders import month, pages, places, register

urlpatterns = [
    path("report/", pages.report, name="report"),
    path("report/<str:token>/", pages.report, name="report-at"),
    path("s/<str:token>/", pages.scanned, name="spot"),
    path("mine/", pages.mine, name="mine"),
    path("todo/", pages.todo, name="todo"),
    path("dispatch/", pages.dispatch, name="dispatch"),
    path("month/", month.page, name="month"),
    path("month.<slug:form>", month.export, name="month-export"),
    path("orders/", register.listing, name="orders"),
    path("orders.<slug:form>", register.export, name="orders-export"),
    path("orders/<int:pk>/", pages.detail, name="order"),
    path("labels/", places.labels, name="labels"),
    path("labels/<int:pk>/make", places.make_labels, name="make-labels"),
    path("teams/", places.team_list, name="teams"),
    path("teams/<int:pk>/", places.team, name="team"),
]
