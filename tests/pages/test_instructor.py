"""The instructor's pages in a browser: a class of 30 from its list to the zip, by mouse and by keyboard."""

import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from jsonapi_course import create_app

from ..client import Client, in_process
from ..conftest import running_server
from ..instructor.conftest import TOKEN
from ..instructor.test_server import Visitor
from ..test_javascript_clients import packages  # noqa: F401 - a fixture
from .axe import needs_axe, serious_violations
from .browser import all_of, complaints, find, text_of, wait_for, width_on_a_phone

CLASS = [f"s{number:02}" for number in range(1, 31)]
DAMAGED, NEWER = "s17", "s18"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A server with the instructor's pages; of the class four have begun: one database is damaged, one of a later version."""
    folder = tmp_path_factory.mktemp("school")
    app = create_app({"INSTANCE_PATH": str(folder / "instance")})
    for id_ in ("s01", "s02", DAMAGED, NEWER, "other"):
        Client(in_process(app), id_).create("rooms", {"name": "Lab 1", "address": "Main street 1"})
    app.extensions["jsonapi_course"].namespaces.close()
    damage(folder, DAMAGED)
    make_newer(folder, NEWER)
    with running_server(folder, INSTRUCTOR_TOKEN=TOKEN) as server:
        server.folder = folder
        for path in ("/rooms", "/nothing"):
            server.client("s01").get(path)
            server.client("other").get(path)
        yield server


def damage(folder, id_):
    """A reset mends it."""
    _database(folder, id_).write_bytes(b"no database " * 1000)
    for side in _database(folder, id_).parent.glob(f"{id_}.sqlite3-*"):
        side.unlink()


def make_newer(folder, id_):
    """Nothing touches the database of a later version."""
    with closing(sqlite3.connect(_database(folder, id_))) as database:
        database.execute("PRAGMA user_version = 9999")


def _database(folder, id_):
    return folder / "instance" / "namespaces" / f"{id_}.sqlite3"


@pytest.fixture(scope="module")
def session(school):
    """The cookie of a session, signed in to once: attempts are limited."""
    return Visitor(school).sign_in().cookie.split("=", 1)


@pytest.fixture
def signed_in(browser, school, session):
    """The browser with that session, at the list."""
    browser.delete_all_cookies()
    browser.get(f"{school.root}/instructor")
    browser.add_cookie({"name": session[0], "value": session[1], "path": "/instructor", "sameSite": "Strict"})
    browser.get(f"{school.root}/instructor")
    return browser


def wait_for_heading(browser, text):
    """By a script: an element that selenium has found may be of the page before."""
    wait_for(browser, lambda: browser.execute_script("return document.querySelector('h1')?.textContent.trim()") == text)


def show_class(browser, ids=CLASS):
    find(browser, "#class-list summary").click()
    find(browser, "#roster").send_keys("name,id\n" + "".join(f"Student,{id_}\n" for id_ in ids))
    browser.find_element(By.XPATH, "//button[text()='Show them']").click()
    wait_for_heading(browser, "Your class")


def choose(browser, action, ids=None):
    """Ticks these, or all that are shown, and asks for the action."""
    if ids is None:
        find(browser, "#all-shown").click()
    for id_ in ids or ():
        find(browser, f"[name=chosen][value='{id_}']").click()
    assert text_of(browser, "#selected") == f"{len(ids or CLASS)} selected"
    find(browser, f"#namespaces [name=action][value={action}]").click()
    wait_for(browser, lambda: all_of(browser, ".ids"))


def carry_out(browser):
    """{id: what came of it}, when all is done."""
    find(browser, "#run button").click()
    wait_for(browser, lambda: find(browser, "#after").is_displayed())
    return results(browser)


def results(browser):
    return {
        row.get_attribute("data-id"): row.find_element(By.TAG_NAME, "td").text for row in all_of(browser, "[data-id]")
    }


def states(browser):
    """{id: [rows, state]} of the list."""
    script = (
        "return [...document.querySelectorAll('.namespaces tbody tr')]"
        ".map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return {row[1]: [row[2], row[7]] for row in browser.execute_script(script)}


def test_a_class_from_its_list_to_the_zip(signed_in, school, tmp_path):
    browser = signed_in
    show_class(browser)
    begun = states(browser)
    assert list(begun) == CLASS
    assert {id_: state for id_, (_, state) in begun.items() if state != "not begun"} == {
        "s01": "sound",
        "s02": "sound",
        DAMAGED: "damaged",
        NEWER: "of a later version",
    }
    assert "30 namespaces · 26 not begun" in text_of(browser, "main")
    assert len(all_of(browser, ".plot rect")) >= 1

    # all are seeded: the damaged one is mended, that of a later version fails
    choose(browser, "seed")
    assert text_of(browser, "h1") == "Seed: 30 namespaces"
    assert [item.text for item in all_of(browser, ".ids li")] == CLASS
    Select(find(browser, "#fixture")).select_by_visible_text("demo")
    seeded = carry_out(browser)
    assert list(seeded) == CLASS
    assert seeded.pop(NEWER).startswith(f"failed: The database of '{NEWER}' was written by a newer version")
    assert set(seeded.values()) == {"seeded"}
    assert text_of(browser, "#told") == "30 of 30, 1 failed"
    assert find(browser, "progress").get_property("value") == 30
    assert len(school.client("s30").get("/rooms").data) == 3

    # some are reset, and it is undone
    browser.find_element(By.XPATH, "//button[text()='Show them again']").click()
    wait_for_heading(browser, "Your class")
    shown = states(browser)
    assert shown.pop(NEWER) == ["", "of a later version"]
    assert {state for _, state in shown.values()} == {"sound"}
    choose(browser, "reset", ["s02", "s03"])
    assert carry_out(browser) == {"s02": "reset", "s03": "reset"}
    assert school.client("s03").get("/rooms").data == []
    browser.find_element(By.XPATH, "//button[text()='Undo for these']").click()
    wait_for_heading(browser, "Undo: 2 namespaces")
    assert carry_out(browser) == {"s02": "brought back", "s03": "brought back"}
    assert len(school.client("s03").get("/rooms").data) == 3

    # the zip
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    damage(school.folder, "s05")
    browser.get(f"{school.root}/instructor?q=s0")
    find(browser, "[name=all]").click()
    find(browser, "#namespaces [value=export]").click()
    wait_for_heading(browser, "Export: 9 namespaces")
    find(browser, "main form:not(.bar form) button").click()
    [path] = wait_for(browser, lambda: list(Path(tmp_path).glob("namespaces-*.zip")))
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [*(f"{id_}.json" for id_ in CLASS[:9] if id_ != "s05"), "failed.txt"]
        rooms = [item for item in json.loads(archive.read("s03.json"))["data"] if item["type"] == "rooms"]
        assert [item["id"] for item in rooms] == [item["id"] for item in school.client("s03").get("/rooms").data]
        assert archive.read("failed.txt").startswith(b"s05: The database of this namespace is damaged")
    assert complaints(browser) == []


def test_one_namespace_is_seen_with_its_plot_and_its_links(signed_in, school):
    browser = signed_in
    browser.find_element(By.LINK_TEXT, "other").click()
    assert text_of(browser, "h1") == "other"
    assert "1 rooms" in text_of(browser, ".chips")
    plots = all_of(browser, ".plot svg")
    assert len(plots) == 2 and all(plot.is_displayed() and plot.rect["height"] > 100 for plot in plots)
    bar = find(browser, ".plot rect.well")
    fills = browser.execute_script(
        "return [getComputedStyle(arguments[0]).fill, arguments[0].getBoundingClientRect().height]", bar
    )
    assert fills[0] == "rgb(26, 86, 176)" and fills[1] > 10
    find(browser, ".plot summary").click()
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:00 \d+ \d+ 0", text_of(browser, ".plot details"))
    browser.find_element(By.LINK_TEXT, "API").click()
    assert browser.current_url == f"{school.root}/api/other"


def test_the_way_from_the_list_to_a_reset_is_gone_with_the_keys(signed_in, school):
    browser = signed_in
    browser.get(f"{school.root}/instructor?q=other")

    def press_until(reached, key=Keys.TAB):
        for _ in range(60):
            focused = browser.switch_to.active_element
            if reached(focused):
                return focused
            focused.send_keys(key)
        raise AssertionError("it is not reached with the key")

    press_until(lambda element: element.get_attribute("name") == "chosen").send_keys(Keys.SPACE)
    press_until(lambda element: element.get_attribute("value") == "reset").send_keys(Keys.ENTER)
    wait_for_heading(browser, "Reset: 1 namespace")
    press_until(lambda element: element.tag_name == "button" and element.text == "Reset: 1 namespace").send_keys(
        Keys.ENTER
    )
    wait_for(browser, lambda: results(browser) == {"other": "reset"})
    wait_for(browser, lambda: browser.switch_to.active_element.text == "Result")
    press_until(lambda element: element.text == "Undo for these").send_keys(Keys.ENTER)
    wait_for_heading(browser, "Undo: 1 namespace")
    assert carry_out(browser) == {"other": "brought back"}


def test_a_session_that_ended_meanwhile_is_told_and_the_rest_can_go_on(signed_in, school):
    browser = signed_in
    browser.get(f"{school.root}/instructor?q=other")
    choose_one = find(browser, "[name=chosen][value=other]")
    choose_one.click()
    find(browser, "#namespaces [value=create]").click()
    wait_for(browser, lambda: all_of(browser, ".ids"))
    browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    browser.delete_all_cookies()
    find(browser, "#run button").click()
    wait_for(browser, lambda: "your session has ended" in text_of(browser, "#trouble"))
    assert (results(browser), text_of(browser, "#run button")) == ({}, "Go on with the rest")


def test_without_javascript_the_same_is_done_at_once(signed_in, school):
    browser = signed_in
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{school.root}/instructor?q=other")
        find(browser, "[name=chosen][value=other]").click()
        find(browser, "#namespaces [value=create]").click()
        wait_for(browser, lambda: all_of(browser, ".ids"))
        find(browser, "#run button").click()
        wait_for(browser, lambda: all_of(browser, "#results"))
        assert results(browser) == {"other": "was there already"}
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_who_signs_in_by_hand_and_out_again_is_out(browser, school):
    browser.get(f"{school.root}/instructor")
    find(browser, "#token").send_keys(TOKEN, Keys.ENTER)
    wait_for(browser, lambda: all_of(browser, ".bar"))
    find(browser, ".bar button").click()
    wait_for(browser, lambda: all_of(browser, "#token"))
    browser.get(f"{school.root}/instructor/activity")
    assert "You are not signed in" in text_of(browser, "main")


# --- every page ---------------------------------------------------------------------------------------
def _open_list(browser, school):
    browser.get(f"{school.root}/instructor")


def _open_class(browser, school):
    _open_list(browser, school)
    show_class(browser, [*CLASS[:3], DAMAGED])


def _open_confirmation(browser, school):
    _open_list(browser, school)
    find(browser, "[name=all]").click()
    find(browser, "#namespaces [value=seed]").click()
    wait_for(browser, lambda: all_of(browser, ".ids"))


def _open_results(browser, school):
    _open_list(browser, school)
    find(browser, "[name=chosen][value=other]").click()
    find(browser, "#namespaces [value=create]").click()
    wait_for(browser, lambda: all_of(browser, ".ids"))
    carry_out(browser)


PAGES = {
    "sign in": lambda browser, school: (browser.delete_all_cookies(), _open_list(browser, school)),
    "list": _open_list,
    "class": _open_class,
    "activity": lambda browser, school: browser.get(f"{school.root}/instructor/activity"),
    "one": lambda browser, school: browser.get(f"{school.root}/instructor/namespaces/s01"),
    "confirmation": _open_confirmation,
    "results": _open_results,
}


@pytest.mark.parametrize("open_it", PAGES.values(), ids=PAGES)
def test_a_page_gives_the_browser_nothing_to_complain_of_and_fits_on_a_phone(signed_in, school, open_it):
    open_it(signed_in, school)
    assert (complaints(signed_in), width_on_a_phone(signed_in)) == ([], 360)


@needs_axe
@pytest.mark.parametrize("open_it", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_serious_in_light_and_in_dark(signed_in, school, packages, open_it):  # noqa: F811 - a fixture
    open_it(signed_in, school)
    assert serious_violations(signed_in) == {"light": [], "dark": []}
