"""Plain scalars: which ones every YAML reader takes for text, and which ones only look like it."""

import json
import re

#: What some reader of YAML 1.1 or 1.2 takes for a boolean, a null, a merge key or a default value.
_WORDS = frozenset(["~", "=", "<<", "null", "true", "false", "yes", "no", "on", "off", "y", "n"])

#: What some reader takes for a number (decimal, octal, hexadecimal, binary, base 60, float) or for a date.
#: Source: yaml.org/type (1.1), YAML 1.2.2 section 10.3.2; wider than both, for leaving out quotes gains nothing. But
#: one SHA-256 of 256 begins with 0b.
_NUMBER = (
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+|[0-9_]+(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:e[-+]?[0-9]+)?|\.inf)|\.nan"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:t|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}[-+0-9:. \tz]*)?"
)

#: Whole numbers that all readers agree on: no leading zero, and small enough for any language.
_WHOLE = r"[-+]?(?:0|[1-9][0-9]{0,14})"

#: What numbers and dates begin with; most words need no closer look.
_BEGINS = frozenset("0123456789_.+-")

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def looks_like_text(plain: str) -> bool:
    """Whether every YAML reader takes the unquoted ``plain`` for text."""
    if not plain or plain.lower() in _WORDS:
        return False
    return plain[0] not in _BEGINS or not re.fullmatch(_NUMBER, plain, re.IGNORECASE)


def whole_number(plain: str) -> int | None:
    """The number that every reader sees in the unquoted ``plain``, or None."""
    return int(plain) if plain[:1] in _BEGINS and re.fullmatch(_WHOLE, plain) else None


def boolean(plain: str) -> bool | None:
    """The truth value of the unquoted ``plain`` in the YAML 1.2 core schema, or None. ``yes`` and ``on`` are none."""
    return _BOOLEANS.get(plain)


def quoted(text: str) -> str:
    """``text`` as it is written in YAML so that every reader takes it for text."""
    return json.dumps(text, ensure_ascii=False)
