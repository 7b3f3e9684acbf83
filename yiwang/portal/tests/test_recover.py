"""忘记密码 (A20): a link by mail, once, for half an hour, the same answer for every name, and no way past the second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from yiwang.core.ledger.models import Entry
from yiwang.core.rights import resets
from yiwang.core.rights.models import ResetLink, Role, Tally, User
from yiwang.kit.refusal import Refusal
from yiwang.portal.me.tests.flow import NEW, PASSWORD, account, enrolled, inside, log_in

pytestmark = pytest.mark.django_db
SITE = "https://yw.example.gov.cn"


@pytest.fixture(autouse=True)
def mailed() -> Iterator[None]:
    with override_settings(RECOVERY=True, SITE=SITE, ALLOWED_HOSTS=["*"]):
        yield


@pytest.fixture
def person() -> User:
    user = account(Role.CLERK)
    user.email = "wangmin@example.gov.cn"
    user.save()
    return user


def asked(run: Any, name: str = "wangmin", **extra: Any) -> str:
    """The page that answers, after the job has run; what differs from one drawing to the next is cut out."""
    with run(execute=True):
        answer = Client().post("/recover", {"username": name}, **extra)
    assert answer.status_code == 200
    return re.sub(r'(value="|X-CSRFToken": ")\w{64}', "", answer.content.decode())


def link() -> str:
    """The path of the link in the last letter."""
    found = re.search(rf"{SITE}(/recover/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def renewed(path: str, new: str = NEW) -> int:
    return int(Client().post(path, {"new": new, "again": new}).status_code)


def acts() -> list[str]:
    return list(Entry.objects.filter(act__startswith="rights.password").order_by("pk").values_list("act", flat=True))


def test_a20_the_link_sets_a_new_password_once(person: User, django_capture_on_commit_callbacks: Any) -> None:
    other = inside()
    asked(django_capture_on_commit_callbacks)
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    path = link()
    assert Client().get(path).status_code == Client().get(path).status_code == 200  # looking does not spend it
    assert renewed(path, "123") == 422
    assert renewed(path) == 302
    assert renewed(path, f"{NEW}-2") == 404
    assert log_in(Client()) == 200
    assert log_in(Client(), NEW) == 302
    assert other.get("/").status_code == 302  # the sessions of before have ended
    assert acts() == ["rights.password.ask", "rights.password.recover"]


def test_a20_the_link_ends_after_half_an_hour(person: User) -> None:
    now = timezone.now()
    found = resets.issue(username="wangmin", now=now)
    assert found is not None
    assert resets.owner(found[1], now + timedelta(minutes=29)) == person
    assert resets.owner(found[1], now + timedelta(minutes=30)) is None
    with pytest.raises(Refusal) as refused:
        resets.recover(secret=found[1], new=NEW, now=now + timedelta(minutes=30))
    assert refused.value.code == "reset.spent"
    resets.tidy(now + timedelta(days=2))
    assert not ResetLink.objects.exists()


def test_a20_a_new_password_spends_the_other_links(person: User) -> None:
    now = timezone.now()
    first, second = (resets.issue(username="wangmin", now=now) for _ in range(2))
    assert first is not None
    assert second is not None
    resets.recover(secret=second[1], new=NEW, now=now)
    assert resets.owner(first[1], now) is None


def test_a20_every_name_gets_the_same_answer(person: User, django_capture_on_commit_callbacks: Any) -> None:
    """Known, unknown, without mail, off, an administrator: one page, one job; a letter only to the first."""
    account(Role.CLERK, name="nomail")
    off, admin = account(Role.CLERK, name="off"), account(Role.SYSTEM_ADMIN, name="admin")
    User.objects.filter(pk__in=(off.pk, admin.pk)).update(email="x@example.gov.cn")
    User.objects.filter(pk=off.pk).update(is_active=False)
    answers = set()
    for name in ("wangmin", "nobody", "nomail", "off", "admin"):
        answers.add(asked(django_capture_on_commit_callbacks, name))
        Tally.objects.all().delete()
    assert len(answers) == 1
    assert [letter.to for letter in mail.outbox] == [[person.email]]
    assert Entry.objects.filter(act="rights.password.ask").count() == 5


def test_a20_the_host_of_the_request_does_not_reach_the_letter(
    person: User, django_capture_on_commit_callbacks: Any
) -> None:
    asked(django_capture_on_commit_callbacks, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert "evil" not in str(mail.outbox[-1].body)
    assert link()


def test_a20_the_second_factor_is_asked_for_all_the_same(person: User, django_capture_on_commit_callbacks: Any) -> None:
    enrolled(person)
    asked(django_capture_on_commit_callbacks)
    assert renewed(link()) == 302
    browser = Client()
    assert log_in(browser, NEW) == 302
    assert browser.get("/")["Location"].startswith("/me/second/check")


def test_a20_letters_and_askings_are_limited(person: User, django_capture_on_commit_callbacks: Any) -> None:
    """Three letters an hour to one person; five askings a minute from one address, the sixth is told to wait."""
    for _ in range(5):
        asked(django_capture_on_commit_callbacks)
    assert len(mail.outbox) == resets.MOST
    answer = Client().post("/recover", {"username": "nobody"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_without_mail_the_page_says_whom_to_ask(person: User) -> None:
    with override_settings(RECOVERY=False):
        assert "系统管理员" in Client().post("/recover", {"username": "wangmin"}).content.decode()
    assert not acts()


def test_the_mailbox_is_ones_own_and_takes_the_password(person: User) -> None:
    browser, stranger = inside(), Client()
    given = {"do": "mailbox", "mail": "new@example.gov.cn"}
    assert browser.post("/me/password", {**given, "old": "wrong"}).status_code == 422
    assert browser.post("/me/password", {**given, "mail": "new@", "old": PASSWORD}).status_code == 422
    assert stranger.post("/me/password", {**given, "old": PASSWORD}).status_code == 302
    person.refresh_from_db()
    assert person.email == "wangmin@example.gov.cn"
    assert browser.post("/me/password", {**given, "old": PASSWORD}).status_code == 302
    person.refresh_from_db()
    assert person.email == "new@example.gov.cn"
    assert Entry.objects.filter(act="rights.user.mailbox").count() == 1
