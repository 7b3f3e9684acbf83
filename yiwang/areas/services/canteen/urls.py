"""Addresses of the canteen."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.services.canteen import checking, kitchen, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("canteen/", pages.index, name="canteen"),
    path("canteen/orders/<int:pk>/", pages.meal_order, name="meal-order"),
    path("canteen/groups/", pages.groups, name="groups"),
    path("canteen/kitchen/", kitchen.index, name="kitchen"),
    path("canteen/<int:pk>/menu/", kitchen.menu, name="menu"),
    path("canteen/<int:pk>/waste/", kitchen.waste, name="waste"),
    path("canteen/<int:pk>/checks/", checking.index, name="self-checks"),
    path("canteen/checks/<int:pk>/", checking.one_check, name="self-check"),
]
