from django.db import migrations

import stories.models.as_typed


def say_days_as_iso_8601(apps, schema_editor):
    """A server may be set to write days in another way, and they become text here."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL datestyle TO ISO")


class Migration(migrations.Migration):

    dependencies = [
        ("stories", "0019_unfinished_figures"),
    ]

    operations = [
        migrations.RunPython(say_days_as_iso_8601, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="citation",
            name="accessed_on",
            field=stories.models.as_typed.TypedDayField(blank=True, default="", max_length=40, verbose_name="seen by us"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="citation",
            name="archived_url",
            field=stories.models.as_typed.TypedAddressField(blank=True, max_length=500, verbose_name="archived copy"),
        ),
        migrations.AlterField(
            model_name="citation",
            name="published_on",
            field=stories.models.as_typed.TypedPartialDateField(
                blank=True, help_text="2025-02-28", max_length=40, verbose_name="published"
            ),
        ),
        migrations.AlterField(
            model_name="citation",
            name="url",
            field=stories.models.as_typed.TypedAddressField(blank=True, max_length=500, verbose_name="link"),
        ),
        migrations.AlterField(
            model_name="event",
            name="date",
            field=stories.models.as_typed.TypedPartialDateField(
                blank=True,
                help_text="As precise as it is known: 1962, 1962-10 or 1962-10-16.",
                max_length=40,
                verbose_name="date",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="posted_at",
            field=stories.models.as_typed.TypedTimeField(blank=True, default="", max_length=40, verbose_name="at, in UTC"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="post",
            name="posted_on",
            field=stories.models.as_typed.TypedPartialDateField(
                blank=True, help_text="2025-02-28", max_length=40, verbose_name="posted on"
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="url",
            field=stories.models.as_typed.TypedAddressField(blank=True, max_length=500, verbose_name="link"),
        ),
    ]
