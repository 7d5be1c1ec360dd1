"""The 23 checks as a user of Great Expectations on pandas writes them, with complete results, findings written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from timing import CATEGORY_LIST, CLUSTERS, COLUMNS, KEY, MOBILE, told


def expectations() -> dict[str, Any]:
    """Check → expectation."""
    required = ("person_name", "id_no", "class_id", "person_category", "attended_hours", "exam_result", "completed")
    lengths = {"person_name": (2, 50), "class_id": (4, 60)}
    listed = {
        "id_type": ["01", "02", "03", "04", "05", "06", "07", "08", "99"],
        "sex": ["0", "1", "2", "9"],
        "education": ["10", "20", "30", "40", "50", "60", "70", "80", "90"],
        "hukou_type": ["10", "11", "12", "20", "21", "22", "30", "40", "50"],
        "industry_cluster": list(CLUSTERS),
        "exam_result": ["0", "1", "2", "3"],
    }
    ranges: dict[str, tuple[Any, Any]] = {
        "birth_date": (dt.date(1900, 1, 1), dt.date(2020, 12, 31)),
        "attended_hours": (0, 3000),
        "attendance_rate": (0, 1),
        "theory_score": (0, 100),
        "practice_score": (0, 100),
        "completion_date": (dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
    }
    of_check: dict[str, Any] = {}
    for column in required:
        of_check[f"TR.{column}.required"] = gxe.ExpectColumnValuesToNotBeNull(column=column)
    for column, (least, most) in lengths.items():
        of_check[f"TR.{column}.length"] = gxe.ExpectColumnValueLengthsToBeBetween(
            column=column, min_value=least, max_value=most
        )
    for column, values in listed.items():
        of_check[f"TR.{column}.listed"] = gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values)
    for column, (least, most) in ranges.items():
        of_check[f"TR.{column}.range"] = gxe.ExpectColumnValuesToBeBetween(
            column=column, min_value=least, max_value=most
        )
    of_check["TR.mobile.format"] = gxe.ExpectColumnValuesToMatchRegex(column="mobile", regex=MOBILE)
    of_check["TR.person_category.listed"] = gxe.ExpectColumnValuesToMatchRegex(
        column="person_category", regex=CATEGORY_LIST
    )
    return of_check


def work(file: Path, out: Path) -> None:
    of_check = expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    frame = pd.read_parquet(file, columns=[*KEY, *COLUMNS])
    batch = (
        context.data_sources.add_pandas("pandas")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("rows")
        .get_batch({"dataframe": frame})
    )
    for code, expectation in of_check.items():
        expectation.meta = {"code": code}
    outcome = batch.validate(
        gx.ExpectationSuite(name="rows", expectations=list(of_check.values())),
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": list(KEY)},
    )
    bad_rows = [
        {**{name: place[name] for name in KEY}, "code": result.expectation_config.meta["code"]}  # type: ignore[union-attr]
        for result in outcome.results
        for place in result.result.get("unexpected_index_list") or ()
    ]
    pd.DataFrame(bad_rows, columns=[*KEY, "code"]).to_parquet(out, index=False)


if __name__ == "__main__":
    told(work)
