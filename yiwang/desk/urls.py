"""Addresses of the desk, mounted at `r/`: `area:<area>`, and for every kind `area:list`, `area:record`, …"""

from __future__ import annotations

from django.urls import path

from yiwang.desk import pages
from yiwang.desk.kinds import resources

app_name = "area"
KIND = "<slug:area>/<slug:kind>"

urlpatterns = [
    *(
        path(f"{area}/", pages.index, {"area": area}, name=area)
        for area in dict.fromkeys(one.area for one in resources())
    ),
    path("approvals/<int:pk>/", pages.approval, name="approval"),
    path(f"{KIND}/", pages.listing, name="list"),
    path(f"{KIND}.<slug:form>", pages.export, name="export"),
    path(f"{KIND}/new/", pages.form, name="new"),
    path(f"{KIND}/preview/", pages.preview, name="preview"),
    path(f"{KIND}/suggest/<slug:column>/", pages.suggestions, name="suggest"),
    path(f"{KIND}/<int:pk>/", pages.record, name="record"),
    path(f"{KIND}/<int:pk>.json", pages.record, {"form": "json"}, name="record-json"),
    path(f"{KIND}/<int:pk>/change/", pages.form, name="change"),
    path(f"{KIND}/<int:pk>/preview/", pages.preview, name="preview-change"),
    path(f"{KIND}/<int:pk>/delete/", pages.delete, name="delete"),
]
