"""The kinds of target as a table, and one kind as a page: each option, what it takes, and an entry to copy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from goproxyctl.formats.yamltext import flow
from goproxyctl.report.document import message
from goproxyctl.report.style import Paint, Style, Words, aligned, joined
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: What every target has; it is not listed again for each.
_EVERYWHERE = frozenset({"kind", "name", "profile"})


class Option(NamedTuple):
    """A field of a kind's own. ``takes``: all that it may be, where that is a few words."""

    name: str
    about: Text
    required: bool
    default: Any
    takes: tuple[str, ...]
    example: Any


def kind_name(kind: type[Target]) -> str:
    """The word after ``kind:`` in a policy."""
    name: str = kind.model_fields["kind"].annotation.__args__[0]  # type: ignore[union-attr]  # a Literal of one word
    return name


def kind_line(kind: type[Target]) -> Text:
    """What the kind is: the first line of its docstring, which the catalogues hold under ``kind.<name>``."""
    first = (kind.__doc__ or "").strip().partition("\n")[0]
    return Text(f"kind.{kind_name(kind)}", first)


def options_of(kind: type[Target]) -> list[Option]:
    """The fields of the kind's own, in their order; the catalogues hold each under ``kind.<name>.<field>``."""
    shapes = kind.model_json_schema()["properties"]
    return [
        _option(kind_name(kind), name, shapes[name], required=field.is_required())
        for name, field in kind.model_fields.items()
        if name not in _EVERYWHERE
    ]


def _option(kind: str, name: str, shape: Mapping[str, Any], *, required: bool) -> Option:
    inner = next(iter(shape.get("anyOf", ())), shape)  # the other one is null, where it may be left out
    default = shape.get("default")
    examples = (*shape.get("examples", ()), *inner.get("examples", ()))
    about = Text(f"kind.{kind}.{name}", str(shape["description"]))
    return Option(name, about, required, default, _taken(inner), next(iter(examples), default))


def _taken(shape: Mapping[str, Any]) -> tuple[str, ...]:
    if shape.get("type") == "boolean":
        return ("true", "false")
    if shape.get("type") == "integer":
        return (f"{shape['minimum']}..{shape['maximum']}",)
    return tuple(shape.get("enum", ()))


def entry_of(kind: type[Target]) -> dict[str, Any]:
    """An entry of ``targets:`` with what the kind requires, as its own examples have it."""
    required = {option.name: option.example for option in options_of(kind) if option.required}
    return {"name": kind_name(kind), "kind": kind_name(kind), **required}


def kinds_text(kinds: Sequence[type[Target]], words: Words, style: Style) -> str:
    """A table: the kind, what it is."""
    rows = aligned([[kind_name(kind), words(kind_line(kind))] for kind in kinds])
    count = Text("kinds.count", "kinds: {count}; goproxyctl kinds KIND tells the options of one", count=len(kinds))
    return joined([*(f"{style(name, Paint.STRONG)}  {line}" for name, line in rows), "", words(count)])


def kind_text(kind: type[Target], words: Words, style: Style) -> str:
    """The page of one kind."""
    lines = [f"{style(kind_name(kind), Paint.STRONG)}: {words(kind_line(kind))}", ""]
    for option in options_of(kind):
        name, need = style(option.name, Paint.STRONG), style(words(_need(option)), Paint.FAINT)
        value = " | ".join(option.takes) or flow(option.default or option.example)
        lines += [f"  {name}: {value}  {need}", f"      {words(option.about)}"]
    return joined([*lines, "", f"- {flow(entry_of(kind))}"])


def _need(option: Option) -> Text:
    """Whether it must be there, and what holds without it."""
    if option.required:
        return Text("kinds.required", "(required)")
    if option.takes and option.default is not None:
        return Text("kinds.default", "(default: {value})", value=flow(option.default))
    return Text("kinds.is-default", "(default)") if option.default else Text("kinds.optional", "(may be left out)")


def kinds_body(kinds: Sequence[type[Target]]) -> dict[str, Any]:
    """The kinds for a program."""
    return {"kinds": [_kind_body(kind, options_of(kind)) for kind in kinds]}


def _kind_body(kind: type[Target], options: Sequence[Option]) -> dict[str, Any]:
    return {
        "kind": kind_name(kind),
        "about": message(kind_line(kind)),
        "options": [option.name for option in options],
        "required": [option.name for option in options if option.required],
    }


def kind_body(kind: type[Target]) -> dict[str, Any]:
    """A kind for a program, with its fields."""
    options = options_of(kind)
    fields = [{**option._asdict(), "about": message(option.about)} for option in options]
    return {"kind": {**_kind_body(kind, options), "fields": fields, "entry": entry_of(kind)}}


def kind_texts(kind: type[Target]) -> Iterator[Text]:
    """All that is said of a kind, for the catalogues."""
    yield kind_line(kind)
    yield from (option.about for option in options_of(kind))
