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
                    name='Series',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=60, verbose_name='种类')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                        ('last', models.PositiveIntegerField(default=0, verbose_name='最后编号')),
                    ],
                    options={
                        'verbose_name': '单据编号',
                        'constraints': [models.UniqueConstraint(fields=('kind', 'year'), name='series_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Paper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('kind', models.CharField(max_length=60, verbose_name='种类')),
                        ('subject', models.BigIntegerField(verbose_name='所属')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                        ('number', models.PositiveIntegerField(verbose_name='序号')),
                        ('word', models.CharField(max_length=20, verbose_name='字号')),
                        ('title', models.CharField(max_length=80, verbose_name='名称')),
                        ('code', models.CharField(max_length=26, unique=True, verbose_name='核验码')),
                        ('facts', models.TextField(verbose_name='内容')),
                        ('labels', models.JSONField(default=list, verbose_name='栏目')),
                        ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                        ('state', models.CharField(choices=[('ISSUED', '有效'), ('VOID', '已作废')], default='ISSUED', max_length=8, verbose_name='状态')),
                        ('issued_date', models.DateField(verbose_name='开具日期')),
                        ('issued_at', models.DateTimeField(verbose_name='开具时间')),
                        ('void_reason', models.CharField(blank=True, max_length=200, verbose_name='作废原因')),
                        ('voided_at', models.DateTimeField(null=True, verbose_name='作废时间')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='开具人')),
                    ],
                    options={
                        'verbose_name': '单据',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='papers_paper_l1'), models.Index(fields=['l2', 'id'], name='papers_paper_l2'), models.Index(fields=['l3', 'id'], name='papers_paper_l3'), models.Index(fields=['l4', 'id'], name='papers_paper_l4'), models.Index(fields=['l5', 'id'], name='papers_paper_l5'), models.Index(fields=['kind', 'subject', 'id'], name='paper_subject'), models.Index(fields=['user', '-id'], name='paper_user')],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'year', 'number'), name='paper_number_once'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='paper_number_positive'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ISSUED'), ('void_reason', ''), ('voided_at', None)), models.Q(('state', 'VOID'), ('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='paper_void_has_reason')],
                    },
                ),
            ],
        ),
    ]
