"""/docs: the guides as they stand in docs/, a page for each type as its files say, the settings, the errors."""

import json
import re

import pytest

from jsonapi_course import create_app
from jsonapi_course.config import SETTINGS, load_settings
from jsonapi_course.errors import catalogue
from jsonapi_course.resources import load_registry

from ..client import Client, in_process
from ..conftest import ROOT
from .reading import Page

GUIDES = sorted((ROOT / "docs").glob("*.md"))


TYPES = [resource.type for resource in load_registry(load_settings())]


# --- guides -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_is_a_page_with_all_its_text(visit, path):
    answer = visit(f"/docs/{path.stem}")
    assert answer.status_code == 200
    page = Page(answer.text)
    source = path.read_text("utf-8").replace("http://127.0.0.1:5000", "http://localhost")
    blocks = re.findall(r"^```\w+\n(.*?)^```$", source, re.M | re.S)
    lost = [block for block in blocks if " ".join(block.split()) not in page.text]
    prose = re.sub(r"^```.*?^```$", "", source, flags=re.M | re.S)
    words = re.sub(r"\]\([^)]*\)|[\[`*#|]|^- |^\* ", " ", prose, flags=re.M)
    known = set(re.findall(r"\w{3,}", page.text))
    lost += [word for word in re.findall(r"\w{3,}", words) if word not in known]
    assert lost == []
    headings = re.findall(r"^#+ (.*)$", prose, re.M)
    anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert set(anchors) <= set(page.anchors)


def test_the_docs_lead_to_every_guide_and_type(visit):
    links = Page(visit("/docs").text).links
    assert [path.stem for path in GUIDES if f"/docs/{path.stem}" not in links] == []
    assert [type_ for type_ in TYPES if f"/docs/types/{type_}" not in links] == []


def test_the_examples_of_a_guide_are_for_this_service(visit):
    text = visit("/docs/students", Host="sandbox.example.org:8080").text
    assert 'API=http://sandbox.example.org:8080/api/<span class="your-id">s1234</span>' in text
    assert "127.0.0.1:5000" not in text


def test_the_name_of_a_guides_file_leads_to_its_page(visit):
    answer = visit("/docs/students.md")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs/students")


@pytest.mark.parametrize("path", ["/docs/nothing", "/docs/types/nothing", "/docs/types/Modules", "/docs/..%2Fsetup"])
def test_what_is_not_documented_is_not_there(visit, path):
    assert visit(path).status_code == 404


# --- types --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("type_", TYPES)
def test_the_page_of_a_type_says_what_its_files_say(app, visit, type_):
    resource = app.extensions["jsonapi_course"].registry[type_]
    answer = visit(f"/docs/types/{type_}")
    text = Page(answer.text).text
    said = [*resource.attributes, *resource.relationships]
    said += [field.rule() for field in resource.attributes.values()]
    said += [field.help.replace("`", "") for field in resource.attributes.values()]
    said += [f"{name}={value}" for one in resource.relationships.values() for name, value in one.where.items()]
    said += [f"/api/s1234/{type_}/1/relationships/{name}" for name in resource.relationships]
    assert (answer.status_code, [words for words in said if words not in text]) == (200, [])


def test_the_page_of_a_type_tells_its_rules(visit):
    text = Page(visit("/docs/types/users").text).text
    assert "Deleting one leaves the modules that name it as teacher without." in text
    assert "Deleting one deletes the cubes that name it as user." in text
    assert "shown only where include or fields asks for it" in text
    text = Page(visit("/docs/types/levels").text).text
    assert "None can be deleted while matrix-fields name it as level." in text
    assert "A new namespace has 4 of them." in text
    text = Page(visit("/docs/types/daily-checkins").text).text
    assert "No two have the same user + date." in text
    assert "Collections are ordered by date, then by creation." in text


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """{type: status} of the examples of all types, sent in an order in which what they link to is there."""
    app = create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("types"))})
    client = Client(in_process(app), "s1234")
    statuses = {}
    for resource in app.extensions["jsonapi_course"].registry.in_order:
        text = Page(app.test_client().get(f"/docs/types/{resource.type}").text).snippets["POST"]
        document = json.loads(text.partition(" -d '\n")[2].removesuffix("'"))
        statuses[resource.type] = client.post(f"/{resource.type}", document).status
    return statuses


@pytest.mark.parametrize("type_", TYPES)
def test_the_example_of_a_type_works(examples, type_):
    taken = type_ == "levels"  # a new namespace has all that there can be
    assert examples[type_] == (409 if taken else 201)


# --- tables -------------------------------------------------------------------------------------------
def test_the_settings_are_all_there(visit):
    text = Page(visit("/docs/settings").text).text
    lacking = [one.name for one in SETTINGS if one.name not in text or one.help.replace("`", "") not in text]
    assert lacking == []


def test_every_error_has_its_place(visit):
    page = Page(visit("/docs/errors").text)
    assert [row.code for row in catalogue() if row.code not in page.anchors] == []


# --- the reference ------------------------------------------------------------------------------------
def test_the_viewer_of_the_reference_comes_from_the_service(visit):
    page = Page(visit("/docs/reference").text)
    assert "/static/swagger-ui/swagger-ui-bundle.js" in page.assets
    assert visit("/static/swagger-ui/swagger-ui-bundle.js").mimetype == "text/javascript"
    assert visit("/static/swagger-ui/../../../setup.cfg").status_code == 404
