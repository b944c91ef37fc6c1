"""Django looks for this module; the admin is made in stories/desk/."""

from stories.desk import *  # noqa: F403
