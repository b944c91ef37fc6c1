"""The desk: how editors get in. Importing a module here registers its admin classes."""

from stories.desk import desk, front, reports, story, terms, users

__all__ = ["desk", "front", "reports", "story", "terms", "users"]
