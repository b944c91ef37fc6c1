"""The desk: how editors get in. Importing a module here registers its admin classes."""

from stories.desk import story, terms, users

__all__ = ["story", "terms", "users"]
