from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0016_mail_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='site',
            name='placed_by_hand',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True), ('placed_by_hand', False)), models.Q(('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='site_is_at_a_place'),
        ),
    ]
