import django.db.models.deletion
import yiwang.kit.migrating
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        yiwang.kit.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Asset',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('code', models.CharField(max_length=40, unique=True, verbose_name='资产编号')),
                        ('name', models.CharField(max_length=80, verbose_name='资产名称')),
                        ('sort_key', models.CharField(editable=False, max_length=200, verbose_name='拼音')),
                        ('item', models.CharField(max_length=40, verbose_name='品目')),
                        ('category', models.CharField(blank=True, max_length=12, verbose_name='分类代码')),
                        ('room_number', models.CharField(blank=True, max_length=30, verbose_name='房号')),
                        ('price', models.BigIntegerField(verbose_name='单价')),
                        ('acquired_date', models.DateField(verbose_name='取得日期')),
                        ('state', models.CharField(choices=[('IN_USE', '在用'), ('IDLE', '闲置'), ('POOLED', '公物仓'), ('SCRAPPED', '已报废')], default='IN_USE', max_length=10, verbose_name='状态')),
                        ('scrapped_date', models.DateField(blank=True, null=True, verbose_name='报废日期')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                        ('building', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.building', verbose_name='楼栋')),
                        ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.person', verbose_name='使用人')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '资产',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='assets_asset_l1'), models.Index(fields=['l2', 'id'], name='assets_asset_l2'), models.Index(fields=['l3', 'id'], name='assets_asset_l3'), models.Index(fields=['l4', 'id'], name='assets_asset_l4'), models.Index(fields=['l5', 'id'], name='assets_asset_l5'), models.Index(fields=['sort_key', 'id'], name='asset_sort_key'), models.Index(fields=['organ', 'item', 'state'], name='asset_stock'), models.Index(fields=['acquired_date', 'id'], name='asset_acquired')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='asset_price', violation_error_message='单价不能小于 0。'), models.CheckConstraint(condition=models.Q(('state__in', ['IN_USE', 'IDLE', 'POOLED', 'SCRAPPED'])), name='asset_state_known', violation_error_message='状态不在代码表内。'), models.CheckConstraint(condition=models.Q(models.Q(('scrapped_date__isnull', False), ('state', 'SCRAPPED')), models.Q(models.Q(('state', 'SCRAPPED'), _negated=True), ('scrapped_date', None)), _connector='OR'), name='asset_scrapped_dated', violation_error_message='已报废的资产要有报废日期,没有报废的不能有。')],
                    },
                ),
            ],
        ),
    ]
