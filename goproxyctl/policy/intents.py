"""Nodes whose shape is right to an `Intent`: what the policy means, with the defaults of everything it leaves out."""

from collections.abc import Callable
from typing import Any

from goproxyctl.intent import Egress, Fallback, Hop, Intent, Role, Trust
from goproxyctl.policy.nodes import Fields, Items, Node, Scalar, find, text_at
from goproxyctl.rules.subject import Stance


def make_stance(profile: str | None, owner: str, spec: Node, trust: Callable[[Node], Trust | None]) -> Stance:
    """The settings below ``spec`` as rules see them; ``trust`` reads the file of one authority."""
    chain = entries(spec, "chain")
    hop_at = tuple(index for index, entry in enumerate(chain) if isinstance(entry, Fields))
    ends = tuple(index for index, entry in enumerate(chain) if isinstance(entry, Scalar))
    intent = Intent(
        owner=owner,
        target="",
        hops=tuple(_hop(chain[index]) for index in hop_at),
        end=_end(chain[ends[-1]]) if ends else None,
        checksum=_checksum(spec),
        egress=Egress(
            text_at(spec, "egress", "http"), text_at(spec, "egress", "https"), texts(spec, "egress", "bypass")
        ),
        trust=tuple(found for found in map(trust, entries(spec, "trust")) if found),
        **_private(spec),
        **_go(spec),
    )
    return Stance(
        profile,
        intent,
        ends,
        len(chain) if find(spec, ("chain",)) else None,
        hop_at,
        texts(spec, "private", "samples", "private"),
        texts(spec, "private", "samples", "public"),
        text_at(spec, "private", "fetch") is not None,
    )


def entries(node: Node, *path: str) -> tuple[Node, ...]:
    """The entries of the list at ``path``; none when there is no list."""
    found = find(node, path)
    return found.nodes if isinstance(found, Items) else ()


def texts(node: Node, *path: str) -> tuple[str, ...]:
    """The texts of the list at ``path``."""
    return tuple(entry.text for entry in entries(node, *path) if isinstance(entry, Scalar))


def _hop(entry: Node) -> Hop:
    fallback = text_at(entry, "fallback")
    return Hop(
        text_at(entry, "name") or "",
        text_at(entry, "url") or "",
        Role(text_at(entry, "role")),
        Fallback(fallback) if fallback else Fallback.NOT_FOUND,
    )


def _end(entry: Node) -> Any:
    return entry.text if isinstance(entry, Scalar) else None


def _checksum(spec: Node) -> str:
    database = text_at(spec, "checksum", "database") or "sum.golang.org"
    url = text_at(spec, "checksum", "url")
    return f"{database} {url}" if url else database


def _private(spec: Node) -> dict[str, Any]:
    return {
        "private": texts(spec, "private", "modules"),
        "insecure": texts(spec, "private", "insecure"),
        "fetch": text_at(spec, "private", "fetch") or "direct",
    }


def _go(spec: Node) -> dict[str, Any]:
    return {
        "toolchain": text_at(spec, "go", "toolchain") or "auto",
        "minimum_go": text_at(spec, "go", "minimum"),
        "flags": texts(spec, "go", "flags"),
        "auth": text_at(spec, "go", "auth"),
        "vcs": texts(spec, "go", "vcs"),
    }
