from django.contrib.auth.management import create_permissions
from django.db import migrations

ALL = ("view", "add", "change", "delete")
WRITE = ("view", "add", "change")
BLOCKS = ("text", "figure", "quote", "post", "keypoint", "question", "event")

REPORTER = {
    "story": WRITE,
    **dict.fromkeys([*BLOCKS, "citation", "credit"], ALL),
    **dict.fromkeys(["source", "tag", "picture"], WRITE),
    **dict.fromkeys(["author", "topic"], ("view",)),
}
EDITOR = REPORTER | {
    "story": (*ALL, "publish", "share"),
    **dict.fromkeys(["source", "tag", "picture", "author", "topic"], ALL),
    "report": ("view", "change"),
}
CHIEF_EDITOR = EDITOR | {
    "story": (*ALL, "publish", "share", "retract", "redact"),
    "user": WRITE,
}
GROUPS = {"Reporter": REPORTER, "Editor": EDITOR, "Chief editor": CHIEF_EDITOR}


def make_groups(apps, schema_editor):
    """Make the groups that are not there yet; one that is there is an operator's own and stays as it is."""
    using = schema_editor.connection.alias
    make_permissions(apps, using)
    groups = apps.get_model("auth", "Group").objects.using(using)
    permissions = {
        permission.codename: permission
        for permission in apps.get_model("auth", "Permission")
        .objects.using(using)
        .filter(content_type__app_label="stories")
    }
    for name, rights in GROUPS.items():
        group, is_new = groups.get_or_create(name=name)
        if is_new:
            codenames = [f"{action}_{model}" for model, actions in rights.items() for action in actions]
            group.permissions.set([permissions[codename] for codename in codenames])


def make_permissions(apps, using):
    """Make the permissions that Django makes after the last migration only: in a new database there are none yet."""
    app = apps.get_app_config("stories")
    module = getattr(app, "models_module", None)
    app.models_module = True  # in a migration there is none, and Django takes that for an app without models
    try:
        create_permissions(app, verbosity=0, using=using, apps=apps)
    finally:
        app.models_module = module


class Migration(migrations.Migration):

    dependencies = [
        ("stories", "0011_record_index"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop, elidable=False)]
