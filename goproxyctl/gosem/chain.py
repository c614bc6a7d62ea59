"""The GOPROXY chain as go walks it: which hops its items are, and what go refuses in it."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from goproxyctl.gosem.gourl import BadUrlError, GoUrl, parse_url
from goproxyctl.gosem.items import BLANKS, Item, parse_chain, print_chain
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.version import NEWEST, GoVersion

__all__ = [
    "BLANKS",
    "NOPROXY_INDEX",
    "Chain",
    "Hop",
    "HopKind",
    "Item",
    "parse_chain",
    "print_chain",
    "read_chain",
    "read_item",
]


class HopKind(Enum):
    """What go does at a hop; NOPROXY stands before every chain where GONOPROXY is set."""

    PROXY = "proxy"
    DIRECT = "direct"
    OFF = "off"
    NOPROXY = "noproxy"


#: The index of the hop that go puts before the chain.
NOPROXY_INDEX = -1


@dataclass(frozen=True, slots=True)
class Hop:
    """An item as go walks it.

    Shape: ``index`` counts the items of the chain from 0, ``server`` is the index of the first hop with the same URL;
    ``url`` is None for a keyword; ``any_error``: "|" follows.
    """

    index: int
    server: int
    kind: HopKind
    text: str
    url: GoUrl | None = None
    any_error: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The hops of a GOPROXY value, or what go refuses; one fault and every lookup fails, whatever the hop.

    Shape: ``faults`` in the order of the items; go tells only the first.
    """

    hops: tuple[Hop, ...]
    faults: tuple[Remark, ...] = ()


@lru_cache(maxsize=512)
def read_chain(value: str, go: GoVersion = NEWEST, *, windows: bool = False) -> Chain:
    """What go makes of a GOPROXY value.

    Source: golang/go cmd/go/internal/modfetch/proxy.go, proxyList and newProxyRepo.
    """
    hops: list[Hop] = []
    faults: list[Remark] = []
    for index, item in enumerate(parse_chain(value, go)):
        if item.text in {"off", "direct"}:
            hops.append(Hop(index, index, HopKind(item.text), item.text))
            continue
        url = read_item(item.text, go, windows=windows)
        if isinstance(url, Remark):
            faults.append(url)
        else:
            server = next((hop.server for hop in hops if hop.text == item.text), index)
            hops.append(Hop(index, server, HopKind.PROXY, item.text, url, item.separator == "|"))
    if not hops and not faults:
        says = "GOPROXY list is not the empty string, but contains no entries"
        faults.append(Remark("chain.no-entries", {"value": value, "says": says}))
    return Chain(tuple(hops), tuple(faults))


def read_item(text: str, go: GoVersion = NEWEST, *, windows: bool = False) -> GoUrl | Remark:
    """The URL that go makes of one item that is no keyword, or why it refuses it.

    Shape: remarks chain.bad-url, chain.missing-scheme, chain.bad-scheme, chain.file-parts; values ``item``, ``says``.
    Source: golang/go cmd/go/internal/modfetch/proxy.go, proxyList and newProxyRepo.
    """
    if any(c in text for c in ".:/") and ":/" not in text and not _absolute(text, windows=windows):
        text = "https://" + text
    try:
        url = parse_url(text, go)
    except BadUrlError as error:
        return Remark("chain.bad-url", {"item": text, "says": str(error)})
    shown = url.redacted()
    if url.scheme in {"http", "https"} or (url.scheme == "file" and url.plain()):
        return url
    if url.scheme == "file":
        return Remark(
            "chain.file-parts", {"item": text, "says": f"invalid file:// proxy URL with non-path elements: {shown}"}
        )
    if not url.scheme:
        return Remark("chain.missing-scheme", {"item": text, "says": f"invalid proxy URL missing scheme: {shown}"})
    says = f"invalid proxy URL scheme (must be https, http, file): {shown}"
    return Remark("chain.bad-scheme", {"item": text, "scheme": url.scheme, "says": says})


def _absolute(text: str, *, windows: bool) -> bool:
    """Source: golang/go path/filepath, IsAbs; path, IsAbs."""
    drive = windows and len(text) > 2 and text[0].isalpha() and text[1] == ":" and text[2] in "\\/"
    return text.startswith("/") or drive or (windows and text.startswith("\\\\"))
