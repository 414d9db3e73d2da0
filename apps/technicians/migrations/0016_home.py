import apps.core.countries
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('technicians', '0015_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Home',
            fields=[
                ('street', models.CharField(max_length=120, verbose_name='street')),
                ('house_number', models.CharField(max_length=20, verbose_name='house number')),
                ('postal_code', models.CharField(max_length=12, verbose_name='postal code')),
                ('city', models.CharField(max_length=80, verbose_name='city')),
                ('country', models.CharField(choices=apps.core.countries.choices, default='NL', max_length=2, verbose_name='country')),
                ('technician', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='home', serialize=False, to='technicians.technician')),
            ],
            options={
                'verbose_name': 'home address',
                'verbose_name_plural': 'home addresses',
            },
        ),
        migrations.AddConstraint(
            model_name='technician',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('home_latitude__isnull', True), ('home_longitude__isnull', True)), models.Q(('home_latitude__isnull', False), ('home_latitude__range', (-90, 90)), ('home_longitude__isnull', False), ('home_longitude__range', (-180, 180))), _connector='OR'), name='technician_home_is_a_place'),
        ),
        migrations.AddConstraint(
            model_name='home',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('street', ''), _negated=True), models.Q(('house_number', ''), _negated=True), models.Q(('postal_code', ''), _negated=True), models.Q(('city', ''), _negated=True)), name='home_is_whole'),
        ),
    ]
