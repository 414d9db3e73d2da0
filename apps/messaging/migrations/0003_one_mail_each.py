import apps.messaging.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_held")]

    operations = [
        migrations.AddField("message", "facts", models.JSONField(default=dict)),
        migrations.AddField("message", "message_id", models.CharField(max_length=300, null=True)),
        migrations.RunSQL(
            "UPDATE messaging_message SET message_id = '<' || gen_random_uuid() || '@watertight.invalid>'",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            "message",
            "message_id",
            models.CharField(default=apps.messaging.models.message_id_new, max_length=300, unique=True),
        ),
        migrations.AlterField(
            "message",
            "status",
            models.CharField(
                choices=[("queued", "Queued"), ("sending", "Being sent"), ("sent", "Sent"), ("failed", "Failed"),
                    ("withdrawn", "Taken back"),
                ],
                default="queued",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.RemoveConstraint("message", "message_status"),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(("status__in", ["queued", "sending", "sent", "failed", "withdrawn"])), name="message_status"
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(condition=models.Q(("status", "sent"), _negated=True), fields=["queued_at"], name="message_to_send"),
        ),
    ]
