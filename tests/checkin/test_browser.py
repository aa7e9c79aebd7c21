"""contract: checkin, jsonapi ("CORS"): a page of another origin logs in and works with V3 by fetch, in a real browser."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("selenium", reason="selenium is not installed, so no browser was driven")

from ..conftest import running_server  # noqa: E402
from ..pages.browser import CHROMIUM, DRIVER, MISSING, open_browser  # noqa: E402 - selenium may be missing
from .checkin import ADMIN, PASSWORD, STUDENT, Checkin, email_of, user_entity  # noqa: E402

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING)

PAGE = b"""<!DOCTYPE html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>A check-in client</title>
<script>
let api, token;

async function call(method, path, body) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers['Authorization'] = `Bearer ${token}`;
  const answer = await fetch(api + path, {method, headers, body: JSON.stringify(body)});
  const text = await answer.text();
  return {status: answer.status, body: text && JSON.parse(text), allow: answer.headers.get('Allow')};
}

async function logIn(email, password) {
  const answer = await call('POST', '/v1/sanctum/token', {email, password, device_name: navigator.userAgent});
  token = answer.body.token;
  return answer;
}
</script>
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *arguments):
        """Says nothing."""


@contextmanager
def page_server():
    """The URL of the page, on a port of its own: another origin than the service's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """(Server, driver with the page open)."""
    with running_server(tmp_path_factory.mktemp("browser")) as server, page_server() as page, open_browser() as driver:
        driver.get(page)
        yield server, driver


@pytest.fixture
def world(opened, request):
    """A namespace of the test's own: an admin, a student and a project."""
    server, _ = opened
    world = Checkin(server.client(request.node.name.replace("_", "-")[:64]))
    world.first_admin()
    body = {"name": "Sam Student", "email": email_of(STUDENT), "password": PASSWORD}
    assert world.create("users", body)["id"] == 2
    world.create("projects", {"name": "Check-in"})
    world.v3("PUT", "users/2/projects/1")
    return world


@pytest.fixture
def run(opened, world):
    """run(script) -> what the script returns, run in the page with its functions `call` and `logIn`."""
    server, driver = opened

    def run_script(script):
        return driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            f"api = '{server.root}/api/{world.client.namespace}'; token = undefined;"
            f"(async () => {{ {script} }})().then(done, (error) => done(`${{error}}`));"
        )

    return run_script


def test_a_page_of_another_origin_logs_in_and_works(run, world):
    email, checkin = email_of(STUDENT), {"mood_score": 5, "hours_worked": 6, "date": "2022-03-14"}
    found = run(
        f"""
        const steps = [];
        steps.push(await call('GET', '/v3/users/2'));
        steps.push(await logIn('{email}', 'wrong'));
        steps.push((await logIn('{email}', '{PASSWORD}')).status);
        steps.push(await call('GET', '/v1/user'));
        steps.push(await call('POST', '/v3/users/2/daily-checkins', {json.dumps(checkin)}));
        steps.push(await call('PUT', '/v3/daily-checkins/1', {{comment: 'Heb je een scooter?'}}));
        steps.push(await call('POST', '/v3/users/2/daily-checkins/search', {{mood_score: {{'>': 4}}, with: ['user']}}));
        steps.push(await call('GET', '/v3/users/2/projects/1'));
        steps.push(await call('DELETE', '/v3/daily-checkins/1'));
        steps.push(await call('POST', '/v1/sanctum/logout'));
        steps.push((await call('GET', '/v3/users/2')).status);
        return steps.map((step) => step.body === undefined ? step : [step.status, step.body]);
        """
    )
    sam = user_entity(2, "Sam Student", email, "student")
    made = {
        "id": 1,
        "user_id": 2,
        "mood_score": 5,
        "mood_description": "",
        "hours_worked": 6,
        "comment": "",
        "date": "2022-03-14",
    }
    changed = made | {"comment": "Heb je een scooter?"}
    assert [status for status, _ in found[:2]] == [401, 401]
    assert all(body.keys() == {"message", "errors"} for _, body in found[:2])
    assert found[2] == 200
    assert (found[3][0], found[3][1]["email"]) == (200, email)
    assert found[4:] == [
        [201, made],
        [200, changed],
        [200, [changed | {"user": sam}]],
        [200, {"id": 1, "name": "Check-in", "description": ""}],
        [204, ""],
        [204, ""],
        403,
    ]
    assert world.entity("daily-checkins") == []


def test_a_page_reads_every_refusal(run):
    found = run(
        f"""
        await logIn('{email_of(STUDENT)}', '{PASSWORD}');
        const steps = [
          await call('GET', '/v3/users'),
          await call('GET', '/v3/user'),
          await call('PUT', '/v3/user/2', {{}}),
          await call('PATCH', '/v3/users/2', {{}}),
          await call('POST', '/v3/users/2/daily-checkins', {{mood_score: 6}}),
          await call('GET', '/v3/users/2/projects/9'),
          await call('GET', '/v1/nothing'),
          await call('DELETE', '/v1/user'),
        ];
        token = '1|wrong';
        steps.push(await call('GET', '/v3/users/2'));
        return steps.map((step) => [step.status, Object.keys(step.body.errors), step.allow]);
        """
    )
    assert found == [
        [403, [], None],
        [404, [], None],
        [404, [], None],
        [405, [], "GET, HEAD, PUT, DELETE, OPTIONS"],
        [400, ["mood_score", "hours_worked"], None],
        [404, [], None],
        [404, [], None],
        [405, [], "GET, HEAD, OPTIONS"],
        [403, [], None],
    ]


def test_both_faces_are_open_to_the_same_page(run, world):
    found = run(
        f"""
        await logIn('{email_of(ADMIN)}', '{PASSWORD}');
        await call('POST', '/v3/groups', {{name: 'Coachingsgroep'}});
        const answer = await fetch(api + '/groups/1');
        return (await answer.json()).data.attributes;
        """
    )
    assert found == {"name": "Coachingsgroep", "description": ""}
