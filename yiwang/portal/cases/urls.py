"""Addresses, mounted in `yiwang.portal.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.portal.cases import definitions, desk, pages, simulating, starting, workdays

app_name = "cases"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.desk, name="desk"),
    path("batch/", desk.batch, name="batch"),
    path("all/", desk.all_cases, name="all"),
    path("all/export.<str:form>", desk.download, name="export"),
    path("start/", starting.index, name="start"),
    path("start/<str:key>/", starting.new, name="new"),
    path("start/<str:key>/preview/", starting.preview, name="preview"),
    path("<int:pk>/", pages.case, name="case"),
    path("<int:pk>/people/", pages.suggestions, name="people"),
    path("flows/", definitions.index, name="definitions"),
    path("flows/<int:pk>/", definitions.one, name="definition"),
    path("flows/<int:pk>/file/", definitions.xml, name="xml"),
    path("flows/<int:pk>/download/", definitions.download, name="download"),
    path("flows/<int:pk>/compare/", definitions.comparison, name="compare"),
    path("flows/<int:pk>/try/", simulating.page, name="simulate"),
    path("workdays/", workdays.year, name="workdays"),
    path("workdays/<str:day>/", workdays.one_day, name="day"),
]
