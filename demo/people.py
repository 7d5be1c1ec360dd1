"""The people of the demo world: one pool from which every dataset draws, so that persons recur.

Not here: how their numbers and names are made (`identity.py`). Ends at the pool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo import identity
from demo.rows import Array, as_text, either

_ID_TYPES = np.array(["01", "02", "03", "04", "05", "06"], dtype=object)
_ID_SHARES = (0.9850, 0.0045, 0.0020, 0.0060, 0.0015, 0.0010)
_EDUCATION = (("20", 0.16), ("30", 0.22), ("40", 0.14), ("50", 0.08), ("60", 0.22), ("70", 0.16), ("80", 0.02))

YOUNG_FROM = np.datetime64("1991-01-01")
"""Who was born since then is young, as the plan says, in every month of the world."""


@dataclass(frozen=True)
class People:
    """Columns of the pool, one place per person; `home` is the address code as text, blank for foreigners."""

    name: Array
    id_type: Array
    id_no: Array
    sex: Array
    birth: Array
    mobile: Array
    education: Array
    hukou_type: Array
    home: Array

    def __len__(self) -> int:
        return len(self.name)

    def who(self, index: Array) -> dict[str, Array]:
        """The columns that every dataset about persons shares."""
        return {
            "person_name": self.name[index],
            "id_type": self.id_type[index],
            "id_no": self.id_no[index],
            "sex": self.sex[index],
            "birth_date": self.birth[index],
            "mobile": self.mobile[index],
        }


def people(generator: np.random.Generator, size: int) -> People:
    """`size` distinct persons between 18 and 58 years of age in 2025."""
    first, last = np.datetime64("1967-06-01"), np.datetime64("2007-06-01")
    birth = first + (generator.beta(2.2, 1.8, size) * (last - first).astype(int)).astype("timedelta64[D]")
    birth_year = birth.astype("datetime64[Y]").astype(int) + 1970
    id_type = generator.choice(_ID_TYPES, size, p=_ID_SHARES)
    address = identity.home_codes(generator, birth_year)
    permit = id_type == "04"
    address[permit] = generator.choice(np.array([810000, 820000, 830000]), int(permit.sum()))
    sequence = generator.integers(1, 1000, size)
    id_no = identity.resident_numbers(address, birth, sequence)
    is_male = sequence % 2 == 1
    for code in ("02", "03", "05", "06"):
        chosen = id_type == code
        id_no[chosen] = _foreign(generator, code, birth[chosen])
    foreign = ~np.isin(id_type, ["01", "04"])
    is_male = either(foreign, generator.random(size) < 0.5, is_male)
    _, unique = np.unique(id_no.astype(str), return_index=True)
    keep = np.sort(unique)
    home = as_text(address.astype(str))
    home[foreign | permit] = None
    hukou = generator.choice(as_text(["11", "12", "21", "22", "50"]), size, p=(0.22, 0.22, 0.06, 0.35, 0.15))
    is_local = address // 100 == 4403
    hukou[np.isin(hukou, ["11", "12"])] = either(is_local, "11", "12")[np.isin(hukou, ["11", "12"])]
    hukou[np.isin(hukou, ["21", "22"])] = either(is_local, "21", "22")[np.isin(hukou, ["21", "22"])]
    hukou[foreign | permit] = "30"
    hukou[np.isin(id_type, ["05", "06"])] = "40"
    codes = as_text(code for code, _ in _EDUCATION)
    return People(
        name=identity.names(generator, is_male)[keep],
        id_type=id_type[keep],
        id_no=id_no[keep],
        sex=either(is_male, "1", "2").astype(object)[keep],
        birth=birth[keep],
        mobile=identity.mobiles(generator, size)[keep],
        education=generator.choice(codes, size, p=[share for _, share in _EDUCATION])[keep],
        hukou_type=hukou[keep],
        home=home[keep],
    )


def _foreign(generator: np.random.Generator, id_type: str, birth: Array) -> Array:
    """Numbers of the documents that are no resident number."""
    if id_type == "06":
        return identity.permanent_residence_numbers(generator, birth)
    letters = {"02": ("H", "M"), "03": ("",), "05": ("E",)}[id_type]
    numbers = generator.integers(10**7, 10**8, len(birth)).tolist()
    starts = generator.choice(np.array(letters), len(birth)).tolist()
    return as_text(f"{start}{number}" for start, number in zip(starts, numbers, strict=True))
