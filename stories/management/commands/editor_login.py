import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from newsroom.run import write_secret
from stories.models import User

NAME = "editor"
PASSWORD_FILE = Path(settings.VAR) / "login"


def set_password():
    """Give the user “editor”, made if need be, a new random password; keep it in var/login. Return it."""
    password = secrets.token_urlsafe(12)
    editor, _ = User.objects.get_or_create(username=NAME, defaults={"is_staff": True, "is_superuser": True})
    editor.set_password(password)
    editor.save(update_fields=["password"])
    write_secret(PASSWORD_FILE, password + "\n")
    return password


class Command(BaseCommand):
    help = (
        "Set a new random password for the login “editor” and print it. The login is made if it does not exist, with "
        "all rights. The password is also kept in var/login, readable by its owner only. Same as: make login"
    )

    def handle(self, **options):
        return f"login {NAME}, password {set_password()}"
