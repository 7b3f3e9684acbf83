"""Regions, organs in trees that are true as of a date, posts and persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

TREE_DEPTH = 5
LEVELS = tuple(f"l{level}" for level in range(1, TREE_DEPTH + 1))


class Tier(models.TextChoices):
    """层级. The label is the word of the standards' tables."""

    CENTRAL = "CENTRAL", "中央机关"
    PROVINCE = "PROVINCE", "省级机关"
    CITY = "CITY", "市级机关"
    COUNTY = "COUNTY", "县级机关"
    TOWNSHIP = "TOWNSHIP", "乡级机关"


class Tree(models.TextChoices):
    """The parallel trees. Scope and roll-up follow the administrative one."""

    ADMINISTRATIVE = "ADMINISTRATIVE", "行政隶属"
    VERTICAL = "VERTICAL", "垂直管理"
    BUDGET = "BUDGET", "预算关系"


class Act(models.TextChoices):
    """What a reorganization did."""

    OPEN = "OPEN", "设立"
    RENAME = "RENAME", "更名"
    TRANSFER = "TRANSFER", "划转隶属"
    MERGE = "MERGE", "合并"
    SPLIT = "SPLIT", "拆分"
    CLOSE = "CLOSE", "撤销"


class Side(models.TextChoices):
    """Whether an organ was there before a reorganization or came out of it."""

    FROM = "FROM", "原单位"
    TO = "TO", "新单位"


class Region(models.Model):
    """行政区划 by GB/T 2260: the six-digit code is the key; the nation is CN."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别")  # 0 nation, 1 province, 2 city, 3 county
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name="上级"
    )

    class Meta:
        verbose_name = "行政区划"

    def __str__(self) -> str:
        return self.name


class OrganQuerySet(models.QuerySet["Organ"]):
    """Organs by subtree."""

    def within(self, organ: Organ) -> Self:
        """This organ and everything below it today."""
        return self.filter(**{f"l{organ.depth}": organ.pk})

    def open(self) -> Self:
        """Organs that are not closed."""
        return self.filter(closed_date=None)


class Organ(models.Model):
    """党政机关、单位. Present state of the administrative tree: `superior` and l1…l5 (l{depth} is itself).

    A closed organ keeps its last place, so that those above it still see what it left. History is in
    rows of its own: OrganName, OrganEdge, Reorganization; `tree.py` asks them as of a date.
    """

    name = models.CharField("名称", max_length=120)
    sort_key = models.CharField("拼音", max_length=240, db_index=True, editable=False)
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    tier = models.CharField("层级", max_length=10, choices=Tier.choices)
    kind = models.CharField("性质", max_length=20)
    classified = models.BooleanField("涉密单位", null=True, blank=True)  # some quantities of equipment depend on it
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="行政区划")
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name="上级"
    )
    depth = models.PositiveSmallIntegerField("层数", default=1)
    l1 = models.BigIntegerField(null=True, db_index=True, editable=False)
    l2 = models.BigIntegerField(null=True, db_index=True, editable=False)
    l3 = models.BigIntegerField(null=True, db_index=True, editable=False)
    l4 = models.BigIntegerField(null=True, db_index=True, editable=False)
    l5 = models.BigIntegerField(null=True, db_index=True, editable=False)
    opened_date = models.DateField("成立日期")
    closed_date = models.DateField("撤销日期", null=True, blank=True)

    objects = OrganQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_date=None) | models.Q(closed_date__gt=models.F("opened_date")),
                name="organ_closed_after_opened",
            ),
            models.CheckConstraint(condition=models.Q(depth__gte=1, depth__lte=TREE_DEPTH), name="organ_depth"),
            models.CheckConstraint(
                condition=(models.Q(superior=None) & models.Q(depth=1))
                | (~models.Q(superior=None) & models.Q(depth__gt=1)),
                name="organ_root_is_depth_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Dated(models.Model):
    """A row that holds from a day to the day before another: [valid_from, valid_to)."""

    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        abstract = True


_STILL = models.Q(valid_to=None)


def _half_open(name: str) -> models.CheckConstraint:
    """valid_from < valid_to: an empty period is no period."""
    return models.CheckConstraint(condition=_STILL | models.Q(valid_to__gt=models.F("valid_from")), name=name)


class OrganName(Dated):
    """The name an organ bore in a period."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="names", verbose_name="单位")
    name = models.CharField("名称", max_length=120)

    class Meta:
        verbose_name = "单位名称沿革"
        constraints = [
            _half_open("organ_name_half_open"),
            models.UniqueConstraint(fields=["organ", "valid_from"], name="organ_name_one_a_day"),
            models.UniqueConstraint(fields=["organ"], condition=_STILL, name="organ_name_one_now"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganEdge(Dated):
    """Whom an organ was under in one of the trees in a period. A root has no edge."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="edges", verbose_name="单位")
    superior = models.ForeignKey(Organ, models.PROTECT, related_name="edges_below", verbose_name="上级")
    tree = models.CharField("关系", max_length=14, choices=Tree.choices)

    class Meta:
        verbose_name = "隶属关系沿革"
        constraints = [
            _half_open("organ_edge_half_open"),
            models.CheckConstraint(condition=~models.Q(organ=models.F("superior")), name="organ_edge_not_itself"),
            models.UniqueConstraint(fields=["tree", "organ", "valid_from"], name="organ_edge_one_a_day"),
            models.UniqueConstraint(fields=["tree", "organ"], condition=_STILL, name="organ_edge_one_now"),
        ]

    def __str__(self) -> str:
        return f"{self.organ_id} → {self.superior_id}"


class Reorganization(models.Model):
    """机构改革: one act with a date and the document it rests on; `parts` are the organs before and after."""

    act = models.CharField("事项", max_length=10, choices=Act.choices)
    on_date = models.DateField("日期", db_index=True)
    ground = models.CharField("依据文件", max_length=200, blank=True)

    class Meta:
        verbose_name = "机构变动"

    def __str__(self) -> str:
        return f"{self.on_date} {self.get_act_display()}"


class ReorganizationPart(models.Model):
    """An organ in a reorganization."""

    reorganization = models.ForeignKey(Reorganization, models.CASCADE, related_name="parts", verbose_name="机构变动")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="parts", verbose_name="单位")
    side = models.CharField("方", max_length=4, choices=Side.choices)

    class Meta:
        verbose_name = "机构变动单位"
        constraints = [
            models.UniqueConstraint(fields=["reorganization", "organ", "side"], name="reorganization_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.organ_id}"


class ScopedQuerySet(models.QuerySet[M]):
    """Rows that belong to an organ: rights are queryset filters by equality on an ancestor column."""

    def within(self, organ: Organ) -> Self:
        """Rows of this organ and of everything below it."""
        return self.filter(**{f"l{organ.depth}": organ.pk})


Columns = tuple[int | None, ...]


def held_columns(organ_ids: Iterable[int]) -> dict[int, Columns]:
    """l1…l5 of organs that may not move before the commit: for whoever writes many rows of theirs at once.

    Empty where nothing need be held: on SQLite, and outside a transaction.
    """
    ids = sorted(set(organ_ids))
    if connection.vendor != "postgresql" or not connection.in_atomic_block or not ids:
        return {}
    with connection.cursor() as cursor:
        levels = ", ".join(LEVELS)
        cursor.execute(f"SELECT id, {levels} FROM orgs_organ WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [ids])
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


class Scoped(models.Model):
    """Base of every register row. `organ` owns the row; l1…l5 repeat the organ's ancestors, see `place()`.

    When an organ is merged or closed its rows go over to the heir (`handover.py`). Of a dated model (valid_from,
    valid_to) only what holds on the day goes over, in a new row. Two exceptions, said by the model:
    """

    #: The rows are history of the organ itself and stay with it.
    stays_with_organ: ClassVar[bool] = False
    #: Dated rows with equal first fields become one row of the heir, the second fields added up.
    adds_up: ClassVar[tuple[tuple[str, ...], tuple[str, ...]] | None] = None

    organ = models.ForeignKey(Organ, models.PROTECT, verbose_name="单位", related_name="+")
    l1 = models.BigIntegerField(null=True, editable=False)
    l2 = models.BigIntegerField(null=True, editable=False)
    l3 = models.BigIntegerField(null=True, editable=False)
    l4 = models.BigIntegerField(null=True, editable=False)
    l5 = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True
        # Registers inherit these (`class Meta(Scoped.Meta)`): a subtree in the order of id, for pages by key.
        indexes = [models.Index(fields=[level, "id"], name=f"%(app_label)s_%(class)s_{level}") for level in LEVELS]

    def place(self) -> None:
        """Copy the organ's ancestor columns; called by whoever writes the row, in the transaction of the writing.

        On PostgreSQL the organ's row is read afresh and kept from moving until the commit (the lock of the foreign
        key itself comes only then); SQLite has one writer.
        """
        columns = held_columns([self.organ_id]).get(self.organ_id) or tuple(getattr(self.organ, one) for one in LEVELS)
        for level, value in zip(LEVELS, columns, strict=True):
            setattr(self, level, value)


class Post(Scoped, Dated):
    """编制与实有: how many posts of a rank an organ has in a period, and how many persons hold one."""

    adds_up = (("rank",), ("authorized_posts", "actual_headcount"))

    rank = models.CharField("职级", max_length=20)  # canonical word of the rank ladder
    authorized_posts = models.PositiveIntegerField("编制数")
    actual_headcount = models.PositiveIntegerField("实有人数")

    objects = ScopedQuerySet["Post"].as_manager()

    class Meta:
        verbose_name = "编制"
        constraints = [
            _half_open("post_half_open"),
            models.UniqueConstraint(fields=["organ", "rank", "valid_from"], name="post_one_a_day"),
            models.UniqueConstraint(fields=["organ", "rank"], condition=_STILL, name="post_one_now"),
        ]
        indexes = [models.Index(fields=["l1", "rank"], name="post_l1_rank")]

    def __str__(self) -> str:
        return f"{self.organ_id} {self.rank} {self.authorized_posts}"


class Person(Scoped):
    """A person on the payroll. `organ` and `rank` are those of today's main appointment, see Appointment."""

    name = models.CharField("姓名", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, editable=False)
    staff_number = models.CharField("人员编号", max_length=20, unique=True)
    rank = models.CharField("职级", max_length=20)  # canonical word of the rank ladder
    retired_date = models.DateField("离退休日期", null=True, blank=True)

    objects = ScopedQuerySet["Person"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "人员"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["organ", "sort_key", "id"], name="person_organ_name")]

    def __str__(self) -> str:
        return self.name


class Appointment(Scoped, Dated):
    """任职: a person in an organ in a period. One main appointment a day, part-time ones (兼任) beside it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name="人员")
    rank = models.CharField("职级", max_length=20)
    title = models.CharField("职务", max_length=60, blank=True)
    main = models.BooleanField("主要任职", default=True)

    objects = ScopedQuerySet["Appointment"].as_manager()

    class Meta:
        verbose_name = "任职"
        constraints = [
            _half_open("appointment_half_open"),
            models.UniqueConstraint(
                fields=["person"],
                condition=_STILL & models.Q(main=True),
                name="appointment_one_main_now",
            ),
            models.UniqueConstraint(fields=["person", "organ", "valid_from", "main"], name="appointment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.title}"
