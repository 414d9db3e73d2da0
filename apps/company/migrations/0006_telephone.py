from pathlib import Path

from django.db import migrations

from apps.core.telephone_kept import numbers_kept

HOME = (Path(__file__).resolve().parent.parent / "sql" / "home_country.sql").read_text()


class Migration(migrations.Migration):
    """Where the company is, for whoever writes a telephone number; and its own number, kept with its country."""

    dependencies = [("company", "0005_terms_in_two_languages"), ("core", "0012_digits_at_home")]

    operations = [
        migrations.RunSQL(HOME, "DROP FUNCTION wt_home_country()"),
        numbers_kept("company", "company_company", "row.country"),
    ]
