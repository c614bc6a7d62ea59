"""The kinds of target, each with a line and its options."""

from collections.abc import Sequence
from typing import Any

from goproxyctl.report.document import message
from goproxyctl.report.style import Paint, Style, Words, aligned, joined
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: What every target has; it is not listed again for each.
_EVERYWHERE = frozenset({"kind", "name", "profile"})


def kind_name(kind: type[Target]) -> str:
    """The word after ``kind:`` in a policy."""
    name: str = kind.model_fields["kind"].annotation.__args__[0]  # type: ignore[union-attr]  # a Literal of one word
    return name


def kind_line(kind: type[Target]) -> Text:
    """What the kind is: the first line of its docstring, which the catalogues hold under ``kind.<name>``."""
    first = (kind.__doc__ or "").strip().partition("\n")[0]
    return Text(f"kind.{kind_name(kind)}", first)


def _options(kind: type[Target]) -> list[str]:
    fields = kind.model_fields.items()
    return [f"{name}{'' if field.is_required() else '?'}" for name, field in fields if name not in _EVERYWHERE]


def kinds_text(kinds: Sequence[type[Target]], words: Words, style: Style) -> str:
    """A table: the kind, its options ("?": may be left out), what it is."""
    rows = aligned([[kind_name(kind), " ".join(_options(kind)), words(kind_line(kind))] for kind in kinds])
    return joined(f"{style(name, Paint.STRONG)}  {options}  {line}" for name, options, line in rows)


def kinds_body(kinds: Sequence[type[Target]]) -> dict[str, Any]:
    """The kinds for a program."""
    return {
        "kinds": [
            {
                "kind": kind_name(kind),
                "about": message(kind_line(kind)),
                "options": [name.removesuffix("?") for name in _options(kind)],
                "required": [name for name in _options(kind) if not name.endswith("?")],
            }
            for kind in kinds
        ]
    }
