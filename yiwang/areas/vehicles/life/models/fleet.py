"""公务用车: cars, how many an organ may keep for each use (车辆编制) with every change, and what was bought."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.core.orgs.models import Organ, Scoped, ScopedQuerySet


class Use(models.TextChoices):
    """What a car is for; the label is the word of the 2017 measures, or of the earlier ones."""

    CONFIDENTIAL = "CONFIDENTIAL", "机要通信用车"
    EMERGENCY = "EMERGENCY", "应急保障用车"
    ENFORCEMENT = "ENFORCEMENT", "执法执勤用车"
    SPECIALIST = "SPECIALIST", "特种专业技术用车"
    BUSINESS = "BUSINESS", "业务用车"
    IN_KIND = "IN_KIND", "实物保障用车"
    RETIREE = "RETIREE", "离退休干部服务用车"
    OTHER = "OTHER", "其他按规定配备的公务用车"


class Body(models.TextChoices):
    """Kind of body, as the tables of limits spell it."""

    SEDAN = "SEDAN", "轿车"
    SMALL = "SMALL", "其他小型客车"
    MEDIUM = "MEDIUM", "中型客车"
    LARGE = "LARGE", "大型客车"


class Energy(models.TextChoices):
    """What it runs on."""

    FUEL = "FUEL", "燃油"
    NEW_ENERGY = "NEW_ENERGY", "新能源"


class PurchaseCase(models.TextChoices):
    """The case under which a limit is asked for."""

    ORDINARY = "ORDINARY", "一般"
    NEEDED = "NEEDED", "因工作需要"
    SPECIAL = "SPECIAL", "情况特殊"


class VehicleState(models.TextChoices):
    """Whether a car is on the road."""

    IN_USE = "IN_USE", "在用"
    LAID_UP = "LAID_UP", "封存停驶"
    RETIRED = "RETIRED", "已处置"


#: A car in one of these states takes no place of the quota.
HOLDS_NO_PLACE = (VehicleState.RETIRED,)


class Marking(models.TextChoices):
    """标识化: whether the car bears the uniform marking."""

    NONE = "NONE", "未喷涂"
    DONE = "DONE", "已喷涂"
    EXEMPT = "EXEMPT", "免喷涂"


class Powertrain(models.TextChoices):
    """What moves it, in full."""

    PETROL = "PETROL", "汽油"
    DIESEL = "DIESEL", "柴油"
    GAS = "GAS", "天然气"
    BATTERY = "BATTERY", "纯电动"
    PLUG_IN = "PLUG_IN", "插电式混合动力"
    FUEL_CELL = "FUEL_CELL", "燃料电池"


class Renewal(models.TextChoices):
    """Whether mileage counts when the car is to be renewed."""

    ORDINARY = "ORDINARY", "一般"
    SPECIAL = "SPECIAL", "特定用途"


class QuotaAct(models.TextChoices):
    """What changed a quota."""

    GRANT = "GRANT", "核定"
    CUT = "CUT", "核减"
    MOVE = "MOVE", "调剂"


def known(prefix: str, **choices: list[str]) -> list[models.BaseConstraint]:
    """A check for each column that holds a word of a fixed list."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{column}__in": values}),
            name=f"{prefix}_{column}_known",
            violation_error_message="有一项不在代码表内。",
        )
        for column, values in choices.items()
    ]


class Vehicle(Scoped):
    """One car. `organ` keeps it. Price in fen, displacement and tank in litres, mileage in kilometres as last read.

    `renewal`, `powertrain`, `battery_decay` (per cent) and `warranty_until` are what the rules of renewal ask.
    """

    plate = models.CharField("车牌号", max_length=12, unique=True)
    sort_key = models.CharField("拼音", max_length=40, editable=False)
    model = models.CharField("品牌型号", max_length=60, blank=True)
    use = models.CharField("用途", max_length=14, choices=Use.choices)
    body = models.CharField("车型", max_length=8, choices=Body.choices)
    energy = models.CharField("能源", max_length=12, choices=Energy.choices, default=Energy.FUEL)
    depot = models.ForeignKey(
        "vehicles.Depot", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="车场"
    )
    displacement = models.DecimalField("排气量", max_digits=4, decimal_places=2, null=True, blank=True)
    price = models.BigIntegerField("购置价格", null=True, blank=True)
    purchased_date = models.DateField("购置日期", null=True, blank=True)
    registered_date = models.DateField("登记日期", null=True, blank=True)
    mileage = models.PositiveIntegerField("里程", default=0)
    vin = models.CharField("车架号", max_length=17, blank=True)
    engine = models.CharField("发动机号", max_length=20, blank=True)
    seats = models.PositiveSmallIntegerField("核定载客", null=True, blank=True)
    tank = models.DecimalField("油箱容积", max_digits=5, decimal_places=1, null=True, blank=True)
    marking = models.CharField("标识化", max_length=6, choices=Marking.choices, default=Marking.NONE)
    marked_date = models.DateField("喷涂日期", null=True, blank=True)
    marking_reason = models.CharField("免喷涂理由", max_length=100, blank=True)
    powertrain = models.CharField("动力形式", max_length=9, choices=Powertrain.choices, blank=True)
    renewal = models.CharField("更新条件", max_length=8, choices=Renewal.choices, default=Renewal.ORDINARY)
    battery_decay = models.DecimalField("电池自然衰减率", max_digits=4, decimal_places=1, null=True, blank=True)
    warranty_until = models.DateField("三包期止", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=VehicleState.choices, default=VehicleState.IN_USE)
    retired_date = models.DateField("处置日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["Vehicle"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["sort_key", "id"], name="vehicle_sort_key"),
            models.Index(fields=["organ", "use", "state"], name="vehicle_fleet"),
        ]
        constraints = [
            *known("vehicle", use=Use.values, body=Body.values, energy=Energy.values, state=VehicleState.values),
            *known("vehicle", marking=Marking.values, renewal=Renewal.values, powertrain=["", *Powertrain.values]),
            models.UniqueConstraint(
                fields=["vin"],
                condition=~Q(vin=""),
                name="vehicle_vin_once",
                violation_error_message="这个车架号已登记在另一辆车上。",
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0),
                name="vehicle_price",
                violation_error_message="购置价格不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(displacement=None) | Q(displacement__gte=0),
                name="vehicle_displacement",
                violation_error_message="排气量不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(state=VehicleState.RETIRED, retired_date__isnull=False)
                | (~Q(state=VehicleState.RETIRED) & Q(retired_date=None)),
                name="vehicle_retired_dated",
                violation_error_message="已处置的车辆要有处置日期,没有处置的不能有。",
            ),
        ]

    def __str__(self) -> str:
        return self.plate


class FleetQuota(Scoped):
    """车辆编制: how many cars `organ` may keep for one use, over a half-open period.

    Periods of one organ and use do not overlap.
    """

    adds_up = (("use",), ("number",))

    use = models.CharField("用途", max_length=14, choices=Use.choices)
    number = models.IntegerField("编制数")
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True, help_text="当天起失效")
    approval = models.CharField("批准文号", max_length=80, blank=True)

    objects = ScopedQuerySet["FleetQuota"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆编制"
        constraints = [
            *known("quota", use=Use.values),
            models.CheckConstraint(
                condition=Q(number__gte=0), name="quota_never_negative", violation_error_message="编制数不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="quota_period",
                violation_error_message="终止日期要晚于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["organ", "use", "valid_from"],
                name="quota_once",
                violation_error_message="这个单位这类用车从同一天起已有编制。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} · {self.get_use_display()}"


class QuotaChange(Scoped):
    """编制变动: by how much a quota of `organ` changed, why, and to or from which `other` organ places went.

    A move leaves two rows, one at either organ, so that each sees its own. `number` is what the organ has from then on.
    """

    stays_with_organ = True

    use = models.CharField("用途", max_length=14, choices=Use.choices)
    act = models.CharField("事项", max_length=6, choices=QuotaAct.choices)
    delta = models.IntegerField("增减")
    number = models.IntegerField("变动后")
    other = models.ForeignKey(Organ, models.PROTECT, null=True, related_name="+", verbose_name="对方单位")
    on_date = models.DateField("日期")
    approval = models.CharField("批准文号", max_length=80, blank=True)
    by = models.CharField("经办", max_length=40)
    at = models.DateTimeField("时间")

    objects = ScopedQuerySet["QuotaChange"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "编制变动"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["organ", "use", "id"], name="quota_change_history")]
        constraints = [
            *known("quota_change", use=Use.values, act=QuotaAct.values),
            models.CheckConstraint(condition=Q(number__gte=0), name="quota_change_number"),
            models.CheckConstraint(condition=~Q(delta=0), name="quota_change_delta"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.get_use_display()} {self.delta:+}"


class VehiclePurchase(Scoped):
    """购置: one car bought, as approved and paid. Price in fen before purchase tax, displacement in litres."""

    use = models.CharField("用途", max_length=14, choices=Use.choices)
    body = models.CharField("车型", max_length=8, choices=Body.choices)
    case = models.CharField("情形", max_length=10, choices=PurchaseCase.choices, default=PurchaseCase.ORDINARY)
    energy = models.CharField("能源", max_length=12, choices=Energy.choices, default=Energy.FUEL)
    price = models.BigIntegerField("单价")
    displacement = models.DecimalField("排气量", max_digits=4, decimal_places=2, null=True, blank=True)
    approval = models.CharField("批准文号", max_length=80, blank=True)
    purchased_date = models.DateField("购置日期")
    number = models.CharField("采购编号", max_length=40, unique=True)
    vehicle = models.OneToOneField(
        Vehicle, models.SET_NULL, null=True, blank=True, related_name="purchase", verbose_name="车辆"
    )
    replaces = models.ForeignKey(
        Vehicle, models.SET_NULL, null=True, blank=True, related_name="renewals", verbose_name="更新的旧车"
    )
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet["VehiclePurchase"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "车辆购置"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["purchased_date", "id"], name="purchase_date")]
        constraints = [
            *known("purchase", use=Use.values, body=Body.values, case=PurchaseCase.values, energy=Energy.values),
            models.CheckConstraint(
                condition=Q(price__gte=0), name="purchase_price", violation_error_message="单价不能小于 0。"
            ),
            models.CheckConstraint(
                condition=Q(displacement=None) | Q(displacement__gte=0),
                name="purchase_displacement",
                violation_error_message="排气量不能小于 0。",
            ),
        ]

    def __str__(self) -> str:
        return self.number
