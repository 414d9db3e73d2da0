"""Links of quotes are looked up as all private links are: nothing asks the function of their own any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("quotes", "0013_stored_words")]

    operations = [migrations.RunSQL("DROP FUNCTION wt_quote_link(text)", migrations.RunSQL.noop)]
