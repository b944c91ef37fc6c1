import pytest
from hypothesis import given

from stories.publishing.document import clean
from stories.publishing.working_copy import document_from_story, write_to_story
from tests.strategies import documents, make_rows, scratch


@given(document=documents())
def test_cleaning_what_is_clean_changes_nothing(document):
    assert clean(document) == document


@pytest.mark.django_db
@given(document=documents())
def test_a_document_written_to_a_story_comes_back_the_same(document):
    with scratch():
        story = make_rows(document)
        write_to_story(document, story)
        assert document_from_story(story) == document
