"""The four tables: `Entry` is what happened, `Seal` chains it, `Head` ends the chain, `Anchor` left the machine.

On PostgreSQL the table of entries has one more column, `tx` (xid8, the inserting transaction), that is kept out
of the model: as a model field it would appear in every INSERT, and the web process has no right to write it.
"""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act: who did what to what, on which clause, when. All text, since the hash is over the very bytes."""

    id = models.BigAutoField("编号", primary_key=True)
    at = models.TextField("时间")  # UTC, 2026-05-09T07:35:25.123456Z
    actor = models.TextField("经办")  # "user:7" or "system"
    act = models.TextField("动作")  # "offices.room.change"
    obj = models.TextField("对象", db_column="object")  # "offices.room:123"
    clause = models.TextField("依据", blank=True, default="")  # id of the clause
    body = models.TextField("内容", blank=True, default="")  # canonical JSON, or ""

    class Meta:
        verbose_name = "存证条目"
        default_permissions = ()
        indexes = [models.Index(fields=["obj", "id"], name="ledger_entry_object")]


class Seal(models.Model):
    """The place of an entry in the chain: seq 1…n without gap; hash over previous hash, seq and entry."""

    seq = models.BigIntegerField("序号", primary_key=True)
    # No constraint in the database: a seal must outlive an entry that somebody removed, to name it.
    entry = models.OneToOneField(
        Entry, models.DO_NOTHING, db_constraint=False, related_name="seal", verbose_name="条目"
    )
    hash = models.CharField("链值", max_length=64)

    class Meta:
        verbose_name = "封存"
        default_permissions = ()


class Head(models.Model):
    """One row: the end of the chain, its algorithm, and from which transaction on the sealer looks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField("序号", default=0)
    hash = models.CharField("链值", max_length=64)
    horizon = models.BigIntegerField("地平线", default=0)
    algorithm = models.CharField("算法", max_length=10)

    class Meta:
        verbose_name = "链首"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_single")]


class Anchor(models.Model):
    """A signed head that left the machine: `statement` is the very text that was signed."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField("日期", db_index=True)
    seq = models.BigIntegerField("序号")
    hash = models.CharField("链值", max_length=64)
    statement = models.TextField("陈述")
    signature = models.TextField("签名")  # base64
    sent_to = models.TextField("送往", blank=True)

    class Meta:
        verbose_name = "锚"
        default_permissions = ()
