"""In CI all that the tests need is installed: a skip there is a failure."""

import os

import pytest

ALLOWED = "../shared is absent"  # the standards' own test files are no part of a checkout


def pytest_sessionfinish(session, exitstatus):
    """Fail the run under NEWSROOM_NO_SKIP if a test was skipped for any reason but ALLOWED."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("NEWSROOM_NO_SKIP") and exitstatus == pytest.ExitCode.OK:  # a worker has none
        reasons = [str(report.longrepr) for report in reporter.stats.get("skipped", [])]
        unexpected = [reason for reason in reasons if ALLOWED not in reason]
        if unexpected:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            reporter.write_line("\nA skip is a failure here:\n" + "\n".join(unexpected), red=True)
