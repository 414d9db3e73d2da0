from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.core.vault import is_sealed, seal

SQL = (Path(__file__).parent.parent / "sql" / "secrets_apart.sql").read_text()


def seal_factors(apps, schema_editor):
    """The secrets of authenticator apps and recovery codes stood in the clear."""
    for factor in apps.get_model("mfa", "Authenticator").objects.filter(type__in=["totp", "recovery_codes"]):
        for name in ("secret", "seed"):
            if name in factor.data and not is_sealed(factor.data[name]):
                factor.data[name] = seal(factor.data[name])
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_versions"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("core", "0010_audit_secrets"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('handle', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('came_at', models.DateTimeField(null=True)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(max_length=300)),
                ('expire_date', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'db_table': 'accounts_opensession',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=20)),
                ('name', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'second factor',
                'verbose_name_plural': 'second factors',
                'db_table': 'accounts_secondfactor',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='PasswordHash',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=128)),
                ('changed_at', models.DateTimeField()),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'password hash',
                'verbose_name_plural': 'password hashes',
            },
        ),
        migrations.RunSQL(
            "INSERT INTO accounts_passwordhash (user_id, value, changed_at)"
            " SELECT id, password, now() FROM accounts_user WHERE password <> '' AND password NOT LIKE '!%'"
        ),
        migrations.RemoveField(
            model_name="user",
            name="password",
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('came_at', models.DateTimeField(null=True)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(blank=True, max_length=300)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
            },
        ),
        migrations.CreateModel(
            name='AccountLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('password', 'New password'), ('address', 'New address')], max_length=10)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('stamp', models.UUIDField()),
                ('nonce', models.UUIDField(unique=True)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'link to an account',
                'verbose_name_plural': 'links to accounts',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['password', 'address'])), name='account_link_kind'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user', 'kind'), name='one_open_link_per_user_and_kind')],
            },
        ),
        migrations.RunSQL(SQL),
        migrations.RunPython(seal_factors, migrations.RunPython.noop),
    ]
