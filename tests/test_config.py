"""contract: operations, Settings: each once, with a default that holds and a sentence for a value that cannot be."""

import logging
import os
import subprocess
import sys

import pytest

from jsonapi_course import create_app
from jsonapi_course.config import PREFIX, SETTINGS, InvalidSetting, load_settings

from .conftest import ROOT, free_port, running_server

BY_NAME = {setting.name: setting for setting in SETTINGS}

# What a setting takes: (text, value)
GOOD = {
    "INSTANCE_PATH": [("/data/api", "/data/api"), ("data", os.path.abspath("data")), (" /data ", "/data")],
    "SEMESTERS": [("SS26", ("SS26",)), (" SS26 , WS26/27 ,", ("SS26", "WS26/27"))],
    "STRICT": [
        *((text, True) for text in ("1", "true", "TRUE", "yes", "on", " 1 ")),
        *((text, False) for text in ("0", "false", "no", "Off", "")),
    ],
    "TIMEZONE": [("UTC", "UTC"), ("Europe/Amsterdam", "Europe/Amsterdam")],
    "TOKEN_TTL_SECONDS": [("0", 0), ("3600", 3600)],
    "MAX_BODY_BYTES": [("1", 1), ("10485760", 10485760)],
    "NAMESPACE_MAX_ROWS": [("1", 1), ("500", 500)],
    "NAMESPACE_MAX_BYTES": [("1", 1), ("1073741824", 1073741824)],
    "MAX_NAMESPACES": [("1", 1), ("300", 300)],
    "NEW_NAMESPACES_PER_HOUR": [("0", 0), ("60", 60)],
    "RATE_LIMIT_PER_SECOND": [("0", 0), ("1000000", 1000000)],
    "RATE_LIMIT_BURST": [("0", 0), ("50", 50)],
    "TRUSTED_PROXIES": [("0", 0), ("16", 16)],
    "INSTRUCTOR_TOKEN": [("", ""), (" ", ""), ("x" * 16, "x" * 16), (" 0123456789 abcdef ", "0123456789 abcdef")],
    "LOG_FORMAT": [("text", "text"), ("JSON", "json")],
    "LOG_LEVEL": [("debug", "debug"), ("INFO", "info"), ("warning", "warning"), ("error", "error")],
}

_AT_LEAST_0 = "it is a whole number from 0 to 9007199254740992"
_AT_LEAST_1 = "it is a whole number from 1 to 9007199254740992"

# What it does not take: (texts, what the sentence says that it is)
BAD = {
    "INSTANCE_PATH": (["", " "], "it is the path of a folder"),
    "SEMESTERS": (["", ",", " , "], "it is a list of at least one name, separated by commas"),
    "STRICT": (["2", "maybe", "strict", "-1"], "it is a switch: 0 or 1"),
    "TIMEZONE": (["Mars", "", "../UTC", "/etc/localtime"], "it is the name of a time zone such as Europe/Berlin"),
    "TOKEN_TTL_SECONDS": (["-1", "1h", "1.5", "", "٣", "1_000", "9007199254740993"], _AT_LEAST_0),
    "MAX_BODY_BYTES": (["0", "-1", "1MB", "1e6", "1.0", "", "0x10", "²"], _AT_LEAST_1),
    "NAMESPACE_MAX_ROWS": (["0", "-1", "many", ""], _AT_LEAST_1),
    "NAMESPACE_MAX_BYTES": (["0", "32MB", ""], _AT_LEAST_1),
    "MAX_NAMESPACES": (["0", "all", ""], _AT_LEAST_1),
    "NEW_NAMESPACES_PER_HOUR": (["-1", "off", ""], _AT_LEAST_0),
    "RATE_LIMIT_PER_SECOND": (["-1", "0.5", "1000001", ""], "it is a whole number from 0 to 1000000"),
    "RATE_LIMIT_BURST": (["-1", "many", "1000001", ""], "it is a whole number from 0 to 1000000"),
    "TRUSTED_PROXIES": (["-1", "17", "yes", ""], "it is a whole number from 0 to 16"),
    "LOG_FORMAT": (["xml", "", "1"], "it is one of text, json"),
    "LOG_LEVEL": (["loud", "", "20", "critical"], "it is one of debug, info, warning, error"),
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def in_environment(**settings):
    return {PREFIX + name: value for name, value in settings.items()}


def cases(table):
    return [(name, *case) for name, rows in table.items() for case in rows]


# --- each setting ------------------------------------------------------------------------------------
def test_each_setting_exists_once_and_has_a_help_and_cases_here():
    assert len(BY_NAME) == len(SETTINGS)
    assert BY_NAME.keys() == GOOD.keys() >= BAD.keys()  # a new setting needs cases here
    assert [setting.name for setting in SETTINGS if not setting.help or setting.name != setting.name.upper()] == []


def test_every_default_can_be():
    assert load_settings(environ={}) == {setting.name: setting.parse(setting.default) for setting in SETTINGS}


def test_the_defaults_are_those_of_the_contract():
    expected = {
        "INSTANCE_PATH": os.path.abspath("instance"),
        "SEMESTERS": ("SS18", "WS18/19", "SS19", "WS19/20"),
        "STRICT": False,
        "MAX_BODY_BYTES": 1048576,
        "NAMESPACE_MAX_ROWS": 20000,
        "NAMESPACE_MAX_BYTES": 33554432,
        "MAX_NAMESPACES": 10000,
        "NEW_NAMESPACES_PER_HOUR": 600,
        "RATE_LIMIT_PER_SECOND": 100,
        "RATE_LIMIT_BURST": 400,
        "TRUSTED_PROXIES": 0,
        "INSTRUCTOR_TOKEN": "",
        "LOG_FORMAT": "text",
        "LOG_LEVEL": "info",
    }
    settings = load_settings(environ={})
    assert {name: settings[name] for name in expected} == expected


@pytest.mark.parametrize("name, text, value", cases(GOOD))
def test_a_good_value_is_taken_from_the_environment_and_from_overrides(name, text, value):
    assert load_settings(environ=in_environment(**{name: text}))[name] == value
    assert load_settings({name: text}, environ={})[name] == value


@pytest.mark.parametrize(
    "name, text, hint", [(name, text, hint) for name, (texts, hint) in BAD.items() for text in texts]
)
def test_a_value_that_cannot_be_is_refused_with_a_sentence_that_names_the_setting(name, text, hint):
    for overrides, environ in [(None, in_environment(**{name: text})), ({name: text}, {})]:
        with pytest.raises(InvalidSetting) as caught:
            load_settings(overrides, environ)
        assert str(caught.value) == f"JSONAPI_COURSE_{name}={text} cannot be: {hint}."


@pytest.mark.parametrize("text", ["geheim", "x" * 15, " " * 16 + "short"])
def test_a_token_that_is_too_short_is_refused_without_being_shown(text):
    with pytest.raises(InvalidSetting) as caught:
        load_settings(environ=in_environment(INSTRUCTOR_TOKEN=text))
    assert str(caught.value) == (
        "JSONAPI_COURSE_INSTRUCTOR_TOKEN cannot be: it has at least 16 characters, such as `openssl rand -hex 16` gives."
    )


# --- where they come from ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "overrides, name, value",
    [
        ({"STRICT": True}, "STRICT", True),
        ({"STRICT": False}, "STRICT", False),
        ({"MAX_BODY_BYTES": 5}, "MAX_BODY_BYTES", 5),
        ({"SEMESTERS": ["SS26", "WS26/27"]}, "SEMESTERS", ("SS26", "WS26/27")),
        ({"SEMESTERS": ("SS26",)}, "SEMESTERS", ("SS26",)),
    ],
)
def test_an_override_can_be_a_python_value(overrides, name, value):
    assert load_settings(overrides, environ={})[name] == value


def test_an_override_wins_over_the_environment_and_that_over_the_default():
    environ = in_environment(STRICT="1", MAX_BODY_BYTES="7")
    settings = load_settings({"STRICT": "0"}, environ)
    assert (settings["STRICT"], settings["MAX_BODY_BYTES"], settings["LOG_LEVEL"]) == (False, 7, "info")


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("STRIKT", "Unknown setting JSONAPI_COURSE_STRIKT is ignored. Did you mean STRICT?"),
        ("MAX_BODY", "Unknown setting JSONAPI_COURSE_MAX_BODY is ignored. Did you mean MAX_BODY_BYTES?"),
        ("SEMESTER", "Unknown setting JSONAPI_COURSE_SEMESTER is ignored. Did you mean SEMESTERS?"),
        ("XYZ", "Unknown setting JSONAPI_COURSE_XYZ is ignored."),
    ],
)
def test_an_unknown_setting_in_the_environment_is_a_warning_with_a_suggestion(caplog, name, sentence):
    caplog.set_level(logging.WARNING, logger="jsonapi_course")  # an app of another test may have set another
    assert load_settings(environ=in_environment(**{name: "1"})) == load_settings(environ={})
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.WARNING, sentence)]


def test_what_has_another_prefix_is_no_affair_of_the_service(caplog):
    load_settings(environ={"STRICT": "maybe", "JSONAPI_STRICT": "maybe", "PORT": "x"})
    assert caplog.records == []


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("STRIKT", "There is no setting STRIKT. Did you mean STRICT?"),
        ("strict", "There is no setting strict."),
        ("JSONAPI_COURSE_STRICT", "There is no setting JSONAPI_COURSE_STRICT."),
    ],
)
def test_an_unknown_override_is_refused(name, sentence):
    with pytest.raises(InvalidSetting) as caught:
        create_app({name: "1"})
    assert str(caught.value).startswith(sentence)


# --- create_app and gunicorn -------------------------------------------------------------------------
def test_create_app_takes_the_environment_and_its_argument_overrides_that(monkeypatch, tmp_path):
    monkeypatch.setenv("JSONAPI_COURSE_INSTANCE_PATH", str(tmp_path / "environment"))
    monkeypatch.setenv("JSONAPI_COURSE_STRICT", "1")
    settings = create_app({"INSTANCE_PATH": str(tmp_path / "argument")}).extensions["jsonapi_course"].settings
    assert (settings["INSTANCE_PATH"], settings["STRICT"]) == (str(tmp_path / "argument"), True)
    assert not (tmp_path / "environment").exists()


def test_two_apps_in_one_process_have_their_own_settings(make_app):
    apps = [make_app(STRICT="1", LOG_LEVEL="error"), make_app(MAX_BODY_BYTES=9)]
    found = [app.extensions["jsonapi_course"].settings for app in apps]
    assert [(one["STRICT"], one["MAX_BODY_BYTES"]) for one in found] == [(True, 1048576), (False, 9)]


def test_the_server_does_not_start_with_a_value_that_cannot_be_and_says_why(tmp_path):
    environment = {**os.environ, **in_environment(STRICT="maybe", INSTANCE_PATH=str(tmp_path / "instance"))}
    ended = subprocess.run(
        [sys.executable, "-m", "gunicorn", "wsgi:app"],
        cwd=ROOT,
        env={**environment, "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode != 0
    assert "JSONAPI_COURSE_STRICT=maybe cannot be: it is a switch: 0 or 1." in ended.stderr + ended.stdout
    assert not (tmp_path / "instance").exists()


def test_the_server_warns_of_a_setting_that_it_does_not_know_and_takes_those_that_it_does(tmp_path):
    with running_server(tmp_path, workers=1, STRICKT="1", SEMESTERS="SS26") as server:
        assert server.client().get("/modules?filter[semester]=SS26").warnings == []
        assert [warning["code"] for warning in server.client().get("/modules?semester=SS18").warnings] == [
            "unmatchable-value"
        ]
        assert "Unknown setting JSONAPI_COURSE_STRICKT is ignored. Did you mean STRICT?" in server.log
