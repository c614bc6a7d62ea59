"""The items of a GOPROXY chain: text to items and back, without a look at what stands in them."""

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from goproxyctl.gosem.version import GoVersion

Separator = Literal[",", "|"]
#: White space as Go has it, which is not quite Python's. Source: golang/go unicode, IsSpace.
BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


class Item(NamedTuple):
    """One entry of a chain and the separator after it, which decides when go moves on from it.

    Shape: ``separator`` is "," (next on 404 or 410 only), "|" (next on any error), or "" for the last item.
    Source: golang/go cmd/go/internal/modfetch/proxy.go, proxyList and TryProxies.
    """

    text: str
    separator: Literal[",", "|", ""] = ""


def parse_chain(value: str, go: "GoVersion | None" = None) -> tuple[Item, ...]:
    """The items that go makes of ``value``: trimmed, empty ones dropped, nothing after ``off`` or ``direct``.

    Shape: ``go`` None is the newest version.
    Source: golang/go cmd/go/internal/modfetch/proxy.go, proxyList.
    """
    items: list[Item] = []
    rest = value
    ends = ",|" if go is None or _knows_pipe(go) else ","
    while rest:
        cut = min((i for i in map(rest.find, ends) if i >= 0), default=len(rest))
        text, separator, rest = rest[:cut].strip(BLANKS), rest[cut : cut + 1], rest[cut + 1 :]
        if not text:
            continue
        if text in {"off", "direct"}:
            items.append(Item(text))
            break
        items.append(Item(text, "|" if separator == "|" else "," if separator else ""))
    return tuple(items)


def _knows_pipe(go: "GoVersion") -> bool:
    from goproxyctl.gosem.version import PIPE

    return go.has(PIPE)


def print_chain(items: tuple[Item, ...]) -> str:
    """The GOPROXY value of ``items``; the last separator is dropped, for go has no use for it."""
    if not items:
        return ""
    return "".join(item.text + (item.separator or ",") for item in items[:-1]) + items[-1].text
