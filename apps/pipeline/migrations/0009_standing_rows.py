from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import apps.core.fields

SQL = Path(__file__).parent.parent / "sql"
MARKED = """
    workorders_workorder core_auditevent review_billable review_review review_stalejob planning_assignment field_visit field_timeentry
    field_materialusage field_extrawork field_fieldevent quotes_quote quotes_quoteversion quotes_acceptance intake_request
    intake_intakereport intake_materialestimate invoicing_invoice invoicing_invoiceline invoicing_payment invoicing_invoicefact
    bookkeeping_packageline pricing_materialprice
""".split()
UNDO = "".join(
    [
        *(f"DROP TRIGGER IF EXISTS pipeline_mark ON {table};" for table in MARKED),
        "DROP TRIGGER IF EXISTS pipeline_mark_added ON field_fieldevent;",
        "DROP TRIGGER IF EXISTS pipeline_mark_removed ON field_fieldevent;",
        "DROP TRIGGER IF EXISTS pipeline_keep ON pipeline_mark;",
        "DROP FUNCTION IF EXISTS wt_pipeline_mark(), wt_pipeline_keep();",
    ]
)


class Migration(migrations.Migration):
    """The rows of the pipeline as a table that the database keeps: a page puts nothing together to know what stands."""

    dependencies = [
        ("pipeline", "0008_ask_of_few"),
        ("customers", "0001_initial"),
        ("workorders", "0001_initial"),
        ("bookkeeping", "0005_waiting_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("record_id", models.BigIntegerField()),
                ("first", models.BooleanField()),
            ],
            options={
                "verbose_name": "record whose rows changed",
                "verbose_name_plural": "records whose rows changed",
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("place", models.TextField()),
                ("turns_into", models.TextField(null=True)),
                ("turns_at", models.DateTimeField(null=True)),
                ("due", models.DateField(null=True)),
                ("since", models.DateTimeField()),
                ("record_type", models.TextField()),
                ("record_id", models.BigIntegerField()),
                ("label", models.TextField()),
                ("net", apps.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                ("hours", apps.core.fields.HoursField(decimal_places=3, max_digits=12)),
                ("gross", apps.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "work_order",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="workorders.workorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "amount in the pipeline",
                "verbose_name_plural": "amounts in the pipeline",
                "indexes": [models.Index(fields=["record_id", "record_type"], name="standing_of_record")],
            },
        ),
        # What keeps the rows, and the view of them: 0011.
        migrations.RunSQL(migrations.RunSQL.noop, UNDO),
    ]
