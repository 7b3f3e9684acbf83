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
                    name='Finding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('dataset', models.CharField(max_length=60, verbose_name='台账数据集')),
                        ('topic', models.CharField(max_length=120, verbose_name='事项')),
                        ('subject', models.CharField(max_length=80, verbose_name='对象编号')),
                        ('subject_label', models.CharField(max_length=250, verbose_name='对象')),
                        ('url', models.CharField(blank=True, max_length=250, verbose_name='台账地址')),
                        ('kind', models.CharField(choices=[('over', '超标'), ('warning', '提醒'), ('undetermined', '无法判定')], max_length=12, verbose_name='判定')),
                        ('clause', models.CharField(db_index=True, max_length=160, verbose_name='条款')),
                        ('document', models.CharField(max_length=200, verbose_name='制度')),
                        ('number', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                        ('article', models.CharField(blank=True, max_length=100, verbose_name='条')),
                        ('modality', models.CharField(blank=True, max_length=40, verbose_name='力度')),
                        ('version', models.CharField(max_length=64, verbose_name='条款版本')),
                        ('label', models.CharField(blank=True, max_length=120, verbose_name='所测')),
                        ('relation', models.CharField(blank=True, max_length=2, verbose_name='关系')),
                        ('measure', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='实际')),
                        ('limit', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='标准')),
                        ('excess', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='超出')),
                        ('unit', models.CharField(blank=True, max_length=30, verbose_name='单位')),
                        ('message', models.TextField(blank=True, verbose_name='说明')),
                        ('facts', models.JSONField(blank=True, default=dict, verbose_name='事实')),
                        ('others', models.JSONField(blank=True, default=list, verbose_name='并列条款')),
                        ('judged_on', models.DateField(verbose_name='判定日期')),
                        ('region', models.CharField(max_length=12, verbose_name='行政区划')),
                        ('state', models.CharField(choices=[('OPEN', '待交办'), ('ASSIGNED', '待整改'), ('RECTIFYING', '整改中'), ('REVIEWING', '待复核'), ('APPEALED', '申诉中'), ('CLOSED', '已销号')], default='OPEN', max_length=12, verbose_name='状态')),
                        ('outcome', models.CharField(blank=True, choices=[('REGISTER', '台账已更正,自动销号'), ('RECTIFIED', '整改复核通过'), ('EXCUSED', '经批准保留'), ('APPEAL', '申诉成立')], max_length=12, verbose_name='销号方式')),
                        ('closed_by_register', models.BooleanField(default=False, verbose_name='随台账更正自动销号')),
                        ('due_date', models.DateField(blank=True, null=True, verbose_name='整改期限')),
                        ('opened_date', models.DateField(verbose_name='发现日期')),
                        ('closed_date', models.DateField(blank=True, null=True, verbose_name='销号日期')),
                        ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                    ],
                    options={
                        'verbose_name': '问题',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='verdicts_finding_l1'), models.Index(fields=['l2', 'id'], name='verdicts_finding_l2'), models.Index(fields=['l3', 'id'], name='verdicts_finding_l3'), models.Index(fields=['l4', 'id'], name='verdicts_finding_l4'), models.Index(fields=['l5', 'id'], name='verdicts_finding_l5'), models.Index(fields=['dataset', 'subject'], name='finding_subject'), models.Index(fields=['handler', 'state'], name='finding_handler'), models.Index(fields=['state', 'due_date'], name='finding_due')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'CLOSED'), _negated=True), fields=('topic', 'subject'), name='finding_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'CLOSED'), models.Q(('outcome', ''), _negated=True), ('closed_date__isnull', False)), models.Q(models.Q(('state', 'CLOSED'), _negated=True), ('outcome', ''), ('closed_date', None)), _connector='OR'), name='finding_closed_has_outcome'), models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'ASSIGNED', 'RECTIFYING', 'REVIEWING', 'APPEALED', 'CLOSED'])), name='finding_state_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['over', 'warning', 'undetermined'])), name='finding_kind_known')],
                    },
                ),
                migrations.CreateModel(
                    name='FindingEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(verbose_name='时间')),
                        ('actor', models.CharField(max_length=40, verbose_name='经办')),
                        ('verb', models.CharField(choices=[('OPEN', '发现'), ('REFRESH', '台账变化,重新判定'), ('ASSIGN', '交办'), ('EXTEND', '延期'), ('START', '开始整改'), ('RECTIFY', '提交整改'), ('WITHDRAW', '撤回'), ('SEND_BACK', '复核退回'), ('CLOSE', '销号'), ('APPEAL', '申诉'), ('REJECT', '申诉驳回')], max_length=12, verbose_name='动作')),
                        ('state', models.CharField(choices=[('OPEN', '待交办'), ('ASSIGNED', '待整改'), ('RECTIFYING', '整改中'), ('REVIEWING', '待复核'), ('APPEALED', '申诉中'), ('CLOSED', '已销号')], max_length=12, verbose_name='此后状态')),
                        ('note', models.TextField(blank=True, verbose_name='意见')),
                        ('attachment', models.CharField(blank=True, max_length=200, verbose_name='文号')),
                        ('file', models.FileField(blank=True, upload_to='findings/%Y/%m/', verbose_name='附件')),
                        ('file_name', models.CharField(blank=True, max_length=200, verbose_name='附件名')),
                        ('file_digest', models.CharField(blank=True, max_length=64, verbose_name='附件摘要')),
                        ('figures', models.JSONField(blank=True, default=dict, verbose_name='数值')),
                        ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='verdicts.finding', verbose_name='问题')),
                    ],
                    options={
                        'verbose_name': '问题经过',
                        'indexes': [models.Index(fields=['finding', 'id'], name='finding_event_order')],
                    },
                ),
            ],
        ),
    ]
