"""Who sees what in PostgreSQL. Ends at roles, policies and grants as statements; `load` runs them with the tables.

- `skills_bi` reads all but the supervision's marts; `skills_supervision` reads all.
- `skills_bureau` is the bureau's, which leads the plan: a member of `skills_bi`, it reads what every unit reported.
  HRSS reports besides, and as a reporting department has a role as the others have.
- `skills_city` reads reference tables and the city's totals with small groups left out (`city.py`).
- a department's role, `skills_<code>`, is a member of `skills_city` and reads its own rows besides.

Roles have no login: an administrator grants them to users. What is sorted into nobody's view here, only
`skills_bi` and `skills_supervision` read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from psycopg.sql import SQL, Composed, Identifier, Literal

from warehouse.vocabulary.mart import Mart, marts

BI, SUPERVISION, CITY, BUREAU = "skills_bi", "skills_supervision", "skills_city", "skills_bureau"
PUBLIC = (
    "dim_code",
    "dim_date",
    "dim_department",
    "dim_district",
    "dim_enterprise",
    "dim_industry_cluster",
    "dim_institution",
    "dim_occupation",
    "dim_special_action",
    "dim_target",
    "dim_work_type",
    "rpt_row_reconciliation",
)
"""Without persons and the same for everybody."""
_DEPARTMENT = "department_code"


def department_role(code: str) -> str:
    return f"skills_{code.lower()}"


def role_names(departments: Iterable[str]) -> list[str]:
    return [BI, SUPERVISION, CITY, BUREAU, *map(department_role, departments)]


def own_rows(mart: Mart) -> str | None:
    """SQL for a department's own rows of a mart, `{code}` for the department's; None where it has none to see.

    Rows without a department belong to whom the row that they hang on belongs to: the policy of that table holds in
    the subquery too.
    """
    if mart.name in PUBLIC or mart.is_supervision:
        return None
    if _DEPARTMENT in mart.columns:
        return f"{_DEPARTMENT} = {{code}}"
    if mart.name == "rpt_program_quality":
        return (
            "(subject_kind = 'department' and subject_key = {code}) or implementing_department_code = {code} "
            "or (subject_kind = 'class' and "
            "exists (select from dim_class where dim_class.class_key = rpt_program_quality.subject_key))"
        )
    if mart.name == "rpt_outcome_rate":
        return "subject_key = {code}"
    if mart.name == "rpt_task_progress":
        return "task_split = 'department' and task_unit_code = {code}"
    if mart.name.startswith("rpt_"):
        return None  # the city's totals
    if mart.name == "dim_person":
        return " or ".join(
            f"exists (select from {other.name} as own where own.person_key = dim_person.person_key)"
            for other in marts().values()
            if _DEPARTMENT in other.columns and "person_key" in other.columns
        )
    for key in mart.foreign_keys:
        if _DEPARTMENT in marts()[key.table].columns and key.table not in PUBLIC:
            return f"exists (select from {key.table} as own where own.{key.field} = {mart.name}.{key.column})"
    return None


def missing_roles(wanted: Iterable[str], present: Iterable[str]) -> Iterator[Composed]:
    """Statements that create what is not there yet."""
    standing = set(present)
    for name in wanted:
        if name not in standing:
            yield SQL("create role {} nologin").format(Identifier(name))


def memberships(departments: Iterable[str], present: Iterable[tuple[str, str]]) -> Iterator[Composed]:
    """Makes departments' roles members of the city's, and the bureau's of the BI tools'; `present`: role and member
    that stand."""
    standing = set(present)
    for role, member in [(BI, BUREAU), *((CITY, department_role(code)) for code in departments)]:
        if (role, member) not in standing:
            yield SQL("grant {} to {}").format(Identifier(role), Identifier(member))


def on_schema(schema: str, departments: Sequence[str]) -> Iterator[Composed]:
    for role in role_names(departments):
        yield SQL("grant usage on schema {} to {}").format(Identifier(schema), Identifier(role))


def on_table(mart: Mart, departments: Sequence[str]) -> Iterator[Composed]:
    """Grants on a mart, and its policies where departments see their own rows."""
    table = Identifier(mart.name)
    whole = [SUPERVISION] if mart.is_supervision else [SUPERVISION, BI]
    if mart.name in PUBLIC:
        whole.append(CITY)
    own_condition = own_rows(mart)
    readers = [*whole, *map(department_role, departments)] if own_condition else whole
    yield SQL("grant select on {} to {}").format(table, SQL(", ").join(map(Identifier, readers)))
    if own_condition is None:
        return
    yield SQL("alter table {} enable row level security").format(table)
    yield SQL("create policy whole on {} for select to {} using (true)").format(
        table, SQL(", ").join(map(Identifier, whole))
    )
    for code in departments:
        condition = SQL(own_condition).format(code=Literal(code))
        yield SQL("create policy {} on {} for select to {} using ({})").format(
            Identifier(f"own_{code.lower()}"), table, Identifier(department_role(code)), condition
        )
