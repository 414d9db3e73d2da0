from django.db import migrations


class Migration(migrations.Migration):
    """There are few leaks: they are searched by what their subject is called, and nothing reads words of them."""

    dependencies = [("leaks", "0007_stored_words")]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE "leaks_leak" DROP COLUMN search_words',
            migrations.RunSQL.noop,
        )
    ]
