"""The student's console in a browser (contract: operations, For students): data, requests, fault lab, reset and undo."""

import json
import re
from itertools import count

import pytest
from jinja2 import Environment
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from jsonapi_course.api.german import GERMAN

from ..classroom import furnish
from ..conftest import ROOT, running_server
from ..course.course import PASSWORD, ROOM, USER
from ..test_javascript_clients import packages  # noqa: F401 - a fixture
from .axe import needs_axe, serious_violations
from .browser import all_of, complaints, find, text_of, wait_for, width_on_a_phone
from .test_in_a_browser import choose
from .test_start import run

PACKAGE = ROOT / "jsonapi_course"
BLACK = "●●●"
TABS = ("data", "requests", "faults", "care")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A server of two workers: a console sees what goes to either."""
    with running_server(tmp_path_factory.mktemp("console"), workers=2) as server:
        yield server


@pytest.fixture
def console(browser, site):
    """console("s1", "#requests") → the Console of that namespace, open in the browser."""
    return lambda namespace, place="": Console(browser, site, namespace).open(place)


class Console:
    def __init__(self, browser, site, namespace):
        self.browser = browser
        self.client = site.client(namespace)
        self.url = f"{site.root}/api/{namespace}/console"

    def open(self, place=""):
        """Opens it where `place` (#requests) says; it records when this returns."""
        self.browser.get("about:blank")
        self.browser.get(self.url + place)
        counted = "return document.querySelector('.types .count')?.textContent"
        self.wait(lambda: self.browser.execute_script(counted))
        asked = "return performance.getEntriesByType('resource').some(({name}) => name.includes('/console/requests'))"
        self.wait(lambda: self.browser.execute_script(asked))
        return self

    def wait(self, condition):
        """Waits until the condition holds; what is redrawn meanwhile is looked at anew."""

        def holds():
            try:
                return condition()
            except StaleElementReferenceException:
                return False

        return wait_for(self.browser, holds)

    def text(self, selector):
        return text_of(self.browser, selector)

    def wait_for_text(self, selector, words):
        self.wait(lambda: words in self.text(selector))

    def click(self, selector):
        self.wait(lambda: all_of(self.browser, selector))
        element = find(self.browser, selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def click_text(self, words):
        self.wait(lambda: self.browser.find_elements(By.LINK_TEXT, words))
        self.browser.find_element(By.LINK_TEXT, words).click()

    def button(self, name, inside="main"):
        """Presses the button of that name that is seen."""
        xpath = f".//button[normalize-space()='{name}' or @aria-label='{name}']"
        shown = [found for found in find(self.browser, inside).find_elements(By.XPATH, xpath) if found.is_displayed()]
        assert len(shown) == 1, (name, len(shown))
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", shown[0])
        shown[0].click()

    def fill(self, selector, value):
        field = find(self.browser, selector)
        field.clear()
        field.send_keys(value)

    def confirm(self, answer="yes"):
        self.wait(lambda: all_of(self.browser, "#confirm[open]"))
        find(self.browser, f"#confirm button[value={answer}]").click()
        self.wait(lambda: not all_of(self.browser, "#confirm[open]"))

    @property
    def title(self):
        return self.text("#shown-title")

    @property
    def table(self):
        """The rows of the table, each as the texts of its cells."""
        script = (
            "return [...document.querySelectorAll('table.data tbody tr')].map(row => "
            "[...row.cells].map(cell => cell.innerText.trim()))"
        )
        return self.browser.execute_script(script)

    @property
    def requests(self):
        """The first words of the listed requests, the newest first: "GET /api/s1/rooms 200"."""
        script = (
            "return [...document.querySelectorAll('#request-list summary')].filter(one => one.offsetParent).map(one => "
            "['.method', '.path', '.status'].map(part => one.querySelector(part).textContent.replace('✗ ', '')).join(' '))"
        )
        return self.browser.execute_script(script)

    def sent(self):
        """The bodies of the exchange that is shown: what was sent, what was answered."""
        return [json.loads(text.partition("\n\n")[2] or "null") for text in self.exchange[:2]]

    @property
    def exchange(self):
        self.wait(lambda: all_of(self.browser, "#exchange[open] pre"))
        return [pre.text for pre in all_of(self.browser, "#exchange pre")]

    @property
    def focused(self):
        return self.browser.switch_to.active_element


def make_rooms(client, last):
    for number in range(1, last + 1):
        client.create("rooms", {"name": f"Lab {number:02}", "address": "Main street 1"})


# --- the way there ------------------------------------------------------------------------------------
def test_the_start_page_leads_to_the_console_of_the_chosen_id(browser, site):
    choose(browser, site, "c-start")
    find(browser, ".top nav").find_element(By.LINK_TEXT, "Console").click()
    assert browser.current_url == f"{site.root}/api/c-start/console"
    assert text_of(browser, "h1") == "Console c-start"
    assert text_of(browser, ".top nav [aria-current=page]") == "Console"


def test_a_tab_is_in_the_address_and_is_open_again_after_a_reload(console):
    shown = console("c-tabs")
    shown.click("#tab-faults")
    assert shown.browser.current_url == f"{shown.url}#faults"
    shown.browser.refresh()
    shown.wait(lambda: find(shown.browser, "#fault-form").is_displayed())
    assert [tab for tab in TABS if find(shown.browser, f"#{tab}").is_displayed()] == ["faults"]


# --- data ---------------------------------------------------------------------------------------------
def test_the_types_are_counted_and_a_link_leads_from_row_to_row(console):
    shown = console("c-links")
    furnish(shown.client)
    shown.open("#data/modules")
    shown.wait(lambda: len(shown.table) == 2)
    counts = {link.text.split()[0]: link.text.split()[1] for link in all_of(shown.browser, ".types a")}
    assert {"modules": "2", "users": "2", "rooms": "1", "levels": "4", "cubes": "0"}.items() <= counts.items()
    assert shown.table[0] == ["1", "WEB1", "Client-side web applications", "SS19", "1", "–", "1", "1", "1, 2"]
    shown.click("table.data a[href='#data/users/1']")
    shown.wait(lambda: shown.title == "Edit users 1")
    shown.wait(lambda: find(shown.browser, "#f-users-first-name").get_property("value") == "Ada")
    shown.browser.back()
    shown.wait(lambda: shown.title == "modules" and len(shown.table) == 2)


def test_a_table_is_paged_sorted_and_filtered(console):
    shown = console("c-table")
    make_rooms(shown.client, 45)
    shown.open("#data/rooms")
    shown.wait(lambda: len(shown.table) == 20)
    assert shown.text("#pager .range") == "1–20 of 45"
    for shown_range in ("21–40 of 45", "41–45 of 45"):
        shown.button("Next", "#pager")
        shown.wait_for_text("#pager .range", shown_range)
    assert [row[1] for row in shown.table] == [f"Lab {number}" for number in range(41, 46)]
    assert not find(shown.browser, "#pager [data-step='1']").is_enabled()
    for direction, first in (("ascending", "Lab 01"), ("descending", "Lab 45")):
        shown.click("button[data-name=name]")
        shown.wait(lambda first=first: shown.table[0][1] == first)
        assert find(shown.browser, "table.data [aria-sort]").get_attribute("aria-sort") == direction
        assert shown.focused.get_attribute("data-name") == "name"
    shown.fill("#filter [name=text]", "lab 3")
    shown.button("Filter")
    shown.wait(lambda: len(shown.table) == 10)
    assert [row[1] for row in shown.table] == [f"Lab {number}" for number in range(39, 29, -1)]
    Select(find(shown.browser, "#filter select")).select_by_visible_text("id")
    assert shown.text("#filter .how") == "is exactly"
    shown.fill("#filter [name=text]", "7")
    shown.button("Filter")
    shown.wait(lambda: [row[:2] for row in shown.table] == [["7", "Lab 07"]])
    shown.click("#exchange summary")
    assert "/rooms?page%5Bnumber%5D=1&page%5Bsize%5D=20&sort=-name&filter%5Bid%5D=7'" in shown.exchange[2]
    assert json.loads(run(["bash", "-c", shown.exchange[2].replace("-i", "-s")]))["data"][0]["id"] == "7"


def test_a_room_is_made_changed_and_deleted_with_the_apis_answers_in_sight(console):
    shown = console("c-form", "#data/rooms")
    shown.wait_for_text("#no-rows", "There are no rooms yet.")
    shown.click("#make")
    shown.wait(lambda: shown.title == "New in rooms")
    shown.fill("#f-rooms-name", "Lab 1")
    shown.fill("#f-rooms-address", "at")
    shown.button("Save")
    shown.wait_for_text("#record-said", "The API refused it (422")
    assert shown.focused.get_attribute("id") == "f-rooms-address"
    assert shown.focused.get_attribute("aria-invalid") == "true"
    described = shown.focused.get_attribute("aria-describedby").split()
    assert "'address' must be a string of at least 4 characters; 'at' has 2." in shown.text(f"#{described[0]}")
    assert find(shown.browser, ".error a").get_attribute("href").endswith("/docs/errors#too-short")
    attributes = {"name": "Lab 1", "address": "at"}
    assert shown.sent()[0] == {"data": {"type": "rooms", "attributes": attributes}}

    shown.fill("#f-rooms-address", "Main 'street' 1")
    shown.button("Save")
    shown.wait(lambda: shown.title == "Edit rooms 1")
    document, answer = shown.sent()
    assert document["data"]["attributes"] == {"name": "Lab 1", "address": "Main 'street' 1"}
    assert answer["data"] == shown.client.get("/rooms/1").data
    assert all_of(shown.browser, ".error") == []
    assert run(["bash", "-c", shown.exchange[2]]).startswith("HTTP/1.1 201")
    assert len(shown.client.get("/rooms").data) == 2

    shown.wait(lambda: find(shown.browser, "#f-rooms-name").get_property("value") == "Lab 1")
    shown.button("Save")
    shown.wait_for_text("#record-said", "Nothing was changed")
    shown.fill("#f-rooms-capacity", "30")
    shown.button("Save")
    shown.wait(lambda: shown.exchange[0].startswith("PATCH /api/c-form/rooms/1"))
    assert shown.sent()[0] == {"data": {"type": "rooms", "id": "1", "attributes": {"capacity": "30"}}}
    assert shown.client.get("/rooms/1").data["attributes"]["capacity"] == "30"

    shown.button("Delete")
    shown.confirm("no")
    assert shown.client.get("/rooms/1").status == 200
    shown.button("Delete")
    shown.confirm()
    shown.wait(lambda: shown.title == "rooms" and [row[0] for row in shown.table] == ["2"])
    assert shown.exchange[1].startswith("204")
    assert shown.client.get("/rooms/1").status == 404


def test_a_relationship_is_picked_by_id_and_its_errors_stand_at_it(console):
    shown = console("c-pick")
    furnish(shown.client)
    shown.open("#data/modules/+")
    options = (
        "return [...document.querySelectorAll('#f-modules-teacher-list option')].map(({value, text}) => [value, text])"
    )
    shown.wait(lambda: shown.browser.execute_script(options))
    assert shown.browser.execute_script(options) == [["1", "ada@example.org, Ada"]]
    shown.fill("#f-modules-code", "DB-1")
    shown.fill("#f-modules-name", "Databases")
    shown.button("Save")
    shown.wait(lambda: len(all_of(shown.browser, ".field.wrong")) == 2)
    wrong = [field.get_attribute("data-name") for field in all_of(shown.browser, ".field.wrong")]
    assert wrong == ["semester", "teacher"]
    Select(find(shown.browser, "#f-modules-semester")).select_by_visible_text("SS18")
    shown.fill("#f-modules-teacher", "99")
    find(shown.browser, "#f-modules-students").send_keys("2", Keys.ENTER)
    assert shown.text("[data-name=students] .picked li a") == "2"
    shown.button("Save")
    shown.wait(lambda: [one.get_attribute("data-name") for one in all_of(shown.browser, ".wrong")] == ["teacher"])
    shown.fill("#f-modules-teacher", "1")
    shown.button("Save")
    shown.wait(lambda: shown.title == "Edit modules 3")
    related = shown.client.get("/modules/3").data["relationships"]
    assert (related["teacher"]["data"]["id"], [user["id"] for user in related["students"]["data"]]) == ("1", ["2"])
    shown.wait(lambda: all_of(shown.browser, "[data-name=students] .picked button"))
    shown.button("Remove users 2")
    shown.button("Save")
    shown.wait(lambda: shown.client.get("/modules/3").data["relationships"]["students"]["data"] == [])
    assert shown.sent()[0]["data"]["relationships"] == {"students": {"data": []}}


@pytest.mark.parametrize(
    ("attribute", "typed", "sent"),
    [
        ("mood-score", "4", 4),
        ("hours-worked", "7.5", 7.5),
        ("hours-worked", "many", "many"),
        ("comment", "a\nb", "a\nb"),
    ],
)
def test_a_field_sends_what_its_kind_is_in_json(console, attribute, typed, sent):
    shown = console("c-kinds", "#data/daily-checkins/+")
    shown.wait(lambda: all_of(shown.browser, f"#f-daily-checkins-{attribute}"))
    shown.fill(f"#f-daily-checkins-{attribute}", typed)
    shown.button("Save")
    shown.wait_for_text("#record-said", "The API refused it (422")
    assert shown.sent()[0]["data"]["attributes"] == {attribute: sent}


def test_a_change_from_elsewhere_comes_into_the_table(console):
    shown = console("c-live", "#data/rooms")
    shown.wait_for_text("#no-rows", "There are no rooms yet.")
    shown.client.create("rooms", ROOM)
    shown.wait(lambda: [row[1] for row in shown.table] == ["Room 3.07"])
    shown.wait_for_text(".types a[href='#data/rooms'] .count", "1")
    shown.click("#tab-requests")
    shown.client.create("rooms", {**ROOM, "name": "Room 3.08"})
    shown.wait(lambda: len(shown.requests) == 2)
    shown.click("#tab-data")
    shown.wait(lambda: [row[1] for row in shown.table] == ["Room 3.07", "Room 3.08"])


# --- requests -----------------------------------------------------------------------------------------
def test_an_error_of_an_app_on_another_page_appears_with_its_explanation(console, browser, site):
    shown = console("c-error", "#requests")
    own = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(f"{site.root}/docs/settings")
    body = {"data": {"type": "rooms", "attributes": {"name": "Lab 1"}}}
    asked = "fetch(arguments[0], {method: 'POST', body: arguments[1], headers: {'Content-Type': 'application/json'}})"
    script = f"{asked}.then(answer => arguments[2](answer.status))"
    assert browser.execute_async_script(script, f"{site.root}/api/c-error/rooms", json.dumps(body)) == 422
    browser.close()
    browser.switch_to.window(own)
    shown.wait(lambda: shown.requests == ["POST /api/c-error/rooms 422"])
    detail = "The attribute 'address' is required and is missing"
    assert detail in shown.text("#request-list .detail")
    shown.wait_for_text("#request-summary", "Requests: 1, with an error: 1. The latest: POST /api/c-error/rooms 422.")
    shown.click("#request-list summary")
    shown.wait(lambda: all_of(browser, "#request-list .errors"))
    texts = {pre.get_attribute("aria-label"): pre.text for pre in all_of(browser, "#request-list pre")}
    assert json.loads(texts["The request: Body"]) == body
    assert json.loads(texts["The answer: Body"])["errors"][0]["detail"].startswith(detail)
    assert "Content-Type: application/json" in texts["The request: Headers"]
    assert "X-Request-Id: " in texts["The answer: Headers"]
    assert run(["bash", "-c", texts["curl"]]).startswith("HTTP/1.1 422")
    shown.click_text("What to do: missing-member")
    assert browser.current_url == f"{site.root}/docs/errors#missing-member"
    assert find(browser, "section:target h2").is_displayed()


def test_the_list_can_show_errors_only_and_be_cleared(console):
    shown = console("c-list", "#requests")
    for path in ("/rooms", "/roms", "/users"):
        shown.client.get(path)
    everything = [
        "GET /api/c-list/users 200",
        "GET /api/c-list/roms 404",
        "GET /api/c-list/rooms 200",
    ]
    shown.wait(lambda: shown.requests == everything)
    shown.click("#errors-only")
    assert shown.requests == everything[1:2]
    shown.click("#errors-only")
    shown.button("Clear the list")
    shown.wait(lambda: shown.requests == [] and find(shown.browser, "#no-requests").is_displayed())
    shown.open("#requests")
    assert shown.requests == []


def test_what_comes_while_the_list_is_paused_waits(console):
    shown = console("c-pause", "#requests")
    shown.button("Pause")
    shown.client.get("/rooms")
    shown.wait_for_text("#pause", "Go on (1 new)")
    assert shown.requests == []
    shown.button("Go on (1 new)")
    assert shown.requests == ["GET /api/c-pause/rooms 200"]
    assert shown.text("#pause") == "Pause"


def test_an_open_request_stays_open_when_others_come(console):
    shown = console("c-open", "#requests")
    shown.client.get("/rooms")
    shown.click("#request-list summary")
    shown.client.get("/users")
    shown.wait(lambda: len(shown.requests) == 2)
    assert [one.get_property("open") for one in all_of(shown.browser, "#request-list details")] == [False, True]


def test_a_request_is_sent_again(console):
    shown = console("c-again", "#requests")
    shown.client.create("rooms", ROOM)
    shown.click("#request-list summary")
    shown.button("Send again")
    shown.wait(lambda: shown.requests == ["POST /api/c-again/rooms 201"] * 2)
    assert [room["attributes"]["name"] for room in shown.client.get("/rooms").data] == ["Room 3.07"] * 2


def test_a_request_is_edited_and_sent(console):
    shown = console("c-edit", "#requests")
    shown.client.get("/roms?sort=name")
    shown.click("#request-list summary")
    shown.button("Edit and send")
    shown.wait(lambda: find(shown.browser, "#sender-path").get_property("value") == "/api/c-edit/roms?sort=name")
    shown.fill("#sender-path", "/api/c-edit/rooms?sort=-name")
    shown.button("Send", "#sender")
    shown.wait(lambda: shown.requests[0] == "GET /api/c-edit/rooms?sort=-name 200")


def test_passwords_and_tokens_are_black_and_are_asked_for_before_sending_again(console):
    shown = console("c-secret", "#requests")
    shown.client.create("users", USER)
    token = shown.client.post("/v1/sanctum/token", {"email": USER["email"], "password": PASSWORD, "device_name": "x"})
    secret = token.json["token"]
    shown.client.get("/v3/users", Authorization=f"Bearer {secret}")
    shown.wait(lambda: len(shown.requests) == 3)
    for summary in all_of(shown.browser, "#request-list summary"):
        shown.browser.execute_script("arguments[0].click()", summary)
    shown.wait(lambda: len(all_of(shown.browser, "#request-list pre")) > 9)
    source = shown.browser.page_source
    assert (PASSWORD in source, secret in source, source.count(BLACK) > 3) == (False, False, True)
    shown.browser.execute_script(
        "[...document.querySelectorAll('#request-list button.quiet')].at(-2).click()"
    )  # that of the user
    shown.wait_for_text("#sender-why", "It cannot be sent again as it was")
    body = json.loads(find(shown.browser, "#sender-body").get_property("value"))
    assert body["data"]["attributes"] == {**USER, "password": BLACK}
    body["data"]["attributes"] |= {"password": "another secret", "email": "bob@example.org"}
    shown.fill("#sender-body", json.dumps(body))
    shown.button("Send", "#sender")
    shown.wait(lambda: shown.requests[0] == "POST /api/c-secret/users 201")
    found = shown.client.get("/users?email=bob@example.org&password=another%20secret")
    assert len(found.data) == 1


def test_the_forms_own_password_is_black_in_what_was_sent(console):
    shown = console("c-black", "#data/users/+")
    shown.wait(lambda: all_of(shown.browser, "#f-users-password"))
    for name, value in USER.items():
        if name == "role":
            Select(find(shown.browser, "#f-users-role")).select_by_visible_text(value)
        else:
            shown.fill(f"#f-users-{name}", value)
    shown.button("Save")
    shown.wait(lambda: shown.title == "Edit users 1")
    assert shown.sent()[0]["data"]["attributes"] == {**USER, "password": BLACK}
    assert PASSWORD not in shown.browser.page_source
    assert len(shown.client.get("/users?email=ada@example.org&password=correct%20horse%20battery").data) == 1


def test_a_service_that_does_not_answer_is_told_until_it_does(console):
    shown = console("c-gone", "#requests")
    network = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    shown.browser.execute_cdp_cmd("Network.enable", {})
    try:
        shown.browser.execute_cdp_cmd("Network.emulateNetworkConditions", network)
        shown.wait_for_text("#trouble", "The service does not answer. This page tries again by itself.")
    finally:
        shown.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {**network, "offline": False})
    shown.wait(lambda: not find(shown.browser, "#trouble").is_displayed())


# --- the fault lab ------------------------------------------------------------------------------------
def test_the_next_two_requests_fail_and_the_third_does_not(console):
    shown = console("c-fault", "#faults")
    shown.fill("#fault-form [name=requests]", "2")
    shown.button("Switch it on")
    shown.wait_for_text("#fault-banner", "requests left: 2, answered 503, before the write: nothing happens")
    assert re.fullmatch(r"for (10 min 0|9 min \d+) s at most", shown.text("#fault-state .countdown"))
    sent = {"data": {"type": "rooms", "attributes": ROOM}}
    first = shown.client.post("/rooms", sent).status
    shown.wait_for_text("#fault-banner", "requests left: 1,")
    assert [first, *(shown.client.post("/rooms", sent).status for _ in range(2))] == [503, 503, 201]
    shown.wait(lambda: not find(shown.browser, "#fault-banner").is_displayed())
    assert not find(shown.browser, "#fault-state").is_displayed()
    shown.click("#tab-requests")
    shown.wait(lambda: [one.split()[2] for one in shown.requests] == ["201", "503", "503"])
    badges = [badge.text for badge in all_of(shown.browser, "#request-list .badge")]
    assert badges == ["fault lab", "fault lab"]
    assert len(shown.client.get("/rooms").data) == 1


def test_a_share_of_the_writes_is_done_and_answered_500_until_it_is_switched_off(console):
    shown = console("c-share", "#faults")
    for choice in ("[value='500']", "[value=after]", "[value=share]", "[value=POST]"):
        shown.click(f"#fault-form {choice}")
    shown.fill("#fault-form [name=share]", "100")
    shown.button("Switch it on")
    described = "100 per cent of the requests, only POST, answered 500, after the write: it happens all the same"
    shown.wait_for_text("#fault-banner", described)
    assert shown.client.post("/rooms", {"data": {"type": "rooms", "attributes": ROOM}}).status == 500
    shown.click("#tab-data")
    shown.click(".types a[href='#data/rooms']")
    shown.wait(lambda: [row[1] for row in shown.table] == ["Room 3.07"])
    shown.button("Switch it off")
    shown.wait(lambda: not find(shown.browser, "#fault-banner").is_displayed())
    assert shown.client.post("/rooms", {"data": {"type": "rooms", "attributes": ROOM}}).status == 201


def test_what_the_fault_lab_cannot_do_is_said(console):
    shown = console("c-cannot", "#faults")
    shown.click("#fault-form [value=late]")
    shown.fill("#fault-form [name=seconds]", "99")
    shown.button("Switch it on")
    shown.wait_for_text("#fault-said", "'seconds' must be a number from 0.1 to 10, not 99.")
    assert not find(shown.browser, "#fault-banner").is_displayed()


# --- reset, undo, snapshots, export -------------------------------------------------------------------
def names(shown):
    return [room["attributes"]["name"] for room in shown.client.get("/rooms").data]


def test_a_reset_is_asked_for_and_undone(console):
    shown = console("c-reset")
    make_rooms(shown.client, 2)
    shown.open("#care")
    shown.button("Reset")
    shown.wait_for_text("#confirm-title", "Delete everything in c-reset?")
    shown.confirm("no")
    assert names(shown) == ["Lab 01", "Lab 02"]
    shown.button("Reset")
    shown.confirm()
    shown.wait_for_text("#offer", "Everything is deleted.")
    assert names(shown) == []
    shown.button("Undo", "#offer")
    shown.wait_for_text("#offer", "What was there before is back.")
    assert names(shown) == ["Lab 01", "Lab 02"]
    shown.click("#undo")
    shown.confirm()
    shown.wait_for_text("#offer", "It was refused: There is nothing to bring back")


def test_example_data_are_loaded_and_undone(console):
    shown = console("c-seed", "#care")
    shown.button("Load it")
    shown.wait_for_text("#confirm-title", "Replace everything in c-seed with “demo”?")
    shown.confirm()
    shown.wait_for_text("#offer", "“demo” is loaded.")
    assert len(names(shown)) > 1
    shown.button("Undo", "#offer")
    shown.wait_for_text("#offer", "What was there before is back.")
    assert names(shown) == []


def test_a_snapshot_is_taken_restored_and_deleted(console):
    shown = console("c-snap")
    make_rooms(shown.client, 1)
    shown.open("#care")
    shown.fill("#snapshot-name", "not a name")
    shown.button("Take a snapshot")
    shown.wait_for_text("#snapshot-said", "The snapshot's name cannot be 'not a name'")
    shown.fill("#snapshot-name", "before")
    shown.button("Take a snapshot")
    shown.wait_for_text("#snapshots", "before")
    assert "1 rooms" in shown.text("#snapshots tbody tr")
    assert shown.text("#snapshot-said") == ""
    shown.client.delete("/rooms/1")
    shown.button("Restore before")
    shown.confirm()
    shown.wait_for_text("#offer", "The snapshot “before” is restored.")
    assert names(shown) == ["Lab 01"]
    shown.button("Delete before")
    shown.wait_for_text("#confirm-text", "It cannot be brought back.")
    shown.confirm()
    shown.wait(lambda: find(shown.browser, "#no-snapshots").is_displayed())
    assert shown.client.get("/snapshots").json["meta"]["snapshots"] == []


def test_an_export_is_saved_and_imported(console, tmp_path):
    shown = console("c-export")
    make_rooms(shown.client, 3)
    shown.open("#care")
    folder = {"behavior": "allow", "downloadPath": str(tmp_path)}
    shown.browser.execute_cdp_cmd("Browser.setDownloadBehavior", folder)
    shown.button("Export")
    saved = tmp_path / "c-export.json"
    wait_for(shown.browser, saved.exists)
    assert [
        one["attributes"]["name"] for one in json.loads(saved.read_text())["data"] if one["type"] == "rooms"
    ] == names(shown)
    shown.client.post("/reset-db")
    find(shown.browser, "#import-file").send_keys(str(saved))
    shown.button("Import")
    shown.wait_for_text("#confirm-title", "Replace everything in c-export with the file c-export.json?")
    shown.confirm()
    shown.wait_for_text("#offer", "The file c-export.json is loaded.")
    assert names(shown) == ["Lab 01", "Lab 02", "Lab 03"]
    other = tmp_path / "photo.json"
    other.write_text("no JSON")
    find(shown.browser, "#import-file").send_keys(str(other))
    shown.button("Import")
    shown.wait_for_text("#import-said", "photo.json holds no JSON.")


# --- for everybody ------------------------------------------------------------------------------------
def press(shown, *keys):
    ActionChains(shown.browser).send_keys(*keys).perform()


def test_reset_and_undo_are_done_with_the_keys_alone(console):
    shown = console("c-keys")
    make_rooms(shown.client, 1)
    shown.open()
    press(shown, Keys.TAB, Keys.ENTER)  # the link that skips the navigation
    while shown.focused.get_attribute("role") != "tab":
        press(shown, Keys.TAB)
    press(shown, Keys.ARROW_LEFT)
    assert shown.focused.text == "Reset and snapshots"
    press(shown, Keys.TAB)
    assert shown.focused.text == "Reset"
    press(shown, Keys.ENTER)
    shown.wait(lambda: all_of(shown.browser, "#confirm[open]"))
    assert shown.focused.text == "Cancel"
    ActionChains(shown.browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert shown.focused.text == "Reset"
    press(shown, Keys.ENTER)
    shown.wait_for_text("#offer", "Everything is deleted.")
    assert names(shown) == []
    press(shown, Keys.TAB)
    assert shown.focused.text == "Undo"
    press(shown, Keys.ENTER)
    shown.wait_for_text("#offer", "What was there before is back.")
    assert names(shown) == ["Lab 01"]


def test_a_room_is_made_with_the_keys_alone(console):
    shown = console("c-type", "#data/rooms")
    while shown.focused.get_attribute("id") != "make":
        press(shown, Keys.TAB)
    press(shown, Keys.ENTER)
    shown.wait(lambda: shown.title == "New in rooms")
    shown.wait(lambda: shown.focused.get_attribute("id") == "shown-title")
    press(shown, Keys.TAB, Keys.TAB, "Lab 1", Keys.TAB, "Main street 1", Keys.ENTER)
    shown.wait(lambda: shown.title == "Edit rooms 1")
    assert rooms_of(shown) == [("Lab 1", "Main street 1")]
    shown.wait(lambda: shown.focused.get_attribute("id") == "shown-title")
    assert find(shown.browser, "#said").get_property("textContent") == "Created: rooms 1"


def rooms_of(shown):
    return [tuple(room["attributes"][name] for name in ("name", "address")) for room in shown.client.get("/rooms").data]


def test_the_german_browser_gets_german(browsers, site):
    shown = Console(browsers("de"), site, "c-german")
    shown.open("#data/rooms")
    assert [tab.text for tab in all_of(shown.browser, "[role=tab]")] == [
        *("Daten", "Anfragen", "Fehlerlabor", "Leeren und Schnappschüsse")
    ]
    shown.wait_for_text("#no-rows", "Es gibt noch keine rooms.")
    shown.click("#make")
    shown.wait(lambda: shown.title == "Neu in rooms")
    shown.button("Speichern")
    shown.wait_for_text("#record-said", "Die API hat es abgelehnt (422")
    shown.client.get("/rooms")
    shown.click("#tab-requests")
    shown.wait_for_text("#request-summary", "Anfragen: 1, mit Fehler: 0. Die letzte: GET /api/c-german/rooms 200.")


def test_every_sentence_of_the_scripts_is_used_and_has_its_holes_in_german():
    source = (PACKAGE / "templates" / "console.html").read_text("utf-8")
    words = dict(re.findall(r'^  "(\w+)": _\("(.*)"\),$', source, re.M))
    scripts = "".join(path.read_text("utf-8") for path in (PACKAGE / "static").glob("console*.js"))
    used = {name for call in re.findall(r"text\(([^(]+?)[),]", scripts) for name in re.findall(r"'(\w+)'", call)}
    assert set(words) - {name for name in words if f"'{name}'" in scripts} == set()
    assert used - set(words) == set()
    holes = re.compile(r"\{\w+\}")
    translated = [
        text for text, *_ in map(_message, Environment(extensions=["jinja2.ext.i18n"]).extract_translations(source))
    ]
    assert [text for text in translated if set(holes.findall(text)) != set(holes.findall(GERMAN.get(text, text)))] == []


def _message(found):
    return found[2] if isinstance(found[2], tuple) else (found[2],)


_numbers = count(1)


@pytest.fixture
def busy(console):
    """busy(tab) → a Console with something of everything in that tab."""

    def busy(tab):
        shown = console(f"c-busy-{next(_numbers)}")
        furnish(shown.client)
        shown.client.get("/roms?" + "x" * 200)
        shown.client.post("/snapshots?name=before-everything-else")
        shown.client.request("PUT", "/console/faults", {"meta": {"kind": "503", "share": 1, "methods": ["DELETE"]}})
        shown.open({"data": "#data/modules/1"}.get(tab, f"#{tab}"))
        shown.wait(lambda: find(shown.browser, "#fault-banner").is_displayed())
        if tab == "data":
            shown.wait(lambda: find(shown.browser, "#f-modules-code").get_property("value"))
            shown.fill("#f-modules-code", "a")
            shown.button("Save")
            shown.wait(lambda: all_of(shown.browser, ".field.wrong"))
        elif tab == "requests":
            for summary in all_of(shown.browser, "#request-list summary")[:3]:
                shown.browser.execute_script("arguments[0].click()", summary)
        elif tab == "care":
            shown.wait_for_text("#snapshots", "before-everything-else")
            shown.button("Reset")
            shown.confirm()
            shown.wait_for_text("#offer", "Everything is deleted.")
        return shown

    return busy


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_gives_nothing_to_complain_of_and_fits_on_a_phone(busy, tab):
    shown = busy(tab)
    assert (complaints(shown.browser), width_on_a_phone(shown.browser)) == ([], 360)


@needs_axe
@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_serious_in_a_tab(busy, tab, packages):  # noqa: F811 - a fixture
    assert serious_violations(busy(tab).browser) == {"light": [], "dark": []}


@needs_axe
@pytest.mark.parametrize("place", ["#data/modules", "#data/users/+"])
def test_axe_finds_nothing_serious_in_a_table_and_a_form(console, place, packages):  # noqa: F811 - a fixture
    shown = console(f"c-axe-{'form' if place.endswith('+') else 'table'}")
    furnish(shown.client)
    shown.open(place)
    shown.wait(lambda: all_of(shown.browser, "table.data tbody tr, #f-users-email"))
    assert serious_violations(shown.browser) == {"light": [], "dark": []}


@needs_axe
def test_axe_finds_nothing_serious_in_the_dialogs(console, packages):  # noqa: F811 - a fixture
    shown = console("c-dialog", "#care")
    shown.button("Reset")
    shown.wait(lambda: all_of(shown.browser, "#confirm[open]"))
    assert serious_violations(shown.browser) == {"light": [], "dark": []}
    shown.confirm("no")
    shown.client.get("/rooms")
    shown.click("#tab-requests")
    shown.click("#request-list summary")
    shown.button("Edit and send")
    assert serious_violations(shown.browser) == {"light": [], "dark": []}
