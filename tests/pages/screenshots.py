"""The pictures in docs/screenshots, made anew by `python -m tests.pages.screenshots` (Pillow comes with the extra bench).

Prints what the console of the browser said.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from ..classroom import furnish
from ..conftest import ROOT, running_server
from .browser import open_browser

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
}


def take(browser, root, name, path):
    browser.get(root + path)
    if "reference" in name:
        WebDriverWait(browser, 60).until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".opblock-tag"))
    picture = Image.open(io.BytesIO(browser.get_screenshot_as_png()))
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(FOLDER / f"{name}.png", optimize=True)
    for line in browser.get_log("browser"):
        print(name, line["level"], line["message"])


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder), workers=1) as server:
        furnish(server.client("s1234"))
        for language in ("en", "de"):
            for dark in (False, True):
                with open_browser(language, dark, SIZE) as browser:
                    for name, (path, *kind) in PAGES.items():
                        if kind == [language, dark]:
                            take(browser, server.root, name, path)


if __name__ == "__main__":
    main()
