import gc
import shutil

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import client, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.factories import make_editor
from tests.skips import pytest_sessionfinish  # noqa: F401

# The same examples each time, so that a change never fails by what it did not touch; more with a profile of one's own.
hypothesis_settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "thorough", parent=hypothesis_settings.get_profile("suite"), derandomize=False, max_examples=2000
)
hypothesis_settings.load_profile("suite")


def pytest_collection_finish():
    """Leave alone in each collection of garbage what lives as long as the run: it takes a fifth of the time."""
    gc.collect()
    gc.freeze()


def store_rendered_templates(store, signal, sender, template, context, **kwargs):
    """Keep the context of a template for `response.context`; nobody asks for those of a form’s thousand parts."""
    if not (template.name or "").startswith("django/forms/"):
        _store(store, signal, sender, template, context, **kwargs)


_store, client.store_rendered_templates = client.store_rendered_templates, store_rendered_templates


@pytest.fixture
def editor(db):
    return make_editor()


@pytest.fixture(autouse=True)
def _nothing_cached():
    cache.clear()  # also what is counted there, to limit how often one may ask


@pytest.fixture(autouse=True)
def _media(request, settings, tmp_path):
    if "made_once" not in request.fixturenames:
        settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """What a module's own fixture makes under this one is there for all tests of the module: each of them asks for it.

    What a test changes of it is undone after the test; its files they share. No test of the module may commit.
    """
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), media, transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Run Debian's chromium, which asks nobody anything; Playwright's own cannot be downloaded everywhere."""
    if not (chromium := shutil.which("chromium")):
        pytest.skip("Debian's chromium is not installed")
    quiet = ["background-networking", "component-update", "sync"]
    args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [*args, *(f"--disable-{n}" for n in quiet)],
    }
