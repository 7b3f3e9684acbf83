"""Addresses of direct reporting, mounted at `reporting/`."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.reporting import checking, designer, exchange, files, forms, grid, handing, pages, period

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("worker.js", pages.worker, name="worker"),
    path("returns/<int:pk>/", pages.one, name="return"),
    path("returns/<int:pk>/cells/", grid.cells, name="cells"),
    path("returns/<int:pk>/rows/<str:key>/", pages.drill, name="drill"),
    path("returns/<int:pk>/template.xlsx", files.template, name="template"),
    path("returns/<int:pk>/upload/", files.upload, name="upload"),
    path("receipts/<int:pk>/", files.receipt, name="receipt"),
    path("periods/<int:pk>/", period.one, name="period"),
    path("periods/<int:pk>/book/", handing.upload, name="book"),
    path("periods/<int:pk>/book.xlsx", handing.template, name="book-template"),
    path("periods/<int:pk>/sums/", period.sums, name="sums"),
    path("periods/<int:pk>/quality/", checking.page, name="quality"),
    path("periods/<int:pk>/export.<str:form>", period.export, name="export"),
    path("periods/<int:pk>/sdmx.<str:form>", exchange.sdmx, name="sdmx"),
    path("schemes/", designer.schemes, name="schemes"),
    path("schemes/new/", designer.scheme, name="scheme-new"),
    path("schemes/<int:pk>/forms.xlsx", forms.blank, name="forms"),
    path("schemes/<int:pk>/", designer.scheme, name="scheme"),
]
