"""README and guides: every command and example is run, every table, name and link is checked against the code."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from jsonapi_course.config import PREFIX, SETTINGS
from jsonapi_course.errors import catalogue

from .conftest import ROOT, running_server

DOCUMENTED = "http://127.0.0.1:5000"

# The settings under which a guide says that its examples are run.
GUIDES = {
    "README.md": {},
    "docs/students.md": {},
    "docs/checkin.md": {},
    "docs/checkin-v1.md": {},
    "docs/operators.md": {"TRUSTED_PROXIES": "1"},
    "docs/instructors.md": {"SEMESTERS": "SS26,WS26/27"},
}
CHECKED_FILES = [*GUIDES, "CHANGELOG.md"]
WITH_FETCH = [name for name in GUIDES if "```js\n" in (ROOT / name).read_text()]

# --- reading the guides -----------------------------------------------------------------------------
_PART = re.compile(
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$|^\| `(?P<query>/\w+\?[^`]+)` \| (?P<ids>[^|]+) \|", re.M | re.S
)


@dataclass
class Step:
    """One example: what is typed, and the answer that is shown below it."""

    language: str
    text: str
    answer_language: str | None = None
    answer: str | None = None


def steps_of(name):
    """The examples in their order: sh and js blocks with the json, http or text block after them, rows of query tables."""
    steps = []
    for part in _PART.finditer((ROOT / name).read_text()):
        language, text = part["language"], part["text"]
        if part["query"]:
            steps.append(Step("sh", f'curl -g "$API{part["query"]}"', "ids", part["ids"]))
        elif language in ("json", "http", "text"):
            assert steps and steps[-1].answer is None, f"{name}: an answer without its example:\n{text}"
            steps[-1].answer_language, steps[-1].answer = language, text
        elif language in ("sh", "js"):
            steps.append(Step(language, text))
        else:
            assert language in ("nginx", "ini"), f"{name}: nobody runs the block:\n{text}"
    return steps


def is_make(step):
    return step.language == "sh" and step.text.startswith("make")


def table_under(name, heading):
    """The rows of the first table after a heading, each a list of its cells."""
    text = (ROOT / name).read_text().partition(f"## {heading}\n")[2]
    rows = re.search(r"^\|.*\n\| ?---.*\n((?:\|.*\n)+)", text, re.M)[1]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows.splitlines()]


# --- running them -----------------------------------------------------------------------------------
_CURLRC = 'silent\nshow-error\nwrite-out = "%{stderr}status %{http_code}\\n"\n'
_PRINT_JSON = "console.log = (value) => process.stdout.write(JSON.stringify(value));\n"


def run(steps, folder, root, settings=()):
    """Runs the examples in one bash, in their order, against the server at `root`: [(step, output, statuses)].

    They are typed where its instance folder is, so the command line works on that, with the same settings.
    """
    (folder / ".curlrc").write_text(_CURLRC)
    lines = ["set -eu"]
    for number, step in enumerate(steps):
        command = step.text.replace(DOCUMENTED, root)
        if step.language == "js":
            (folder / f"{number}.mjs").write_text(_PRINT_JSON + command)
            command = f"node {number}.mjs"
        lines.append(f"{{\n{command}\n}} >{number}.out 2>{number}.err </dev/null")
    script = folder / "examples.sh"
    script.write_text("\n".join(lines))
    environment = {
        **os.environ,
        **{PREFIX + name: value for name, value in dict(settings).items()},
        "CURL_HOME": str(folder),
        "no_proxy": "*",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(["bash", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=100)
    results = []
    for number, step in enumerate(steps):
        errors = folder / f"{number}.err"
        said = errors.read_text() if errors.exists() else "it was not reached"
        assert done.returncode == 0 or folder.joinpath(f"{number + 1}.err").exists(), (
            f"{step.text}\n{said}{done.stderr}"
        )
        output = (folder / f"{number}.out").read_bytes().decode()
        results.append((step, output, [int(status) for status in re.findall(r"^status (\d+)$", said, re.M)]))
    return results


def check_answer(step, output, statuses, root):
    shown = (step.answer or "").replace(DOCUMENTED, root)
    if step.answer_language == "ids":
        found = [item["id"] for item in json.loads(output)["data"]]
        assert found == re.findall(r"\d+", shown), step.text
    elif step.answer_language == "http":
        head, _, body = output.partition("\r\n\r\n")
        shown_head, _, shown_body = shown.partition("\n\n")
        lines = head.split("\r\n")
        shown_lines = shown_head.splitlines()
        assert matches(shown_lines[0], lines[0]), f"{step.text}\n{head}"
        for line in shown_lines[1:]:
            assert any(matches(line, other) for other in lines), f"{step.text}\n{line} is not in\n{head}"
        check_documents(step, shown_body, body)
    elif step.answer_language == "json":
        check_documents(step, shown, output)
    elif step.answer_language == "text":
        assert matches(shown.strip(), output.strip()), f"{step.text}\n{output}"
    if '"errors"' not in shown:
        assert all(status < 400 for status in statuses), f"{step.text}\n{statuses}\n{output}"


def check_documents(step, shown, output):
    expected, actual = documents(with_wildcards(shown)), documents(output)
    assert matches(expected, actual), f"{step.text}\nshown:  {shown}\nanswer: {json.dumps(actual, indent=2)}"


def documents(text):
    """The JSON values that stand one after the other in a text."""
    found, text = [], text.strip()
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        found.append(value)
        text = text[end:].strip()
    return found


def with_wildcards(text):
    """The text of a JSON value in which … stands for members, items or a value, as JSON."""
    tokens, open_brackets, last = [], [], ""
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|.', text, re.S):
        if token in ("{", "["):
            open_brackets.append(token)
        elif token in ("}", "]"):
            open_brackets.pop()
        elif token == "…":
            token = '"…": "…"' if open_brackets[-1:] == ["{"] and last in ("{", ",") else '"…"'
        tokens.append(token)
        last = last if token.isspace() else token
    return "".join(tokens)


def matches(shown, actual):
    """Whether a value is as shown: … in a text is any text, alone it is any value, and as the last member or item
    at least one more.
    """
    if shown == "…":
        return True
    if isinstance(shown, str) and isinstance(actual, str):
        return re.fullmatch(".*".join(re.escape(part) for part in shown.split("…")), actual, re.S) is not None
    if isinstance(shown, dict) and isinstance(actual, dict):
        named = {name: value for name, value in shown.items() if name != "…"}
        complete = len(actual) > len(named) if "…" in shown else len(actual) == len(named)
        return complete and all(name in actual and matches(named[name], actual[name]) for name in named)
    if isinstance(shown, list) and isinstance(actual, list):
        if shown[-1:] == ["…"] and len(actual) >= len(shown):
            shown, actual = shown[:-1], actual[: len(shown) - 1]
        return len(shown) == len(actual) and all(map(matches, shown, actual))
    return type(shown) is type(actual) and shown == actual


@pytest.mark.parametrize(
    ("shown", "actual", "expected"),
    [
        ('{"a": 1, …}', {"a": 1, "b": 2}, True),
        ('{"a": 1, …}', {"a": 2, "b": 2}, False),
        ('{"a": 1, …}', {"a": 1}, False),
        ('{"a": …}', {"a": [1]}, True),
        ('{"a": 1}', {"a": 1, "b": 2}, False),
        ('[{"id": "1", …}, …]', [{"id": "1", "type": "x"}, 2, 3], True),
        ("[1, …]", [1], False),
        ("[1]", [1, 2], False),
        ('"a…c"', "abc", True),
        ('"a…c"', "abcd", False),
        ("1", True, False),
        ("{}", [], False),
    ],
)
def test_a_shown_answer_matches_what_it_says_and_no_more(shown, actual, expected):
    assert matches(json.loads(with_wildcards(shown)), actual) is expected


def check_guide(name, tmp_path, languages):
    steps = [step for step in steps_of(name) if step.language in languages and not is_make(step)]
    with running_server(tmp_path, workers=1, **GUIDES[name]) as server:
        for step, output, statuses in run(steps, tmp_path, server.root, GUIDES[name]):
            check_answer(step, output, statuses, server.root)


@pytest.mark.parametrize("name", GUIDES)
def test_the_curl_examples_of_a_guide_give_the_answers_shown(name, tmp_path):
    check_guide(name, tmp_path, ("sh",))


@pytest.mark.parametrize("name", WITH_FETCH)
def test_the_fetch_examples_between_them_give_the_answers_shown(name, tmp_path):
    if not shutil.which("node"):
        pytest.skip("node is not installed, so the fetch examples of the guides were not run")
    assert all(step.answer for step in steps_of(name) if step.language == "js")
    check_guide(name, tmp_path, ("sh", "js"))


# --- make -------------------------------------------------------------------------------------------
def make(*arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)


def targets():
    return re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()


def test_make_alone_lists_each_target():
    listed = re.findall(r"^ +make ([a-z-]+) +\S", make().stdout, re.M)
    assert sorted(listed) == sorted(targets())


@pytest.mark.parametrize("name", GUIDES)
def test_the_make_targets_named_in_a_guide_exist(name):
    text = (ROOT / name).read_text()
    named = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z-]+)", text, re.M)
    assert set(named) <= set(targets())


@pytest.mark.parametrize(
    "command", [line for name in GUIDES for step in steps_of(name) if is_make(step) for line in step.text.splitlines()]
)
def test_a_make_command_of_the_guides_can_be_run(command):
    done = make("--dry-run", *command.partition("#")[0].split()[1:])
    assert (done.returncode, done.stderr) == (0, "")


# --- tables against the code ------------------------------------------------------------------------
def test_the_settings_table_is_the_settings():
    assert table_under("README.md", "Settings") == [
        [f"`{setting.name}`", setting.default and f"`{setting.default}`", setting.help] for setting in SETTINGS
    ]


@pytest.mark.parametrize("name", GUIDES)
def test_the_variables_named_in_a_guide_are_settings(name):
    named = re.findall(rf"{PREFIX}([A-Z_]+)", (ROOT / name).read_text())
    assert set(named) <= {setting.name for setting in SETTINGS}


def examples_of(path, registry):
    """The paths of a row of the endpoint table: with every type, and with every relationship of it where one is named."""
    path = path.replace("<your_id>", "s1234").replace("<id>", "1")
    if "<entity>" in path:
        entities = [resource.type for resource in registry if ".checkin." in type(resource).__module__]
        return {path.replace("<entity>", entity) for entity in ["users", *entities]}
    return {
        path.replace("<type>", resource.type).replace("<relationship>", name)
        for resource in registry
        for name in (resource.relationships if "<relationship>" in path else [""])
    }


def test_the_endpoints_answer_to_the_methods_in_the_table(app):
    registry = app.extensions["jsonapi_course"].registry
    stated, offered = {}, {}
    for path, methods, _ in table_under("README.md", "Endpoints"):
        methods = methods.split()
        for example in examples_of(path.strip("`"), registry):
            allow = app.test_client().options(example).headers["Allow"]
            offered[example] = set(allow.split(", ")) - {"HEAD", "OPTIONS"}
            stated[example] = set(methods)
    assert offered == stated
    routes = app.url_map.bind("localhost")
    outside = {rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(("/api/", "/static/"))}
    assert outside <= {routes.match(path, method="OPTIONS", return_rule=True)[0].rule for path in stated}


def test_the_types_named_before_the_endpoints_are_all_there_are(app):
    text = (ROOT / "README.md").read_text().partition("## Endpoints\n")[2].partition("\n|")[0]
    types = [resource.type for resource in app.extensions["jsonapi_course"].registry]
    assert sorted(re.findall(r"`([a-z-]+)`", text)) == sorted(types)


def test_the_map_names_every_part_of_the_package():
    named = re.findall(r"\]\(jsonapi_course/([\w.]+)", (ROOT / "README.md").read_text())
    parts = {path.name for path in (ROOT / "jsonapi_course").iterdir() if path.is_dir() or path.suffix == ".py"}
    assert set(named) == parts - {"__pycache__"}


@pytest.mark.parametrize("name", GUIDES)
def test_the_errors_named_in_a_guide_exist(name):
    named = re.findall(r"`(\d{3} [a-z-]+)`", (ROOT / name).read_text())
    assert set(named) <= {f"{row.status} {row.code}" for row in catalogue()}


# --- links ------------------------------------------------------------------------------------------
def anchors(path):
    """The anchors of a file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", CHECKED_FILES)
def test_the_relative_links_of_a_file_lead_somewhere(name):
    source = ROOT / name
    broken = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", source.read_text()):
        file, _, anchor = link.partition("#")
        target = source.parent / file if file else source
        if not target.exists() or anchor and anchor not in anchors(target):
            broken.append(link)
    assert broken == []


def test_every_guide_is_linked_from_the_readme():
    linked = re.findall(r"\]\((docs/[\w-]+\.md)\)", (ROOT / "README.md").read_text())
    assert sorted(set(linked)) == sorted(str(path.relative_to(ROOT)) for path in Path(ROOT, "docs").glob("*.md"))


# --- pages ------------------------------------------------------------------------------------------
class Page(HTMLParser):
    """The text of each section of a page, and the targets of its links."""

    def __init__(self, text):
        super().__init__()
        self.section, self.sections, self.links = None, {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "section":
            self.section = attributes["id"]
            self.sections[self.section] = ""
        elif tag == "a":
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        if tag == "section":
            self.section = None

    def handle_data(self, data):
        if self.section:
            self.sections[self.section] += data.replace("`", "")


def test_the_page_of_errors_has_a_section_for_every_error(app):
    answer = app.test_client().get("/docs/errors")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    sections = Page(answer.text).sections
    assert list(sections) == [row.code for row in catalogue()]
    for row in catalogue():
        lacking = [
            text
            for text in (row.title, row.code, row.cause, row.mend)
            if text.replace("`", "") not in sections[row.code]
        ]
        assert lacking == [], row.code
