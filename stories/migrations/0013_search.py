import django.db.models.deletion
from django.db import migrations, models

# The words come folded and split by publishing.words. The tokenizer "ascii" takes them as they are: all that is not
# ASCII is part of a word.
FORWARD = {
    "sqlite": [
        "CREATE VIRTUAL TABLE stories_search USING fts5(head, lead, body, terms, tokenize='ascii', prefix='2 3')",
        "CREATE TRIGGER stories_search_gone AFTER DELETE ON stories_searchrow"
        " BEGIN DELETE FROM stories_search WHERE rowid = old.key; END",
    ],
    "postgresql": [
        "ALTER TABLE stories_searchrow ADD COLUMN words tsvector NOT NULL",
        # Without a list of what is to be indexed: each search would read all of it.
        "CREATE INDEX stories_search ON stories_searchrow USING gin (words) WITH (fastupdate = off)",
    ],
}
BACKWARD = {"sqlite": ["DROP TRIGGER stories_search_gone", "DROP TABLE stories_search"]}


def forward(apps, editor):
    for sql in FORWARD[editor.connection.vendor]:
        editor.execute(sql)


def backward(apps, editor):
    for sql in BACKWARD.get(editor.connection.vendor, []):
        editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [
        ("stories", "0012_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchRow",
            fields=[
                ("key", models.BigAutoField(primary_key=True, serialize=False)),
                ("terms", models.TextField(blank=True)),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_row",
                        to="stories.version",
                    ),
                ),
            ],
        ),
        migrations.RunPython(forward, backward),
    ]
