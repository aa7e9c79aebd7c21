"""contract: operations, For instructors: list, search, inspect, create, reset, seed, undo, export, delete one or many."""

import io
import json
import re
import sqlite3
import zipfile

import pytest

from jsonapi_course.api.instructor import AT_ONCE, PAGE_SIZE
from jsonapi_course.engine import portable

from ..client import Client, in_process
from ..pages.reading import Page
from .conftest import TOKEN, Instructor, ids_on, results_on, rows_on

CLASS = [f"s{number:02}" for number in range(1, 31)]


def with_roster(ids):
    return {"roster": "\n".join(ids)}


def zip_in(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# --- the list -----------------------------------------------------------------------------------------
def test_the_list_has_every_namespace_with_its_size_and_use(instructor, begin, damage, service, student):
    begin("s1", "s2", "s3")
    student("s1").create("rooms", {"name": "Other", "address": "Street"})
    student("s1").get("/nothing")
    damage("s2")
    with sqlite3.connect(service.namespaces.path("s3")) as database:
        database.execute("PRAGMA user_version = 9999")
    service.namespaces.close()
    rows = [[*row[:2], row[4], row[5], row[6]] for row in rows_on(instructor.get("").text)]
    assert rows == [
        ["s1", "2", "3", "33 %", "sound"],
        ["s2", "", "1", "0 %", "damaged"],
        ["s3", "", "1", "0 %", "of a later version"],
    ]
    size, last_use = rows_on(instructor.get("").text)[0][2:4]
    assert re.fullmatch(r"\d+\.\d KiB", size) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", last_use)


def test_without_a_namespace_the_page_says_what_to_do(instructor):
    assert "Nobody wrote to a namespace yet. Show a class list to begin." in instructor.get("").text


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("", ["s1", "s2", "s3"]),
        ("id", ["s1", "s2", "s3"]),
        ("-id", ["s3", "s2", "s1"]),
        ("rows", ["s2", "s1", "s3"]),
        ("-rows", ["s3", "s1", "s2"]),
        ("requests", ["s2", "s1", "s3"]),
        ("-errors", ["s1", "s2", "s3"]),
        ("-state", ["s1", "s3", "s2"]),
        ("passwords", ["s1", "s2", "s3"]),
    ],
)
def test_the_list_is_sorted_by_a_column(instructor, begin, damage, student, sort, ids):
    begin("s1", "s2", "s3")
    for name in ("Lab 1", "Lab 2"):
        student("s3").create("rooms", {"name": name, "address": "Street"})
    student("s1").get("/nothing")
    damage("s2")
    assert ids_on(instructor.get(f"?sort={sort}").text) == ids


def test_after_a_change_the_order_by_rows_is_another(instructor, begin, student):
    begin("s1", "s2")
    student("s1").create("rooms", {"name": "Other", "address": "Street"})
    assert ids_on(instructor.get("?sort=-rows").text) == ["s1", "s2"]
    for name in ("Lab 1", "Lab 2"):
        student("s2").create("rooms", {"name": name, "address": "Street"})
    assert ids_on(instructor.get("?sort=-rows").text) == ["s2", "s1"]


def test_the_list_is_searched_by_a_part_of_the_id(instructor, begin):
    begin("anna", "Ben", "hanna")
    assert ids_on(instructor.get("?q=ANN").text) == ["anna", "hanna"]
    assert "There is no such namespace." in instructor.get("?q=<b>").text
    assert 'value="&lt;b&gt;"' in instructor.get("?q=<b>").text


def test_a_long_list_has_pages_that_keep_search_and_order(instructor, service):
    ids = [f"s{number:03}" for number in range(PAGE_SIZE + 5)]
    instructor.run("create", *ids[:PAGE_SIZE])
    instructor.run("create", *ids[PAGE_SIZE:], "other")
    first = instructor.get("?q=s&sort=-id")
    assert ids_on(first.text) == sorted(ids, reverse=True)[:PAGE_SIZE]
    assert "55 namespaces · page 1 of 2" in Page(first.text).text
    [following] = [link for link in Page(first.text).links if "page=2" in link]
    assert ids_on(instructor.get(following).text) == ["s004", "s003", "s002", "s001", "s000"]
    assert ids_on(instructor.get("?q=s&sort=-id&page=99").text) == ["s004", "s003", "s002", "s001", "s000"]
    assert ids_on(instructor.get("?page=x").text)[0] == "other"


# --- a class ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "roster", ["s2\nS1\n\ns3\ns1", "\ufeffName;ID\nMüller;s2\nB;s1\nC;s3\n", "id\ts\r\ns2\t1\r\ns1\t\r\ns3\t\r\n"]
)
def test_a_roster_shows_exactly_its_ids_in_its_order(instructor, begin, roster):
    begin("s1", "other")
    files = {"file": (io.BytesIO(roster.encode()), "class.csv")}
    for form in ({"roster": roster}, {"roster": "", **files}):
        answer = instructor.post("/roster", **form)
        assert [(row[0], row[-1]) for row in rows_on(answer.text)] == [
            ("s2", "not begun"),
            ("s1", "sound"),
            ("s3", "not begun"),
        ]
        assert "3 namespaces · 2 not begun" in Page(answer.text).text


def test_a_roster_is_sorted_too(instructor, begin):
    begin("s2")
    assert ids_on(instructor.post("/roster", **with_roster(["s1", "s2", "s3"]), sort="-rows").text)[0] == "s2"


def test_ids_of_a_roster_that_cannot_be_are_named_and_the_others_shown(instructor):
    answer = instructor.post("/roster", **with_roster(["s1", "../s2", "YOUR_ID"]))
    assert ids_on(answer.text) == ["s1"]
    assert "'../s2' cannot be a namespace id" in Page(answer.text).text
    assert "YOUR_ID stands for your own id" in Page(answer.text).text


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ("", "The list has no ids."),
        (" \n ", "The list has no ids."),
        ('"' + "s" * 200_000, "The list cannot be read as CSV: field larger than field limit (131072)."),
        ("name,mail\nAda,a@example.org", "The list has several columns, and none of them is named id."),
    ],
)
def test_a_list_that_is_no_roster_is_refused(instructor, roster, said):
    answer = instructor.post("/roster", roster=roster)
    assert (answer.status_code, said in Page(answer.text).text) == (400, True)


def test_reading_a_class_makes_no_namespace(instructor, service):
    instructor.post("/roster", **with_roster(CLASS))
    instructor.get("/namespaces/s01")
    assert service.namespaces.ids() == []


# --- one of them --------------------------------------------------------------------------------------
def test_one_is_shown_with_counts_limits_snapshots_and_links(instructor, begin, student):
    begin("s1")
    student("s1").post("/snapshots?name=before")
    student("s1").get("/nothing")
    page = Page(instructor.get("/namespaces/S1").text)
    assert "State sound" in page.text and "1 of 20000" in page.text and "of 32.0 MiB" in page.text
    assert "1 rooms" in page.text and "before" in page.text
    assert "Requests 3 (the last 24 hours)" in page.text and "33 %" in page.text
    assert {"http://localhost/api/s1", "http://localhost/api/s1/rooms", "/instructor/namespaces/s1/export"} <= set(
        page.links
    )


def test_one_that_is_damaged_says_so_and_can_be_reset(instructor, begin, damage):
    begin("s1")
    damage("s1")
    text = instructor.get("/namespaces/s1").text
    assert "The database of this namespace is damaged" in text and 'value="reset"' in text
    assert instructor.get("/namespaces/s1/export").status_code == 503
    assert instructor.run("reset", "s1") == {"s1": "reset"}
    assert begin.rooms("s1") == 0


def test_an_id_that_cannot_be_is_a_page_that_says_why(instructor):
    answer = instructor.get("/namespaces/-x")
    assert (answer.status_code, "cannot be a namespace id" in answer.text) == (404, True)


# --- what is done -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"chosen": ["s1", "s3"]}, ["s1", "s3"]),
        ({"all": "1", "q": ""}, ["s1", "s2", "x"]),
        ({"all": "1", "q": "s", "chosen": ["x"]}, ["s1", "s2"]),
        ({"all": "1", "roster": "s1\ns9"}, ["s1", "s9"]),
        ({"chosen": ["S1", "s1", "../x"]}, ["s1"]),
    ],
)
@pytest.mark.parametrize("action", ["create", "reset", "seed", "undo", "export", "delete"])
def test_before_anything_is_done_the_page_names_how_many_and_which(instructor, begin, service, action, form, named):
    begin("s1", "s2", "x")
    before = service.namespaces.generation("s1")
    text = instructor.post("/confirm", action=action, **form).text
    many = f"{len(named)} namespace{'s' * (len(named) > 1)}"
    assert re.search(f"<h1>[A-Z][a-z]+: {many}</h1>", text)
    assert re.findall("<li><code>(.*?)</code>", text) == named
    assert re.search('<textarea name="ids" hidden>(.*?)</textarea>', text, re.S)[1].split() == named
    held = len({"s1", "s2", "x"} & set(named))
    assert f"{held} of {len(named)} hold something." in text
    assert (service.namespaces.generation("s1"), service.namespaces.ids()) == (before, ["s1", "s2", "x"])


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/confirm", {"action": "reset"}),
        ("/confirm", {"action": "reset", "chosen": "../x"}),
        ("/confirm", {"action": "erase", "chosen": "s1"}),
        ("/confirm", {"chosen": "s1"}),
        ("/run", {"action": "reset", "ids": ""}),
        ("/run", {"action": "erase", "ids": "s1"}),
        ("/export", {"ids": " "}),
    ],
)
def test_where_nothing_is_selected_nothing_is_done(instructor, path, form):
    answer = instructor.post(path, **form)
    assert answer.status_code == 400 and "Nothing is selected" in answer.text


def test_many_are_created_reset_seeded_undone_and_deleted(instructor, begin, service):
    begin("s1", "s2")
    assert instructor.run("create", "s2", "s3") == {"s2": "was there already", "s3": "created"}
    assert instructor.run("reset", "s1", "s2") == {"s1": "reset", "s2": "reset"}
    assert [begin.rooms(id_) for id_ in ("s1", "s2", "s3")] == [0, 0, 0]
    assert instructor.run("undo", "s1", "s3", "s9") == {
        "s1": "brought back",
        "s3": "there is nothing to bring back",
        "s9": "there is nothing to bring back",
    }
    assert [begin.rooms(id_) for id_ in ("s1", "s2")] == [1, 0]
    assert instructor.run("seed", "s1", "s4", fixture="demo") == {"s1": "seeded", "s4": "seeded"}
    assert begin.rooms("s1") == begin.rooms("s4") == 3
    assert instructor.run("undo", "s1") == {"s1": "brought back"}
    assert begin.rooms("s1") == 1
    assert instructor.run("delete", "s1", "s9") == {"s1": "deleted", "s9": "was not there"}
    assert service.namespaces.ids() == ["s2", "s3", "s4"]


def test_what_fails_is_told_and_those_after_it_are_done(instructor, begin, damage, service):
    begin("s1", "s2", "s3")
    damage("s2")
    results = instructor.run("undo", "s1", "s2", "s3")
    assert results["s1"] == results["s3"] == "there is nothing to bring back"
    assert results["s2"].startswith("failed: The database of this namespace is damaged: POST /api/s2/reset-db")
    assert "3 done, 1 of them failed." in instructor.post("/run", action="undo", ids="s1\ns2\ns3").text


@pytest.mark.parametrize("fixture", ["dmeo", "", "../demo"])
def test_an_unknown_fixture_resets_nothing(instructor, begin, fixture):
    begin("s1")
    answer = instructor.post("/run", action="seed", ids="s1", fixture=fixture)
    assert (answer.status_code, results_on(answer.text)) == (404, {})
    assert "There is no fixture" in answer.text and "<option selected>demo" not in answer.text
    assert begin.rooms("s1") == 1


def test_an_own_fixture_is_offered(instructor, service, tmp_path):
    folder = tmp_path / "instance" / "fixtures"
    folder.mkdir(parents=True)
    (folder / "week-1.json").write_text(json.dumps({"meta": {"format": portable.FORMAT}, "data": []}))
    text = instructor.post("/confirm", action="seed", chosen="s1").text
    assert re.findall("<option[^>]*>(.*?)</option>", text) == ["demo", "week-1"]
    assert instructor.run("seed", "s1", fixture="week-1") == {"s1": "seeded"}


def test_of_more_than_fifty_the_rest_is_offered_again(instructor, service):
    ids = [f"s{number:03}" for number in range(AT_ONCE + 3)]
    answer = instructor.post("/run", action="create", ids="\n".join(ids))
    assert list(results_on(answer.text)) == ids[:AT_ONCE]
    assert "Go on with the other 3" in answer.text
    rest = re.search('<textarea name="ids" hidden>(.*?)</textarea>', answer.text, re.S)[1]
    assert list(results_on(instructor.post("/run", action="create", ids=rest).text)) == ids[AT_ONCE:]
    assert service.namespaces.ids() == ids


def test_the_instructor_may_begin_more_namespaces_an_hour_than_a_student(make_app):
    app = make_app(INSTRUCTOR_TOKEN=TOKEN, NEW_NAMESPACES_PER_HOUR="2")
    assert set(Instructor(app).run("create", *CLASS).values()) == {"created"}
    tried = [Client(in_process(app), f"x{n}").post("/reset-db").status for n in range(3)]
    assert tried == [200, 200, 429]


def test_the_limits_of_the_service_hold_for_the_instructor_too(make_app):
    app = make_app(INSTRUCTOR_TOKEN=TOKEN, MAX_NAMESPACES="2")
    results = Instructor(app).run("create", "s1", "s2", "s3")
    assert (results["s1"], results["s2"]) == ("created", "created")
    assert results["s3"].startswith("failed: The service has 2 namespaces and may have 2")


# --- export -------------------------------------------------------------------------------------------
def test_one_is_exported_as_the_document_of_the_api(instructor, begin, student):
    begin("s1")
    whole = student("s1").get("/export").data
    for answer in (instructor.get("/namespaces/s1/export"), instructor.post("/export", ids="s1")):
        assert answer.headers["Content-Disposition"] == 'attachment; filename="s1.json"'
        assert answer.json["data"] == whole


def test_many_are_exported_as_a_zip_and_what_fails_is_told_in_it(instructor, begin, damage, student):
    begin("s1", "s2", "s3")
    wholes = {id_: student(id_).get("/export").data for id_ in ("s1", "s3")}
    damage("s2")
    answer = instructor.post("/export", ids="s1\ns2\ns3")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    files = zip_in(answer)
    assert list(files) == ["s1.json", "s3.json", "failed.txt"]
    assert {name[:2]: json.loads(files[name])["data"] for name in ("s1.json", "s3.json")} == wholes
    assert files["failed.txt"].startswith(b"s2: The database of this namespace is damaged")


# --- how it looks -------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_is_a_page_like_the_others(app, instructor, begin, student, language):
    begin("s1", "s2")
    student("s1").get("/nothing")
    asked = {"Accept-Language": language, "Accept": "text/html"}
    instructor.http.environ_base |= {"HTTP_ACCEPT_LANGUAGE": language, "HTTP_ACCEPT": "text/html"}
    answers = {
        "list": instructor.get(""),
        "activity": instructor.get("/activity"),
        "one": instructor.get("/namespaces/s1"),
        "roster": instructor.post("/roster", roster="s1\ns3\n-"),
        "nothing": instructor.post("/confirm"),
        "results": instructor.post("/run", action="reset", ids="s1\ns3"),
        **{action: instructor.post("/confirm", action=action, chosen="s1") for action in ("seed", "delete", "export")},
        "sign in": app.test_client().get("/instructor", headers=asked),
    }
    for name, answer in answers.items():
        page = Page(answer.text)
        assert answer.headers["Content-Language"] == language, name
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'"), name
        assert (page.inline, sorted(set(page.anchors))) == ([], sorted(page.anchors)), name
        assert len(re.findall("<h1", answer.text)) == 1, name
        assert not re.search(r"&amp;(lt|gt|quot|amp|#39);", answer.text), name
        assets = {asset: app.test_client().get(asset, buffered=True).status_code for asset in page.assets}
        assert assets == dict.fromkeys(page.assets, 200), name


def test_behind_a_prefix_every_link_and_form_has_it(make_app):
    app = make_app(INSTRUCTOR_TOKEN=TOKEN, TRUSTED_PROXIES="1")
    client = app.test_client()
    client.environ_base |= {"HTTP_X_FORWARDED_PREFIX": "/sandbox"}
    assert client.post("/instructor/sign-in", data={"token": TOKEN}).status_code == 303
    client.set_cookie("instructor", client.get_cookie("instructor", path="/sandbox/instructor").value, path="/")
    text = client.get("/instructor").text
    assert "Sign out" in text
    targets = re.findall(r'(?:action|formaction|src)="([^"]+)"', text)
    assert targets != [] and [target for target in targets if not target.startswith("/sandbox/")] == []
