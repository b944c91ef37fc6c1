from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Someone who can log in to the desk. Bylines name an Author, who need not have a login."""
