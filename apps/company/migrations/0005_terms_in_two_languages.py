"""The terms on a quote in each language. Those of before are in the company's own."""

from django.db import migrations, models

OWN = "UPDATE company_company SET quote_terms_nl = quote_terms, quote_terms = '' WHERE language = 'nl'"
BACK = "UPDATE company_company SET quote_terms = quote_terms_nl WHERE quote_terms_nl <> ''"


class Migration(migrations.Migration):
    dependencies = [("company", "0004_demo_mark")]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="quote_terms",
            field=models.TextField(blank=True, verbose_name="terms on a quote in English"),
        ),
        migrations.AddField(
            model_name="company",
            name="quote_terms_nl",
            field=models.TextField(blank=True, default="", verbose_name="terms on a quote in Dutch"),
            preserve_default=False,
        ),
        migrations.RunSQL(OWN, BACK),
    ]
