"""The pages in a browser, as a student uses them: choose an id, copy an example, click through answers, read an error."""

import json

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ..test_javascript_clients import packages  # noqa: F401 - a fixture
from .axe import needs_axe, serious_violations
from .browser import all_of, complaints, find, text_of, wait_for, width_on_a_phone
from .test_start import rooms, run

API = "/api/s1234"
PAGES = {
    "start": "/",
    "docs": "/docs",
    "guide": "/docs/students",
    "errors": "/docs/errors#too-short",
    "settings": "/docs/settings",
    "type": "/docs/types/modules",
    "reference": "/docs/reference",
    "namespace": API,
    "collection": f"{API}/modules?include=teacher&page[size]=1",
    "resource": f"{API}/modules/1",
    "error": f"{API}/modules?filter[semster]=SS19",
    "warning": f"{API}/modules?semester=SS20",
    "no token": f"{API}/v3/users",
}


def open_page(browser, site, path):
    browser.get(site.root + path)
    if path == PAGES["reference"]:
        wait_for(browser, lambda: all_of(browser, ".opblock-tag"))


def choose(browser, site, id_):
    open_page(browser, site, "/")
    field = find(browser, "#id")
    field.clear()
    field.send_keys(id_, Keys.ENTER)


def base_url(browser):
    return text_of(browser, "#your-id ~ .snippet pre")


# --- an id --------------------------------------------------------------------------------------------
def test_the_chosen_id_is_in_every_example_and_is_kept(browser, site):
    choose(browser, site, "b-kept")
    assert base_url(browser) == f"{site.root}/api/b-kept"
    placeholders = (
        "return [...document.querySelectorAll('pre')].filter(pre => pre.textContent.includes('s1234')).length"
    )
    assert browser.execute_script(placeholders) == 0
    open_page(browser, site, "/docs/students")
    assert f"API={site.root}/api/b-kept" in text_of(browser, ".snippet pre")
    open_page(browser, site, "/docs/types/rooms")
    find(browser, "main .button").click()
    assert browser.current_url == f"{site.root}/api/b-kept/rooms"
    open_page(browser, site, "/")
    assert (find(browser, "#id").get_property("value"), base_url(browser)) == ("b-kept", f"{site.root}/api/b-kept")


def test_an_id_in_the_url_is_kept_too(browser, site):
    open_page(browser, site, "/?id=b-linked")
    open_page(browser, site, "/")
    assert base_url(browser) == f"{site.root}/api/b-linked"


def test_an_id_that_cannot_be_is_not_taken(browser, site):
    choose(browser, site, "b-good")
    choose(browser, site, "-bad id")
    assert find(browser, "#id").get_property("validity")["patternMismatch"]
    assert base_url(browser) == f"{site.root}/api/b-good"


def test_an_id_can_be_made_up(browser, site):
    open_page(browser, site, "/")
    made = set()
    for _ in range(2):
        find(browser, "#make-id").click()
        id_ = find(browser, "#id").get_property("value")
        assert base_url(browser) == f"{site.root}/api/{id_}"
        made.add(id_)
    assert len(made) == 2


def test_what_is_in_the_namespace_is_told(browser, site):
    choose(browser, site, "s1234")
    state = wait_for(browser, lambda: text_of(browser, "#your-state"))
    assert "2 modules, 1 news, 1 rooms" in state
    site.client("b-state").create("rooms", {"name": "Lab 1", "address": "Main street 1"})
    choose(browser, site, "b-state")
    wait_for(
        browser,
        lambda: "modules" not in text_of(browser, "#your-state") and "1 rooms" in text_of(browser, "#your-state"),
    )
    browser.find_element(By.LINK_TEXT, "1 rooms").click()
    assert browser.current_url == f"{site.root}/api/b-state/rooms"


# --- examples -----------------------------------------------------------------------------------------
def copied(browser, label):
    """What the copy button of an example puts into the clipboard."""
    origin = browser.execute_script("return location.origin")
    permissions = {"origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    browser.execute_cdp_cmd("Browser.grantPermissions", permissions)
    button = find(browser, f"button[aria-label='Copy: {label}']")
    button.click()
    wait_for(browser, lambda: button.text == "Copied")
    assert text_of(browser, "#said") == "" or find(browser, "#said").get_property("textContent") == f"Copied: {label}"
    return browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")


def test_an_example_is_copied_and_works(browser, site):
    choose(browser, site, "b-curl")
    output = run(["bash", "-c", copied(browser, "curl")])
    assert output.startswith("HTTP/1.1 201 CREATED")
    assert rooms(site, "b-curl") == ["Lab 1"]


def test_the_fetch_example_works_in_the_console_of_the_page(browser, site):
    choose(browser, site, "b-fetch")
    find(browser, "#tab-with-fetch").click()
    script = f"const done = arguments[0]; (async () => {{ {copied(browser, 'fetch')} }})().then(done)"
    browser.execute_async_script(script)
    assert rooms(site, "b-fetch") == ["Lab 1"]


def test_the_tabs_are_moved_with_the_keys(browser, site):
    open_page(browser, site, "/")

    def shown():
        panels = all_of(browser, "[role=tabpanel]")
        return [panel.get_attribute("id") for panel in panels if panel.is_displayed()]

    assert shown() == ["with-curl"]
    for key, panel in (
        (Keys.ARROW_RIGHT, "with-fetch"),
        (Keys.ARROW_LEFT, "with-curl"),
        (Keys.ARROW_LEFT, "with-checkin"),
    ):
        (browser.switch_to.active_element if key != Keys.ARROW_RIGHT else find(browser, "#tab-with-curl")).send_keys(
            key
        )
        assert shown() == [panel]


# --- answers ------------------------------------------------------------------------------------------
def test_the_links_of_an_answer_are_followed(browser, site):
    open_page(browser, site, API)
    path = [f"{API}/modules", f"{API}/modules/1", f"{API}/modules/1/relationships/teacher", f"{API}/modules/1/teacher"]
    for target in path:
        browser.find_element(By.CSS_SELECTOR, f".document a[href='{site.root}{target}']").click()
        assert (browser.current_url, text_of(browser, ".status")) == (site.root + target, "200 OK")
    assert json.loads(text_of(browser, ".document"))["data"]["attributes"]["first-name"] == "Ada"
    browser.find_element(By.LINK_TEXT, "modules").click()
    browser.find_element(By.LINK_TEXT, "students").click()
    assert browser.current_url == f"{site.root}{API}/modules?include=students"
    assert json.loads(text_of(browser, ".document"))["included"] == []


def test_the_curl_of_an_answer_gives_the_document(browser, site):
    open_page(browser, site, f"{API}/modules?filter[code][like]=web&sort=-name")
    output = run(["bash", "-c", copied(browser, "curl")])
    assert json.loads(output) == json.loads(text_of(browser, ".document"))


def test_an_error_is_seen_with_its_explanation(browser, site):
    open_page(browser, site, f"{API}/modules?filter[semster]=SS19")
    shown = text_of(browser, ".finding.error")
    assert "did you mean 'semester'?" in shown
    assert "What to do\nUse one of the names in meta.allowed." in shown
    browser.find_element(By.LINK_TEXT, "unknown-field").click()
    assert browser.current_url == f"{site.root}/docs/errors#unknown-field"
    assert "The query names a field that the type does not have" in text_of(browser, "section:target")


def test_what_a_page_has_fetched_is_not_what_the_browser_shows_for_the_url(browser, site):
    """The cache of a browser holds the document under the page's URL."""
    choose(browser, site, "s1234")
    wait_for(browser, lambda: text_of(browser, "#your-state"))
    open_page(browser, site, API)
    assert text_of(browser, ".status") == "200 OK"
    kind = browser.execute_async_script(
        "fetch(location.href).then(a => a.headers.get('Content-Type')).then(arguments[0])"
    )
    assert kind == "application/vnd.api+json"


def test_the_german_browser_gets_german(browsers, site):
    browser = browsers("de")
    open_page(browser, site, "/")
    assert text_of(browser, "h1") == "Eine eigene API, um Web-Anwendungen dagegen zu bauen"
    open_page(browser, site, f"{API}/rooms/99")
    assert "Was tun" in text_of(browser, ".finding")


# --- the reference ------------------------------------------------------------------------------------
def test_a_call_of_the_reference_is_sent_with_the_readers_id(browser, site):
    site.client("b-reference").create("rooms", {"name": "Lab 42", "address": "Main street 1"})
    choose(browser, site, "b-reference")
    browser.get(f"{site.root}/docs/reference#/rooms/listRooms")
    call = "#operations-rooms-listRooms"
    filled = f"{call} tr[data-param-name=your_id] input"
    wait_for(browser, lambda: [field.get_property("value") for field in all_of(browser, filled)] == ["b-reference"])
    browser.execute_script("arguments[0].click()", find(browser, f"{call} .execute"))
    answer = f"{call} .live-responses-table .highlight-code"
    wait_for(browser, lambda: all_of(browser, answer))
    assert '"name": "Lab 42"' in wait_for(browser, lambda: text_of(browser, answer))
    assert complaints(browser) == []


# --- every page ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_gives_the_browser_nothing_to_complain_of_and_fits_on_a_phone(browser, site, path):
    open_page(browser, site, path)
    assert (complaints(browser), width_on_a_phone(browser)) == ([], 360)


@needs_axe
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_serious_in_light_and_in_dark(browser, site, packages, path):  # noqa: F811 - a fixture
    open_page(browser, site, path)
    assert serious_violations(browser) == {"light": [], "dark": []}
