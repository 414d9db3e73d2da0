import django.contrib.postgres.constraints
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def once_only(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was noted twice stays once: a later absence begins where the earlier one ends, or falls away inside it."""
    Absence = apps.get_model("technicians", "Absence")
    technician, until = None, None
    for one in Absence.objects.order_by("technician_id", "period", "pk"):
        if one.technician_id != technician:
            technician, until = one.technician_id, None
        period = one.period
        if period.isempty or until is not None and period.upper <= until:
            one.delete()
            continue
        if until is not None and period.lower < until:
            one.period = type(period)(until, period.upper)
            one.save(update_fields=["period"])
        until = period.upper


class Migration(migrations.Migration):
    # The rows are mended before the constraint is made, and a table with changes that wait takes none.
    atomic = False

    dependencies = [
        ("technicians", "0004_team"),
    ]

    operations = [
        migrations.RunPython(once_only, migrations.RunPython.noop, atomic=True),
        migrations.AddConstraint(
            model_name="absence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("technician_id"),
                            models.F("technician_id"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    ("period", "&&"),
                ],
                name="no_double_absence",
                violation_error_code="double_absence",
            ),
        ),
    ]
