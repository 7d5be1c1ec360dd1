"""Settings: the file, the variables over it, what is refused and how, and that the annotated file tells all of them."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ingest.limits import limits
from warehouse.store.data_root import Root
from warehouse.store.settings import Log, Receiver, Retention, Schedules, Settings, duckdb_bounds, settings
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PACKAGE, PROJECT

ANNOTATED = PROJECT / "deploy" / "skills.yaml"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file in force; its text is the test's to write."""
    for variable in [name for name in os.environ if name.startswith("SKILLS_")]:
        monkeypatch.delenv(variable)
    path = tmp_path / "skills.yaml"
    path.write_text("", "utf-8")
    monkeypatch.setenv("SKILLS_SETTINGS", str(path))
    return path


def test_the_annotated_file_tells_every_key_with_its_default(written: Path) -> None:
    text = ANNOTATED.read_text("utf-8")
    written.write_text(text, "utf-8")
    assert settings() == Settings()
    told = yaml.safe_load(text)
    assert list(told) == [field.name for field in dataclasses.fields(Settings)]
    for name, section in told.items():
        if dataclasses.is_dataclass(default := getattr(Settings(), name)):
            assert list(section) == [field.name for field in dataclasses.fields(default)], name
    example = {key for line in text.splitlines() for key in re.findall(r"^  # [- ] (\w+):", line)}
    assert example == {field.name for field in dataclasses.fields(Receiver)}


def test_a_file_says_some_keys_and_the_others_keep_their_defaults(written: Path) -> None:
    written.write_text("data_root: data\nschedules: {monthly_hour: 9}\nlog:\n", "utf-8")
    assert settings() == Settings(data_root=written.parent / "data", schedules=Schedules(monthly_hour=9))
    assert Root.default().path == written.parent / "data"
    written.write_text("log: {files: 3}", "utf-8")
    assert settings() == Settings(log=Log(files=3)), "a changed file is read again"


def test_without_a_file_all_is_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("SKILLS_")]:
        monkeypatch.delenv(variable)
    assert settings() == Settings()
    assert Root.default().path == PACKAGE / "data"


def test_variables_stand_over_the_file(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written.write_text("data_root: data\ninbox: in\nretention: {publications: 2, month_ends: 3}", "utf-8")
    monkeypatch.setenv("SKILLS_HOME", str(written.parent / "elsewhere"))
    monkeypatch.setenv("SKILLS_RETENTION__PUBLICATIONS", "7")
    monkeypatch.setenv("SKILLS_ALERTS__REMINDER_DAYS", "[9, 2]")
    monkeypatch.setenv("SKILLS_LOG__FOLDER", "/var/log/skills")
    monkeypatch.setenv("SKILLS_URLS__PAGES", "12")
    assert Root.default().path == written.parent / "elsewhere"
    assert Root.default().inbox == written.parent / "in"
    assert settings().retention == Retention(publications=7, month_ends=3)
    assert settings().alerts.reminder_days == (9, 2)
    assert settings().log.folder == Path("/var/log/skills")
    assert settings().urls.pages == "12"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour: red", "colour is no setting; there are data_root, inbox"),
        ("log: {file: 3}", "log.file is no setting; there are folder, max_mb, files"),
        ("log: 3", "log must be keys with values: folder, max_mb, files"),
        ("log: {files: many}", "log.files must be a whole number"),
        ("log: {files: true}", "log.files must be a whole number"),
        ("log: {files: 0}", "log: max_mb and files must be whole numbers above 0"),
        ("alerts: {reminder_days: 5}", "alerts.reminder_days must be a list"),
        ("alerts: {departments: {HRSS: [1]}}", r"alerts.departments.HRSS\[0\] must be text"),
        ("alerts: {receivers: [{kind: smtp}]}", r"alerts.receivers\[0\] has no name"),
        ("alerts: {receivers: [{name: a, kind: fax}]}", r"receivers\[0\].kind must be one of smtp, wecom"),
        ("alerts: {receivers: [{name: a, kind: smtp}]}", "a receiver of kind smtp needs host, sender, to"),
        ("alerts: {receivers: [{name: a, kind: webhook}]}", "a receiver of kind webhook needs url"),
        ("time_zone: Moon/Crater", "time_zone must be the name of a time zone"),
        ("schedules: {monthly_hour: 24}", "schedules: monthly_hour must be an hour"),
        ("- 1", "the file must hold keys with values"),
        ("a: [", "line 1 is no YAML"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_key_and_what_is_allowed(written: Path, text: str, said: str) -> None:
    written.write_text(text, "utf-8")
    with pytest.raises(OperatorError, match=said) as refused:
        settings()
    assert str(refused.value).startswith(str(written))


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("SKILLS_LOGS__FILES", "3", "SKILLS_LOGS__FILES is no setting; sections are SCHEDULES, URLS"),
        ("SKILLS_LOG__FILE", "3", "SKILLS_LOG__FILE is no setting; keys there are FOLDER, MAX_MB, FILES"),
        ("SKILLS_LOG__FILES", "many", "SKILLS_LOG__FILES must be a whole number"),
        ("SKILLS_LOG__FILES", "0", "SKILLS_LOG__FILES: max_mb and files must be"),
        ("SKILLS_TIME_ZONE", "Moon", "SKILLS_TIME_ZONE: time_zone must be the name"),
        ("SKILLS_SETTINGS", "/nowhere/skills.yaml", "/nowhere/skills.yaml cannot be read"),
    ],
)
def test_a_variable_that_does_not_fit_is_refused_by_its_name(
    written: Path, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, said: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(OperatorError, match=said):
        settings()


def test_secrets_are_references_and_show_themselves_nowhere(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = "{name: a, kind: smtp, host: h, sender: s, to: [t], user: u, password: %s}"
    written.write_text(f"alerts: {{receivers: [{mail % 'hunter2'}]}}", "utf-8")
    with pytest.raises(OperatorError, match=r"password must be a reference: \$\{NAME\}") as refused:
        settings()
    assert "hunter2" not in str(refused.value)
    written.write_text("alerts: {receivers: [{name: a, kind: wecom, url: 'https://chat/send?key=hunter2'}]}", "utf-8")
    with pytest.raises(OperatorError, match="the url of wecom holds a key") as refused:
        settings()
    assert "hunter2" not in str(refused.value)

    written.write_text(
        f"alerts: {{receivers: [{mail % '{file: word}'}, "
        "{name: b, kind: feishu, url: 'https://chat/${CHAT_KEY}'}]}",
        "utf-8",
    )
    by_file, by_variable = settings().alerts.receivers
    assert by_file.password and by_variable.url
    for secret in (by_file.password, by_variable.url):
        with pytest.raises(OperatorError, match=r"word cannot be read|CHAT_KEY is not set"):
            secret.reveal()
    (written.parent / "word").write_text("hunter2\n", "utf-8")
    monkeypatch.setenv("CHAT_KEY", "hunter2")
    assert (by_file.password.reveal(), by_variable.url.reveal()) == ("hunter2", "https://chat/hunter2")
    assert "hunter2" not in repr(settings())
    assert "CHAT_KEY" not in repr(settings())


def test_memory_of_a_run_is_the_settings_unless_a_limits_file_says_it(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits.cache_clear()
    written.write_text("memory: {run_mb: 3000}", "utf-8")
    assert limits().run_mb == 3000
    over = written.with_name("limits.yaml")
    over.write_text("run_mb: 4000", "utf-8")
    monkeypatch.setenv("SKILLS_LIMITS", str(over))
    limits.cache_clear()
    assert limits().run_mb == 4000
    limits.cache_clear()


def test_a_duckdb_of_marts_takes_one_thread_and_dbts_memory_unless_a_large_house_says_otherwise(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.write_text("memory: {dbt_mb: 700}", "utf-8")
    assert duckdb_bounds() == {"threads": "1", "memory_limit": "700MB"}
    monkeypatch.setenv("SKILLS_DBT_MEMORY", "2500MB")
    monkeypatch.setenv("SKILLS_DBT_THREADS", "2")
    assert duckdb_bounds() == {"threads": "2", "memory_limit": "2500MB"}


def test_light_commands_stay_light_with_a_settings_file() -> None:
    code = (
        "import sys; from warehouse.store.settings import settings; settings(); "
        "print(sorted({'pydantic', 'pandas', 'dagster', 'duckdb'} & {name.split('.')[0] for name in sys.modules}))"
    )
    environment = os.environ | {"SKILLS_SETTINGS": str(ANNOTATED)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
