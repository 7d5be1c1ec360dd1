"""SQL on occupation codes and names (职业分类大典 2022, with the work types of the plan). Ends at SQL text."""

from __future__ import annotations

NAME_OF_ANOTHER_CODE = """
        occupation_code in (
            select code
            from reference_code
            where code_list = 'occupations_2022'
        )
        and occupation_name in (select name from reference_occupation_name)
        and occupation_code || occupation_name not in (
            select code || name
            from reference_occupation_name
        )
    """
"""A known code beside a name that the classification gives to other codes alone; own names of work types pass."""
CODE_OF_THE_NAME = "(select min(code) from reference_occupation_name where name = occupation_name)"
