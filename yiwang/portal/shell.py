"""What every page shows around its content: the tabs, the organ worked for, what waits. Evaluated on use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, Verb
from yiwang.portal.home import counts
from yiwang.portal.menu import Item, menu
from yiwang.portal.notices import badge
from yiwang.portal.security.pages import may_read

#: Label and name of the address; between the first and the rest stand the areas of the registers. A tab is the current
#: one where the path begins with its address.
FIRST: tuple[tuple[str, str], ...] = (("首页", "home"), ("办事", "cases:desk"))
REST: tuple[tuple[str, str], ...] = (
    ("账号", "accounts:index"),
    ("问题", "findings:index"),
    ("导入", "intake:index"),
    ("组织机构", "orgs:index"),
    ("制度库", "law:index"),
    ("存证", "ledger:index"),
    ("安全自查", "security:index"),
)


@dataclass(frozen=True)
class Tab:
    """One tab."""

    label: str
    url: str
    current: bool


@cache
def _addresses() -> tuple[tuple[str, tuple[str, ...], Callable[[Access], bool]], ...]:
    """The tabs' labels, addresses and who sees them, reversed once. An area's registers are under its tab too."""
    first, rest = (
        tuple((label, (reverse(name),), _SEEN.get(label, _always)) for label, name in part) for part in (FIRST, REST)
    )
    areas = ((item.label, (item.url, f"/r/{item.area}/"), _works_in(item)) for item in menu())
    return (*first, *areas, *rest)


def works(access: Access) -> bool:
    """Whether the user has to do with requests at all: the three administrators have not."""
    return access.may(Verb.APPLY) or access.can_read


def _always(access: Access) -> bool:
    return True


def _works_in(item: Item) -> Callable[[Access], bool]:
    """Whoever may read the area's registers, or do anything there where it has pages of its own."""
    verbs = tuple(set(Verb) - {Verb.AUDIT}) if item.pages else (Verb.READ,)
    return lambda access: any(access.may(verb, item.area) for verb in verbs)


#: Tabs that only some see: the others could only be refused there.
_SEEN: dict[str, Callable[[Access], bool]] = {
    "办事": works,
    "存证": lambda access: access.can_audit,
    "组织机构": lambda access: access.can_read or access.administers is not None,
    "导入": lambda access: access.can_write,
    "问题": lambda access: access.can_read,
    "安全自查": may_read,
    "账号": lambda access: access.administers is not None,
}


class Shell:
    """Lazy: a page that shows no band costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def access(self) -> Access:
        """Of this request."""
        return cast(AccessRequest, self._request).access

    @property
    def tabs(self) -> list[Tab]:
        """The tabs, in order; those that the user could only be refused at are left out."""
        path, access = self._request.path, self.access
        return [
            Tab(label, urls[0], path == "/" if urls[0] == "/" else path.startswith(urls))
            for label, urls, seen in _addresses()
            if seen(access)
        ]

    @property
    def works(self) -> bool:
        """See `works`."""
        return works(self.access)

    @property
    def applies(self) -> bool:
        """Whether the user may ask for something: to others no page offers it."""
        return self.access.may(Verb.APPLY)

    @property
    def configures(self) -> bool:
        """Whether the user keeps processes."""
        return self.access.may(Verb.CONFIGURE)

    @property
    def organ(self) -> Organ | None:
        """The organ worked for."""
        return self.access.organ

    @property
    def roles(self) -> str:
        """The user's roles there in words."""
        return self.access.words or "尚无授权"

    @property
    def waiting(self) -> counts.Counts:
        """How many things wait for the user, for the badge."""
        return counts.lately(self.access)

    @property
    def unread(self) -> str:
        """How many messages the user has not read, for the badge."""
        return badge.badge(self.access)

    @property
    def administers(self) -> bool:
        """Whether the user is a system administrator here."""
        return self.access.has(Role.SYSTEM_ADMIN)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}
