from pathlib import Path

from django.db import migrations

from apps.core.search import searched_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
SEARCHED = (SQL / "searched_equipment.sql").read_text(encoding="utf-8")
DROP = (
    "DROP FUNCTION wt_searched_equipment() CASCADE; DROP FUNCTION wt_searched_equipment_of_customer() CASCADE;"
    " DROP TRIGGER searched_customers_equipment ON customers_site"
)


class Migration(migrations.Migration):
    """What equipment is found by. A transaction of its own: the columns before it wrote every row anew, and Postgres
    would check their foreign keys again at its end.
    """

    dependencies = [("customers", "0014_equipment")]

    operations = [migrations.RunSQL(searched_sql("customers_equipment", SEARCHED), DROP)]
