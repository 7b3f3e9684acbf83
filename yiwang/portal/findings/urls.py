"""Addresses of the findings' pages."""

from django.urls import path

from yiwang.portal.findings import export, pages

app_name = "findings"
urlpatterns = [
    path("", pages.index, name="index"),
    path("export.<str:form>", export.download, name="export"),
    path("<int:pk>/", pages.detail, name="detail"),
    path("<int:pk>/file/<int:event>", pages.attachment, name="file"),
]
