"""Load pages in Debian's chromium, each in a profile of its own, and note what each asks for and how large it comes."""

import shutil
import sys

from playwright.sync_api import sync_playwright

from budgets.limits import Loaded, Request

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


def chromium():
    return shutil.which("chromium") or sys.exit("Debian's chromium is not installed: apt-get install chromium")


def load_all(origin, paths):
    """Return {name: (Loaded, HTML)} of the pages {name: path} of `origin`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        return {name: load(browser, origin + path) for name, path in paths.items()}


def load(browser, url):
    context = browser.new_context()
    page, requests = context.new_page(), []
    page.on("request", lambda request: requests.append(request))
    response = page.goto(url, wait_until="networkidle")
    body, text = response.body(), page.inner_text("body")
    seen = tuple(Request(request.url, request.resource_type, size(request)) for request in requests)
    context.close()
    return Loaded(url, response.status, len(body), text, seen), body.decode()


def size(request):
    """Return the bytes of a response's body as they came, 0 if none came."""
    return request.sizes()["responseBodySize"] if request.response() else 0
