"""The pictures in docs/screenshots, made anew by `python -m tests.pages.screenshots [NAME…]` (Pillow comes with the extra bench).

Prints what the console of the browser said.
"""

import io
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from PIL import Image
from selenium.webdriver.common.keys import Keys

from jsonapi_course.api.activity import HOUR_SECONDS, KEPT_HOURS

from ..classroom import furnish
from ..conftest import ROOT, running_server
from ..instructor.conftest import TOKEN
from .browser import all_of, find, open_browser, wait_for

FOLDER = ROOT / "docs" / "screenshots"
API = "/api/s1234"
SIZE = (1100, 900)

# name: path, language, dark
PAGES = {
    "start": ("/?id=s1234", "en", False),
    "start-german-dark": ("/?id=s1234", "de", True),
    "docs": ("/docs", "en", False),
    "guide": ("/docs/students", "en", False),
    "guide-dark": ("/docs/students", "en", True),
    "type": ("/docs/types/modules", "en", False),
    "errors": ("/docs/errors#too-short", "en", False),
    "settings": ("/docs/settings", "de", False),
    "reference": ("/docs/reference#/rooms/createRooms", "en", False),
    "reference-dark": ("/docs/reference", "en", True),
    "namespace": (API, "en", False),
    "collection": (f"{API}/modules?include=teacher&page[size]=1", "en", False),
    "resource-dark": (f"{API}/modules/1", "en", True),
    "error": (f"{API}/modules?filter[semster]=SS19", "en", False),
    "error-german-dark": (f"{API}/rooms/99", "de", True),
    "token-missing": (f"{API}/v3/users", "en", False),
    "console": (f"{API}/console#data/modules", "en", False),
    "console-form-german": (f"{API}/console#data/rooms/1", "de", False),
    "console-requests-dark": (f"{API}/console#requests", "en", True),
    "console-faults": (f"{API}/console#faults", "en", False),
    "console-reset-german-dark": (f"{API}/console#care", "de", True),
    "instructor": ("/instructor", "en", False),
    "instructor-namespace-german-dark": ("/instructor/namespaces/s1234", "de", True),
}


def take(browser, server, name, path):
    if "instructor" in name:
        browser.get(f"{server.root}/instructor")
        find(browser, "#token").send_keys(TOKEN, Keys.ENTER)
        wait_for(browser, lambda: all_of(browser, ".bar"))
    browser.get(server.root + path)
    if "reference" in name:
        wait_for(browser, lambda: all_of(browser, ".opblock-tag"))
    if "console" in name:
        counted = "return document.querySelector('.types .count').textContent"
        wait_for(browser, lambda: browser.execute_script(counted))
        use(browser, server.client("s1234"), name)
        browser.execute_script("scrollTo(0, 0)")
    picture = Image.open(io.BytesIO(browser.get_screenshot_as_png()))
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(FOLDER / f"{name}.png", optimize=True)
    for line in browser.get_log("browser"):
        print(name, line["level"], line["message"])


def use(browser, client, name):
    """Does in the console what the picture shows."""
    if "form" in name:
        wait_for(browser, lambda: find(browser, "#f-rooms-name").get_property("value"))
        browser.execute_script("document.querySelector('#f-rooms-name').value = 'Lab'")
        find(browser, "#record [type=submit]").click()
        wait_for(browser, lambda: all_of(browser, ".field.wrong"))
    elif "requests" in name:
        client.get("/modules?include=teacher")
        client.get("/modules?filter[semster]=SS19")
        client.post("/rooms", {"data": {"type": "rooms", "attributes": {"name": "Lab", "address": "Main street 1"}}})
        wait_for(browser, lambda: len(all_of(browser, "#request-list li")) == 3)
        find(browser, "#request-list summary").click()
        wait_for(browser, lambda: all_of(browser, "#request-list pre"))
    elif "faults" in name:
        find(browser, "#fault-form [type=submit]").click()
        wait_for(browser, lambda: find(browser, "#fault-banner").is_displayed())
        client.request("DELETE", "/console/faults")
    elif "reset" in name:
        client.post("/snapshots?name=before-the-exam")
        browser.refresh()
        wait_for(browser, lambda: all_of(browser, "#snapshots tbody tr"))
    else:
        wait_for(browser, lambda: all_of(browser, "table.data tbody tr"))


def use_for_weeks(server, folder):
    """A class of eight, and how much it asked in the last 14 days."""
    ids = [f"s{number}" for number in range(1234, 1242)]
    for id_ in ids[1:]:
        server.client(id_).post("/reset-db?seed=demo")
    chance, now = random.Random(1234), int(time.time()) // HOUR_SECONDS
    database = folder / "instance" / "activity.sqlite3"
    wait_for(None, database.exists)
    rows = [
        (id_, hour, requests, chance.randint(0, requests // 5), chance.randint(0, 1), hour * HOUR_SECONDS)
        for id_ in ids
        for hour in range(now - KEPT_HOURS + 1, now)
        if 8 <= hour % 24 <= 18 and chance.random() < 0.5
        for requests in [chance.randint(5, 80)]
    ]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("INSERT OR IGNORE INTO activity VALUES (?, ?, ?, ?, ?, ?)", rows)


def main(names=()):
    """`names` of PAGES, or all."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder), workers=1, INSTRUCTOR_TOKEN=TOKEN) as server,
    ):
        furnish(server.client("s1234"))
        use_for_weeks(server, Path(folder))
        for language in ("en", "de"):
            for dark in (False, True):
                with open_browser(language, dark, SIZE) as browser:
                    for name, (path, *kind) in PAGES.items():
                        if kind == [language, dark] and (not names or name in names):
                            take(browser, server, name, path)


if __name__ == "__main__":
    main(sys.argv[1:])
