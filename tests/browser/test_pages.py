"""Every address of the URLconf in Chromium: axe finds nothing, no page is wider than a phone, nothing comes from elsewhere.

A page is opened on a phone and then widened, as a phone is turned; axe looks at both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Browsers, Portal
from yiwang.portal.tests.addresses import templates

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text(encoding="utf-8")
#: Addresses that show no page: they answer to POST, to htmx, to a machine or with a file.
NO_PAGE = re.compile(
    "^/("
    + "|".join(
        (
            r"logout|healthz|files/.*|api/.*|.*(export)?\.<(str|slug):form>",
            r"r/.*(preview|suggest|json|approvals).*",
            r"orgs/<int:pk>/below|accounts/organs/|ledger/verify/<.*|findings/.*/file/.*|intake/.*(state|confirm|marked)/",
            r"jobs/.*/(bar|again)/|papers/(issue|.*/(pdf|void))/|me/second/check|security/locks",
            r"notices/(read|.*/open|.*/retry|settings/robots/.*)/",
            r"desk/(batch|.*(people|preview|file|download))/",
            r"vehicles/(map/(live.json|roads.json|<int:pk>/)|board/(fits.json|put/|plan/))",
            # of a driver, of who asks for a track, and of rows that the small world has none of: the journeys meet the first
            r"vehicles/(trips/(tasks|<int:pk>/(drive|correct))|tracks/ask|costs/<int:pk>|watch/signs/<int:pk>|plans/<int:pk>)/",
            r"services/(catalogue/load|labels/.*/make|venues/bookings/.*/move/)",
            r"reporting/(worker.js|.*\.xlsx|returns/<int:pk>/cells/)",
        )
    )
    + ")$"
)
#: What stands in place of the arguments; {name} is an id of the small world.
EXAMPLES: dict[str, str] = {
    "/vehicles/<int:pk>/": "/vehicles/{fleet_car}/",
    "/vehicles/trips/<int:pk>/": "/vehicles/trips/{board_trip}/",
    "/vehicles/watch/rules/<slug:key>/": "/vehicles/watch/rules/MOVED/",
    "/vehicles/map/fences/<int:pk>/": "/vehicles/map/fences/{fence}/",
    "/vehicles/publicity/<int:pk>/": "/vehicles/publicity/{publicity}/",
    "/vehicles/board/trips/<int:pk>/": "/vehicles/board/trips/{board_trip}/",
    "/vehicles/board/plans/<int:pk>/": "/vehicles/board/plans/{day_plan}/",
    "/vehicles/board/pools/<int:pk>/": "/vehicles/board/pools/{pooling}/",
    "/energy/meters/<int:pk>/": "/energy/meters/{meter}/",
    "/energy/organs/<int:pk>/": "/energy/organs/{province}/",
    "/energy/judge/rules/<str:key>/": "/energy/judge/rules/UNIT/",
    "/energy/judge/signs/<int:pk>/": "/energy/judge/signs/{sign}/",
    "/reporting/returns/<int:pk>/": "/reporting/returns/{return_own}/",
    "/reporting/returns/<int:pk>/rows/<str:key>/": "/reporting/returns/{return_own}/rows/houses/",
    "/reporting/returns/<int:pk>/upload/": "/reporting/returns/{return_own}/upload/",
    "/reporting/receipts/<int:pk>/": "/reporting/receipts/{receipt}/",
    "/reporting/periods/<int:pk>/": "/reporting/periods/{period_above}/",
    "/reporting/periods/<int:pk>/book/": "/reporting/periods/{period_above}/book/",
    "/reporting/periods/<int:pk>/sums/": "/reporting/periods/{period_above}/sums/",
    "/reporting/periods/<int:pk>/quality/": "/reporting/periods/{period_above}/quality/",
    "/reporting/schemes/<int:pk>/": "/reporting/schemes/{scheme}/",
    "/evaluation/<int:pk>/": "/evaluation/{assessment}/",
    "/evaluation/publications/<int:pk>/": "/evaluation/publications/{publication}/",
    "/law/d/<path:code>": "/law/d/FGTZ-2014-2674",
    "/law/c/<path:key>": "/law/c/FGTZ-2014-2674/room",
    "/orgs/<int:pk>": "/orgs/{city}",
    "/orgs/<int:pk>/change": "/orgs/{city}/change",
    "/ledger/<int:pk>": "/ledger/{entry}",
    "/intake/<int:pk>/": "/intake/{import}/",
    "/intake/<int:pk>/columns/": "/intake/{import}/columns/",
    "/findings/<int:pk>/": "/findings/{finding}/",
    "/papers/<int:pk>/": "/papers/{paper}/",
    "/papers/<int:pk>/print/": "/papers/{paper}/print/",
    "/recover/<str:code>": "/recover/x",
    "/p/<str:code>": "/p/{paper_code}",
    "/jobs/<int:pk>/": "/jobs/{job}/",
    "/accounts/<int:pk>/": "/accounts/{account}/",
    "/accounts/roles/<int:pk>/": "/accounts/roles/{role}/",
    "/desk/start/<str:key>/": "/desk/start/offices.allocation/",
    "/desk/<int:pk>/": "/desk/{case}/",
    "/desk/flows/<int:pk>/": "/desk/flows/{definition}/",
    "/desk/flows/<int:pk>/compare/": "/desk/flows/{definition}/compare/",
    "/desk/flows/<int:pk>/try/": "/desk/flows/{definition}/try/",
    "/desk/workdays/<str:day>/": "/desk/workdays/2026-03-05/",
    "/services/item/<slug:code>/": "/services/item/06/",
    "/services/report/<str:token>/": "/services/report/{room}/",
    "/services/s/<str:token>/": "/services/s/{hall}/",
    "/services/s/<str:token>/look/": "/services/s/{hall}/look/",
    "/services/orders/<int:pk>/": "/services/orders/{order}/",
    "/services/teams/<int:pk>/": "/services/teams/{team}/",
    "/services/patrols/<int:pk>/": "/services/patrols/{round}/",
    "/services/venues/<int:pk>/": "/services/venues/{venue}/",
    "/services/venues/<int:pk>/door/": "/services/venues/{venue}/door/",
    "/services/venues/door/<str:code>/": "/services/venues/door/door-one/",
    "/services/venues/bookings/<int:pk>/": "/services/venues/bookings/{booking}/",
    "/services/events/<int:pk>/": "/services/events/{event}/",
    "/services/events/<int:pk>/<str:what>/": "/services/events/{event}/bill/",
    "/services/contracts/<int:pk>/": "/services/contracts/{contract}/",
    "/services/contracts/<int:pk>/terms/": "/services/contracts/{contract}/terms/",
    "/services/supplies/requests/<int:pk>/": "/services/supplies/requests/{supply-request}/",
    "/services/supplies/stores/<int:pk>/": "/services/supplies/stores/{store}/",
    "/services/supplies/stores/<int:pk>/count/": "/services/supplies/stores/{store}/count/",
    "/services/canteen/orders/<int:pk>/": "/services/canteen/orders/{meal-order}/",
    "/services/canteen/<int:pk>/menu/": "/services/canteen/{canteen}/menu/",
    "/services/canteen/<int:pk>/waste/": "/services/canteen/{canteen}/waste/",
    "/services/canteen/<int:pk>/checks/": "/services/canteen/{canteen}/checks/",
    "/services/canteen/checks/<int:pk>/": "/services/canteen/checks/{self-check}/",
    "/services/visitors/<int:pk>/": "/services/visitors/{visit}/",
    "/r/<slug:area>/<slug:kind>/": "/r/offices/room/",
    "/r/<slug:area>/<slug:kind>/new/": "/r/offices/occupancy/new/",
    "/r/<slug:area>/<slug:kind>/<int:pk>/": "/r/offices/room/{云岭县财政局.free}/",
    "/r/<slug:area>/<slug:kind>/<int:pk>/change/": "/r/vehicles/vehicle/{云岭县财政局.car}/change/",
    "/r/<slug:area>/<slug:kind>/<int:pk>/delete/": "/r/offices/room/{云岭县财政局.free}/delete/",
}
#: Who looks, by the beginning of the address; the first that fits. The manager sees all others.
WHO: dict[str, str | None] = {
    "/login": None,
    "/recover": None,
    "/p/": None,
    "/ledger": "auditor",
    "/accounts/audit/": "auditadmin",
    "/accounts/roles/": "secadmin",
    "/accounts": "sysadmin",
    "/security": "secadmin",
    "/notices/failures": "sysadmin",
    "/orgs/new": "sysadmin",
    "/orgs/{city}/change": "sysadmin",
    "/reporting/returns/{return_own}": "filler",
}
#: Pages that look different with a question.
MORE = [
    "/law/?q=办公室", "/law/?q=量子", "/law/at?topic=offices.person_area&organ_tier=市级机关&rank=正处级", "/law/diff?before=2013-01-01",
    "/search?q=云岭", "/search", "/orgs/?on=2001-01-01", "/ledger/?act=nothing", "/no-such-page", "/r/offices/room/?q=nothing",
    "/services/?q=nothing", "/services/labels/?building={building}", "/services/month/?by=team", "/services/patrols/?state=MISSED",
    "/desk/?box=mine", "/desk/?box=unassigned", "/desk/all/?q=赵明", "/desk/workdays/?year=2027",
    "/energy/read/?meter=E01", "/energy/meters/{meter_virtual}/", "/energy/meters/{meter_billed}/", "/insight/energy/?year={last_year}",
    "/reporting/returns/{return_handed}/", "/reporting/schemes/new/?from=pi-energy", "/energy/judge/?organ={city}",
]  # fmt: skip


#: Pages that say that there is nothing (any more).
GONE = ("/no-such-page", "/recover/x")


def _pages() -> list[str]:
    found = []
    for one in templates():
        if NO_PAGE.match(one):
            continue
        found.append(EXAMPLES.get(one, one))
    return found + MORE


def _concrete(path: str, portal: Portal) -> str:
    return re.sub(r"\{([^}]+)\}", lambda found: str(portal.ids[found.group(1)]), path)


def _violations(page: Page) -> list[str]:
    """What axe finds, in a line each. The script comes through the test's own channel, so no policy is loosened."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    return [f"{one['id']}: {node['html'][:150]} ({node['failureSummary']})" for one in found for node in one["nodes"]]


def test_every_address_has_an_example() -> None:
    assert [path for path in _pages() if "<" in path] == []


@pytest.mark.parametrize("path", [path for path in _pages() if "<" not in path])
def test_a_page_is_accessible_and_fits(browse: Browsers, portal: Portal, path: str) -> None:
    user = next((who for start, who in WHO.items() if path.startswith(start)), "manager")
    page = browse.kept(user)
    page.set_viewport_size(PHONE)
    answer = page.goto(_concrete(path, portal))
    assert answer is not None
    assert answer.status == (404 if path in GONE else 200)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert _violations(page) == []
        extra = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert extra <= 0, f"{extra} px too wide"
