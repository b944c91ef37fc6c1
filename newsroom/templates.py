"""Templates without their indentation, which is a tenth of a page that readers load."""

import re

from django.template.loaders import filesystem

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Loader(filesystem.Loader):
    """Loads our own templates; the lines stay, so that errors name the right one."""

    def get_contents(self, origin):
        return INDENTATION.sub("", super().get_contents(origin))
