"""食堂: canteens, dishes, menus by day and meal, orders, group orders, waste weighed, self-checks against food waste.

A canteen serves its organ and everything below it. Orders belong to the organ of who ordered. Money in fen.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.areas.services.reach import serves, within
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb


class Meal(models.TextChoices):
    """餐次."""

    BREAKFAST = "BREAKFAST", "早餐"
    LUNCH = "LUNCH", "午餐"
    DINNER = "DINNER", "晚餐"


class Canteen(Scoped):
    """食堂. Orders close `lead_hours` before the meal unless its menu says otherwise."""

    name = models.CharField("名称", max_length=60)
    location = models.CharField("位置", max_length=100, blank=True)
    lead_hours = models.PositiveSmallIntegerField("提前订餐小时", default=12)
    opened_date = models.DateField("启用日期")

    objects = ScopedQuerySet["Canteen"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "食堂"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="canteen_once", violation_error_message="本单位已有同名食堂。"
            ),
            models.CheckConstraint(
                condition=Q(lead_hours__lte=240),
                name="canteen_lead",
                violation_error_message="提前订餐最多 240 小时。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Dish(Scoped):
    """菜品 of an organ's canteens, with what some may not eat."""

    name = models.CharField("名称", max_length=40)
    sort_key = models.CharField("拼音", max_length=80, editable=False)
    category = models.CharField("类别", max_length=20)
    allergens = models.CharField("过敏原", max_length=80, blank=True)
    price = models.BigIntegerField("价格", default=0)

    objects = ScopedQuerySet["Dish"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "菜品"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["sort_key", "id"], name="dish_sort_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="dish_once", violation_error_message="本单位已有同名菜品。"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0), name="dish_price", violation_error_message="价格不能小于 0。"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Menu(models.Model):
    """菜单 of one meal on one day. `subsidy`: what is taken off each order, at most its price.

    `ordered`: how many live orders there are; never above `capacity` where one is set.
    """

    canteen = models.ForeignKey(Canteen, models.PROTECT, related_name="menus", verbose_name="食堂")
    on_date = models.DateField("日期")
    meal = models.CharField("餐次", max_length=9, choices=Meal.choices)
    deadline_at = models.DateTimeField("订餐截止")
    subsidy = models.BigIntegerField("补贴", default=0)
    capacity = models.PositiveIntegerField("供应份数", null=True, blank=True)
    ordered = models.PositiveIntegerField("已订", default=0)

    class Meta:
        verbose_name = "菜单"
        ordering = ["on_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["canteen", "on_date", "meal"], name="menu_once"),
            models.CheckConstraint(condition=Q(subsidy__gte=0), name="menu_subsidy"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(ordered__lte=F("capacity")), name="menu_capacity"),
            models.CheckConstraint(condition=Q(meal__in=Meal.values), name="menu_meal_known"),
        ]

    def __str__(self) -> str:
        return f"{self.on_date} {self.get_meal_display()}"


class MenuDish(models.Model):
    """A dish on a menu, at the price of the day."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="dishes", verbose_name="菜单")
    dish = models.ForeignKey(Dish, models.PROTECT, related_name="+", verbose_name="菜品")
    price = models.BigIntegerField("价格")

    class Meta:
        verbose_name = "菜单菜品"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["menu", "dish"], name="menu_dish_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="menu_dish_price"),
        ]

    def __str__(self) -> str:
        return f"{self.menu_id} {self.dish_id}"


class OrderState(models.TextChoices):
    """How far an order has come; ORDERED and PICKED are live."""

    ORDERED = "ORDERED", "已订"
    PICKED = "PICKED", "已取"
    CANCELLED = "CANCELLED", "已取消"


LIVE = (OrderState.ORDERED, OrderState.PICKED)


class MealOrder(Scoped):
    """订餐 of a person. One live order a person and menu. `code` is shown at the counter; nobody can guess it."""

    menu = models.ForeignKey(Menu, models.PROTECT, related_name="orders", verbose_name="菜单")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="订餐人")
    code = models.CharField("取餐码", max_length=20, unique=True)
    price = models.BigIntegerField("菜价")
    subsidy = models.BigIntegerField("补贴")
    state = models.CharField("状态", max_length=9, choices=OrderState.choices, default=OrderState.ORDERED)
    ordered_at = models.DateTimeField("订餐时间")
    picked_at = models.DateTimeField("取餐时间", null=True, blank=True)

    objects = ScopedQuerySet["MealOrder"].as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "订餐"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["user", "id"], name="meal_order_user")]
        constraints = [
            models.UniqueConstraint(fields=["menu", "user"], condition=~Q(state="CANCELLED"), name="meal_order_once"),
            models.CheckConstraint(condition=Q(subsidy__gte=0, subsidy__lte=F("price")), name="meal_order_subsidy"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="meal_order_state_known"),
        ]

    def __str__(self) -> str:
        return f"订餐 {self.pk}"

    @property
    def due(self) -> int:
        """What the person pays, in fen."""
        return self.price - self.subsidy


class MealLine(models.Model):
    """A dish of an order."""

    order = models.ForeignKey(MealOrder, models.CASCADE, related_name="lines", verbose_name="订餐")
    dish = models.ForeignKey(MenuDish, models.PROTECT, related_name="lines", verbose_name="菜品")
    quantity = models.PositiveSmallIntegerField("份数")

    class Meta:
        verbose_name = "订餐菜品"
        constraints = [
            models.UniqueConstraint(fields=["order", "dish"], name="meal_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="meal_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.dish_id} × {self.quantity}"


class GroupKind(models.TextChoices):
    """What a group eats for."""

    RECEPTION = "RECEPTION", "公务接待"
    MEETING = "MEETING", "会议用餐"
    OVERTIME = "OVERTIME", "加班用餐"


class GroupOrderQuerySet(ScopedQuerySet["GroupOrder"]):
    """Group orders by who may see them."""

    def visible(self, access: Access) -> GroupOrderQuerySet:
        """One's own; those of the organ for its readers; those at the canteen for whoever runs it."""
        seen = Q(user=access.user.pk)
        if access.may(Verb.READ, "services"):
            seen |= within(access)
        if serves(access, Role.CANTEEN):
            seen |= within(access, "canteen__")
        return self.filter(seen)


class GroupOrder(Scoped):
    """团体订餐: so many persons at so much a head. `about` is what it belongs to ("services.event:7").

    `key`: the caller's own name for the order, so that a repeated call makes no second one.
    """

    canteen = models.ForeignKey(Canteen, models.PROTECT, related_name="groups", verbose_name="食堂")
    on_date = models.DateField("日期")
    meal = models.CharField("餐次", max_length=9, choices=Meal.choices)
    kind = models.CharField("类型", max_length=9, choices=GroupKind.choices)
    persons = models.PositiveIntegerField("人数")
    standard = models.BigIntegerField("每人标准")
    purpose = models.CharField("事由", max_length=120)
    about = models.CharField("关联", max_length=60, blank=True)
    key = models.CharField("来源标识", max_length=80, null=True, blank=True, unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="订餐人")
    state = models.CharField("状态", max_length=9, choices=OrderState.choices, default=OrderState.ORDERED)
    reason = models.CharField("取消原因", max_length=200, blank=True)
    ordered_at = models.DateTimeField("订餐时间")

    objects = GroupOrderQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "团体订餐"
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["canteen", "on_date"], name="group_order_day")]
        constraints = [
            models.CheckConstraint(condition=Q(persons__gt=0, standard__gte=0), name="group_order_figures"),
            models.CheckConstraint(
                condition=Q(meal__in=Meal.values, kind__in=GroupKind.values, state__in=OrderState.values),
                name="group_order_words_known",
            ),
        ]

    def __str__(self) -> str:
        return self.purpose

    @property
    def number(self) -> str:
        """The number on plans and in messages."""
        return f"DC{self.pk:06}"

    @property
    def amount(self) -> int:
        """Persons × standard, in fen."""
        return self.persons * self.standard


class WasteKind(models.TextChoices):
    """Where waste comes from."""

    KITCHEN = "KITCHEN", "加工边角"
    LEFTOVER = "LEFTOVER", "未售剩余"
    PLATE = "PLATE", "餐盘剩余"


class Waste(models.Model):
    """称重: kilograms of one kind after one meal, and how many ate."""

    canteen = models.ForeignKey(Canteen, models.PROTECT, related_name="wastes", verbose_name="食堂")
    on_date = models.DateField("日期")
    meal = models.CharField("餐次", max_length=9, choices=Meal.choices)
    kind = models.CharField("种类", max_length=8, choices=WasteKind.choices)
    weight = models.DecimalField("重量", max_digits=9, decimal_places=3)
    diners = models.PositiveIntegerField("就餐人数")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="称重人")

    class Meta:
        verbose_name = "厨余称重"
        ordering = ["on_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["canteen", "on_date", "meal", "kind"], name="waste_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="waste_weight"),
            models.CheckConstraint(
                condition=Q(meal__in=Meal.values, kind__in=WasteKind.values), name="waste_words_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_date} {self.weight}"


class SelfCheck(models.Model):
    """反食品浪费自查 of one canteen in one quarter. `score` is the sum of the items' where clauses give points."""

    canteen = models.ForeignKey(Canteen, models.PROTECT, related_name="checks", verbose_name="食堂")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    on_date = models.DateField("自查日期")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="自查人")
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "反食品浪费自查"
        ordering = ["-year", "-quarter"]
        constraints = [
            models.UniqueConstraint(fields=["canteen", "year", "quarter"], name="self_check_once"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="self_check_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年第 {self.quarter} 季度"


class ItemResult(models.TextChoices):
    """What was found."""

    MET = "MET", "符合"
    UNMET = "UNMET", "不符合"
    NONE = "NONE", "不适用"


class SelfCheckItem(models.Model):
    """One item: its clause as it was in force, what was found, on which evidence, what is to be done by when.

    An item that is not met is open until `closed_date`.
    """

    check_of = models.ForeignKey(SelfCheck, models.PROTECT, related_name="items", verbose_name="自查")
    clause = models.CharField("条款", max_length=160)
    version = models.CharField("条款版本", max_length=64)
    title = models.CharField("项目", max_length=200)
    most = models.DecimalField("分值", max_digits=5, decimal_places=2, null=True, blank=True)
    points = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True, blank=True)
    result = models.CharField("结果", max_length=5, choices=ItemResult.choices)
    evidence = models.CharField("依据和证据", max_length=300, blank=True)
    measure = models.CharField("整改措施", max_length=300, blank=True)
    due_date = models.DateField("整改期限", null=True, blank=True)
    closed_date = models.DateField("完成日期", null=True, blank=True)
    outcome = models.CharField("整改结果", max_length=300, blank=True)

    class Meta:
        verbose_name = "自查项目"
        ordering = ["id"]
        indexes = [models.Index(fields=["result", "due_date"], name="self_check_open")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(result="UNMET") & Q(due_date__isnull=False))
                | (~Q(result="UNMET") & Q(due_date=None, closed_date=None)),
                name="self_check_item_due",
            ),
            models.CheckConstraint(condition=Q(result__in=ItemResult.values), name="self_check_item_result_known"),
        ]

    def __str__(self) -> str:
        return self.title
