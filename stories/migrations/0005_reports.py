from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stories", "0004_translations")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="paragraph",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
