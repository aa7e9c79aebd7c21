"""Fixtures: a server with a furnished namespace s1234, a browser of each kind, a reader of pages in the process."""

import pytest

from ..classroom import furnish
from ..conftest import running_server
from .browser import CHROMIUM, DRIVER, MISSING, open_browser

BROWSER_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A server whose namespace s1234 holds what the examples speak of; tests change other namespaces only."""
    with running_server(tmp_path_factory.mktemp("pages"), workers=1) as server:
        furnish(server.client("s1234"))
        yield server


@pytest.fixture(scope="session")
def browsers():
    """browsers(language="de", dark=True) → a WebDriver, opened once for all tests."""
    if not (CHROMIUM and DRIVER):
        pytest.skip(MISSING)
    opened = {}

    def browser(language="en", dark=False):
        if (language, dark) not in opened:
            manager = open_browser(language, dark)
            opened[language, dark] = manager, manager.__enter__()
        return opened[language, dark][1]

    yield browser
    for manager, _ in opened.values():
        manager.__exit__(None, None, None)


@pytest.fixture
def browser(browsers):
    """An English browser that remembers nothing and has said nothing."""
    driver = browsers()
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    driver.get_log("browser")
    return driver


@pytest.fixture
def visit(app):
    """visit("/docs", language="de") → the answer that a browser gets, from an app in the process."""

    def visit(path, language="en", accept=BROWSER_ACCEPT, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = {"Accept": accept, "Accept-Language": language, **headers}
        asked = {name: value for name, value in asked.items() if value is not None}
        return app.test_client().get(path, headers=asked, buffered=True)

    return visit
