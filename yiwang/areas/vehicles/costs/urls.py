"""Addresses of costs."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.vehicles.costs import pages

urlpatterns = [
    path("costs/", pages.index, name="costs"),
    path("costs/new/", pages.new, name="cost-new"),
    path("costs/statement/", pages.statement, name="cost-statement"),
    path("costs/budgets/", pages.budgets, name="cost-budgets"),
    path("costs/<int:pk>/", pages.cost, name="cost"),
]
