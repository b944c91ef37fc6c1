import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def settle(apps, schema_editor):
    """Take what was published or scheduled out of the stages; the rest is being drafted since it was last saved."""
    Story, Version = apps.get_model("stories", "Story"), apps.get_model("stories", "Version")
    Story.objects.update(stage_since=models.F("changed_at"))
    Story.objects.filter(models.Exists(Version.objects.filter(story=models.OuterRef("pk")))).update(stage="")


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0006_preflight'),
    ]

    operations = [
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=5000, verbose_name='note')),
                ('block', models.UUIDField(blank=True, null=True)),
                ('passage', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(verbose_name='written')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='story',
            name='budget_line',
            field=models.CharField(blank=True, help_text='One sentence that tells colleagues what the story is. Readers never see it.', max_length=300, verbose_name='budget line'),
        ),
        migrations.AddField(
            model_name='story',
            name='due',
            field=models.DateTimeField(blank=True, null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='story',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='story',
            name='reviewer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='waits for'),
        ),
        migrations.AddField(
            model_name='story',
            name='stage',
            field=models.CharField(blank=True, choices=[('pitch', 'pitch'), ('drafting', 'drafting'), ('review', 'in review'), ('ready', 'ready')], default='drafting', max_length=20, verbose_name='stage'),
        ),
        migrations.AddField(
            model_name='story',
            name='stage_since',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='in this stage since'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(fields=['stage', 'stage_since', 'id'], name='stories_in_stage'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(fields=['owner', 'stage', 'stage_since', 'id'], name='stories_of_owner'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('due__isnull', False)), fields=['due', 'id'], name='stories_due'),
        ),
        migrations.AddField(
            model_name='note',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='resolved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='story',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='stories.story'),
        ),
        migrations.AddField(
            model_name='note',
            name='thread',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='stories.note'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['story', 'created_at'], name='notes_of_story'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(condition=models.Q(('resolved_at', None), ('thread', None)), fields=['story'], name='notes_open'),
        ),
        migrations.RunPython(settle, migrations.RunPython.noop),
    ]
