"""Addresses of the map."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.vehicles.maps import fences, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("map/", pages.live, name="map"),
    path("map/live.json", pages.live_json, name="map-live"),
    path("map/roads.json", pages.roads_json, name="map-roads"),
    path("map/fences/", fences.index, name="fences"),
    path("map/fences/<int:pk>/", fences.fence, name="fence"),
    path("map/<int:pk>/", pages.track, name="track"),
]
