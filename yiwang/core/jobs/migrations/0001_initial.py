import django.db.models.deletion
import yiwang.kit.migrating
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
        ('rights', '__first__'),
    ]

    operations = [
        yiwang.kit.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=60, verbose_name='任务')),
                        ('arguments', models.JSONField(default=dict, verbose_name='参数')),
                        ('key', models.CharField(blank=True, max_length=120, verbose_name='标识')),
                        ('state', models.CharField(choices=[('WAITING', '等待中'), ('RUNNING', '进行中'), ('DONE', '已完成'), ('REFUSED', '未能办理'), ('PARKED', '已停放')], default='WAITING', max_length=10, verbose_name='状态')),
                        ('done', models.PositiveIntegerField(default=0, verbose_name='已做')),
                        ('total', models.PositiveIntegerField(default=0, verbose_name='总数')),
                        ('message', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                        ('url', models.CharField(blank=True, max_length=250, verbose_name='结果地址')),
                        ('error', models.TextField(blank=True, verbose_name='错误')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                        ('most', models.PositiveSmallIntegerField(default=4, verbose_name='最多次数')),
                        ('task', models.CharField(blank=True, max_length=40, verbose_name='队列编号')),
                        ('created_at', models.DateTimeField(verbose_name='发起时间')),
                        ('next_at', models.DateTimeField(verbose_name='不早于')),
                        ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                        ('organ', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                    ],
                    options={
                        'verbose_name': '后台任务',
                        'indexes': [models.Index(fields=['user', '-id'], name='job_user'), models.Index(fields=['state', 'next_at'], name='job_state')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('state__in', ['WAITING', 'RUNNING'])), fields=('key',), name='job_key_open_once'), models.CheckConstraint(condition=models.Q(('state__in', ['WAITING', 'RUNNING', 'DONE', 'REFUSED', 'PARKED'])), name='job_state_known')],
                    },
                ),
            ],
        ),
    ]
