"""Two editors press Save at the same moment, in threads on a real database: both find their words again."""

import pytest
from django.test import Client

from stories.models import Revision
from stories.publishing.aside import Overtaken, join
from stories.publishing.revisions import latest_revision
from tests.desk.test_clash import aside, merge_url, point, signed_in
from tests.desk.test_form import change_url, document_of, make_story, opened
from tests.publishing.test_concurrency import race

pytestmark = pytest.mark.django_db(transaction=True)


def pressed(client, url, data):
    """Return a call that posts, from a client of its own: cookies are no part of the race."""

    def call():
        own = Client()
        own.cookies = client.cookies
        return own.post(url, data | {"_continue": "1"}).url

    return call


def test_of_two_saves_at_once_one_is_written_and_one_is_aside():
    ada, ben = signed_in("ada", "Ada Brown"), signed_in("ben", "Ben Carter")
    story = make_story(headline="One", blocks=[point("A")])
    forms = [
        opened(client, story) | {"headline": name, "stories_keypoint_set-0-label": name}
        for client, name in ((ada, "hers"), (ben, "his"))
    ]
    urls = race(*(pressed(client, change_url(story), form) for client, form in zip((ada, ben), forms, strict=True)))
    assert sorted("/merge/" in url for url in urls) == [False, True]
    written, kept = latest_revision(story).document, aside(story).document
    assert {written["headline"], kept["headline"]} == {"hers", "his"}
    document = document_of(story)
    assert document == written
    assert document["blocks"][0]["label"] == document["headline"]


def test_of_two_who_join_at_once_one_is_shown_the_other():
    ada, ben = signed_in("ada", "Ada Brown"), signed_in("ben", "Ben Carter")
    story = make_story(headline="One")
    hers, his = opened(ada, story), opened(ben, story)
    ben.post(change_url(story), his | {"kicker": "His"})
    ada.post(change_url(story), hers | {"headline": "Hers"})
    theirs, mine = latest_revision(story), aside(story)

    def joining(name):
        def call():
            try:
                return join(mine, document_of(story) | {"headline": name}, by=None, theirs=theirs)
            except Overtaken:
                return None

        return call

    results = race(joining("A"), joining("B"))
    assert sum(result is None for result in results) == 1
    (saved,) = filter(None, results)
    assert latest_revision(story) == saved
    assert Revision.objects.get(pk=mine.pk).joined == saved
    assert document_of(story)["headline"] == saved.document["headline"]
    assert ada.get(merge_url(story)).url == change_url(story)
