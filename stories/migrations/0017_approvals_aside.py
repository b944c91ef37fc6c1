from django.db import migrations


def keep_with_citations(apps, schema_editor):
    """Write {"approvers": {key: id}} of what was saved aside as {"citations": {key: {"approver": id}}}."""
    Revision = apps.get_model('stories', 'Revision')
    for revision in Revision.objects.filter(desk_only__has_key='approvers').iterator():
        kept = revision.desk_only
        kept['citations'] = {key: {'approver': pk} for key, pk in kept.pop('approvers').items()}
        revision.save(update_fields=['desk_only'])


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0016_corrections_index'),
    ]

    operations = [
        migrations.RunPython(keep_with_citations, migrations.RunPython.noop),
    ]
