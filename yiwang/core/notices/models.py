"""消息: what the platform tells a person, the ways it goes out by, and how each person wants to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Grant, Role, User


class Channel(models.TextChoices):
    """The ways out of the house. In the platform itself a message is always there."""

    MAIL = "MAIL", "邮件"
    DINGTALK = "DINGTALK", "钉钉"
    WECOM = "WECOM", "企业微信"
    FEISHU = "FEISHU", "飞书"


#: Those that post to an address of the user's own.
ROBOTS = (Channel.DINGTALK, Channel.WECOM, Channel.FEISHU)


class Mode(models.TextChoices):
    """When a channel is used for a topic."""

    NOW = "NOW", "即时"
    DIGEST = "DIGEST", "每日汇总"
    OFF = "OFF", "不发"


class DeliveryState(models.TextChoices):
    """How far a message has come on a channel."""

    WAITING = "WAITING", "待发送"
    SENDING = "SENDING", "发送中"
    SENT = "SENT", "已发送"
    SKIPPED = "SKIPPED", "不再需要"  # read meanwhile, or the channel is gone
    PARKED = "PARKED", "发送失败"  # failed too often


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Messages: everybody sees his own, and nobody else's."""

    def to(self, access: Access) -> NoticeQuerySet:
        """Those for the user."""
        return self.filter(user=access.user.pk) if access.user.pk else self.none()

    def unread(self) -> NoticeQuerySet:
        """Not read yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One message to one person. `about` names the record ("flow.case:12"), `url` is its page. `batch` is shared by all who got it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="收件人")
    sender = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发件人")
    batch = models.UUIDField("批次")
    template = models.CharField("模板", max_length=60)
    topic = models.CharField("类别", max_length=30)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("内容", blank=True)
    about = models.CharField("所属", max_length=80, blank=True)
    url = models.CharField("地址", max_length=250, blank=True)
    urgent = models.BooleanField("紧急", default=False)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["sender", "-id"], condition=Q(sender__isnull=False), name="notice_sender"),
            models.Index(fields=["batch"], name="notice_batch"),
            models.Index(fields=["about"], name="notice_about"),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "user"], name="notice_once")]

    def __str__(self) -> str:
        return self.title


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by who looks after them."""

    def parked(self) -> DeliveryQuerySet:
        """Failed too often."""
        return self.filter(state=DeliveryState.PARKED)

    def administered(self, access: Access) -> DeliveryQuerySet:
        """Those to persons who have a role at or below the place of a system administrator."""
        organ = access.organ
        if organ is None or not access.has(Role.SYSTEM_ADMIN):
            return self.none()
        below = Organ.objects.filter(**{LEVELS[organ.depth - 1]: organ.pk})
        return self.filter(notice__user__in=Grant.objects.filter(organ__in=below).values("user"))


class Delivery(models.Model):
    """A message on its way by one channel. `next_at`: not before. `digest`: goes out with the others of the day."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name="消息")
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    state = models.CharField("状态", max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    digest = models.BooleanField("汇总", default=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("错误", max_length=300, blank=True)
    next_at = models.DateTimeField("不早于")
    claimed_at = models.DateTimeField("开始时间", null=True)
    sent_at = models.DateTimeField("发送时间", null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "发送"
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="WAITING"), name="delivery_waiting"),
            models.Index(fields=["state", "claimed_at"], condition=Q(state="SENDING"), name="delivery_sending"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.notice_id}"


class Setting(models.Model):
    """How a person wants to be told: hours of quiet (local time, may pass midnight), and when the digest goes out."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+", verbose_name="用户")
    quiet_from = models.TimeField("免打扰自", null=True, blank=True)
    quiet_to = models.TimeField("至", null=True, blank=True)
    digest_at = models.TimeField("每日汇总时间")

    class Meta:
        verbose_name = "消息设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None) | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="setting_quiet_whole",
            )
        ]


class Choice(models.Model):
    """When a channel is used for a topic, where it is not the default."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    topic = models.CharField("类别", max_length=30)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    mode = models.CharField("方式", max_length=10, choices=Mode.choices)

    class Meta:
        verbose_name = "消息偏好"
        constraints = [models.UniqueConstraint(fields=["user", "topic", "channel"], name="choice_once")]


class Hook(models.Model):
    """A robot (群机器人) of the user's own. Its address holds a token: kept encrypted, shown only in part."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    address = models.TextField("地址")  # sealed, see sealed.py
    secret = models.TextField("加签密钥", blank=True)  # sealed
    host = models.CharField("主机", max_length=255)
    error = models.CharField("最近的错误", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "机器人"
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="hook_once")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.host}"

    @property
    def owner(self) -> str:
        """To whom its texts are sealed."""
        return f"user:{self.user_id} {self.channel}"
