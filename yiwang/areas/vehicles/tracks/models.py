"""轨迹: terminals in cars, the points they report, where each car was last seen, what is kept of old days.

WGS-84 degrees; speed in km/h, direction in degrees clockwise from north, altitude and distances in metres.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.models import User


class Terminal(Scoped):
    """车载终端: a JT/T 808 terminal. `phone` is its number as sent, without leading zeros; `organ` the car's.

    `serial` is the device's own number: empty until it registers for the first time, then it is bound. `auth_code` is the
    SHA-256 of the code it was given; `version` 2013 or 2019.
    """

    phone = models.CharField("终端号", max_length=20, unique=True)
    vehicle = models.OneToOneField(
        Vehicle, models.SET_NULL, null=True, blank=True, related_name="terminal", verbose_name="车辆"
    )
    maker = models.CharField("制造商", max_length=11, blank=True)
    model = models.CharField("型号", max_length=30, blank=True)
    serial = models.CharField("终端ID", max_length=30, blank=True)
    auth_code = models.CharField("鉴权码", max_length=64, blank=True, editable=False)
    version = models.PositiveSmallIntegerField("协议年份", default=2013)
    enabled = models.BooleanField("启用", default=True)
    seen_at = models.DateTimeField("最近通信", null=True, blank=True)

    objects = ScopedQuerySet["Terminal"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车载终端"

    def __str__(self) -> str:
        return self.phone


class Point(models.Model):
    """One good position of a car at an instant; written in batches, never changed, kept for POINT_DAYS.

    A car has one point a second: what is sent twice is there once. `terminal` and `vehicle` are plain ids, for forty million
    rows a day carry no foreign keys. `extras`: what was sent besides mileage and fuel, as sent (`gateway.location.extras`).
    """

    pk = models.CompositePrimaryKey("vehicle", "at")
    vehicle = models.BigIntegerField("车辆")
    at = models.DateTimeField("时间")
    terminal = models.BigIntegerField("终端")
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    speed = models.FloatField("速度", default=0)
    direction = models.SmallIntegerField("方向", default=0)
    altitude = models.IntegerField("高程", default=0)
    mileage = models.FloatField("里程", null=True)  # km, as the terminal counts
    fuel = models.FloatField("油量", null=True)  # litres
    alarm = models.BigIntegerField("报警", default=0)
    status = models.BigIntegerField("状态", default=0)
    extras = models.BinaryField("附加信息", default=b"")

    class Meta:
        verbose_name = "轨迹点"

    def __str__(self) -> str:
        return f"{self.vehicle} {self.at:%F %T}"


class LivePosition(models.Model):
    """Where a car was last seen: one row a car, some seconds behind its points."""

    vehicle = models.OneToOneField(Vehicle, models.CASCADE, primary_key=True, related_name="live", verbose_name="车辆")
    at = models.DateTimeField("时间")
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    speed = models.FloatField("速度", default=0)
    direction = models.SmallIntegerField("方向", default=0)
    status = models.BigIntegerField("状态", default=0)

    class Meta:
        verbose_name = "实时位置"

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.at:%F %T}"


class Doubt(models.TextChoices):
    """Why a reported position is not taken for good; the values are those of `gateway.judge`."""

    NO_FIX = "nofix", "未定位"
    ZERO = "zero", "零点坐标"
    GLOBE = "globe", "坐标超出范围"
    JUMP = "jump", "位置跳变"
    SPEED = "speed", "速度不可能"
    FUTURE = "future", "时间超前"
    OLD = "old", "时间过旧"
    TIME = "time", "时间无效"


class SuspectPoint(models.Model):
    """疑点位置: a position that cannot be true, as it was sent. `at` is the terminal's time, None where it is none."""

    terminal = models.BigIntegerField("终端")
    vehicle = models.BigIntegerField("车辆")
    at = models.DateTimeField("上报时间", null=True)
    received_at = models.DateTimeField("收到时间")
    reason = models.CharField("原因", max_length=8, choices=Doubt.choices)
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    speed = models.FloatField("速度", default=0)

    class Meta:
        verbose_name = "疑点位置"
        indexes = [
            models.Index(fields=["vehicle", "received_at"], name="suspect_vehicle"),
            models.Index(fields=["received_at"], name="suspect_received"),
        ]
        constraints = [models.CheckConstraint(condition=Q(reason__in=Doubt.values), name="suspect_reason_known")]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.reason}"


class KeptMessage(models.Model):
    """A message that the gateway does not know: answered as not supported, and kept as it was sent."""

    terminal = models.BigIntegerField("终端")
    received_at = models.DateTimeField("收到时间")
    message = models.PositiveIntegerField("消息 ID")
    body = models.BinaryField("消息体")

    class Meta:
        verbose_name = "未识别消息"
        indexes = [models.Index(fields=["received_at"], name="kept_received")]

    def __str__(self) -> str:
        return f"0x{self.message:04x}"


class GatewayCount(models.Model):
    """网关统计: how often something happened within an hour; the kinds are those of `gateway.counting`."""

    hour = models.DateTimeField("小时")
    kind = models.CharField("项目", max_length=20)
    count = models.BigIntegerField("次数", default=0)

    class Meta:
        verbose_name = "网关统计"
        constraints = [models.UniqueConstraint(fields=["hour", "kind"], name="gateway_count_once")]

    def __str__(self) -> str:
        return f"{self.hour:%F %H} {self.kind}"


class PointDay(models.Model):
    """A day (in China) that has points: when some were last added, and when it was last put away in Parquet."""

    day = models.DateField("日期", primary_key=True)
    changed_at = models.DateTimeField("最近写入")
    kept_at = models.DateTimeField("最近归档", null=True)
    points = models.BigIntegerField("点数", default=0)

    class Meta:
        verbose_name = "轨迹日"

    def __str__(self) -> str:
        return str(self.day)


class DayTrack(models.Model):
    """One car's day in short: distance by GPS, time under way, stops, and a simplified line; kept for TRACK_DAYS.

    `line` is packed by `tracks.lines`; `stops` are [from, to, longitude, latitude], seconds since the begin of the day.
    """

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="day_tracks", verbose_name="车辆")
    day = models.DateField("日期")
    points = models.PositiveIntegerField("点数")
    metres = models.PositiveIntegerField("里程")
    moving = models.PositiveIntegerField("行驶秒数")
    top_speed = models.FloatField("最高速度")
    first_at = models.DateTimeField("首点")
    last_at = models.DateTimeField("末点")
    stops = models.JSONField("停留", default=list)
    line = models.BinaryField("简化轨迹")

    class Meta:
        verbose_name = "日轨迹"
        constraints = [models.UniqueConstraint(fields=["vehicle", "day"], name="day_track_once")]
        indexes = [models.Index(fields=["day"], name="day_track_day")]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.day}"


class CommandKind(models.TextChoices):
    """What can be asked of a terminal."""

    TEXT = "TEXT", "文本下发"
    LOCATION = "LOCATION", "位置查询"
    PARAMETERS = "PARAMETERS", "查询参数"


class CommandState(models.TextChoices):
    """How far a command has come."""

    WAITING = "WAITING", "待下发"
    SENT = "SENT", "已下发"
    DONE = "DONE", "终端已应答"
    FAILED = "FAILED", "终端拒绝"
    EXPIRED = "EXPIRED", "过期未下发"


class TerminalCommand(models.Model):
    """下发指令: something for a terminal, taken by the gateway when the terminal is there; `answer` in words."""

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="commands", verbose_name="终端")
    kind = models.CharField("指令", max_length=10, choices=CommandKind.choices)
    text = models.CharField("文本", max_length=500, blank=True)
    state = models.CharField("状态", max_length=8, choices=CommandState.choices, default=CommandState.WAITING)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="下发人")
    created_at = models.DateTimeField("下发时间")
    answered_at = models.DateTimeField("应答时间", null=True)
    answer = models.TextField("应答", blank=True)

    class Meta:
        verbose_name = "下发指令"
        indexes = [models.Index(fields=["state", "created_at"], name="command_state")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CommandKind.values), name="command_kind_known"),
            models.CheckConstraint(condition=Q(state__in=CommandState.values), name="command_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.terminal} {self.kind}"
