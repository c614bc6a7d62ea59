"""A ResourceList, the document that functions of kustomize and kpt hand on: read, changed, written.

What others put into it goes through as it was written: no scalar is taken for a number or a boolean, quotes and
comments stay. Source: kubernetes-sigs/kustomize, cmd/config/docs/api-conventions/functions-spec.md.
"""

import io
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from goproxyctl.errors import GoproxyctlError
from goproxyctl.formats.yamltext import quote_yaml
from goproxyctl.text import Text

_API_VERSIONS = ("config.kubernetes.io/v1", "config.kubernetes.io/v1beta1")
#: Whatever the emitter would fold, it does not: a line of a certificate or of JSON stays one.
_NEVER_FOLD = 1 << 24
#: Stands where ours go, while theirs are printed: nothing else at the margin comes after it that is one word.
_PLACE = "goproxyctl-own-objects"

_DOCUMENTS = re.compile(r"^---\n", re.MULTILINE)
_LEADING_COMMENTS = re.compile(r"\A(#[^\n]*\n)+")
#: How our own manifests say what an object is: in double quotes, with nothing in them that would be escaped.
_TOP_LEVEL = re.compile(r'^(apiVersion|kind): "([^"\\]*)"$', re.MULTILINE)
_OF_METADATA = re.compile(r'^  (name|namespace): "([^"\\]*)"$', re.MULTILINE)
_METADATA = re.compile(r"^metadata:\n(?:  .*\n)+", re.MULTILINE)
_ANNOTATIONS = "  annotations:\n"


class Identity(NamedTuple):
    """What tells an object of a cluster from all others."""

    group: str
    kind: str
    namespace: str
    name: str


class Own(NamedTuple):
    """An object of ours. ``text`` is an item of a list: a block that begins with its dash, at the margin."""

    identity: Identity
    text: str


class _NoTypes(VersionedResolver):
    """Every scalar is text: what version of YAML its next reader knows is for that one to say."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        """No pattern by which a plain scalar would be something else."""
        return {}


@cache
def _as_written() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _NoTypes
    yaml.preserve_quotes = True
    yaml.width = _NEVER_FOLD
    return yaml


def read_list(text: str) -> dict[str, Any]:
    """The one ResourceList in a text. Raises: GoproxyctlError."""
    try:
        documents = list(_as_written().load_all(text))
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise GoproxyctlError(Text("krm.yaml", "standard input: this is no YAML that can be read")) from error
    if (
        len(documents) != 1
        or field(documents[0], "kind") != "ResourceList"
        or field(documents[0], "apiVersion") not in _API_VERSIONS
        or not isinstance(documents[0].get("items"), list)
    ):
        raise GoproxyctlError(
            Text(
                "krm.no-list",
                "standard input: this is no ResourceList of config.kubernetes.io/v1 with items; kustomize and kpt "
                "write one",
            )
        )
    found: dict[str, Any] = documents[0]
    return found


def print_document(document: Any) -> str:
    """The text of a document that was read here."""
    stream = io.StringIO()
    _as_written().dump(document, stream)
    return stream.getvalue()


def print_list(listed: Any, ours: Iterable[Own]) -> str:
    """The text of a list that was read here, with ``ours`` after its items."""
    for node in (listed, listed["items"]):  # one that came on one line, as JSON does
        node.fa.set_block_style()
    listed["items"].append(_PLACE)
    before, _, after = print_document(listed).rpartition(f"\n- {_PLACE}\n")
    return "".join((before, "\n", *(own.text for own in ours), after))


def field(document: Any, *path: str) -> str:
    """The text of a field; empty where there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document if isinstance(document, str) else ""


def identity(item: Any) -> Identity:
    """Which object an item is: the version of its API does not tell two apart."""
    metadata = (field(item, "metadata", name) for name in ("namespace", "name"))
    return Identity(_group(field(item, "apiVersion")), field(item, "kind"), *metadata)


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def own_objects(text: str, annotations: Callable[[int], Mapping[str, str]]) -> list[Own]:
    """The objects in a text that goproxyctl made, annotated by their number; none where a part of it is no object.

    Theirs is a form that we know, so nothing is parsed: of thousands that would take longer than all the rest.
    """
    parts = [_LEADING_COMMENTS.sub("", part) for part in _DOCUMENTS.split(text)]
    found = [_own(part, annotations(index)) for index, part in enumerate(filter(None, parts))]
    return [own for own in found if own] if all(found) else []


def _own(text: str, annotations: Mapping[str, str]) -> Own | None:
    metadata = _METADATA.search(text)
    top, inner = dict(_TOP_LEVEL.findall(text)), dict(_OF_METADATA.findall(metadata[0] if metadata else ""))
    if metadata is None or not {"apiVersion", "kind"} <= top.keys():
        return None
    added = "".join(f"    {name}: {quote_yaml(value)}\n" for name, value in annotations.items())
    before, held, after = metadata[0].partition(_ANNOTATIONS)
    whole = f"{text[: metadata.start()]}{before}{held or _ANNOTATIONS}{added}{after}{text[metadata.end() :]}"
    at = Identity(_group(top["apiVersion"]), top["kind"], inner.get("namespace", ""), inner.get("name", ""))
    return Own(at, f"- {textwrap.indent(whole, '  ')[2:]}")


def quoted(value: Any) -> Any:
    """``value`` with every text in quotes, so that no reader takes it for anything else."""
    if isinstance(value, Mapping):
        return {name: quoted(below) for name, below in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [quoted(below) for below in value]
    return DoubleQuotedScalarString(value)
