"""Errors in German: every sentence has its German, and nothing but titles and details differs between the languages."""

import html
import re

import pytest

from jsonapi_course import create_app
from jsonapi_course.api.language import SENTENCES, german_of, in_german, language_of, sections
from jsonapi_course.api.redaction import Redaction
from jsonapi_course.errors import catalogue

from .classroom import ask, document, findings, furnish
from .client import Client, in_process
from .course.course import ROOM
from .sentences import MARK, sentences
from .test_beginner_mistakes import REFUSED, by_name, make
from .test_error_catalogue import EXAMPLES, classroom_in, send_example

HOLE = re.compile(r"\{[a-z]+\}")
ENGLISH = re.compile(
    r"\b(the|is|of|not|must|be|has|have|it|with|for|from|leave|write|send|are|there|by|this|that|which|cannot|(?<!-)one|needs?|"
    r"an (?=array|object|id\b)|a (?=string|number|whole|date))\b",
    re.I,
)
# What the code says to itself, or to the operator in a terminal.
FOR_NO_CLIENT = {
    "no complete date and time",
    "a week after 9999",
    "a week 53 that the year does not have",
    "a time after 24:00",
    f"{MARK} is damaged, or no backup of a namespace; nothing was restored from it.",
    f"{MARK} cannot be read: {MARK}.",
}
LINES = [line for lines in sections().values() for line in lines]


def english_left(german):
    """English words of a German sentence, but for those in quotes, code and examples."""
    prose = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\{.*\}|\S*[/=<>(\[]\S*|fetch: headers.*", " ", german)
    return ENGLISH.findall(prose)


def translations(text):
    """Every German that german_errors.txt has for a sentence, or for a part of one."""
    if german := german_of(text):
        yield german
    for line in LINES:
        if line.section and (match := line.match(text.strip())):
            yield line.fill(match)


def test_every_sentence_of_an_error_has_its_german():
    missing = [
        f"{place}: {text}"
        for text, place in sentences()
        if text not in FOR_NO_CLIENT and all(map(english_left, translations(text)))
    ]
    told = f"Put these into {SENTENCES.name}, an English line and a German one, with a {{hole}} for each {MARK}:"
    assert not missing, "\n".join([told, *missing])


def test_every_row_of_the_catalogue_has_its_german():
    texts = [text for row in catalogue() for text in (row.title, row.cause, row.mend)]
    missing = [text for text in texts if german_of(text) is None]
    assert not missing, "\n".join([f"Put these into {SENTENCES.name}, each with its German below it:", *missing])


def test_a_line_has_the_same_holes_in_both_languages_and_stands_there_once():
    assert [
        line.english for line in LINES if sorted(HOLE.findall(line.english)) != sorted(HOLE.findall(line.german))
    ] == []
    assert [
        line.english for line in LINES if len(set(HOLE.findall(line.english))) < len(HOLE.findall(line.english))
    ] == []
    keys = [(line.section, HOLE.sub("{}", line.english)) for line in LINES]
    assert [key for key in keys if keys.count(key) > 1] == []


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr", "en"),
        ("de, en", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,de;q=0.7,en;q=0.3", "de"),
        ("de;q=0", "en"),
        ("de;q=much,\x00", "en"),
    ],
)
def test_the_language_is_what_accept_language_prefers(accepted, language):
    assert language_of({} if accepted is None else {"HTTP_ACCEPT_LANGUAGE": accepted}) == language


# --- the answers ------------------------------------------------------------------------------------
def in_both(send):
    """(English, German) answer of a request, whose `send` takes headers."""
    return send({}), send({"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})


def refuses(row):
    """Whether the example of a row of the table is refused, at least by strict handling."""
    return row.warns != "always" and row.example.partition("\n")[0] != "PUT /api/s1234/console/faults"


def check_german(english, german):
    """That the errors are the same but for titles and details, and those are German."""
    assert german.status == english.status
    languages = [answer.headers.get("Content-Language") for answer in (english, german)]
    refused = english.status >= 400
    assert languages == (["en", "de"] if refused else [None, None])
    assert ("Accept-Language" in german.headers.get("Vary", "")) == refused
    if not refused:
        assert german.body == english.body  # warnings too: answers may be kept and given to others
    elif english.headers["Content-Type"] == "application/json":
        check_texts(flat(english.json), flat(german.json))
    else:
        told = [[finding for *_, finding in findings(answer)] for answer in (english, german)]
        check_texts([texts(finding) for finding in told[0]], [texts(finding) for finding in told[1]])
        assert [same(finding) for finding in told[1]] == [same(finding) for finding in told[0]]


def flat(document):
    """The sentences of the check-in API's errors."""
    assert list(document) == ["message", "errors"]
    return [[document["message"]], *([*sentences] for sentences in document["errors"].values())]


def texts(finding):
    return [finding[name] for name in ("title", "detail") if name in finding]


def same(finding):
    return {name: value for name, value in finding.items() if name not in ("id", "title", "detail")}


def check_texts(english, german):
    assert [len(texts) for texts in english] == [len(texts) for texts in german]
    for ours, theirs in zip(english, german, strict=True):
        for text, translated in zip(ours, theirs, strict=True):
            assert (translated != text, english_left(translated)) == (True, []), f"{text}\n{translated}"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = classroom_in(tmp_path_factory.mktemp("german"))
    furnish(Client(in_process(app), "s1"))
    return app


@pytest.mark.parametrize("code", [code for code, row in EXAMPLES.items() if refuses(row)])
def test_the_example_of_an_error_is_answered_in_german(app, code):
    head, mark, body = EXAMPLES[code].example.partition("\n\n")

    def send(headers):
        headers = headers | ({"Prefer": "handling=strict"} if EXAMPLES[code].warns else {})
        lines = "".join(f"\n{name}: {value}" for name, value in headers.items())
        return send_example(app, head + lines + mark + body)

    check_german(*in_both(send))


@by_name(REFUSED)
def test_a_mistake_of_a_beginner_is_answered_in_german(app, mistake):
    english, german = in_both(
        lambda headers: make(app, mistake._replace(headers={**(mistake.headers or {}), **headers}))
    )
    check_german(english, german)


def test_an_answer_that_is_kept_for_a_key_is_as_it_was_and_a_refused_one_is_not_kept(app):
    def send(key, body, headers):
        return ask(app, "POST", "/api/s2/rooms", body, {"Idempotency-Key": key, **headers})

    good = document("rooms", attributes=ROOM)
    german = {"Accept-Language": "de"}
    first = send("one", good, german)
    assert (first.status, send("one", good, {}).body) == (201, first.body)
    bad = document("rooms", attributes={})
    check_german(send("two", bad, {}), send("two", bad, german))
    check_german(send("one", bad, {}), send("one", bad, german))


def test_a_cached_answer_is_the_same_in_every_language(app):
    check_german(*in_both(lambda headers: ask(app, "GET", "/api/s1/modules?_=1", headers=headers)))


def test_what_is_refused_in_front_of_flask_is_german(tmp_path):
    app = create_app({"INSTANCE_PATH": str(tmp_path), "RATE_LIMIT_PER_SECOND": 1, "RATE_LIMIT_BURST": 1})
    for path in ("/api/s1/rooms", "/api/s1/v3/users"):
        ask(app, "GET", path)
        check_german(*in_both(lambda headers, path=path: ask(app, "GET", path, headers=headers)))


def test_a_detail_that_nobody_wrote_a_line_for_stays_english():
    assert in_german("Something else: 'x'.") == "Something else: 'x'."


@pytest.mark.parametrize(
    "words", ["' and '", "', '", " must be ", ": ", "'; did you mean '", " at the top: put that into data."]
)
def test_a_long_name_costs_no_more_time_than_its_length(words):
    name = words * (6000 // len(words))
    for shape in (
        "The body has no member 'data'; it must be like x. The body has {} at the top: attr",
        "'{}' must be",
        "{}",
    ):
        in_german(shape.replace("{}", name))


def test_the_page_of_errors_is_german(app):
    answer = app.test_client().get("/docs/errors", headers={"Accept-Language": "de"})
    assert answer.headers["Content-Language"] == "de"
    page = html.unescape(re.sub("</?code>", "`", answer.text))
    for row in catalogue():
        section = page.partition(f'<section id="{row.code}">')[2].partition("</section>")[0]
        assert [text for text in (row.title, row.cause, row.mend) if german_of(text) not in section] == []
        assert [text for text in (row.title, row.cause, row.mend) if text in section and text != german_of(text)] == []


@pytest.mark.parametrize("path", ["/api/s1/rooms/99", "/api/s1/v3/users", "/api/s1/modules?_=1"])
def test_a_browser_shows_an_answer_with_its_findings_in_german(app, path):
    accept = {"Accept": "text/html", "Accept-Language": "de"}
    page = app.test_client().get(path, headers=accept).text
    finding = re.search('<section class="finding.*?</section>', page, re.S)[0]
    told = [html.unescape(re.sub("<[^>]+>", "", text)) for text in re.findall("<(?:h2|p|dd).*?</", finding)]
    assert [text for text in told if english_left(text)] == []
    assert "Warum" in finding


def test_a_secret_that_an_error_repeats_is_blacked_out_in_german_too():
    redaction = Redaction()
    redaction.secrets.add("12345")
    german = in_german("'name' must be a string, not the number 12345; write \"12345\" in quotes.")
    assert "die Zahl 12345" in german
    assert "12345" not in redaction.veil(german).partition(";")[0]
