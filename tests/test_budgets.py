"""What the budgets decide; what they measure is the business of `make budgets`."""

import pytest

from budgets.limits import HTML, TOTAL, Loaded, Request, breaches, in_latin, low_scores

HERE = "http://127.0.0.1:8000"


def loaded(*requests, raw=20_000, text="Talks"):
    page = Request(f"{HERE}/story/", "document", 7_000)
    return Loaded(page.url, 200, raw, text, (page, *(Request(f"{HERE}/{kind}", kind, size) for kind, size in requests)))


def test_a_page_within_its_budget_breaks_nothing():
    fonts = [("font", 40_000)] * 3
    assert breaches(loaded(("stylesheet", 7_000), ("script", 2_000), *fonts, ("image", 900_000)), html=HTML) == []


def test_each_limit_is_told_with_what_was_measured():
    fonts = [("font", 40_000)] * 4
    page = loaded(*[("stylesheet", 7_000)] * 2, *[("script", 0)] * 2, *fonts, raw=HTML + 1)
    assert breaches(page, html=HTML) == [
        "2 of kind stylesheet, at most 1",
        "4 of kind font, at most 3",
        "2 of kind script, at most 1",
        f"181000 bytes without pictures, at most {TOTAL}",
        f"{HTML + 1} bytes of HTML, at most {HTML}",
    ]
    assert breaches(loaded(raw=HTML + 1)) == []  # only a story has a limit for its HTML


def test_letters_of_other_scripts_may_bring_fonts_of_their_own():
    fonts = [("font", 50_000)] * 4
    assert breaches(loaded(*fonts, text="В деловом ключе")) == []
    assert len(breaches(loaded(*fonts, text="“Türkiye” – it’s → 5 € …"))) == 2
    assert not in_latin("Kadıköy")


@pytest.mark.parametrize("url", ["https://fonts.example/a.woff2", "//fonts.example/a", "http://127.0.0.1:8001/a"])
def test_another_host_is_found(url):
    page = loaded()
    asked = Loaded(page.url, 200, page.raw, page.text, (*page.requests, Request(url, "image", 10)))
    assert breaches(asked) == [f"asked another host: {url}"]


def test_data_is_no_host():
    page = loaded()
    data = Request("data:image/gif;base64,R0lGOD", "image", 0)
    assert breaches(Loaded(page.url, 200, page.raw, page.text, (*page.requests, data))) == []


def test_scores_below_a_hundred_are_findings_but_for_performance():
    scores = {"performance": 61, "accessibility": 100, "best-practices": 100, "seo": 92}
    result = {"scores": scores, "failed": {"seo": ["meta-description"]}}
    assert low_scores(result) == ["seo 92: meta-description"]
    assert low_scores(result | {"scores": scores | {"seo": 100}}) == []
