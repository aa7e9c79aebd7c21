"""contract: operations, for machines: health, numbers, the log, and what is ready to be used beside the service."""

import gzip
import json
import os
import re
import shutil
import socket
import stat
import subprocess
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ..client import MEDIA_TYPE
from ..conftest import ROOT, free_port, running_server
from .wire import ask, connect, head, read_answer, room, stalled, until, workers

SECRET = "correct-horse"
LAST_CHUNK = b"0\r\n\r\n"
ADA = {"first-name": "Ada", "last-name": "Lovelace", "role": "teacher"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("operations")


@pytest.fixture(scope="module")
def server(folder):
    with running_server(folder, LOG_FORMAT="json") as running:
        yield running


def log_of(server):
    """The lines of the log that the service itself wrote."""
    return [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]


def line_of(server, request_id):
    """The log's line of a request."""
    return until(
        lambda: [line for line in log_of(server) if line.get("id") == request_id and line["event"] == "request"]
    )


# --- health and numbers -----------------------------------------------------------------------------
def test_healthz_and_readyz_say_that_all_is_well(server):
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        answer = ask(server, head(path=path))
        assert (answer.status, answer.json, answer.headers["Cache-Control"]) == (200, {"status": status}, "no-store")


def counts(server):
    """{(face, method, status): requests}"""
    answer = ask(server, head(path="/metrics"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = [sample for family in text_string_to_metric_families(answer.body.decode()) for sample in family.samples]
    found = {
        (sample.labels["face"], sample.labels["method"], sample.labels["status"]): int(sample.value)
        for sample in samples
        if sample.name == "jsonapi_course_request_seconds_count"
    }
    assert {"jsonapi_course_disk_bytes", "jsonapi_course_disk_free_bytes"} <= {sample.name for sample in samples}
    return found


def test_the_numbers_are_of_all_workers(server):
    before = counts(server)
    data = {
        ("jsonapi", "GET", "200"): head(path="/api/s1/rooms"),
        ("jsonapi", "DELETE", "404"): head("DELETE", "/api/s1/rooms/99"),
        ("v3", "GET", "401"): head(path="/api/s1/v3/users"),
        ("pages", "GET", "200"): head(path="/healthz"),
        ("server", "-", "400"): b"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    for request in list(data.values()) * 20:
        ask(server, request)
    after = counts(server)
    grown = {key: after[key] - before.get(key, 0) for key in after}
    assert [grown[key] for key in data if key[0] == "pages"] == [21]  # and the first look at the numbers
    assert [grown[key if key[1] != "-" else ("server", "other", "400")] for key in data if key[0] != "pages"] == [
        20
    ] * 4
    assert len(workers(server)) == 2


# --- the log ----------------------------------------------------------------------------------------
def test_a_request_is_one_line_with_the_id_that_its_answer_and_its_errors_show(server):
    answer = ask(server, head("DELETE", "/api/S1/rooms/99?really=yes"))
    request_id = answer.headers["X-Request-Id"]
    assert [error["id"] for error in answer.errors] == [request_id, f"{request_id}.2"][: len(answer.errors)]
    [line] = line_of(server, request_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("ms") >= 0
    assert line == {
        "level": "info",
        "event": "request",
        "id": request_id,
        "method": "DELETE",
        "path": "/api/S1/rooms/99",
        "status": answer.status,
        "client": "127.0.0.1",
    }


def test_every_answer_has_an_id_of_its_own(server):
    paths = ["/", "/healthz", "/api/s1", "/api/s1/rooms", "/api/s1/rooms", "/nowhere", "/api/s1/v3/users"]
    ids = [ask(server, head(path=path)).headers["X-Request-Id"] for path in paths]
    assert len(set(ids)) == len(paths) and None not in ids


def test_the_log_as_text(tmp_path):
    with running_server(tmp_path, workers=1, TRUSTED_PROXIES="1") as server:
        given = {"X-Request-Id: from-the-proxy-1": "from-the-proxy-1", "X-Request-Id: short": None}
        for header, expected in given.items():
            answer = ask(server, head("GET", "/api/s1/r%0aoms%20x", header, "X-Forwarded-For: 10.1.2.3"))
            request_id = answer.headers["X-Request-Id"]
            assert (request_id == expected) is (expected is not None)
            [line] = until(lambda id_=request_id: re.findall(f"^.* id={id_} .*$", server.log, re.M))
            assert re.fullmatch(
                rf"\S+Z info request id={request_id} method=GET path=/api/s1/r%0Aoms%20x status=404 ms=\S+ "
                "client=10.1.2.3",
                line,
            )


def test_no_password_token_body_or_query_is_ever_logged(tmp_path):
    with running_server(tmp_path, workers=1, LOG_LEVEL="debug") as server:
        client = server.client()
        client.create("users", {**ADA, "email": "ada@example.org", "password": SECRET})
        login = json.dumps({"email": "ada@example.org", "password": SECRET, "device_name": "laptop"})
        token = client.request(
            "POST", "/v1/sanctum/token", body=login.encode(), headers={"Content-Type": "application/json"}
        ).json["token"]
        secret, query = token.partition("|")[2], f"/api/s1/users?email=ada@example.org&password={SECRET}"
        for data in (
            head(path=query),
            head("GET", query, f"Authorization: Bearer {token}"),
            head(path=query + "&unknown=x"),
            head(path=query + "\xe4"),
            head(path=query + "x" * 9000),
            head("GET", query, f"Cookie: {SECRET * 1000}"),
            head("GET", query, "Bad Header: x"),
            head("BREW", query),
            head("GET", f"http://ada:{SECRET}@host{query}"),
            head("POST", query, "Content-Length: 9") + SECRET[:9].encode(),
            head("POST", query, "Transfer-Encoding: chunked") + SECRET.encode() + b"\r\n",
        ):
            ask(server, data)
        last = ask(server, head()).headers["X-Request-Id"]
        assert until(lambda: last in server.log)
        assert [word for word in (SECRET, SECRET[:9], secret, "ada@example.org") if word in server.log] == []


def test_a_failure_is_logged_with_its_trace_and_the_id(server, folder):
    os.rename(folder / "instance", folder / "away")
    answer = ask(server, room("Room"), "POST")
    os.rename(folder / "away", folder / "instance")
    [error] = answer.errors
    lines = until(lambda: [line for line in log_of(server) if line.get("id") == error["id"] and "exception" in line])
    assert [line["level"] for line in lines] == ["error"] and "Traceback" in lines[0]["exception"]
    [line] = line_of(server, error["id"])
    assert (line["level"], line["status"]) == ("error", 503)


# --- what gunicorn refuses --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data, status, code",
    [
        (head(path="/api/s1/r\xf6oms"), 400, "invalid-request"),
        (b"GET / HTTP/7\r\nHost: x\r\n\r\n", 400, "invalid-request"),
        (b"what is this\r\n\r\n", 400, "invalid-request"),
        (head("patch", "/api/s1/rooms/1"), 400, "invalid-request"),
        (head("GET", "/api/s1/rooms", "No colon"), 400, "invalid-request"),
        (head("GET", "/api/s1/rooms", "Expect: cake"), 400, "invalid-request"),
        (
            head("POST", "/api/s1/rooms", "Content-Length: 5", "Transfer-Encoding: chunked") + LAST_CHUNK,
            400,
            "invalid-request",
        ),
        (head("POST", "/api/s1/rooms", "Transfer-Encoding: gzip") + LAST_CHUNK, 400, "invalid-request"),
        (head(path="/api/s1/rooms?" + "x" * 8190), 414, "url-too-long"),
        (head("GET", "/api/s1/rooms", *[f"X-{number}: x" for number in range(60)]), 431, "headers-too-large"),
        (head("GET", "/api/s1/rooms", "X: " + "x" * 8190), 431, "headers-too-large"),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 70_000, 431, "headers-too-large"),
    ],
)
def test_what_is_refused_before_the_service_sees_it_is_a_document_too(server, data, status, code):
    answer = ask(server, data)
    assert (answer.status, answer.headers["Content-Type"]) == (status, MEDIA_TYPE)
    [error] = answer.errors
    assert (error["code"], error["id"]) == (code, answer.headers["X-Request-Id"])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    [line] = line_of(server, error["id"])
    assert (line["status"], line["path"]) == (status, "-")


def test_as_many_parameters_as_fit_into_a_url_are_no_trouble(server):
    answer = ask(server, head(path="/api/s1/rooms?" + "&".join(f"a{number}" for number in range(1400))))
    assert answer.status == 400
    assert len(answer.errors) <= 1400


def test_the_databases_are_for_the_service_only(server, folder):
    server.client().create("rooms", {"name": "Room", "address": "Street"})
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder / "instance").rglob("*")}
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


def test_hup_brings_new_workers_and_loses_no_request(tmp_path):
    with running_server(tmp_path) as server, connect(server) as connection:
        connection.sendall(head())
        assert read_answer(connection).status == 200
        before = workers(server)
        server.process.send_signal(1)
        statuses = [ask(server, head()).status]
        while not (len(workers(server)) == 4 and server.log.count("Worker exiting") == 2):
            statuses.append(ask(server, head()).status)
        assert set(statuses) == {200}
        assert not set(before) & set(workers(server)[2:])


# --- what stands in front ---------------------------------------------------------------------------
@pytest.fixture
def nginx(tmp_path):
    """nginx(upstream's URL) → (the root of a running nginx of deploy/nginx.conf, its folder)."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        pytest.skip("nginx is not installed, so deploy/nginx.conf was not tried")
    started = []

    def start(upstream):
        port = free_port()
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        site = site.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
            "127.0.0.1:5000", urlsplit(upstream).netloc
        )
        site = site.replace("/var/log/nginx/", f"{tmp_path}/")
        (tmp_path / "site.conf").write_text(site)
        folders = "".join(
            f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (tmp_path / "nginx.conf").write_text(
            f"{'user root;' * (os.geteuid() == 0)} daemon off; pid {tmp_path}/nginx.pid; error_log stderr; events {{}} "
            f"http {{ {folders} include {tmp_path}/site.conf; }}"
        )
        command = [program, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
        tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))

        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        assert until(listens)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=10)


class Behind:
    """What ask() needs of a server, for the proxy in front of one."""

    def __init__(self, root):
        self.root = root


def test_the_nginx_configuration_stands_in_front(tmp_path, nginx):
    with running_server(tmp_path, workers=1, TRUSTED_PROXIES="1") as server:
        front = Behind(nginx(server.root))
        answer = ask(front, room("Room").replace(b"Host: 127.0.0.1\r\n", b"Host: sandbox.example.org\r\n"), "POST")
        assert (answer.status, answer.headers["Location"]) == (201, "http://sandbox.example.org/api/s1/rooms/1")
        assert ask(front, head(path="/metrics")).status == 403
        assert ask(front, head(path=f"/api/s1/users?email=a@b.co&password={SECRET}")).status == 200
        too_large = ask(
            front, head("POST", "/api/s1/rooms", f"Content-Length: {2**20 + 1}") + b" " * (2**20 + 1), "POST"
        )
        assert (too_large.status, too_large.errors[0]["code"]) == (413, "body-too-large")
        packed = ask(front, head("GET", "/openapi.json", "Accept-Encoding: gzip"))
        assert json.loads(gzip.decompress(packed.body))["openapi"].startswith("3.1")
        server.process.terminate()
        server.process.wait(timeout=25)
        gone = ask(front, head())
        assert (gone.status, gone.headers["Content-Type"]) == (502, MEDIA_TYPE)
        assert gone.headers["Access-Control-Allow-Origin"] == "*"
        assert gone.errors[0]["status"] == "502"
        assert "/api/s1/users" in (tmp_path / "jsonapi-course.log").read_text()
        assert SECRET not in (tmp_path / "jsonapi-course.log").read_text()


def test_behind_nginx_a_client_chooses_neither_its_address_nor_its_id_nor_the_links_host(tmp_path, nginx):
    with running_server(tmp_path, workers=1, TRUSTED_PROXIES="1", LOG_FORMAT="json") as server:
        front = Behind(nginx(server.root))
        chosen = ("X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil.example", "X-Request-Id: chosen-by-the-client")
        answer = ask(front, head("GET", "/api/s1/rooms", *chosen))
        assert answer.json["links"]["self"] == "http://127.0.0.1/api/s1/rooms"
        request_id = answer.headers["X-Request-Id"]
        [line] = line_of(server, request_id)
        assert (line["client"], request_id) != ("6.6.6.6", "chosen-by-the-client")
        assert until(lambda: request_id in (tmp_path / "jsonapi-course.log").read_text())


def test_slow_clients_of_nginx_stop_nobody_and_what_it_refuses_itself_is_a_document(tmp_path, nginx):
    with running_server(tmp_path, workers=1, TRUSTED_PROXIES="1") as server:
        front = Behind(nginx(server.root))
        half = head("POST", "/api/s1/rooms", "Content-Length: 100") + b'{"data"'
        with stalled(front, half, 60):
            assert [ask(front, head()).status for _ in range(20)] == [200] * 20
        refused = [
            ask(front, head("GET", "/api/s1/rooms", "X: " + "x" * 9000)),
            ask(front, head(path="/api/s1/rooms?" + "x" * 9000)),
            ask(front, head("POST", "/api/s1/import", f"Content-Length: {40 * 2**20}"), "POST"),
            ask(front, b"GET / HTTP/1.1\r\n\r\n"),
        ]
        for answer, status in zip(refused, (431, 414, 413, 400), strict=True):
            assert (answer.status, answer.headers["Content-Type"]) == (status, MEDIA_TYPE)
            assert (answer.errors[0]["status"], answer.headers["Access-Control-Allow-Origin"]) == (str(status), "*")


def test_without_trusted_proxies_nothing_is_believed(server):
    answer = ask(
        server,
        head(
            "GET",
            "/api/s1/rooms",
            "X-Forwarded-For: 6.6.6.6",
            "X-Forwarded-Host: evil.example",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Prefix: /evil",
            "X-Request-Id: chosen-by-the-client",
        ),
    )
    assert answer.json["links"]["self"] == "http://127.0.0.1/api/s1/rooms"
    [line] = line_of(server, answer.headers["X-Request-Id"])
    assert (line["client"], line["id"] == "chosen-by-the-client") == ("127.0.0.1", False)


def test_systemd_is_told_when_the_service_is_ready_as_its_unit_promises(tmp_path, monkeypatch):
    assert "Type=notify" in (ROOT / "deploy" / "jsonapi-course.service").read_text()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with running_server(tmp_path, workers=1):
            assert b"READY=1" in told.recv(1000)


def test_the_unit_of_systemd_is_one():
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd is not installed, so deploy/jsonapi-course.service was not tried")
    unit = ROOT / "deploy" / "jsonapi-course.service"
    tried = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
    complaints = [line for line in tried.stderr.splitlines() if unit.name in line and "is not executable" not in line]
    assert complaints == []


def test_the_dockerfile_copies_what_there_is_and_runs_what_make_runs():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"wsgi.py", "gunicorn.conf.py", "gunicorn_worker.py", "jsonapi_course"} <= {
        name.strip("/") for name in copied
    }
    assert json.loads(re.search(r"^CMD (.*)$", "\n".join(lines), re.M)[1]) == ["gunicorn", "wsgi:app"]
