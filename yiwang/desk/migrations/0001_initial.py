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
                    name='Approval',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('kind', models.CharField(max_length=60, verbose_name='台账')),
                        ('record', models.BigIntegerField(verbose_name='记录')),
                        ('number', models.CharField(blank=True, max_length=80, verbose_name='文号')),
                        ('name', models.CharField(max_length=200, verbose_name='文件名')),
                        ('digest', models.CharField(max_length=64, verbose_name='文件摘要')),
                        ('file', models.FileField(upload_to='approvals/', verbose_name='文件')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='附件人')),
                    ],
                    options={
                        'verbose_name': '批准文件',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='desk_approval_l1'), models.Index(fields=['l2', 'id'], name='desk_approval_l2'), models.Index(fields=['l3', 'id'], name='desk_approval_l3'), models.Index(fields=['l4', 'id'], name='desk_approval_l4'), models.Index(fields=['l5', 'id'], name='desk_approval_l5'), models.Index(fields=['kind', 'record'], name='approval_record')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportJob',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('kind', models.CharField(max_length=60, verbose_name='台账')),
                        ('name', models.CharField(max_length=200, verbose_name='文件名')),
                        ('digest', models.CharField(db_index=True, max_length=64, verbose_name='文件摘要')),
                        ('file', models.FileField(upload_to='imports/', verbose_name='文件')),
                        ('result', models.FileField(blank=True, upload_to='imports/', verbose_name='标注结果')),
                        ('mapping', models.JSONField(blank=True, default=dict, verbose_name='字段对应')),
                        ('state', models.CharField(choices=[('UPLOADED', '已上传'), ('CHECKED', '已试算'), ('CONFIRMED', '已确认'), ('RUNNING', '写入中'), ('DONE', '已完成'), ('FAILED', '未通过')], default='UPLOADED', max_length=10, verbose_name='状态')),
                        ('total', models.PositiveIntegerField(default=0, verbose_name='行数')),
                        ('done', models.PositiveIntegerField(default=0, verbose_name='已处理')),
                        ('created', models.PositiveIntegerField(default=0, verbose_name='新增')),
                        ('changed', models.PositiveIntegerField(default=0, verbose_name='更新')),
                        ('unchanged', models.PositiveIntegerField(default=0, verbose_name='未变')),
                        ('error_count', models.PositiveIntegerField(default=0, verbose_name='错误数')),
                        ('errors', models.JSONField(blank=True, default=list, verbose_name='错误')),
                        ('first', models.BigIntegerField(blank=True, null=True, verbose_name='首条记录')),
                        ('last', models.BigIntegerField(blank=True, null=True, verbose_name='末条记录')),
                        ('touched', models.JSONField(blank=True, default=list, verbose_name='涉及记录')),
                        ('entry', models.BigIntegerField(blank=True, null=True, verbose_name='存证号')),
                        ('on', models.DateField(verbose_name='业务日期')),
                        ('created_at', models.DateTimeField(verbose_name='上传时间')),
                        ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                    ],
                    options={
                        'verbose_name': '导入',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='desk_importjob_l1'), models.Index(fields=['l2', 'id'], name='desk_importjob_l2'), models.Index(fields=['l3', 'id'], name='desk_importjob_l3'), models.Index(fields=['l4', 'id'], name='desk_importjob_l4'), models.Index(fields=['l5', 'id'], name='desk_importjob_l5')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['UPLOADED', 'CHECKED', 'CONFIRMED', 'RUNNING', 'DONE', 'FAILED'])), name='import_state_known')],
                    },
                ),
            ],
        ),
    ]
