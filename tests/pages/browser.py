"""Debian's chromium, or another of the system, driven by selenium without a look at the network."""

import shutil
import tempfile
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
MISSING = "the browser tests need chromium and chromedriver (Debian: apt-get install chromium chromium-driver)"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--hide-scrollbars",
]


@contextmanager
def open_browser(language="en", dark=False, size=(1200, 900)):
    """A WebDriver with an empty profile; it keeps the console's messages."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        for flag in [*FLAGS, f"--user-data-dir={profile}", f"--lang={language}", f"--window-size={size[0]},{size[1]}"]:
            options.add_argument(flag)
        driver = webdriver.Chrome(options, Service(DRIVER))
        try:
            scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
            yield driver
        finally:
            driver.quit()


# --- what is on a page ---------------------------------------------------------------------------------
def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def all_of(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def text_of(browser, selector):
    return find(browser, selector).text


def wait_for(browser, condition):
    return WebDriverWait(browser, 30).until(lambda _: condition())


def complaints(browser):
    """What the browser's console says, but for the status of the page itself."""
    status = "Failed to load resource: the server responded with a status of 4"
    return [line["message"] for line in browser.get_log("browser") if status not in line["message"]]


def use_colours(browser, scheme):
    """At once: colours in transition have another contrast."""
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    media = {"features": [{"name": name, "value": value} for name, value in features.items()]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def width_on_a_phone(browser):
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        return browser.execute_script("return document.documentElement.scrollWidth")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
