import uuid

import django.db.models.deletion
from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models

COLUMN = (
    "ALTER TABLE customers_equipment ADD COLUMN search_words tsvector GENERATED ALWAYS AS (NULL::tsvector) STORED;"
    " CREATE INDEX equipment_search ON customers_equipment USING gin (search_words)"
)


class Migration(migrations.Migration):
    """A device has a label, a warranty, a rhythm, documents, and is found by what stands on it."""

    dependencies = [
        ("customers", "0013_by_name"),
        ("documents", "0003_pending_uploads"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="equipment",
            options={
                "ordering": ["kind__by_name", "make__by_name", "id"],
                "verbose_name": "equipment",
                "verbose_name_plural": "equipment",
            },
        ),
        # The database gives each device that is there a code of its own.
        migrations.AddField(
            model_name="equipment",
            name="code",
            field=models.UUIDField(db_default=RandomUUID(), editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="equipment",
            name="code",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="equipment",
            name="gone_on",
            field=models.DateField(blank=True, null=True, verbose_name="no longer there since"),
        ),
        migrations.AddField(
            model_name="equipment",
            name="remarks",
            field=models.TextField(blank=True, default="", verbose_name="remarks for the technician"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="equipment",
            name="service_months",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="service every so many months"
            ),
        ),
        migrations.AddField(
            model_name="equipment",
            name="warranty_until",
            field=models.DateField(blank=True, null=True, verbose_name="warranty until"),
        ),
        migrations.AddConstraint(
            model_name="equipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("service_months__gte", 1), ("service_months__lte", 120)),
                name="equipment_service_months",
            ),
        ),
        migrations.AddConstraint(
            model_name="equipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("installed_on", None),
                    ("gone_on", None),
                    ("gone_on__gte", models.F("installed_on")),
                    _connector="OR",
                ),
                name="equipment_goes_after_it_came",
                violation_error_message="It went before it was installed.",
            ),
        ),
        migrations.CreateModel(
            name="EquipmentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("for_technician", models.BooleanField(default=False, verbose_name="for the technician")),
                (
                    "equipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="customers.equipment",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.storedfile"
                    ),
                ),
            ],
            options={"verbose_name": "document", "verbose_name_plural": "documents", "ordering": ["id"]},
        ),
        migrations.RunSQL(COLUMN, "ALTER TABLE customers_equipment DROP COLUMN search_words"),
    ]
