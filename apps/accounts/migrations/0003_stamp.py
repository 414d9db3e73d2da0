import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitation_language")]

    operations = [
        migrations.AddField("user", "stamp", models.UUIDField(null=True, editable=False)),
        # A default would give everybody the same one.
        migrations.RunSQL("UPDATE accounts_user SET stamp = gen_random_uuid()", migrations.RunSQL.noop),
        migrations.AlterField("user", "stamp", models.UUIDField(default=uuid.uuid4, editable=False)),
    ]
