"""The site closed for maintenance."""

import pytest
from django.core.management import CommandError, call_command

from newsroom import maintenance


@pytest.fixture(autouse=True)
def _switch(tmp_path, monkeypatch):
    monkeypatch.setattr(maintenance, "SWITCH", tmp_path / "maintenance")


def test_a_closed_site_says_so_to_everybody_without_a_database(client):
    call_command("maintenance", "on", minutes=5)
    for path in ("/", "/admin/", "/feeds/all.rss", "/nothing/"):
        response = client.get(path)
        assert response.status_code == 503
        assert 0 < int(response["Retry-After"]) <= 300
        assert response["Cache-Control"] == "no-store"
        assert "script-src" in response["Content-Security-Policy"]
        assert "We are working on the site." in response.content.decode()
        assert '<a class="name" href="/">The Newsroom</a>' in response.content.decode()
    assert client.post("/admin/").status_code == 503


@pytest.mark.django_db
def test_it_opens_again(client, capsys):
    call_command("maintenance", "on")
    call_command("maintenance", "off")
    call_command("maintenance", "off")
    said = capsys.readouterr().out
    assert "The site is closed." in said
    assert "The site is open." in said
    assert "The site was open." in said
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("text", ["", "soon", "0"])
def test_a_switch_that_says_no_time_closes_all_the_same(client, text):
    maintenance.SWITCH.write_text(text)
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "600")


@pytest.mark.parametrize("minutes", [0, -1, 10**9])
def test_a_time_that_is_none_is_refused(minutes):
    with pytest.raises(CommandError, match="Give between 1 and"):
        call_command("maintenance", "on", minutes=minutes)
    assert not maintenance.SWITCH.exists()
