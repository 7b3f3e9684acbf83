import django.core.validators
import django.db.models.deletion
import yiwang.kit.migrating
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
    ]

    operations = [
        yiwang.kit.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Site',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('name', models.CharField(max_length=80, verbose_name='名称')),
                        ('sort_key', models.CharField(editable=False, max_length=160, verbose_name='拼音')),
                        ('address', models.CharField(blank=True, max_length=160, verbose_name='坐落')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='orgs.region', verbose_name='行政区划')),
                    ],
                    options={
                        'verbose_name': '院落',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='places_site_l1'), models.Index(fields=['l2', 'id'], name='places_site_l2'), models.Index(fields=['l3', 'id'], name='places_site_l3'), models.Index(fields=['l4', 'id'], name='places_site_l4'), models.Index(fields=['l5', 'id'], name='places_site_l5')],
                        'constraints': [models.UniqueConstraint(fields=('organ', 'name'), name='site_name_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Building',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('name', models.CharField(max_length=60, verbose_name='名称')),
                        ('sort_key', models.CharField(editable=False, max_length=120, verbose_name='拼音')),
                        ('floors', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='地上层数')),
                        ('built_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='建成年份')),
                        ('structure', models.CharField(choices=[('MULTI_STOREY', '多层'), ('HIGH_RISE', '高层')], max_length=14, verbose_name='结构形式')),
                        ('gross_floor_area', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='建筑面积')),
                        ('usable_area', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='使用面积')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='buildings', to='places.site', verbose_name='院落')),
                    ],
                    options={
                        'verbose_name': '楼',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='places_building_l1'), models.Index(fields=['l2', 'id'], name='places_building_l2'), models.Index(fields=['l3', 'id'], name='places_building_l3'), models.Index(fields=['l4', 'id'], name='places_building_l4'), models.Index(fields=['l5', 'id'], name='places_building_l5')],
                        'constraints': [models.UniqueConstraint(fields=('site', 'name'), name='building_name_once'), models.CheckConstraint(condition=models.Q(('gross_floor_area__gt', 0)), name='building_gross_positive'), models.CheckConstraint(condition=models.Q(('usable_area__gt', 0), ('usable_area__lte', models.F('gross_floor_area'))), name='building_usable_not_above_gross')],
                    },
                ),
                migrations.CreateModel(
                    name='Floor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('number', models.SmallIntegerField(verbose_name='楼层')),
                        ('label', models.CharField(max_length=20, verbose_name='楼层名')),
                        ('building', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='places.building', verbose_name='楼')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '楼层',
                        'constraints': [models.UniqueConstraint(fields=('building', 'number'), name='floor_number_once'), models.CheckConstraint(condition=models.Q(('number', 0), _negated=True), name='floor_number_not_zero')],
                    },
                ),
            ],
        ),
    ]
