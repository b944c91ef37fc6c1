"""A process of its own that publishes a revision when told to.

Run as `python -m tests.publishing.publisher <revision> <user>`. Print "ready" once the story was looked at, wait for a
line of input, publish, print what came of it.
"""

import sys

import django

django.setup()

from stories.models import Revision, User  # noqa: E402
from stories.publishing.verbs import PublishError, publish, seen  # noqa: E402


def main(revision, user):
    revision, user = Revision.objects.get(pk=revision), User.objects.get(pk=user)
    expecting = seen(revision.story)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        publish(revision, by=user, expecting=expecting)
    except PublishError as error:
        print(error)
    else:
        print("published")


main(*sys.argv[1:])
