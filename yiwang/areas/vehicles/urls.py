"""Addresses of the vehicles, mounted at `vehicles/`; each topic has its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.vehicles.board.urls import urlpatterns as board
from yiwang.areas.vehicles.costs.urls import urlpatterns as costs
from yiwang.areas.vehicles.life.urls import urlpatterns as life
from yiwang.areas.vehicles.maps.urls import urlpatterns as maps
from yiwang.areas.vehicles.nav import index
from yiwang.areas.vehicles.stats.urls import urlpatterns as stats
from yiwang.areas.vehicles.tracks.urls import urlpatterns as tracks
from yiwang.areas.vehicles.trips.urls import urlpatterns as trips
from yiwang.areas.vehicles.watch.urls import urlpatterns as watch

app_name = "vehicles"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", index, name="index"),
    *board,
    *life,
    *watch,
    *costs,
    *stats,
    *maps,
    *tracks,
    *trips,
]
