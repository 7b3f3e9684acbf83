"""Addresses of the dispatch board."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.vehicles.board import pages, plan_pages, pool_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("board/", pages.board, name="board"),
    path("board/fits.json", pages.fits_json, name="board-fits"),
    path("board/put/", pages.put, name="board-put"),
    path("board/trips/<int:pk>/", pages.trip, name="board-trip"),
    path("board/pools/", pool_pages.index, name="poolings"),
    path("board/pools/<int:pk>/", pool_pages.pooling, name="pooling"),
    path("board/plan/", plan_pages.make, name="board-plan"),
    path("board/plans/<int:pk>/", plan_pages.plan, name="day-plan"),
]
