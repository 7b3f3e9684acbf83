"""Addresses of the services, mounted at `services/`; each topic has its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from yiwang.areas.services.canteen.urls import urlpatterns as canteen
from yiwang.areas.services.catalogue.urls import urlpatterns as catalogue
from yiwang.areas.services.events.urls import urlpatterns as events
from yiwang.areas.services.orders.urls import urlpatterns as orders
from yiwang.areas.services.patrols.urls import urlpatterns as patrols
from yiwang.areas.services.suppliers.urls import urlpatterns as suppliers
from yiwang.areas.services.supplies.urls import urlpatterns as supplies
from yiwang.areas.services.venues.urls import urlpatterns as venues
from yiwang.areas.services.visitors.urls import urlpatterns as visitors

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = [
    *catalogue,
    *orders,
    *patrols,
    *venues,
    *events,
    *suppliers,
    *supplies,
    *canteen,
    *visitors,
]
