"""Addresses of the indicators."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.energy.indicators import pages

urlpatterns = [
    path("mine/", pages.mine, name="mine"),
    path("board/", pages.board, name="board"),
    path("organs/<int:pk>/", pages.organ, name="organ"),
]
