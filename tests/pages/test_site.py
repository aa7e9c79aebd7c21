"""What every page has in common: own assets only, headers, both languages, and links that lead somewhere."""

import configparser
import re
from fnmatch import fnmatch
from urllib.parse import urldefrag

import pytest
from jinja2 import Environment

from jsonapi_course.api.german import GERMAN

from ..conftest import ROOT
from .reading import Page

PACKAGE = ROOT / "jsonapi_course"
TEMPLATES = sorted((PACKAGE / "templates").glob("*.html"))
PAGES = ["/", "/docs", "/docs/students", "/docs/errors", "/docs/settings", "/docs/reference", "/docs/types/modules"]
ANSWERS = ["/api/s1234", "/api/s1234/console", "/api/s1234/modules", "/api/s1234/nothing", "/nothing"]


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(visit, path, language):
    answer = visit(path, language)
    page = Page(answer.text)
    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Security-Policy"].split("; ")[0] == "default-src 'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert page.inline == []
    assert page.assets != []
    assert {asset: visit(asset).status_code for asset in page.assets} == dict.fromkeys(page.assets, 200)


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
def test_a_page_has_one_heading_of_the_first_level_a_title_and_ids_that_are_unique(visit, path):
    answer = visit(path)
    page = Page(answer.text)
    assert len(re.findall("<h1", answer.text)) == 1
    assert re.search(r"<title>[^<]*\w[^<]* · API sandbox</title>", answer.text)
    assert sorted(set(page.anchors)) == sorted(page.anchors)
    assert not re.search(r"&amp;(lt|gt|quot|amp|#39);", answer.text)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("nl,de;q=0.5", "de"),
        ("nl", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_language_is_what_the_browser_prefers(visit, accepted, language):
    answer = visit("/", accepted)
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert {"Accept-Language"} <= set(answer.vary)
    assert ("Deine Kennung" in answer.text) == (language == "de")


def test_what_stays_english_on_a_german_page_says_so(visit):
    assert '<main id="main" tabindex="-1" lang="en">' in visit("/docs/students", "de").text


def test_every_sentence_of_the_templates_is_in_german_and_no_other():
    environment = Environment(extensions=["jinja2.ext.i18n"])
    environment.policies["ext.i18n.trimmed"] = True
    sentences = set()
    for path in TEMPLATES:
        for _line, _function, message in environment.extract_translations(path.read_text("utf-8")):
            sentences.update(filter(None, message if isinstance(message, tuple) else [message]))
    assert set(GERMAN) == sentences
    holes = re.compile(r"%\(\w+\)s")
    assert [text for text, german in GERMAN.items() if set(holes.findall(text)) != set(holes.findall(german))] == []


def test_every_link_between_the_pages_leads_to_a_page_and_a_place_on_it(visit):
    """Follows the links from the start page; the API's own URLs belong to the tests of browsable answers."""
    pages, waiting, broken = {}, ["/"], []
    while waiting:
        path = waiting.pop()
        answer = visit(path)
        pages[path] = Page(answer.text) if answer.mimetype == "text/html" else None
        if answer.status_code != 200:
            broken.append(path)
        for link in pages[path].links if pages[path] else ():
            target = urldefrag(link).url
            if target.startswith("/") and not target.startswith("/api/") and target not in [*pages, *waiting]:
                waiting.append(target)
    for path, page in pages.items():
        for link in page.links if page else ():
            target, anchor = urldefrag(link)
            there = pages.get(target or path)
            if anchor and there and anchor not in there.anchors:
                broken.append(f"{path} → {link}")
    assert broken == []
    assert set(PAGES) <= set(pages)


def test_behind_a_prefix_every_link_and_asset_has_it(make_app):
    app = make_app(TRUSTED_PROXIES="1")
    headers = {"X-Forwarded-Prefix": "/sandbox", "X-Forwarded-Host": "example.org", "Accept": "text/html"}
    for path in ("/", "/docs/students", "/api/s1234/rooms", "/api/s1234/console"):
        page = Page(app.test_client().get(path, headers=headers).text)
        own = [link for link in [*page.links, *page.assets] if not re.match("https?://(jsonapi|www)|#", link)]
        outside = [link for link in own if not re.match("(http://example.org)?/sandbox/", link)]
        assert own and outside == []


def test_the_package_takes_every_file_of_the_pages_along():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options.package_data"]["jsonapi_course"].split()
    files = [*TEMPLATES, *(PACKAGE / "static").rglob("*"), *(PACKAGE / "docs").glob("*.md")]
    names = [str(path.relative_to(PACKAGE)) for path in files]
    assert [name for name in names if not any(fnmatch(name, line) for line in lines)] == []
    assert {path.name for path in (ROOT / "docs").glob("*.md")} == {
        path.name for path in (PACKAGE / "docs").glob("*.md")
    }


def test_a_page_extends_the_base():
    parts = {"base.html", "parts.html", "instructor_parts.html"}
    assert [
        path.name
        for path in TEMPLATES
        if path.name not in parts and not path.read_text("utf-8").startswith('{% extends "base.html" %}')
    ] == []
