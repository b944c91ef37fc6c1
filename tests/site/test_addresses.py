from stories.site.addresses import absolute


def test_an_address_is_full_under_the_host_that_was_asked(rf):
    assert absolute(rf.get("/x"), "/2025/02/28/переговоры/") == (
        "http://testserver/2025/02/28/%D0%BF%D0%B5%D1%80%D0%B5%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%D1%8B/"
    )


def test_site_url_wins_over_the_host_that_was_asked(rf, settings):
    settings.SITE_URL = "https://news.example"
    assert absolute(rf.get("/x"), "/topics/") == "https://news.example/topics/"


def test_what_is_a_full_address_stays_as_it_is(rf):
    assert absolute(rf.get("/x"), "https://media.example/a.jpg") == "https://media.example/a.jpg"
