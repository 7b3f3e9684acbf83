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
                    name='Attachment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('about', models.CharField(max_length=80, verbose_name='所属')),
                        ('label', models.CharField(blank=True, max_length=60, verbose_name='说明')),
                        ('name', models.CharField(max_length=200, verbose_name='文件名')),
                        ('path', models.CharField(blank=True, max_length=120, verbose_name='存放')),
                        ('kind', models.CharField(max_length=120, verbose_name='类型')),
                        ('size', models.BigIntegerField(verbose_name='大小')),
                        ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                        ('width', models.PositiveIntegerField(null=True, verbose_name='宽')),
                        ('height', models.PositiveIntegerField(null=True, verbose_name='高')),
                        ('state', models.CharField(choices=[('HELD', '待查毒'), ('CLEAN', '可下载'), ('INFECTED', '含病毒,已拦下'), ('REMOVED', '已删除')], max_length=10, verbose_name='状态')),
                        ('signature', models.CharField(blank=True, max_length=200, verbose_name='病毒')),
                        ('added_at', models.DateTimeField(verbose_name='上传时间')),
                        ('scanned_at', models.DateTimeField(null=True, verbose_name='查毒时间')),
                        ('removed_at', models.DateTimeField(null=True, verbose_name='删除时间')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                    ],
                    options={
                        'verbose_name': '附件',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='attachments_attachment_l1'), models.Index(fields=['l2', 'id'], name='attachments_attachment_l2'), models.Index(fields=['l3', 'id'], name='attachments_attachment_l3'), models.Index(fields=['l4', 'id'], name='attachments_attachment_l4'), models.Index(fields=['l5', 'id'], name='attachments_attachment_l5'), models.Index(fields=['about', 'id'], name='attachment_about'), models.Index(condition=models.Q(('state__in', ['HELD', 'REMOVED'])), fields=['state', 'id'], name='attachment_to_do')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['HELD', 'CLEAN', 'INFECTED', 'REMOVED'])), name='attachment_state_known'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_not_empty'), models.CheckConstraint(condition=models.Q(models.Q(('path', ''), _negated=True), ('state__in', ['INFECTED', 'REMOVED']), _connector='OR'), name='attachment_has_bytes')],
                    },
                ),
            ],
        ),
    ]
