import pytest

from tests.factories import make_editor, make_published, publish_change

pytestmark = pytest.mark.django_db


def changed(client, **values):
    editor = make_editor()
    story = make_published(by=editor, headline="The gate opens").story
    html = client.get(publish_change(story, by=editor, **values).get_absolute_url()).content.decode()
    return html[html.index("<main") :]


def test_readers_are_shown_the_note_of_an_editors_note(client):
    html = changed(client, change="editors_note", note="The office paid for our travel.")
    assert "Editor’s note, " in html
    assert html.index("The office paid for our travel.") < html.index("The office opened the gate.")


def test_readers_are_shown_the_note_of_a_clarification(client):
    html = changed(client, change="clarification", note="The gate is open to ships only.", kicker="Harbour")
    assert html.index("The office opened the gate.") < html.index("The gate is open to ships only.")


@pytest.mark.parametrize(("severity", "above"), [("critical", True), ("major", True), ("normal", False)])
def test_a_grave_correction_stands_above_the_text_and_another_below(client, severity, above):
    correction = {"wrong": "We said east.", "right": "It is the west gate.", "severity": severity}
    html = changed(client, change="correction", kicker="Harbour", correction=correction)
    assert (html.index("It is the west gate.") < html.index("The office opened the gate.")) is above
