import django.db.models.deletion
import yiwang.kit.migrating
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        yiwang.kit.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Reorganization',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('act', models.CharField(choices=[('OPEN', '设立'), ('RENAME', '更名'), ('TRANSFER', '划转隶属'), ('MERGE', '合并'), ('SPLIT', '拆分'), ('CLOSE', '撤销')], max_length=10, verbose_name='事项')),
                        ('on_date', models.DateField(db_index=True, verbose_name='日期')),
                        ('ground', models.CharField(blank=True, max_length=200, verbose_name='依据文件')),
                    ],
                    options={
                        'verbose_name': '机构变动',
                    },
                ),
                migrations.CreateModel(
                    name='Region',
                    fields=[
                        ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='代码')),
                        ('name', models.CharField(max_length=60, verbose_name='名称')),
                        ('level', models.PositiveSmallIntegerField(verbose_name='级别')),
                        ('superior', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subordinates', to='orgs.region', verbose_name='上级')),
                    ],
                    options={
                        'verbose_name': '行政区划',
                    },
                ),
                migrations.CreateModel(
                    name='Organ',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120, verbose_name='名称')),
                        ('sort_key', models.CharField(db_index=True, editable=False, max_length=240, verbose_name='拼音')),
                        ('credit_code', models.CharField(max_length=18, unique=True, verbose_name='统一社会信用代码')),
                        ('tier', models.CharField(choices=[('CENTRAL', '中央机关'), ('PROVINCE', '省级机关'), ('CITY', '市级机关'), ('COUNTY', '县级机关'), ('TOWNSHIP', '乡级机关')], max_length=10, verbose_name='层级')),
                        ('kind', models.CharField(max_length=20, verbose_name='性质')),
                        ('classified', models.BooleanField(blank=True, null=True, verbose_name='涉密单位')),
                        ('depth', models.PositiveSmallIntegerField(default=1, verbose_name='层数')),
                        ('l1', models.BigIntegerField(db_index=True, editable=False, null=True)),
                        ('l2', models.BigIntegerField(db_index=True, editable=False, null=True)),
                        ('l3', models.BigIntegerField(db_index=True, editable=False, null=True)),
                        ('l4', models.BigIntegerField(db_index=True, editable=False, null=True)),
                        ('l5', models.BigIntegerField(db_index=True, editable=False, null=True)),
                        ('opened_date', models.DateField(verbose_name='成立日期')),
                        ('closed_date', models.DateField(blank=True, null=True, verbose_name='撤销日期')),
                        ('superior', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subordinates', to='orgs.organ', verbose_name='上级')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='orgs.region', verbose_name='行政区划')),
                    ],
                    options={
                        'verbose_name': '单位',
                        'constraints': [models.CheckConstraint(condition=models.Q(('closed_date', None), ('closed_date__gt', models.F('opened_date')), _connector='OR'), name='organ_closed_after_opened'), models.CheckConstraint(condition=models.Q(('depth__gte', 1), ('depth__lte', 5)), name='organ_depth'), models.CheckConstraint(condition=models.Q(models.Q(('superior', None), ('depth', 1)), models.Q(models.Q(('superior', None), _negated=True), ('depth__gt', 1)), _connector='OR'), name='organ_root_is_depth_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Person',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('name', models.CharField(max_length=60, verbose_name='姓名')),
                        ('sort_key', models.CharField(editable=False, max_length=120, verbose_name='拼音')),
                        ('staff_number', models.CharField(max_length=20, unique=True, verbose_name='人员编号')),
                        ('rank', models.CharField(max_length=20, verbose_name='职级')),
                        ('retired_date', models.DateField(blank=True, null=True, verbose_name='离退休日期')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '人员',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='orgs_person_l1'), models.Index(fields=['l2', 'id'], name='orgs_person_l2'), models.Index(fields=['l3', 'id'], name='orgs_person_l3'), models.Index(fields=['l4', 'id'], name='orgs_person_l4'), models.Index(fields=['l5', 'id'], name='orgs_person_l5'), models.Index(fields=['organ', 'sort_key', 'id'], name='person_organ_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Post',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('rank', models.CharField(max_length=20, verbose_name='职级')),
                        ('authorized_posts', models.PositiveIntegerField(verbose_name='编制数')),
                        ('actual_headcount', models.PositiveIntegerField(verbose_name='实有人数')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '编制',
                        'indexes': [models.Index(fields=['l1', 'rank'], name='post_l1_rank')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='post_half_open'), models.UniqueConstraint(fields=('organ', 'rank', 'valid_from'), name='post_one_a_day'), models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('organ', 'rank'), name='post_one_now')],
                    },
                ),
                migrations.CreateModel(
                    name='ReorganizationPart',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('side', models.CharField(choices=[('FROM', '原单位'), ('TO', '新单位')], max_length=4, verbose_name='方')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='orgs.organ', verbose_name='单位')),
                        ('reorganization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='orgs.reorganization', verbose_name='机构变动')),
                    ],
                    options={
                        'verbose_name': '机构变动单位',
                        'constraints': [models.UniqueConstraint(fields=('reorganization', 'organ', 'side'), name='reorganization_part_once')],
                    },
                ),
                migrations.CreateModel(
                    name='OrganEdge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
                        ('tree', models.CharField(choices=[('ADMINISTRATIVE', '行政隶属'), ('VERTICAL', '垂直管理'), ('BUDGET', '预算关系')], max_length=14, verbose_name='关系')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edges', to='orgs.organ', verbose_name='单位')),
                        ('superior', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edges_below', to='orgs.organ', verbose_name='上级')),
                    ],
                    options={
                        'verbose_name': '隶属关系沿革',
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='organ_edge_half_open'), models.CheckConstraint(condition=models.Q(('organ', models.F('superior')), _negated=True), name='organ_edge_not_itself'), models.UniqueConstraint(fields=('tree', 'organ', 'valid_from'), name='organ_edge_one_a_day'), models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('tree', 'organ'), name='organ_edge_one_now')],
                    },
                ),
                migrations.CreateModel(
                    name='OrganName',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
                        ('name', models.CharField(max_length=120, verbose_name='名称')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '单位名称沿革',
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='organ_name_half_open'), models.UniqueConstraint(fields=('organ', 'valid_from'), name='organ_name_one_a_day'), models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('organ',), name='organ_name_one_now')],
                    },
                ),
                migrations.CreateModel(
                    name='Appointment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('rank', models.CharField(max_length=20, verbose_name='职级')),
                        ('title', models.CharField(blank=True, max_length=60, verbose_name='职务')),
                        ('main', models.BooleanField(default=True, verbose_name='主要任职')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='orgs.person', verbose_name='人员')),
                    ],
                    options={
                        'verbose_name': '任职',
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='appointment_half_open'), models.UniqueConstraint(condition=models.Q(('valid_to', None), ('main', True)), fields=('person',), name='appointment_one_main_now'), models.UniqueConstraint(fields=('person', 'organ', 'valid_from', 'main'), name='appointment_once')],
                    },
                ),
            ],
        ),
    ]
