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
                    name='Counter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('process', models.CharField(max_length=60, verbose_name='流程')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                        ('last', models.PositiveIntegerField(default=0, verbose_name='末号')),
                    ],
                    options={
                        'verbose_name': '编号',
                        'constraints': [models.UniqueConstraint(fields=('process', 'year'), name='flow_counter_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Definition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=60, verbose_name='流程')),
                        ('version', models.PositiveIntegerField(verbose_name='版本')),
                        ('name', models.CharField(max_length=80, verbose_name='名称')),
                        ('area', models.CharField(max_length=20, verbose_name='业务')),
                        ('xml', models.BinaryField(verbose_name='文件')),
                        ('sha', models.CharField(max_length=64, verbose_name='摘要')),
                        ('graph', models.JSONField(verbose_name='流程图')),
                        ('points', models.JSONField(default=list, verbose_name='待完善')),
                        ('state', models.CharField(choices=[('DRAFT', '草稿'), ('IN_FORCE', '现行'), ('RETIRED', '停用')], default='DRAFT', max_length=8, verbose_name='状态')),
                        ('region', models.CharField(default='CN', max_length=6, verbose_name='适用地区')),
                        ('valid_from', models.DateField(blank=True, null=True, verbose_name='起')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
                        ('shipped', models.BooleanField(default=False, verbose_name='随平台')),
                        ('made_by', models.CharField(max_length=40, verbose_name='上传')),
                        ('made_at', models.DateTimeField(null=True, verbose_name='上传时间')),
                    ],
                    options={
                        'verbose_name': '流程定义',
                        'indexes': [models.Index(fields=['key', 'state', 'region'], name='flow_definition_find')],
                        'constraints': [models.UniqueConstraint(fields=('key', 'version'), name='flow_definition_version'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='flow_definition_half_open'), models.CheckConstraint(condition=models.Q(('state', 'DRAFT'), ('valid_from__isnull', False), _connector='OR'), name='flow_definition_dated')],
                    },
                ),
                migrations.CreateModel(
                    name='Case',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('l1', models.BigIntegerField(editable=False, null=True)),
                        ('l2', models.BigIntegerField(editable=False, null=True)),
                        ('l3', models.BigIntegerField(editable=False, null=True)),
                        ('l4', models.BigIntegerField(editable=False, null=True)),
                        ('l5', models.BigIntegerField(editable=False, null=True)),
                        ('process', models.CharField(max_length=60, verbose_name='流程')),
                        ('area', models.CharField(max_length=20, verbose_name='业务')),
                        ('number', models.CharField(max_length=40, unique=True, verbose_name='编号')),
                        ('title', models.CharField(max_length=200, verbose_name='事由')),
                        ('subject_kind', models.CharField(blank=True, max_length=60, verbose_name='对象类别')),
                        ('subject_id', models.CharField(blank=True, max_length=60, verbose_name='对象')),
                        ('facts', models.JSONField(default=dict, verbose_name='内容')),
                        ('state', models.CharField(choices=[('OPEN', '办理中'), ('DONE', '办结'), ('REFUSED', '驳回'), ('WITHDRAWN', '撤回'), ('VOID', '作废')], default='OPEN', max_length=9, verbose_name='状态')),
                        ('opened_at', models.DateTimeField(verbose_name='提交时间')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                        ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='暂停时间')),
                        ('approvals', models.JSONField(default=list, verbose_name='批准文件')),
                        ('seq', models.PositiveIntegerField(default=0, editable=False)),
                        ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('root', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='descendants', to='flow.case', verbose_name='主事项')),
                        ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='flow.definition', verbose_name='流程定义')),
                    ],
                    options={
                        'verbose_name': '事项',
                        'abstract': False,
                        'indexes': [models.Index(fields=['l1', 'id'], name='flow_case_l1'), models.Index(fields=['l2', 'id'], name='flow_case_l2'), models.Index(fields=['l3', 'id'], name='flow_case_l3'), models.Index(fields=['l4', 'id'], name='flow_case_l4'), models.Index(fields=['l5', 'id'], name='flow_case_l5'), models.Index(fields=['process', 'state', '-id'], name='flow_case_process'), models.Index(fields=['subject_kind', 'subject_id'], name='flow_case_subject')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state', 'OPEN')), models.Q(models.Q(('state', 'OPEN'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='flow_case_closed')],
                    },
                ),
                migrations.CreateModel(
                    name='Step',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('node', models.CharField(max_length=100, verbose_name='节点')),
                        ('name', models.CharField(max_length=100, verbose_name='名称')),
                        ('via', models.CharField(blank=True, max_length=100, verbose_name='流向')),
                        ('state', models.CharField(choices=[('OPEN', '办理中'), ('DONE', '已办'), ('VOID', '终止'), ('REDO', '重办'), ('ARRIVED', '已到汇合点')], default='OPEN', max_length=7, verbose_name='状态')),
                        ('opened_at', models.DateTimeField(verbose_name='开始')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结束')),
                        ('clock_from', models.DateTimeField(blank=True, null=True, verbose_name='计时起点')),
                        ('days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='工作日')),
                        ('hours', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='工作小时')),
                        ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='期限')),
                        ('overdue_at', models.DateTimeField(blank=True, null=True, verbose_name='逾期处理')),
                        ('verdicts', models.JSONField(default=list, verbose_name='标准判定')),
                        ('block', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flow.step', verbose_name='并行段')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='flow.case', verbose_name='事项')),
                    ],
                    options={
                        'verbose_name': '环节',
                        'indexes': [models.Index(condition=models.Q(('overdue_at', None), ('state', 'OPEN')), fields=['due_at'], name='flow_step_due')],
                    },
                ),
                migrations.CreateModel(
                    name='Party',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('APPLICANT', '申请人'), ('SIGNER', '办理人'), ('COPIED', '抄送')], max_length=9, verbose_name='关系')),
                        ('at', models.DateTimeField(verbose_name='时间')),
                        ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已阅')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='flow.case', verbose_name='事项')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ],
                    options={
                        'verbose_name': '相关人',
                        'indexes': [models.Index(fields=['user', 'kind', 'case'], name='flow_party_user')],
                        'constraints': [models.UniqueConstraint(fields=('case', 'user', 'kind'), name='flow_party_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Receipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=80, verbose_name='凭据')),
                        ('verb', models.CharField(max_length=20, verbose_name='动作')),
                        ('asked', models.CharField(max_length=64, verbose_name='请求摘要')),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flow.case', verbose_name='事项')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                    ],
                    options={
                        'verbose_name': '请求凭据',
                        'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='flow_receipt_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Task',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(blank=True, max_length=100, verbose_name='角色')),
                        ('kind', models.CharField(choices=[('MAIN', '主办'), ('BEFORE', '前加签'), ('AFTER', '后加签'), ('ESCALATED', '逾期升级')], default='MAIN', max_length=9, verbose_name='类别')),
                        ('added', models.BooleanField(default=False, verbose_name='加签')),
                        ('state', models.CharField(choices=[('WAIT', '等待'), ('OPEN', '待办'), ('DONE', '已办'), ('VOID', '终止')], default='OPEN', max_length=4, verbose_name='状态')),
                        ('verdict', models.CharField(blank=True, choices=[('APPLY', '申请'), ('APPROVE', '同意'), ('REJECT', '驳回'), ('SEND_BACK', '退回'), ('WITHDRAW', '撤回'), ('TRANSFER', '转办'), ('ADD_SIGNER', '加签'), ('COPY', '抄送'), ('URGE', '催办'), ('COMMENT', '留言'), ('ATTACH', '附件'), ('PAUSE', '暂停计时'), ('RESUME', '恢复计时'), ('VOID', '作废'), ('OVERDUE', '逾期')], max_length=10, verbose_name='结论')),
                        ('opinion', models.TextField(blank=True, verbose_name='意见')),
                        ('batch', models.BooleanField(default=False, verbose_name='可批量')),
                        ('opened_at', models.DateTimeField(verbose_name='开始')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结束')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='flow.case', verbose_name='事项')),
                        ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                        ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代谁办理')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='added_tasks', to='flow.task', verbose_name='由谁加签')),
                        ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='flow.step', verbose_name='环节')),
                        ('taken_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='转自')),
                        ('who', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                    ],
                    options={
                        'verbose_name': '待办',
                        'indexes': [models.Index(condition=models.Q(('state', 'OPEN')), fields=['who', 'id'], name='flow_task_waiting'), models.Index(fields=['done_by', 'case'], name='flow_task_done'), models.Index(fields=['case', 'state'], name='flow_task_case')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['OPEN', 'WAIT'])), fields=('step', 'who'), name='flow_task_one_each')],
                    },
                ),
                migrations.CreateModel(
                    name='CaseEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('verb', models.CharField(choices=[('APPLY', '申请'), ('APPROVE', '同意'), ('REJECT', '驳回'), ('SEND_BACK', '退回'), ('WITHDRAW', '撤回'), ('TRANSFER', '转办'), ('ADD_SIGNER', '加签'), ('COPY', '抄送'), ('URGE', '催办'), ('COMMENT', '留言'), ('ATTACH', '附件'), ('PAUSE', '暂停计时'), ('RESUME', '恢复计时'), ('VOID', '作废'), ('OVERDUE', '逾期')], max_length=10, verbose_name='动作')),
                        ('text', models.TextField(blank=True, verbose_name='意见')),
                        ('at', models.DateTimeField(verbose_name='时间')),
                        ('attachments', models.JSONField(default=list, verbose_name='附件')),
                        ('approval', models.CharField(blank=True, max_length=120, verbose_name='批准文件')),
                        ('data', models.JSONField(default=dict, verbose_name='其他')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='flow.case', verbose_name='事项')),
                        ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代谁')),
                        ('step', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='flow.step', verbose_name='环节')),
                        ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='flow.task', verbose_name='待办')),
                    ],
                    options={
                        'verbose_name': '经过',
                        'indexes': [models.Index(fields=['case', 'id'], name='flow_event_case')],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='parent_step',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='flow.step', verbose_name='上级环节'),
        ),
    ]
