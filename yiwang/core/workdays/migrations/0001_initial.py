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
                    name='Holiday',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(unique=True, verbose_name='日期')),
                        ('works', models.BooleanField(verbose_name='上班')),
                        ('name', models.CharField(max_length=40, verbose_name='节日')),
                        ('number', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                        ('verified', models.BooleanField(default=True, verbose_name='已核实')),
                    ],
                    options={
                        'verbose_name': '节假日',
                        'ordering': ('day',),
                    },
                ),
                migrations.CreateModel(
                    name='CalendarRevision',
                    fields=[
                        ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ('token', models.CharField(max_length=32, verbose_name='版本')),
                    ],
                    options={
                        'verbose_name': '日历版本',
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='workdays_revision_single')],
                    },
                ),
            ],
        ),
    ]
