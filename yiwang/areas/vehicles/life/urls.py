"""Addresses of quotas, plans and of a vehicle's life."""

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.vehicles.life import car_pages, pages, plan_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("quota/", pages.quotas, name="quota"),
    path("plans/", plan_pages.plans, name="plans"),
    path("plans/<int:pk>/", plan_pages.plan, name="plan"),
    path("due/", car_pages.due, name="due"),
    path("<int:pk>/", car_pages.vehicle, name="vehicle"),
]
