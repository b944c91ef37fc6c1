"""The desk: how editors get in. Importing a module here registers its admin classes."""

from stories.desk import front, story, terms, users

__all__ = ["front", "story", "terms", "users"]
