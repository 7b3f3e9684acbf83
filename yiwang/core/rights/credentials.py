"""How a user proves who he is: passwords he had, second factor, sessions, tokens; and what raises an alarm."""

from __future__ import annotations

from django.db import models


class PasswordSet(models.Model):
    """A password that was set, the latest is the one in force; older ones must not come back."""

    user = models.ForeignKey("rights.User", models.CASCADE, related_name="password_sets", verbose_name="用户")
    hash = models.CharField("密码散列", max_length=128)
    set_at = models.DateTimeField("设置时间")
    initial = models.BooleanField("一次性", default=False)  # given by an administrator: must be changed at once
    until = models.DateTimeField("有效至", null=True, blank=True)  # of an initial one

    class Meta:
        verbose_name = "密码"
        indexes = [models.Index(fields=["user", "id"], name="password_set_user")]


class ResetLink(models.Model):
    """找回密码: a link that was mailed. The secret is in the mail alone; here is its digest. It counts once, for half an hour."""

    user = models.ForeignKey("rights.User", models.CASCADE, related_name="reset_links", verbose_name="用户")
    digest = models.CharField("摘要", max_length=64, unique=True)
    issued_at = models.DateTimeField("发出时间")
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "找回密码"
        indexes = [models.Index(fields=["user", "issued_at"], name="reset_link_user")]


class SecondFactor(models.Model):
    """动态口令 (TOTP, RFC 6238) of a user. Not in force before `confirmed_at`."""

    user = models.OneToOneField("rights.User", models.CASCADE, related_name="second_factor", verbose_name="用户")
    sealed = models.CharField("密钥(加密)", max_length=200)
    confirmed_at = models.DateTimeField("启用时间", null=True, blank=True)
    last_step = models.BigIntegerField("用过的时间步", default=0)  # a code counts once
    failures = models.PositiveSmallIntegerField("连续错误", default=0)
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = "动态口令"


class RecoveryCode(models.Model):
    """恢复码: lets in once in place of a code."""

    user = models.ForeignKey("rights.User", models.CASCADE, related_name="recovery_codes", verbose_name="用户")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "恢复码"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]


class LoginSession(models.Model):
    """A log-in that lasts: `key` is the one of the session's row, which is removed when this ends."""

    user = models.ForeignKey("rights.User", models.CASCADE, related_name="login_sessions", verbose_name="用户")
    key = models.CharField("会话", max_length=40, unique=True)
    begun_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用")
    address = models.CharField("地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("结束原因", max_length=20, blank=True)

    class Meta:
        verbose_name = "登录会话"
        indexes = [models.Index(fields=["user", "ended_at"], name="login_session_open")]


class Token(models.Model):
    """接口令牌: its owner's rights, narrowed. The secret is shown once; here is only its digest."""

    user = models.ForeignKey("rights.User", models.CASCADE, related_name="tokens", verbose_name="用户")
    organ = models.ForeignKey("orgs.Organ", models.PROTECT, related_name="+", verbose_name="单位")
    label = models.CharField("用途", max_length=60)
    prefix = models.CharField("前缀", max_length=12, unique=True)
    digest = models.CharField("摘要", max_length=64)
    verbs = models.CharField("动作", max_length=100)  # words with blanks between
    areas = models.CharField("业务", max_length=200, blank=True)  # words with blanks between; "": all
    read_only = models.BooleanField("只读", default=True)
    created_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("有效至")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="token_expires_after_issue"
            )
        ]


class Tally(models.Model):
    """How often something suspicious happened within a minute: what alarms are raised from. Kept for a day."""

    kind = models.CharField("种类", max_length=20)
    subject = models.CharField("对象", max_length=160)
    minute = models.DateTimeField("分钟")
    count = models.PositiveIntegerField("次数", default=1)

    class Meta:
        verbose_name = "计数"
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "minute"], name="tally_once")]
        indexes = [models.Index(fields=["kind", "minute"], name="tally_kind_minute")]


class Alarm(models.Model):
    """安全告警: something to look at. One a kind, subject and hour."""

    kind = models.CharField("种类", max_length=20)
    subject = models.CharField("对象", max_length=160)
    hour = models.DateTimeField("小时")
    raised_at = models.DateTimeField("时间", db_index=True)
    count = models.PositiveIntegerField("次数")
    text = models.CharField("情况", max_length=300)

    class Meta:
        verbose_name = "安全告警"
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "hour"], name="alarm_once")]
