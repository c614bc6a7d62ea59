"""YAML scalars that every reader takes for the same text, whichever version of YAML it knows."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

_ESCAPED = re.compile(r'[^ -~]|["\\]')
#: Plain words that some reader of YAML takes for something else.
_NOT_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] in '"\\':
        return "\\" + match[0]
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def quote_yaml(text: str) -> str:
    """``text`` as a double-quoted scalar on one line of ASCII.

    Quoted whatever it says: YAML 1.1 readers take a plain ``off`` for a boolean and ``12:30`` for 750, and
    escapes of JSON for characters beyond U+FFFF (surrogate pairs) are not YAML.
    Raises: FormatError for a lone surrogate, which is no character.
    Source: yaml.org/spec/1.1 and 1.2.2, 5.7 escaped characters and 7.3.1 double-quoted style.
    """
    lone = _SURROGATE.search(text)
    if lone:
        raise FormatError(
            Text("yaml.surrogate", "U+{code} is half a character; write the whole one", code=f"{ord(lone[0]):04X}")
        )
    return f'"{_ESCAPED.sub(_escape, text)}"'


def flow(value: Any) -> str:
    """``value`` as YAML on one line. Text is quoted unless every reader of YAML takes it for the same word."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {flow(below)}" for name, below in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return plain(value) if isinstance(value, str) else json.dumps(value)


def plain(text: str) -> str:
    """``text`` as a scalar, without quotes where every reader takes it for the same word."""
    bare = re.fullmatch(r"[a-z][a-z0-9-]*", text) and text not in _NOT_WORDS
    return text if bare else quote_yaml(text)


#: Text that can stand in a literal block as it is: lines of ASCII, none of them empty, the first without an indent.
_LITERAL = re.compile(r"[!-~]([ -~]*[!-~])?\n([ -~]*[!-~]\n)+")


def block(value: Any, quote: Callable[[str], str] = quote_yaml) -> str:
    """``value`` as YAML of many lines, the way people write manifests; every text is what ``quote`` makes of it.

    Text of several lines, as a certificate is, stands in a literal block.
    """
    return "\n".join(_block_lines(value, quote))


def _block_lines(value: Any, quote: Callable[[str], str]) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for name, below in value.items():
            key, lines = _key(name), list(_block_lines(below, quote))
            if isinstance(below, Mapping | list | tuple) and below:
                yield f"{key}:"
                yield from ("  " + line for line in lines)
            else:
                yield f"{key}: {lines[0]}"
                yield from ("  " + line for line in lines[1:])
    elif isinstance(value, list | tuple) and value:
        for one in value:
            first, *rest = _block_lines(one, quote)
            yield f"- {first}"
            yield from ("  " + line for line in rest)
    elif isinstance(value, str) and _LITERAL.fullmatch(value):
        yield from ("|", *value.splitlines())
    else:
        yield quote(value) if isinstance(value, str) else flow(value)


def _key(name: str) -> str:
    """A name of a field, bare where every reader of YAML takes it for that name."""
    bare = re.fullmatch(r"[A-Za-z][A-Za-z0-9._/-]*", name) and name.lower() not in _NOT_WORDS
    return name if bare else quote_yaml(name)
