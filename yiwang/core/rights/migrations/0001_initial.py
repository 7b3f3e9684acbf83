import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import yiwang.core.rights.models
import yiwang.kit.migrating
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('orgs', '0001_initial'),
    ]

    operations = [
        yiwang.kit.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Alarm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=20, verbose_name='种类')),
                        ('subject', models.CharField(max_length=160, verbose_name='对象')),
                        ('hour', models.DateTimeField(verbose_name='小时')),
                        ('raised_at', models.DateTimeField(db_index=True, verbose_name='时间')),
                        ('count', models.PositiveIntegerField(verbose_name='次数')),
                        ('text', models.CharField(max_length=300, verbose_name='情况')),
                    ],
                    options={
                        'verbose_name': '安全告警',
                        'constraints': [models.UniqueConstraint(fields=('kind', 'subject', 'hour'), name='alarm_once')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='OwnRole',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=30, unique=True, verbose_name='名称')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                        ('pairs', models.TextField(verbose_name='权限')),
                        ('closed', models.BooleanField(default=False, verbose_name='停用')),
                    ],
                    options={
                        'verbose_name': '自定义角色',
                        'indexes': [],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='Tally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=20, verbose_name='种类')),
                        ('subject', models.CharField(max_length=160, verbose_name='对象')),
                        ('minute', models.DateTimeField(verbose_name='分钟')),
                        ('count', models.PositiveIntegerField(default=1, verbose_name='次数')),
                    ],
                    options={
                        'verbose_name': '计数',
                        'indexes': [models.Index(fields=['kind', 'minute'], name='tally_kind_minute')],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'subject', 'minute'), name='tally_once')],
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                        ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                        ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('display_name', models.CharField(blank=True, max_length=60, verbose_name='姓名')),
                        ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='user', to='orgs.person', verbose_name='人员')),
                        ('name_key', yiwang.core.rights.models.NameKey(editable=False, max_length=150, unique=True, verbose_name='登录名(归一)')),
                        ('organ', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='所属单位')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='停用日期')),
                        ('deputy_until', models.DateField(blank=True, editable=False, null=True, verbose_name='受托至')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': '用户',
                        'constraints': [models.CheckConstraint(condition=models.Q(('is_staff', False), ('is_superuser', False)), name='user_no_superuser')],
                        'indexes': [],
                    },
                    managers=[
                        ('objects', yiwang.core.rights.models.Users()),
                    ],
                ),
                migrations.CreateModel(
                    name='Delegation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('lender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lent', to=settings.AUTH_USER_MODEL, verbose_name='委托人')),
                        ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='borrowed', to=settings.AUTH_USER_MODEL, verbose_name='受托人')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('role', models.CharField(blank=True, choices=[('READER', '查阅'), ('CLERK', '经办'), ('MANAGER', '主管'), ('AUDITOR', '审计'), ('STAFF', '干部职工'), ('LEADER', '分管领导'), ('DISPATCHER', '调度'), ('REPAIRER', '维修'), ('KEEPER', '保管'), ('CANTEEN', '食堂'), ('RECEPTION', '前台'), ('FINANCE', '财务'), ('DRIVER', '驾驶员'), ('SYSTEM_ADMIN', '系统管理员'), ('SECURITY_ADMIN', '安全管理员'), ('AUDIT_ADMIN', '审计管理员'), ('OWN', '自定义角色')], max_length=20, verbose_name='角色')),
                        ('own', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.ownrole')),
                        ('valid_from', models.DateField(verbose_name='起')),
                        ('valid_to', models.DateField(verbose_name='止')),
                        ('reason', models.CharField(max_length=200, verbose_name='事由')),
                        ('created_at', models.DateTimeField(verbose_name='委托时间')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='收回时间')),
                    ],
                    options={
                        'verbose_name': '委托',
                        'indexes': [models.Index(fields=['delegate', 'valid_to'], name='delegation_delegate')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='delegation_half_open'), models.CheckConstraint(condition=models.Q(('lender', models.F('delegate')), _negated=True), name='delegation_not_oneself'), models.CheckConstraint(condition=models.Q(('role__in', ['AUDIT_ADMIN', 'SECURITY_ADMIN', 'SYSTEM_ADMIN']), _negated=True), name='delegation_no_administrator')],
                    },
                ),
                migrations.CreateModel(
                    name='Grant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('role', models.CharField(choices=[('READER', '查阅'), ('CLERK', '经办'), ('MANAGER', '主管'), ('AUDITOR', '审计'), ('STAFF', '干部职工'), ('LEADER', '分管领导'), ('DISPATCHER', '调度'), ('REPAIRER', '维修'), ('KEEPER', '保管'), ('CANTEEN', '食堂'), ('RECEPTION', '前台'), ('FINANCE', '财务'), ('DRIVER', '驾驶员'), ('SYSTEM_ADMIN', '系统管理员'), ('SECURITY_ADMIN', '安全管理员'), ('AUDIT_ADMIN', '审计管理员'), ('OWN', '自定义角色')], max_length=20, verbose_name='角色')),
                        ('area', models.CharField(blank=True, max_length=20, verbose_name='业务')),
                        ('own', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='rights.ownrole')),
                    ],
                    options={
                        'verbose_name': '授权',
                        'indexes': [models.Index(fields=['organ', 'role'], name='grant_organ_role')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('own', None)), fields=('user', 'organ', 'role', 'area'), name='grant_once'), models.UniqueConstraint(condition=models.Q(('own__isnull', False)), fields=('user', 'organ', 'own'), name='grant_own_once'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'OWN'), ('own__isnull', False), ('area', '')), models.Q(models.Q(('role', 'OWN'), _negated=True), ('own', None)), _connector='OR'), name='grant_own_has_role'), models.UniqueConstraint(condition=models.Q(('role__in', ['AUDIT_ADMIN', 'SECURITY_ADMIN', 'SYSTEM_ADMIN'])), fields=('user',), name='grant_one_administrator')],
                    },
                ),
                migrations.CreateModel(
                    name='LoginSession',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='login_sessions', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('key', models.CharField(max_length=40, unique=True, verbose_name='会话')),
                        ('begun_at', models.DateTimeField(verbose_name='登录时间')),
                        ('seen_at', models.DateTimeField(verbose_name='最近使用')),
                        ('address', models.CharField(blank=True, max_length=45, verbose_name='地址')),
                        ('agent', models.CharField(blank=True, max_length=200, verbose_name='浏览器')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                        ('ended_why', models.CharField(blank=True, max_length=20, verbose_name='结束原因')),
                    ],
                    options={
                        'verbose_name': '登录会话',
                        'indexes': [models.Index(fields=['user', 'ended_at'], name='login_session_open')],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='PasswordSet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='password_sets', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('hash', models.CharField(max_length=128, verbose_name='密码散列')),
                        ('set_at', models.DateTimeField(verbose_name='设置时间')),
                        ('initial', models.BooleanField(default=False, verbose_name='一次性')),
                        ('until', models.DateTimeField(blank=True, null=True, verbose_name='有效至')),
                    ],
                    options={
                        'verbose_name': '密码',
                        'indexes': [models.Index(fields=['user', 'id'], name='password_set_user')],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='RecoveryCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用时间')),
                    ],
                    options={
                        'verbose_name': '恢复码',
                        'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_once')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='ResetLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reset_links', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('digest', models.CharField(max_length=64, unique=True, verbose_name='摘要')),
                        ('issued_at', models.DateTimeField(verbose_name='发出时间')),
                        ('expires_at', models.DateTimeField(verbose_name='有效至')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用时间')),
                    ],
                    options={
                        'verbose_name': '找回密码',
                        'indexes': [models.Index(fields=['user', 'issued_at'], name='reset_link_user')],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='SecondFactor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='second_factor', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('sealed', models.CharField(max_length=200, verbose_name='密钥(加密)')),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='启用时间')),
                        ('last_step', models.BigIntegerField(default=0, verbose_name='用过的时间步')),
                        ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='连续错误')),
                        ('locked_until', models.DateTimeField(blank=True, null=True, verbose_name='锁定至')),
                    ],
                    options={
                        'verbose_name': '动态口令',
                        'indexes': [],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='Token',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                        ('organ', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.organ', verbose_name='单位')),
                        ('label', models.CharField(max_length=60, verbose_name='用途')),
                        ('prefix', models.CharField(max_length=12, unique=True, verbose_name='前缀')),
                        ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                        ('verbs', models.CharField(max_length=100, verbose_name='动作')),
                        ('areas', models.CharField(blank=True, max_length=200, verbose_name='业务')),
                        ('read_only', models.BooleanField(default=True, verbose_name='只读')),
                        ('created_at', models.DateTimeField(verbose_name='签发时间')),
                        ('expires_at', models.DateTimeField(verbose_name='有效至')),
                        ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='吊销时间')),
                        ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近使用')),
                    ],
                    options={
                        'verbose_name': '接口令牌',
                        'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='token_expires_after_issue')],
                        'indexes': [],
                    },
                ),
            ],
        ),
    ]
