"""Addresses of supplies."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.services.supplies import keeping, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("supplies/", pages.index, name="supplies"),
    path("supplies/requests/<int:pk>/", pages.one_request, name="supply-request"),
    path("supplies/stores/", keeping.stores, name="stores"),
    path("supplies/stores/<int:pk>/", keeping.store, name="store"),
    path("supplies/stores/<int:pk>/count/", keeping.stocktake, name="stocktake"),
    path("supplies/use/", keeping.consumption, name="consumption"),
    path("supplies/use/export.<str:form>", keeping.export, name="consumption-export"),
]
