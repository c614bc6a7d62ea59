"""A ResourceList, the document that functions of kustomize and kpt hand on: read, changed, written.

What others put into it goes through as it was written: no scalar is taken for a number or a boolean, quotes and
comments stay. Source: kubernetes-sigs/kustomize, cmd/config/docs/api-conventions/functions-spec.md.
"""

import io
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from goproxyctl.errors import GoproxyctlError
from goproxyctl.text import Text

_API_VERSIONS = ("config.kubernetes.io/v1", "config.kubernetes.io/v1beta1")
#: Whatever the emitter would fold, it does not: a line of a certificate or of JSON stays one.
_NEVER_FOLD = 1 << 24


class Identity(NamedTuple):
    """What tells an object of a cluster from all others."""

    group: str
    kind: str
    namespace: str
    name: str


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


def read_documents(text: str, what: str) -> list[Any]:
    """The documents of a text, as they are written. Raises: GoproxyctlError; ``what`` is what it is about."""
    try:
        return list(_as_written().load_all(text))
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise GoproxyctlError(Text("krm.yaml", "{what}: this is no YAML that can be read", what=what)) from error


def read_list(text: str) -> dict[str, Any]:
    """The one ResourceList in a text. Raises: GoproxyctlError."""
    documents = read_documents(text, "standard input")
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


def field(document: Any, *path: str) -> str:
    """The text of a field; empty where there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document if isinstance(document, str) else ""


def identity(item: Any) -> Identity:
    """Which object an item is: the version of its API does not tell two apart."""
    group = field(item, "apiVersion").rpartition("/")[0]
    metadata = (field(item, "metadata", name) for name in ("namespace", "name"))
    return Identity(group, field(item, "kind"), *metadata)


def annotate(item: Any, annotations: Mapping[str, str]) -> None:
    """Adds annotations to an object of ours."""
    held = item["metadata"].setdefault("annotations", {})
    held.update({name: quoted(value) for name, value in annotations.items()})


def quoted(value: Any) -> Any:
    """``value`` with every text in quotes, so that no reader takes it for anything else."""
    if isinstance(value, Mapping):
        return {name: quoted(below) for name, below in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [quoted(below) for below in value]
    return DoubleQuotedScalarString(value)
