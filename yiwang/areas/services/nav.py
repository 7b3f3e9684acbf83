"""The navigation of the services: the pages and registers that this user can open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from yiwang.core.registers.pages import Page, pages
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, Verb
from yiwang.desk.kinds import resources


def reads_orders(access: Access) -> bool:
    """Whether the user reads the orders of the whole organ: a reader or a dispatcher of services."""
    return access.may(Verb.READ, "services") or access.has(Role.DISPATCHER, "services")


def shown(access: Access) -> tuple[Page, ...]:
    """The pages of the services that the user can open."""
    return pages("services", access)


def nav(request: HttpRequest) -> dict[str, Any]:
    """What the line of tabs needs: pages, kinds (for readers), the present address."""
    access: Access = request.access  # type: ignore[attr-defined]
    return {
        "pages": shown(access),
        "kinds": resources("services") if access.may(Verb.READ, "services") else [],
        "here": request.path,
    }
