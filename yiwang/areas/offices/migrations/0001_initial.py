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
                    name='Room',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('number', models.CharField(max_length=30, verbose_name='房号')),
                        ('kind', models.CharField(choices=[('OFFICE', '办公室'), ('SERVICE_ROOM', '服务用房'), ('EQUIPMENT_ROOM', '设备用房'), ('ANCILLARY_ROOM', '附属用房'), ('OPERATIONS_ROOM', '技术业务用房')], default='OFFICE', max_length=20, verbose_name='用途')),
                        ('usable_area', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='使用面积')),
                        ('state', models.CharField(choices=[('IN_USE', '在用'), ('IDLE', '闲置'), ('LEASED_OUT', '出租'), ('LENT', '出借'), ('DISPOSED', '已处置')], default='IN_USE', max_length=12, verbose_name='状态')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                        ('building', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='places.building', verbose_name='楼栋')),
                        ('floor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='places.floor', verbose_name='楼层')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '房间',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='offices_room_l1'), models.Index(fields=['l2', 'id'], name='offices_room_l2'), models.Index(fields=['l3', 'id'], name='offices_room_l3'), models.Index(fields=['l4', 'id'], name='offices_room_l4'), models.Index(fields=['l5', 'id'], name='offices_room_l5'), models.Index(fields=['number', 'id'], name='room_number'), models.Index(fields=['usable_area', 'id'], name='room_area')],
                        'constraints': [models.UniqueConstraint(fields=('building', 'number'), name='room_once', violation_error_message='同一楼栋已有这个房号。'), models.CheckConstraint(condition=models.Q(('usable_area__gt', 0)), name='room_area_positive', violation_error_message='使用面积要大于 0。'), models.CheckConstraint(condition=models.Q(('kind__in', ['OFFICE', 'SERVICE_ROOM', 'EQUIPMENT_ROOM', 'ANCILLARY_ROOM', 'OPERATIONS_ROOM'])), name='room_kind_known', violation_error_message='用途不在代码表内。'), models.CheckConstraint(condition=models.Q(('state__in', ['IN_USE', 'IDLE', 'LEASED_OUT', 'LENT', 'DISPOSED'])), name='room_state_known', violation_error_message='状态不在代码表内。')],
                    },
                ),
                migrations.CreateModel(
                    name='Title',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('certificate', models.CharField(blank=True, max_length=60, verbose_name='权属证号')),
                        ('state', models.CharField(choices=[('REGISTERED', '已登记'), ('PENDING', '办理中'), ('UNREGISTERED', '未登记'), ('DISPUTED', '有争议')], default='UNREGISTERED', max_length=12, verbose_name='登记状态')),
                        ('registered_date', models.DateField(blank=True, null=True, verbose_name='登记日期')),
                        ('gross_floor_area', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='建筑面积')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                        ('building', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='places.building', verbose_name='楼栋')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '权属',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='offices_title_l1'), models.Index(fields=['l2', 'id'], name='offices_title_l2'), models.Index(fields=['l3', 'id'], name='offices_title_l3'), models.Index(fields=['l4', 'id'], name='offices_title_l4'), models.Index(fields=['l5', 'id'], name='offices_title_l5')],
                        'constraints': [models.UniqueConstraint(fields=('building', 'organ'), name='title_once', violation_error_message='这个单位在这栋楼已有权属登记。'), models.UniqueConstraint(condition=models.Q(('certificate', ''), _negated=True), fields=('certificate',), name='title_certificate_once', violation_error_message='这个权属证号已登记在另一条权属上。'), models.CheckConstraint(condition=models.Q(('gross_floor_area__gt', 0)), name='title_area_positive', violation_error_message='建筑面积要大于 0。'), models.CheckConstraint(condition=models.Q(('state__in', ['REGISTERED', 'PENDING', 'UNREGISTERED', 'DISPUTED'])), name='title_state_known', violation_error_message='登记状态不在代码表内。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'REGISTERED'), _negated=True), models.Q(('certificate', ''), _negated=True), _connector='OR'), name='title_registered_has_certificate', violation_error_message='已登记的权属要有权属证号。')],
                    },
                ),
                migrations.CreateModel(
                    name='Occupancy',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('valid_from', models.DateField(verbose_name='起用日期')),
                        ('valid_to', models.DateField(blank=True, help_text='当天不再使用', null=True, verbose_name='止用日期')),
                        ('share', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='分摊比例')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.person', verbose_name='使用人')),
                        ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occupancies', to='offices.room', verbose_name='房间')),
                    ],
                    options={
                        'verbose_name': '使用情况',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='offices_occupancy_l1'), models.Index(fields=['l2', 'id'], name='offices_occupancy_l2'), models.Index(fields=['l3', 'id'], name='offices_occupancy_l3'), models.Index(fields=['l4', 'id'], name='offices_occupancy_l4'), models.Index(fields=['l5', 'id'], name='offices_occupancy_l5'), models.Index(fields=['person', 'valid_from'], name='occupancy_person'), models.Index(fields=['valid_from', 'id'], name='occupancy_from')],
                        'constraints': [models.UniqueConstraint(fields=('room', 'person', 'valid_from'), name='occupancy_once', violation_error_message='这个人在这间房从同一天起已有使用记录。'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='occupancy_period', violation_error_message='止用日期要晚于起用日期。'), models.CheckConstraint(condition=models.Q(('share', None), models.Q(('share__gt', 0), ('share__lte', 1)), _connector='OR'), name='occupancy_share', violation_error_message='分摊比例要大于 0,不超过 1。')],
                    },
                ),
            ],
        ),
    ]
