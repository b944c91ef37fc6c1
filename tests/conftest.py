import os

import pytest

from tests.factories import make_editor


@pytest.fixture
def editor(db):
    return make_editor()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def pytest_sessionfinish(session, exitstatus):
    """In CI all that tests need was installed: a skip there is a failure, unless only ../shared is absent."""
    if os.environ.get("NEWSROOM_NO_SKIP") and exitstatus == 0:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        skipped = [str(report.longrepr) for report in reporter.stats.get("skipped", [])]
        unexpected = [reason for reason in skipped if "../shared is absent" not in reason]
        if unexpected:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            reporter.write_line("A skip is a failure here:\n" + "\n".join(unexpected), red=True)
