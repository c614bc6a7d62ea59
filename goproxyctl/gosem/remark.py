"""What gosem says about settings: values with a stable id. Whoever shows them words them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth saying: ``id`` is stable and dotted, ``values`` are what its words need, by name."""

    id: str
    values: Mapping[str, str | int] = field(default_factory=dict)
