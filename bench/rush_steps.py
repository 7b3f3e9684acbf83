"""Steps of the rush that need Django, run in a process of their own: the counties with their schools and workbooks; what arrived."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

#: Lines of a workbook, and schools below a county.
LINES, SCHOOLS = 50, 100


def scheme_text() -> str:
    """A month of fifty figures with a derived one, sums that must agree, and checks against the month and the year before."""
    items = "\n".join(f"  - {{key: i{n}, label: 指标{n}, unit: 千瓦时, required: {n < 5}}}" for n in range(LINES - 1))
    checks = [f"- {{key: c{n}, that: 'i{n} >= 0', message: '指标{n}不应小于 0。'}}" for n in range(5)]
    checks += [
        f"- {{key: d{n}, when: 'last_i{n} > 0', that: 'i{n} < 500 * last_i{n}', message: '上月 {{last_i{n}}}'}}"
        for n in range(5)
    ]
    return (
        "key: rush\nrevision: '1'\ntitle: 月报\nvalid_from: 2020-01-01\nperiod: month\nreview: [COUNTY]\n"
        f"tables:\n- key: main\n  title: 主表\n  items:\n{items}\n"
        "  - {key: total, label: 合计, unit: 千瓦时, derived: i0 + i1 + i2, adds: true}\nchecks:\n" + "\n".join(checks)
    )


def _people(number: int) -> tuple[Any, list[tuple[Any, str]]]:
    """The access of who opens the month, and each school with the session of its clerk."""
    from bench.mixed_steps import session_of
    from yiwang.core.orgs import factories
    from yiwang.core.orgs.models import Tier
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import Grant, Role, User

    def person(name: str, organ: Any, role: Role) -> User:
        user = User.objects.create(username=name, display_name=name)
        user.set_unusable_password()
        user.save()
        Grant.objects.create(user=user, organ=organ, role=role)
        return user

    factories.region("990101", "示例")
    root = factories.organ("示例省", tier=Tier.PROVINCE, code="990000")
    boss = person("boss", root, Role.MANAGER)
    schools: list[tuple[Any, str]] = []
    for at in range(0, number, SCHOOLS):
        county = factories.organ(f"县{at // SCHOOLS}", root, code="990101")
        person(f"county{at // SCHOOLS}", county, Role.MANAGER)
        for n in range(at, min(at + SCHOOLS, number)):
            school = factories.organ(f"学校{n}", county, code="990101", kind="事业单位")
            person(f"clerk{n}", school, Role.CLERK)
            schools.append((school, session_of(f"clerk{n}")))
    return access_for(boss), schools


def prepare(number: int, folder: Path) -> None:
    """Migrate, fill, open the month, write the workbooks; print where each goes and by whose session."""
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from bench.mixed_steps import session_of
    from yiwang.areas.reporting import opening
    from yiwang.areas.reporting.models import Return

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic():
        access, schools = _people(number)
        revision = opening.save_scheme(text=scheme_text(), access=access)
        opening.issue_scheme(revision=revision.pk, access=access)
        start = date(timezone.localdate().year, 1, 1)
        period = opening.open_period(revision=revision.pk, start=start, access=access, now=timezone.now())
        rows = dict(Return.objects.filter(period=period).values_list("organ", "pk"))
    folder.mkdir()
    books = []
    for n, (school, session) in enumerate(schools):
        _book(folder / f"{n}.xlsx", Return.objects.get(pk=rows[school.pk]), n)
        books.append({"pk": rows[school.pk], "session": session, "file": str(folder / f"{n}.xlsx")})
    print(json.dumps({"books": books, "boss": session_of("boss"), "period": period.pk}))


def _book(path: Path, row: Any, n: int) -> None:
    """The template of the return, filled."""
    from yiwang.areas.reporting.workbook import write_template

    row.draft = {"values": {f"i{k}": str(Decimal(1000 + (n * 7 + k) % 500) / 4) for k in range(LINES - 1)}, "rows": {}}
    with path.open("wb") as file:
        write_template(file, row)


def count() -> None:
    """What arrived: returns handed in, versions, entries in the ledger, receipts."""
    from yiwang.areas.reporting.models import Receipt, Return, ReturnState, ReturnVersion
    from yiwang.core.ledger.models import Entry

    found = {
        "handed": Return.objects.filter(state=ReturnState.SUBMITTED).count(),
        "versions": ReturnVersion.objects.count(),
        "entries": Entry.objects.filter(act="reporting.return.submit").count(),
        "receipts": Receipt.objects.filter(outcome="HANDED").count(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    if sys.argv[1] == "prepare":
        prepare(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        count()
