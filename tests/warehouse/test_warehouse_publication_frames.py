"""A publication in pandas: typed without objects, the same rows and figures as SQL gives, and clear where a name is
unknown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.warehouse import marts_world
from tests.warehouse.published import NOW, A, B, publish, row
from warehouse.published import open_publication
from warehouse.published.publication import DATABASE, MANIFEST
from warehouse.published.publication_frames import LABEL, PublicationFrames
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import Metric, metrics

KINDS = {
    "varchar": "string",
    "bigint": "Int64",
    "integer": "Int32",
    "boolean": "boolean",
    "date": "datetime64[s]",
    "timestamp": "datetime64[us, UTC]",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublicationFrames:
    return PublicationFrames(marts_world.publication(tmp_path_factory.mktemp("frames") / "p", 3))


@pytest.mark.parametrize("name", sorted(marts()))
def test_a_mart_comes_whole_with_types_and_descriptions(published: PublicationFrames, name: str) -> None:
    mart, frame = marts()[name], published.mart(name, labels=True)
    expected = {
        column: "Float64" if kind.startswith("decimal") else KINDS[kind] for column, kind in mart.columns.items()
    }
    kinds = {column: str(kind) for column, kind in frame.dtypes.items()}
    assert {column: kind for column, kind in kinds.items() if not column.endswith(LABEL)} == expected
    assert {kind for column, kind in kinds.items() if column.endswith(LABEL)} <= {"string"}
    assert frame.attrs["columns"] == mart.descriptions and frame.attrs["description"] == mart.description
    with duckdb.connect(str(published.folder / DATABASE), read_only=True) as con:
        [(rows, *filled)] = con.execute(
            f"select count(*), {', '.join(f'count({column})' for column in mart.columns)} from {name}"
        ).fetchall()
    assert len(frame) == rows and list(frame[list(mart.columns)].count()) == filled


def test_values_are_those_of_the_file(published: PublicationFrames) -> None:
    sql = "select target_id, as_of_date, actual, due_submissions from rpt_target_progress order by target_id, reading"
    frame = published.query(sql)
    with duckdb.connect(str(published.folder / DATABASE), read_only=True) as con:
        expected = con.execute(sql).fetchall()
    given_back = [
        tuple(None if value is pd.NA or value is pd.NaT else value for value in values)
        for values in frame.itertuples(index=False, name=None)
    ]
    assert [(target, day and day.date(), actual, due) for target, day, actual, due in given_back] == [
        (target, day, actual and float(actual), due) for target, day, actual, due in expected
    ]
    assert frame.attrs["publication_id"] == published.publication_id
    assert published.as_of == pd.Timestamp("2026-11-20")


def test_labels_stand_beside_their_codes(published: PublicationFrames) -> None:
    plain = published.mart("fct_participation")
    frame = published.mart("fct_participation", labels=True)
    names = published.mart("dim_department").set_index("department_code")["short_name"]
    assert list(frame["department_code"]) == list(plain["department_code"])
    places = {column: place for place, column in enumerate(frame.columns)}
    assert places[f"department_code{LABEL}"] == places["department_code"] + 1
    sent = frame[frame["department_code"].notna() & frame[f"department_code{LABEL}"].notna()]
    assert len(sent) > 10
    assert list(sent[f"department_code{LABEL}"]) == list(sent["department_code"].map(names))
    assert f"counted_department_code{LABEL}" in frame and f"venue_district_key{LABEL}" in frame


def test_only_the_columns_asked_for_are_read(published: PublicationFrames) -> None:
    frame = published.mart("fct_submission", columns=["outcome", "submission_id"])
    assert list(frame.columns) == ["outcome", "submission_id"] == list(frame.attrs["columns"])
    assert list(frame["submission_id"]) == sorted(frame["submission_id"])


@pytest.mark.parametrize("metric", metrics().metrics, ids=lambda metric: metric.name)
def test_a_metric_is_what_its_sql_gives(published: PublicationFrames, metric: Metric) -> None:
    name, by = metric.name, metrics().dimensions_of(metric)[:2]
    frame = published.metric(name, by, labels=True)
    shown = list(dict.fromkeys((*metric.each, *by)))
    assert [column for column in frame.columns if not column.endswith(LABEL)] == [*shown, name]
    with duckdb.connect(str(published.folder / DATABASE), read_only=True) as con:
        expected = con.execute(metrics().sql(metric, *by)).fetchall()
    assert [value if pd.notna(value) else None for value in frame[name]] == [
        figure if figure is None else pytest.approx(float(figure)) for *_, figure in expected
    ]
    assert frame.attrs["unit"] == metric.unit and metric.description_zh in frame.attrs["description"]
    assert frame.attrs["columns"].keys() == {*shown, name}


def test_a_period_takes_the_rows_dated_in_it(published: PublicationFrames) -> None:
    participations = published.mart("fct_participation")
    dated = participations["event_date"].fillna(participations["end_date"])
    for period, first, last in (
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-02", "2026-02-01", "2026-02-28"),
    ):
        shown = published.metric("reported_participations", period=period)["reported_participations"].item()
        assert shown == dated.between(first, last).sum()
    rows = published.metric("welfare_participations", period="2026", by=["year"])
    assert set(rows["year"]) <= {2026}


def test_a_period_takes_what_was_reported_for_it(tmp_path: Path) -> None:
    publication = marts_world.publication(tmp_path / "p", 3)
    with duckdb.connect(str(publication.folder / DATABASE)) as con:
        con.execute(
            "update rpt_submission_grid set state = 'missing', "
            "period = ['2026-01', '2026-Q1', '2026', '2027'][cast(rowid % 4 as integer) + 1]"
        )
    frames = PublicationFrames(publication)
    missing = {
        period: int(frames.metric("missing_submissions", period=period)["missing_submissions"].item())
        for period in ("2026-01", "2026-Q1", "2026", "2027")
    }
    assert missing == {"2026-01": 15, "2026-Q1": 30, "2026": 45, "2027": 15}
    with pytest.raises(OperatorError, match=r"has no period 2031: it has 2026, 2026-01, 2026-Q1, 2027"):
        frames.metric("missing_submissions", period="2031")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda p: p.mart("fct_particpation"), r"no mart fct_particpation \(did you mean fct_participation\?\)"),
        (lambda p: p.mart("dim_date", columns=["day"]), r"dim_date has no column day"),
        (lambda p: p.metric("trained_person"), r"no metric trained_person \(did you mean trained_persons\?\)"),
        (lambda p: p.metric("trained_persons", ["distrit"]), r"no dimension distrit \(did you mean district\?\)"),
        (lambda p: p.metric("trained_persons", period="soon"), "soon is no period"),
        (lambda p: p.metric("frontline_fund_share", period="2026-02"), "is known by year: ask for 2026"),
        (lambda p: p.rows_of("T99"), "no target T99"),
    ],
)
def test_what_is_unknown_is_said_in_one_sentence(published: PublicationFrames, call: object, said: str) -> None:
    assert callable(call)
    with pytest.raises(OperatorError, match=said) as error:
        call(published)
    assert "\n" not in str(error.value)


def two_publications(root: Root) -> tuple[str, str]:
    first = publish(root, [row("T09", A, 1), row("T19", B, 1, 3, 4)], {("T09", "behind"): 1, ("T19", "met"): 75})
    second = publish(
        root,
        [row("T09", A, 1), row("T09", B, 2, 4), row("T19", B, 1, 3, 4)],
        {("T09", "on_track"): 5, ("T19", "met"): 75},
        now=NOW.replace(hour=1),
    )
    return first.publication_id, second.publication_id


def test_the_rows_of_a_figure_add_up_to_it(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    two_publications(root)
    published = open_publication(home=root.path)
    figures = published.mart("rpt_target_progress")
    for _, figure in figures.iterrows():
        rows = published.rows_of(figure, labels=True)
        value = rows["amount"].sum() / (rows["base_amount"].sum() / 100 if figure["target_id"] == "T19" else 1)
        assert value == figure["actual"] == rows.attrs["actual"]
        assert str(rows["event_date"].dtype) == "datetime64[s]"
    assert len(published.rows_of("T09")) == 2
    assert len(published.rows_of("T09", period="2026", department=B.partition("-")[0])) > 0
    with pytest.raises(OperatorError, match="--period 2026"):
        published.rows_of("T09", period="2027")


def test_two_publications_say_what_moved(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    first, second = two_publications(root)
    now, before = open_publication(home=root.path), open_publication("previous", home=str(root.path))
    assert (before.publication_id, now.publication_id) == (first, second)
    moves = now.compare(before)
    assert moves.figures.to_dict("records") == [
        {
            "target_id": "T09",
            "reading": "main",
            "period": "2026",
            "before": 1.0,
            "after": 5.0,
            "status_before": "behind",
            "status_after": "on_track",
        }
    ]
    assert [(cause.submission_id, cause.before, cause.after) for cause in moves.causes.itertuples()] == [(B, 0.0, 4.0)]
    assert "fct_target_contribution" in set(moves.tables["name"]) and len(moves.submissions) == 0
    assert moves.figures.attrs["before"] == first and moves.figures.attrs["after"] == second
    for frame in moves:
        assert "object" not in {str(kind) for kind in frame.dtypes}
    assert [len(frame) for frame in now.compare(now)] == [0, 0, 0, 0]


def test_a_folder_opens_without_its_house(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    published = publish(root, [row("T09", A, 1)], {("T09", "behind"): 1})
    (root.publications).unlink()
    opened = open_publication(root.current)
    assert opened.publication_id == published.publication_id and len(opened.rows_of("T09")) == 1
    with pytest.raises(OperatorError, match=rf"is not the folder of a publication: it has no readable {MANIFEST}"):
        open_publication(tmp_path)
    database = published.folder / DATABASE
    database.chmod(0o600)
    with database.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Damaged, match="copy the publication again"):
        open_publication(published.folder)


def test_pandas_comes_with_the_first_publication_alone() -> None:
    """Commands that publish and serve do without it: 0.5 s and 40 MB."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom warehouse.published import open_publication, publication, publication_diff\n"
            "print('pandas' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.strip() == "False"
