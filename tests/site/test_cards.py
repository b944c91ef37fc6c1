import pytest

from stories.site.cards import cards
from tests.factories import make_published, make_topic

pytestmark = pytest.mark.django_db


def test_a_card_names_the_topic_furthest_down_the_tree():
    diplomacy = make_topic("Diplomacy")
    relations = make_topic("Relations", parent=diplomacy)
    make_topic("The talks", parent=relations)
    make_topic("Arms control", parent=make_topic("Security"))
    version = make_published(topics=["arms-control", "the-talks"])
    assert cards([version])[0]["topic"]["name"] == "The talks"


def test_of_topics_equally_far_down_a_card_names_the_first_by_name():
    make_topic("Trade")
    make_topic("Energy")
    version = make_published(topics=["energy", "trade"])
    assert cards([version])[0]["topic"]["name"] == "Energy"


def test_a_card_of_a_story_without_topics_names_none():
    assert cards([make_published(topics=[])])[0]["topic"] is None
