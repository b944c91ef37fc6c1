"""Take the pictures of readers' pages that stand in this folder.

From a Newsroom that runs with its demo stories; `gone=/2025/…/` takes a page that they do not have, by name and path:

    .venv/bin/python docs/screens/take.py http://127.0.0.1:8000 [name=path …]
"""

import io
import shutil
import sys
from pathlib import Path

import django
from django.conf import settings
from django.template.loader import get_template
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ENGINE = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE.parent.parent / "templates"]}
STORY = "/2025/02/28/istanbul-talks-summary/"
PAGES = {
    "front": "/",
    "story": STORY,
    "notes": f"{STORY}#about-what-was-announced",
    "questions": "/2025/03/03/sanctions-and-trade-questions/",
    "events": "/2025/03/02/us-russia-relations-in-dates/",
    "sources-of-a-story": f"{STORY}#sources",
    "translation": "/2025/03/02/otnosheniya-rossii-i-ssha-v-datah/",
    "right-to-left": "/2025/02/28/muhadathat-istanbul/",
    "history": f"{STORY}history/",
    "difference": f"{STORY}history/2-3/",
    "version": f"{STORY}history/1/",
    "corrections": "/corrections/",
    "report": f"{STORY}report/",
    "at": "/at/",
    "front-then": "/at/2025-03-01T12:00Z/",
    "topics": "/topics/",
    "topic": "/topics/diplomacy/",
    "tags": "/tags/",
    "tag": "/tags/istanbul/",
    "sources": "/sources/",
    "source": "/sources/russian-foreign-ministry/",
    "authors": "/authors/",
    "author": "/authors/diplomacy-desk/",
    "archive": "/archive/2025/03/",
    "search": "/search/",
    "hits": "/search/?q=talks",
    "no-hits": "/search/?q=istanbull",
    "about": "/about/",
    "policy": "/about/how-we-work/",
    "not-found": "/nothing/",
}
# What no address shows while all is well: the templates themselves.
BROKEN = {"error": "500.html", "maintenance": "503.html"}
PHONE = [
    "front", "story", "notes", "sources-of-a-story", "right-to-left", "history", "difference", "hits", "topics", "at",
]  # fmt: skip
COLOURS = 96
DESK_SIZE, PHONE_SIZE, PAPER = (
    {"width": width, "height": height} for width, height in [(1280, 1000), (390, 844), (700, 990)]
)


def main(address, *more):
    settings.configure(TEMPLATES=[ENGINE], INSTALLED_APPS=["django.contrib.staticfiles"], STATIC_URL="/static/")
    django.setup()
    pages = PAGES | dict(one.split("=", 1) for one in more)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=DESK_SIZE, color_scheme="light", reduced_motion="reduce")
        for name in BROKEN:
            page.route(f"{address}/{name}", answer)
            pages[name] = f"/{name}"
        for name, path in pages.items():
            take(page, address + path, name)
        page.set_viewport_size(PAPER)
        page.emulate_media(media="print")
        take(page, address + STORY, "story-print")
        page.emulate_media(media="screen", color_scheme="dark")
        page.set_viewport_size(PHONE_SIZE)
        for name in PHONE:
            take(page, address + pages[name], f"{name}-phone")
        browser.close()


def answer(route):
    """Give the page of BROKEN that is asked for, as the server would render it."""
    html = get_template(BROKEN[route.request.url.rpartition("/")[2]]).render({"site_name": "The Newsroom"})
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def take(page, address, name):
    page.goto("about:blank")  # else an address that differs in its fragment is not loaded anew
    page.goto(address, wait_until="networkidle")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    if name.endswith("-print"):
        picture = ImageOps.expand(picture, 60, "white")  # the margins of the paper
    # Every colour counts, however few its pixels: else the accent would be taken for grey.
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE).save(
        HERE / f"{name}.png", optimize=True
    )
    print(name)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not all("=" in one for one in sys.argv[2:]):
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), *sys.argv[2:])
