"""A process of its own that does verbs when told to.

Run as `python -m tests.publishing.publisher`. Read lines of input “verb, story id, user id”; print “ready” once the
story was looked at, wait for another line, do it, print what came of it.
"""

import sys

import django

django.setup()

from stories.models import Story, User  # noqa: E402
from stories.publishing.verbs import PublishError, seen  # noqa: E402
from tests.publishing.calls import CALLS  # noqa: E402


def main():
    for line in sys.stdin:
        verb, story, user = line.split()
        story, user = Story.objects.get(pk=story), User.objects.get(pk=user)
        expecting = seen(story)
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            CALLS[verb](story, by=user, expecting=expecting)
        except PublishError as error:
            print(error, flush=True)
        else:
            print("done", flush=True)


main()
