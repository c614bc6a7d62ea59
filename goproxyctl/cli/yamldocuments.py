"""YAML that others wrote, as scalars with their places: anchors, tags and many documents are taken as they come."""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from goproxyctl.errors import GoproxyctlError
from goproxyctl.rules.repository.yaml import Document, Path, Scalar, make_document
from goproxyctl.text import Text

#: Reading takes about a second for so many events. Source: measured with ruamel.yaml's pure parser on one slow core.
MAX_EVENTS = 20_000
_MAX_DEPTH = 100


def yaml_documents(text: str) -> list[Document]:
    """The documents of a text. Raises: GoproxyctlError when it is no YAML, or too much."""
    try:
        return list(_documents(text))
    except (YAMLError, ValueError, ArithmeticError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise GoproxyctlError(Text("scan.no-yaml", "not YAML that can be read (a template?)")) from error


def _documents(text: str) -> Iterator[Document]:
    scalars: list[Scalar] = []
    collection = _Collection()
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(text), 1):
        if count > MAX_EVENTS or len(collection.open) > _MAX_DEPTH:
            raise GoproxyctlError(Text("scan.large-yaml", "more YAML than is looked at"))
        name = type(event).__name__
        if name == "DocumentStartEvent":
            scalars, collection = [], _Collection()
        elif name == "DocumentEndEvent":
            yield make_document(scalars)
        else:
            scalars += collection.take(name, event)


class _Collection:
    """The lists and mappings that are open: for each the key or number of what comes next, None before a key."""

    def __init__(self) -> None:
        self.open: list[str | int | None] = []

    def take(self, name: str, event: Any) -> Iterator[Scalar]:
        """The scalar that an event is, where it is a value."""
        if name in {"SequenceStartEvent", "MappingStartEvent"}:
            if self._awaits_key:  # a key that is a collection; nothing is looked for below it
                self.open[-1] = ""
            self.open.append(0 if name == "SequenceStartEvent" else None)
        elif name in {"SequenceEndEvent", "MappingEndEvent"}:
            self.open.pop()
            self._next()
        elif name in {"ScalarEvent", "AliasEvent"}:
            if self._awaits_key:
                self.open[-1] = str(getattr(event, "value", ""))
                return
            if name == "ScalarEvent":
                yield self._scalar(event)
            self._next()

    @property
    def _awaits_key(self) -> bool:
        return bool(self.open) and self.open[-1] is None

    def _next(self) -> None:
        if self.open:
            last = self.open[-1]
            self.open[-1] = last + 1 if isinstance(last, int) else None

    def _scalar(self, event: Any) -> Scalar:
        path: Path = tuple(step for step in self.open if step is not None)
        style = event.style or ""
        return Scalar(path, str(event.value), style, event.start_mark.index, event.end_mark.index)
