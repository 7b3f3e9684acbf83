import django.db.models.deletion
import yiwang.kit.migrating
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('rights', '__first__'),
    ]

    operations = [
        yiwang.kit.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('batch', models.UUIDField(verbose_name='批次')),
                        ('template', models.CharField(max_length=60, verbose_name='模板')),
                        ('topic', models.CharField(max_length=30, verbose_name='类别')),
                        ('title', models.CharField(max_length=120, verbose_name='标题')),
                        ('text', models.TextField(blank=True, verbose_name='内容')),
                        ('about', models.CharField(blank=True, max_length=80, verbose_name='所属')),
                        ('url', models.CharField(blank=True, max_length=250, verbose_name='地址')),
                        ('urgent', models.BooleanField(default=False, verbose_name='紧急')),
                        ('created_at', models.DateTimeField(verbose_name='时间')),
                        ('read_at', models.DateTimeField(null=True, verbose_name='阅读时间')),
                        ('sender', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发件人')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
                    ],
                    options={
                        'verbose_name': '消息',
                        'indexes': [models.Index(fields=['user', '-id'], name='notice_user'), models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notice_unread'), models.Index(condition=models.Q(('sender__isnull', False)), fields=['sender', '-id'], name='notice_sender'), models.Index(fields=['batch'], name='notice_batch'), models.Index(fields=['about'], name='notice_about')],
                        'constraints': [models.UniqueConstraint(fields=('batch', 'user'), name='notice_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Setting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='免打扰自')),
                        ('quiet_to', models.TimeField(blank=True, null=True, verbose_name='至')),
                        ('digest_at', models.TimeField(verbose_name='每日汇总时间')),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                    ],
                    options={
                        'verbose_name': '消息设置',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from', None), ('quiet_to', None)), models.Q(('quiet_from__isnull', False), ('quiet_to__isnull', False)), _connector='OR'), name='setting_quiet_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Choice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('topic', models.CharField(max_length=30, verbose_name='类别')),
                        ('channel', models.CharField(choices=[('MAIL', '邮件'), ('DINGTALK', '钉钉'), ('WECOM', '企业微信'), ('FEISHU', '飞书')], max_length=10, verbose_name='渠道')),
                        ('mode', models.CharField(choices=[('NOW', '即时'), ('DIGEST', '每日汇总'), ('OFF', '不发')], max_length=10, verbose_name='方式')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                    ],
                    options={
                        'verbose_name': '消息偏好',
                        'constraints': [models.UniqueConstraint(fields=('user', 'topic', 'channel'), name='choice_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Hook',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.CharField(choices=[('MAIL', '邮件'), ('DINGTALK', '钉钉'), ('WECOM', '企业微信'), ('FEISHU', '飞书')], max_length=10, verbose_name='渠道')),
                        ('address', models.TextField(verbose_name='地址')),
                        ('secret', models.TextField(blank=True, verbose_name='加签密钥')),
                        ('host', models.CharField(max_length=255, verbose_name='主机')),
                        ('error', models.CharField(blank=True, max_length=300, verbose_name='最近的错误')),
                        ('created_at', models.DateTimeField(verbose_name='登记时间')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                    ],
                    options={
                        'verbose_name': '机器人',
                        'constraints': [models.UniqueConstraint(fields=('user', 'channel'), name='hook_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.CharField(choices=[('MAIL', '邮件'), ('DINGTALK', '钉钉'), ('WECOM', '企业微信'), ('FEISHU', '飞书')], max_length=10, verbose_name='渠道')),
                        ('state', models.CharField(choices=[('WAITING', '待发送'), ('SENDING', '发送中'), ('SENT', '已发送'), ('SKIPPED', '不再需要'), ('PARKED', '发送失败')], default='WAITING', max_length=10, verbose_name='状态')),
                        ('digest', models.BooleanField(default=False, verbose_name='汇总')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                        ('error', models.CharField(blank=True, max_length=300, verbose_name='错误')),
                        ('next_at', models.DateTimeField(verbose_name='不早于')),
                        ('claimed_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                        ('sent_at', models.DateTimeField(null=True, verbose_name='发送时间')),
                        ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notices.notice', verbose_name='消息')),
                    ],
                    options={
                        'verbose_name': '发送',
                        'indexes': [models.Index(condition=models.Q(('state', 'WAITING')), fields=['next_at'], name='delivery_waiting'), models.Index(condition=models.Q(('state', 'SENDING')), fields=['state', 'claimed_at'], name='delivery_sending')],
                        'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='delivery_once'), models.CheckConstraint(condition=models.Q(('state__in', ['WAITING', 'SENDING', 'SENT', 'SKIPPED', 'PARKED'])), name='delivery_state_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['MAIL', 'DINGTALK', 'WECOM', 'FEISHU'])), name='delivery_channel_known')],
                    },
                ),
            ],
        ),
    ]
