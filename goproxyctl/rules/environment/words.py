"""What gosem remarks about settings, in words. Every remark that it can make has its Text here."""

from collections.abc import Callable, Mapping

from goproxyctl.gosem.leaks import PatternFault
from goproxyctl.gosem.remark import Remark
from goproxyctl.rules.environment.file_words import FILE_WORDS
from goproxyctl.text import Text

_Values = Mapping[str, str | int]

_WORDS: dict[str, Callable[[_Values], Text]] = {
    **FILE_WORDS,
    "chain.no-entries": lambda v: Text("remark.chain.no-entries", "the chain has no entry; every download fails", **v),
    "chain.bad-url": lambda v: Text("remark.chain.bad-url", "go cannot read this as a URL; every download fails", **v),
    "chain.missing-scheme": lambda v: Text(
        "remark.chain.missing-scheme", "this is neither a URL nor a keyword; every download fails", **v
    ),
    "chain.bad-scheme": lambda v: Text(
        "remark.chain.bad-scheme", "go knows no proxy by {scheme}: only https, http and file", **v
    ),
    "chain.file-parts": lambda v: Text("remark.chain.file-parts", "a file URL can have nothing but a path", **v),
    "sumdb.missing": lambda v: Text("remark.sumdb.missing", "no checksum database is named; every download fails", **v),
    "sumdb.fields": lambda v: Text(
        "remark.sumdb.fields", "go takes a name and a URL at most, with a blank between", **v
    ),
    "sumdb.verifier": lambda v: Text(
        "remark.sumdb.verifier", "this is neither a database that go knows nor a key ('malformed verifier id')", **v
    ),
    "sumdb.algorithm": lambda v: Text("remark.sumdb.algorithm", "the key is of a kind that go does not know", **v),
    "sumdb.hash": lambda v: Text("remark.sumdb.hash", "the key does not fit its name and sum", **v),
    "sumdb.name": lambda v: Text("remark.sumdb.name", "the name of a database is a host, perhaps with a path", **v),
    "sumdb.url": lambda v: Text("remark.sumdb.url", "go cannot read the URL of the database", **v),
    "sumdb.off": lambda v: Text("remark.sumdb.off", "the checksum database is switched off", **v),
    "toolchain.invalid": lambda v: Text(
        "remark.toolchain.invalid", "go knows no such toolchain; every command fails", **v
    ),
    "toolchain.minimum": lambda v: Text(
        "remark.toolchain.minimum", "what stands before '+' is no toolchain; every command fails", **v
    ),
    "toolchain.suffix": lambda v: Text(
        "remark.toolchain.suffix", "after '+' go knows auto and path only; every command fails", **v
    ),
    "egress.unparsable": lambda v: Text(
        "remark.egress.unparsable", "go cannot read this URL and uses no proxy, without a word", **v
    ),
    "egress.odd-host": lambda v: Text("remark.egress.odd-host", "go takes {host!r} for the host of the proxy", **v),
    "egress.odd-scheme": lambda v: Text("remark.egress.odd-scheme", "go knows no proxy by {scheme}", **v),
    "egress.scheme": lambda v: Text("remark.egress.scheme", "{entry!r} matches nothing: it has a scheme", **v),
    "egress.local": lambda v: Text("remark.egress.local", "{entry!r} matches nothing: go does not know the word", **v),
    "egress.blank": lambda v: Text("remark.egress.blank", "{entry!r} matches nothing: it holds a blank", **v),
    "egress.separator": lambda v: Text("remark.egress.separator", "{entry!r} matches nothing: only ',' separates", **v),
    "egress.bracket": lambda v: Text(
        "remark.egress.bracket", "{entry!r} matches nothing: brackets need a port behind them", **v
    ),
    "egress.wildcard": lambda v: Text(
        "remark.egress.wildcard", "{entry!r} matches nothing: a star stands only before a whole domain", **v
    ),
    "egress.slash": lambda v: Text("remark.egress.slash", "{entry!r} matches nothing: it holds a slash", **v),
    "leak.apex": lambda v: Text("remark.leak.apex", "{entry!r} does not cover {meant}", **v),
    "leak.subdomains": lambda v: Text("remark.leak.subdomains", "{entry!r} does not cover {meant}", **v),
    "leak.carriage-return": lambda v: Text(
        "remark.leak.carriage-return", "{entry!r} matches nothing: a carriage return is part of it", **v
    ),
    "leak.separator": lambda v: Text("remark.leak.separator", "{entry!r} matches nothing: only ',' separates", **v),
    "leak.bracket": lambda v: Text(
        "remark.leak.bracket", "{entry!r} matches nothing that was meant: its brackets", **v
    ),
    "leak.blank": lambda v: Text("remark.leak.blank", "{entry!r} matches nothing: the blank is part of it", **v),
    "leak.quotes": lambda v: Text("remark.leak.quotes", "{entry!r} matches nothing: the quotes are part of it", **v),
    "leak.scheme": lambda v: Text("remark.leak.scheme", "{entry!r} matches nothing: module paths have no scheme", **v),
    "leak.port": lambda v: Text("remark.leak.port", "{entry!r} matches nothing: module paths have no port", **v),
    "leak.backslash": lambda v: Text(
        "remark.leak.backslash", "{entry!r} matches nothing that was meant: a backslash separates nothing", **v
    ),
    "leak.dots": lambda v: Text("remark.leak.dots", "{entry!r} matches nothing: '...' has no meaning here", **v),
    "leak.slash": lambda v: Text("remark.leak.slash", "{entry!r} matches nothing: it has an empty part", **v),
    "leak.dot": lambda v: Text(
        "remark.leak.dot", "{entry!r} matches nothing: no part of a module path begins or ends with a dot", **v
    ),
    "leak.upper-case": lambda v: Text(
        "remark.leak.upper-case", "{entry!r} matches nothing: hosts in module paths are lower case", **v
    ),
    "leak.character": lambda v: Text(
        "remark.leak.character", "{entry!r} matches nothing: a character that module paths cannot hold", **v
    ),
    "leak.no-dot": lambda v: Text(
        "remark.leak.no-dot", "{entry!r} matches nothing: the host of a module path has a dot", **v
    ),
}

#: The ids that have words.
WORDED = frozenset(_WORDS)


def text_of(remark: Remark | PatternFault) -> Text:
    """The remark in words."""
    if isinstance(remark, PatternFault):
        return _WORDS[remark.id]({"entry": remark.entry, "meant": ", ".join(remark.meant)})
    return _WORDS[remark.id](remark.values)
