"""What ruamel.yaml says about broken YAML, in words that say what to do."""

import re
from typing import Any

from ruamel.yaml.error import MarkedYAMLError

from goproxyctl.policy import scalars
from goproxyctl.policy.complaints import brief
from goproxyctl.text import Text

Saying = tuple[Text, Text | None]

_INDENT = Text("yaml.indent.advice", "indent it like the lines it belongs to, with spaces")
_QUOTE_COLON = Text("yaml.colon.advice", "put text that holds ': ' in quotes, or check the indentation")

_BACKSLASH = Text("yaml.escape.advice", "write '\\\\' for a backslash, or use single quotes")

#: What the parser says (a part of it) and what that means, in order of search.
_SAYINGS: tuple[tuple[str, Saying], ...] = (
    ("found character '\\t'", (Text("yaml.tab", "a tab cannot indent YAML"), Text("yaml.tab.advice", "use spaces"))),
    (
        "could not find expected ':'",
        (Text("yaml.no-colon", "no ':' after this name"), Text("yaml.no-colon.advice", "write 'name: value'")),
    ),
    ("mapping values are not allowed", (Text("yaml.colon", "a ':' cannot stand here"), _QUOTE_COLON)),
    ("mapping keys are not allowed", (Text("yaml.question", "a '?' cannot stand here"), None)),
    ("sequence entries are not allowed", (Text("yaml.dash", "a list cannot begin here"), _INDENT)),
    (
        "unexpected end of stream",
        (Text("yaml.open-quote", "this quote is never closed"), Text("yaml.open-quote.advice", "close it")),
    ),
    (
        "unknown escape character",
        (
            Text("yaml.escape", "this backslash means nothing in double quotes"),
            _BACKSLASH,
        ),
    ),
    (
        "expected escape sequence",
        (Text("yaml.escape-digits", "hexadecimal digits are missing after this escape"), _BACKSLASH),
    ),
    ("expected <block end>", (Text("yaml.indent", "this line does not fit the lines above it"), _INDENT)),
    ("',' or ']'", (Text("yaml.open-list", "a ',' or the closing ']' of this list is missing"), None)),
    ("',' or '}", (Text("yaml.open-mapping", "a ',' or the closing '}}' of this mapping is missing"), None)),
    ("expected the node content", (Text("yaml.no-value", "a value is missing here"), None)),
    ("undefined tag handle", (Text("yaml.tag", "tags ('!…') are not allowed"), None)),
    (
        "expected '<document start>'",
        (Text("yaml.second-document", "a policy file holds one document; this starts another"), None),
    ),
)

#: Errors whose beginning helps more than the place where the parser gave up.
_SHOW_START = (
    "expected alphabetic or numeric",
    "unexpected end of stream",
    "',' or ']'",
    "',' or '}",
    "could not find expected ':'",
)

#: What cannot begin a plain text.
_SPECIAL = r"[*&@`%!|>][^\s,\]}]*"


def pick_mark(error: MarkedYAMLError) -> Any:
    """The mark of ruamel.yaml that a person should look at."""
    start, end = error.context_mark, error.problem_mark
    if start is not None and any(part in str(error.problem) for part in _SHOW_START):
        return start
    return end if end is not None else start


def explain(error: MarkedYAMLError, rest: str) -> Saying:
    """What is wrong, and what to do; ``rest`` is the source line from the mark on."""
    said = str(error.problem)
    for part, saying in _SAYINGS:
        if part in said:
            return saying
    special = re.match(_SPECIAL, rest)
    if special:
        advice = Text("yaml.quote-it", "quote it: {quoted}", quoted=scalars.quoted(brief(special[0])))
        return Text("yaml.special", "a plain text cannot begin with {char}", char=rest[0]), advice
    return Text("yaml.invalid", "this is not valid YAML"), None
