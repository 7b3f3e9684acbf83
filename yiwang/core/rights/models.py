"""Users and what they may do: a role on an organ's subtree, in all areas or in one. Closed by default."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q

from yiwang.core.orgs.models import Organ, Person
from yiwang.kit.prepared import prepared
from yiwang.kit.refusal import Refusal


class Verb(StrEnum):
    """What a role may do in an area."""

    READ = "read"  # registers and findings of the subtree
    WRITE = "write"  # registers, imports, rectifying
    APPROVE = "approve"  # attach approvals, assign, review, close; act on cases that ask for the role
    APPLY = "apply"  # ask for something: open a case, book, order, report
    HANDLE = "handle"  # do what was asked: dispatch, repair, issue, serve
    CONFIGURE = "configure"  # catalogue, rules, plans, process definitions
    AUDIT = "audit"  # read and verify the ledger
    TRACK = "track"  # read where a person was, with a reason each time; in no built-in role

    @property
    def label(self) -> str:
        """In words."""
        return _VERB_WORDS[self]


_VERB_WORDS = {
    Verb.READ: "查阅",
    Verb.WRITE: "登记",
    Verb.APPROVE: "审批",
    Verb.APPLY: "申请",
    Verb.HANDLE: "办理",
    Verb.CONFIGURE: "配置",
    Verb.AUDIT: "审计",
    Verb.TRACK: "查阅轨迹",
}


class Role(models.TextChoices):
    """The built-in roles. The three administrators stand apart: no one holds two of them, none of them works in business."""

    READER = "READER", "查阅"
    CLERK = "CLERK", "经办"
    MANAGER = "MANAGER", "主管"
    AUDITOR = "AUDITOR", "审计"
    STAFF = "STAFF", "干部职工"  # asks for services, sees what is his own
    LEADER = "LEADER", "分管领导"
    DISPATCHER = "DISPATCHER", "调度"
    REPAIRER = "REPAIRER", "维修"
    KEEPER = "KEEPER", "保管"
    CANTEEN = "CANTEEN", "食堂"
    RECEPTION = "RECEPTION", "前台"
    FINANCE = "FINANCE", "财务"
    DRIVER = "DRIVER", "驾驶员"  # drives the trips that were given to him
    SYSTEM_ADMIN = "SYSTEM_ADMIN", "系统管理员"
    SECURITY_ADMIN = "SECURITY_ADMIN", "安全管理员"
    AUDIT_ADMIN = "AUDIT_ADMIN", "审计管理员"
    OWN = "OWN", "自定义角色"  # what it allows stands in OwnRole


_SERVE = frozenset({Verb.APPLY, Verb.HANDLE})
VERBS: dict[Role, frozenset[Verb]] = {
    Role.READER: frozenset({Verb.READ, Verb.APPLY}),
    Role.CLERK: frozenset({Verb.READ, Verb.WRITE, Verb.APPLY, Verb.HANDLE}),
    Role.MANAGER: frozenset({Verb.READ, Verb.WRITE, Verb.APPROVE, Verb.APPLY, Verb.HANDLE, Verb.CONFIGURE}),
    Role.AUDITOR: frozenset({Verb.READ, Verb.AUDIT}),
    Role.STAFF: frozenset({Verb.APPLY}),
    Role.LEADER: frozenset({Verb.READ, Verb.APPROVE, Verb.APPLY}),
    Role.DISPATCHER: _SERVE,
    Role.REPAIRER: _SERVE,
    Role.KEEPER: _SERVE,
    Role.CANTEEN: _SERVE,
    Role.RECEPTION: _SERVE,
    Role.FINANCE: frozenset({Verb.APPLY, Verb.APPROVE}),
    Role.DRIVER: _SERVE,
    Role.SYSTEM_ADMIN: frozenset(),
    Role.SECURITY_ADMIN: frozenset(),
    Role.AUDIT_ADMIN: frozenset({Verb.AUDIT}),
    Role.OWN: frozenset(),
}
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def folded(username: str) -> str:
    """The identity of a user name: width, case and blanks do not tell two apart (等保 CES1-01)."""
    return "".join(unicodedata.normalize("NFKC", username).casefold().split())


class NameKey(models.CharField[str, str]):
    """The folded user name, computed whenever a row is written, in sets too."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """From the user name."""
        key = folded(model_instance.username)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key


class Users(UserManager["User"]):
    """Users by folded name; no superusers."""

    def get(self, *args: Any, **fields: Any) -> User:
        """As ever; the user of a session, whom every page asks for by his key, with a statement compiled once."""
        own = type(self) is Users  # not the manager of a relation, which has a condition of its own
        if own and not args and set(fields) == {"pk"} and type(fields["pk"]) is int and (found := _by_key(**fields)):
            return found[0]
        return super().get(*args, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user who logs in under this name, however it is typed."""
        return self.get(name_key=folded(username or ""))

    def create_superuser(self, *args: Any, **fields: Any) -> User:
        """There is none: rights are grants, and three administrators share what others give to one."""
        raise Refusal("account.superuser", "本系统不设超级用户;请用 yiwang account first 建立三员账号。")


@prepared
def _by_key(pk: int) -> models.QuerySet[User]:
    return User.objects.filter(pk=pk)


@dataclass(frozen=True)
class Lender:
    """The user for whom a delegate acts (代 …)."""

    pk: int
    name: str


class User(AbstractUser):
    """One person, one account. `display_name` is shown; rights are in Grant; `person` is who it is on the payroll.

    `deputy_until`: last day's morrow of the delegations received, so that who has none costs no query.
    """

    display_name = models.CharField("姓名", max_length=60, blank=True)
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="user", verbose_name="人员"
    )
    name_key = NameKey("登录名(归一)", max_length=150, unique=True, editable=False)
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属单位")
    valid_to = models.DateField("停用日期", null=True, blank=True)  # the first day without the account
    deputy_until = models.DateField("受托至", null=True, blank=True, editable=False)

    objects: ClassVar[Users] = Users()

    #: Set by `holders` on who is found as a delegate.
    behalf: Lender | None = None

    class Meta:
        verbose_name = "用户"
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False, is_staff=False), name="user_no_superuser")
        ]

    @property
    def label(self) -> str:
        """What pages call the user."""
        return self.display_name or self.username

    def expired(self, on: date) -> bool:
        """Whether the account has reached its end."""
        return self.valid_to is not None and self.valid_to <= on


class OwnRole(models.Model):
    """自定义角色: a named set of powers, written ` area:verb area:verb ` (a blank on either side); `*` is every area."""

    name = models.CharField("名称", max_length=30, unique=True)
    note = models.CharField("说明", max_length=200, blank=True)
    pairs = models.TextField("权限")
    closed = models.BooleanField("停用", default=False)

    class Meta:
        verbose_name = "自定义角色"

    def __str__(self) -> str:
        return self.name

    @property
    def powers(self) -> frozenset[tuple[Verb, str]]:
        """(verb, area) of each; "" is every area. A closed role allows nothing."""
        if self.closed:
            return frozenset()
        split = (pair.partition(":") for pair in self.pairs.split())
        return frozenset((Verb(verb), "" if area == "*" else area) for area, _, verb in split)


class Grant(models.Model):
    """A role on an organ and everything below it; `area` limits it to one area (an app's label), empty means all.

    One grant of an administrator's role and it is the user's only one: see `belts.py` for the trigger.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name="用户")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    area = models.CharField("业务", max_length=20, blank=True)
    own = models.ForeignKey(OwnRole, models.PROTECT, null=True, blank=True, related_name="grants")

    class Meta:
        verbose_name = "授权"
        constraints = [
            models.UniqueConstraint(fields=["user", "organ", "role", "area"], condition=Q(own=None), name="grant_once"),
            models.UniqueConstraint(
                fields=["user", "organ", "own"], condition=Q(own__isnull=False), name="grant_own_once"
            ),
            models.CheckConstraint(
                condition=(Q(role="OWN") & Q(own__isnull=False) & Q(area="")) | (~Q(role="OWN") & Q(own=None)),
                name="grant_own_has_role",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(role__in=sorted(ADMINISTRATORS)), name="grant_one_administrator"
            ),
        ]
        indexes = [models.Index(fields=["organ", "role"], name="grant_organ_role")]

    @property
    def label(self) -> str:
        """The role in words."""
        return self.own.name if self.own else str(Role(self.role).label)


class Delegation(models.Model):
    """委托: a user's roles at an organ (all, or one), lent to another for [valid_from, valid_to), with the reason.

    It holds as long as the lender himself holds what he lent: nothing is copied.
    """

    lender = models.ForeignKey(User, models.PROTECT, related_name="lent", verbose_name="委托人")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="borrowed", verbose_name="受托人")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=20, choices=Role.choices, blank=True)  # "": all
    own = models.ForeignKey(OwnRole, models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    reason = models.CharField("事由", max_length=200)
    created_at = models.DateTimeField("委托时间")
    ended_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = "委托"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="delegation_half_open"),
            models.CheckConstraint(condition=~Q(lender=F("delegate")), name="delegation_not_oneself"),
            models.CheckConstraint(condition=~Q(role__in=sorted(ADMINISTRATORS)), name="delegation_no_administrator"),
        ]
        indexes = [models.Index(fields=["delegate", "valid_to"], name="delegation_delegate")]

    @property
    def label(self) -> str:
        """What is lent, in words."""
        return self.own.name if self.own else str(Role(self.role).label) if self.role else "全部角色"

    def holds(self, on: date) -> bool:
        """Whether the delegation is in force on the day."""
        return self.ended_at is None and self.valid_from <= on < self.valid_to


# Last, since they point to the user.
from yiwang.core.rights.credentials import (  # noqa: E402
    Alarm,
    LoginSession,
    PasswordSet,
    RecoveryCode,
    ResetLink,
    SecondFactor,
    Tally,
    Token,
)

__all__ = [
    "ADMINISTRATORS",
    "VERBS",
    "Alarm",
    "Grant",
    "LoginSession",
    "PasswordSet",
    "RecoveryCode",
    "ResetLink",
    "Role",
    "SecondFactor",
    "Tally",
    "Token",
    "User",
    "Verb",
]
