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
                    name='SchemeRevision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('key', models.CharField(max_length=40, verbose_name='制度代号')),
                        ('revision', models.CharField(max_length=20, verbose_name='版本')),
                        ('title', models.CharField(max_length=200, verbose_name='名称')),
                        ('kind', models.CharField(choices=[('month', '月报'), ('quarter', '季报'), ('year', '年报')], max_length=7, verbose_name='周期')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
                        ('text', models.TextField(verbose_name='内容')),
                        ('state', models.CharField(choices=[('DRAFT', '草稿'), ('ISSUED', '已发布'), ('RETIRED', '已停用')], default='DRAFT', max_length=7, verbose_name='状态')),
                        ('shipped', models.BooleanField(default=False, verbose_name='随平台提供')),
                    ],
                    options={
                        'verbose_name': '报表制度',
                        'indexes': [models.Index(fields=['l1', 'id'], name='reporting_schemerevision_l1'), models.Index(fields=['l2', 'id'], name='reporting_schemerevision_l2'), models.Index(fields=['l3', 'id'], name='reporting_schemerevision_l3'), models.Index(fields=['l4', 'id'], name='reporting_schemerevision_l4'), models.Index(fields=['l5', 'id'], name='reporting_schemerevision_l5')],
                        'constraints': [models.UniqueConstraint(fields=('organ', 'key', 'revision'), name='scheme_once', violation_error_message='已有这个版本。'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='scheme_half_open', violation_error_message='止期应晚于起期。')],
                    },
                ),
                migrations.CreateModel(
                    name='ReportingPeriod',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='reporting.schemerevision', verbose_name='报表制度')),
                        ('scheme', models.CharField(max_length=40, verbose_name='制度代号')),
                        ('kind', models.CharField(choices=[('month', '月报'), ('quarter', '季报'), ('year', '年报')], max_length=7, verbose_name='周期')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(verbose_name='止')),
                        ('due_date', models.DateField(verbose_name='报送期限')),
                        ('state', models.CharField(choices=[('OPEN', '填报中'), ('CLOSED', '已锁定')], default='OPEN', max_length=6, verbose_name='状态')),
                    ],
                    options={
                        'verbose_name': '报告期',
                        'indexes': [models.Index(fields=['l1', 'id'], name='reporting_reportingperiod_l1'), models.Index(fields=['l2', 'id'], name='reporting_reportingperiod_l2'), models.Index(fields=['l3', 'id'], name='reporting_reportingperiod_l3'), models.Index(fields=['l4', 'id'], name='reporting_reportingperiod_l4'), models.Index(fields=['l5', 'id'], name='reporting_reportingperiod_l5')],
                        'constraints': [models.UniqueConstraint(fields=('organ', 'scheme', 'valid_from'), name='period_once', violation_error_message='这一期已经布置。'), models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='period_half_open')],
                    },
                ),
                migrations.CreateModel(
                    name='PeerFigures',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('period', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='peers', to='reporting.reportingperiod', verbose_name='报告期')),
                        ('tier', models.CharField(max_length=10, verbose_name='层级')),
                        ('kind', models.CharField(max_length=20, verbose_name='性质')),
                        ('units', models.PositiveIntegerField(verbose_name='单位数')),
                        ('values', models.JSONField(verbose_name='中位数')),
                    ],
                    options={
                        'verbose_name': '同类单位中位数',
                        'constraints': [models.UniqueConstraint(fields=('period', 'tier', 'kind'), name='peer_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Return',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='reporting.reportingperiod', verbose_name='报告期')),
                        ('p1', models.BigIntegerField(editable=False, null=True)),
                        ('p2', models.BigIntegerField(editable=False, null=True)),
                        ('p3', models.BigIntegerField(editable=False, null=True)),
                        ('p4', models.BigIntegerField(editable=False, null=True)),
                        ('p5', models.BigIntegerField(editable=False, null=True)),
                        ('organ_name', models.CharField(max_length=120, verbose_name='单位名称')),
                        ('state', models.CharField(choices=[('DUE', '待填报'), ('FILLING', '填报中'), ('SUBMITTED', '待审核'), ('SENT_BACK', '已退回'), ('ACCEPTED', '已审核'), ('LOCKED', '已锁定')], default='DUE', max_length=9, verbose_name='状态')),
                        ('due_date', models.DateField(verbose_name='报送期限')),
                        ('first_date', models.DateField(blank=True, null=True, verbose_name='首次报送日期')),
                        ('amended', models.BooleanField(default=False, verbose_name='更正过')),
                        ('accepted', models.BooleanField(default=False, verbose_name='曾审核通过')),
                        ('reviewers', models.JSONField(default=list, verbose_name='逐级审核单位')),
                        ('step', models.PositiveSmallIntegerField(default=0, verbose_name='审核级次')),
                        ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='待审核单位')),
                        ('exception_until', models.DateField(blank=True, null=True, verbose_name='例外开放至')),
                        ('exception_reason', models.CharField(blank=True, max_length=200, verbose_name='例外原因')),
                        ('number', models.PositiveIntegerField(default=0, verbose_name='版次')),
                        ('draft', models.JSONField(default=dict, verbose_name='草稿')),
                        ('mark', models.PositiveIntegerField(default=0, verbose_name='草稿版次')),
                        ('draft_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人')),
                    ],
                    options={
                        'verbose_name': '报表',
                        'indexes': [models.Index(fields=['l1', 'id'], name='reporting_return_l1'), models.Index(fields=['l2', 'id'], name='reporting_return_l2'), models.Index(fields=['l3', 'id'], name='reporting_return_l3'), models.Index(fields=['l4', 'id'], name='reporting_return_l4'), models.Index(fields=['l5', 'id'], name='reporting_return_l5'), models.Index(fields=['reviewer', 'state'], name='return_reviewer'), models.Index(fields=['organ', 'period'], name='return_organ')],
                        'constraints': [models.UniqueConstraint(fields=('period', 'organ'), name='return_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ReturnVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('return_row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reporting.return', verbose_name='报表')),
                        ('number', models.PositiveIntegerField(verbose_name='版次')),
                        ('values', models.JSONField(verbose_name='填报数')),
                        ('rows', models.JSONField(verbose_name='浮动行')),
                        ('reasons', models.JSONField(verbose_name='说明')),
                        ('facts', models.JSONField(verbose_name='全部指标')),
                        ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                        ('source', models.CharField(choices=[('GRID', '在线填报'), ('WORKBOOK', '表格导入'), ('API', '接口')], max_length=8, verbose_name='来源')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报送人')),
                        ('at', models.DateTimeField(verbose_name='报送时间')),
                        ('late', models.BooleanField(verbose_name='迟报')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='更正原因')),
                    ],
                    options={
                        'verbose_name': '报表版本',
                        'constraints': [models.UniqueConstraint(fields=('return_row', 'number'), name='return_version_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ReturnEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('return_row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='reporting.return', verbose_name='报表')),
                        ('at', models.DateTimeField(verbose_name='时间')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                        ('organ', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='办理单位')),
                        ('verb', models.CharField(max_length=10, verbose_name='办理')),
                        ('note', models.CharField(blank=True, max_length=400, verbose_name='意见')),
                        ('number', models.PositiveIntegerField(default=0, verbose_name='版次')),
                    ],
                    options={
                        'verbose_name': '报表办理记录',
                    },
                ),
                migrations.CreateModel(
                    name='SpotCheck',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spot_checks', to='reporting.reportingperiod', verbose_name='报告期')),
                        ('seed', models.BigIntegerField(verbose_name='种子')),
                        ('share', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='比例')),
                        ('population', models.PositiveIntegerField(verbose_name='总数')),
                        ('drawn_at', models.DateTimeField(verbose_name='抽取时间')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='抽取人')),
                    ],
                    options={
                        'verbose_name': '报表抽查',
                        'indexes': [models.Index(fields=['l1', 'id'], name='reporting_spotcheck_l1'), models.Index(fields=['l2', 'id'], name='reporting_spotcheck_l2'), models.Index(fields=['l3', 'id'], name='reporting_spotcheck_l3'), models.Index(fields=['l4', 'id'], name='reporting_spotcheck_l4'), models.Index(fields=['l5', 'id'], name='reporting_spotcheck_l5')],
                    },
                ),
                migrations.CreateModel(
                    name='SpotCheckLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('spot_check', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='reporting.spotcheck', verbose_name='抽查')),
                        ('return_row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.return', verbose_name='报表')),
                        ('sound', models.BooleanField(null=True, verbose_name='属实')),
                        ('note', models.CharField(blank=True, max_length=400, verbose_name='核查情况')),
                    ],
                    options={
                        'verbose_name': '抽查报表',
                        'constraints': [models.UniqueConstraint(fields=('spot_check', 'return_row'), name='spot_check_line_once')],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name='Return',
            name='current',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.returnversion', verbose_name='现行版'),
        ),
    ]
