"""What gosem remarks about layers and lines of a go env file, in words."""

from collections.abc import Callable, Mapping

from goproxyctl.gosem.envfile import Fate
from goproxyctl.text import Text

_Values = Mapping[str, str | int]

FILE_WORDS: dict[str, Callable[[_Values], Text]] = {
    "envfile.carriage-return": lambda v: Text(
        "remark.envfile.carriage-return", "a carriage return is part of the value of {key}", **v
    ),
    "envfile.quotes": lambda v: Text("remark.envfile.quotes", "the quotes are part of the value of {key}", **v),
    "envfile.blank-in-key": lambda v: Text(
        "remark.envfile.blank-in-key", "a blank is part of the name {key!r}; go reads no such variable", **v
    ),
    "envfile.blank-around-value": lambda v: Text(
        "remark.envfile.blank-around-value", "a blank at its end is part of the value of {key}", **v
    ),
    "envfile.comment-in-value": lambda v: Text(
        "remark.envfile.comment-in-value", "what looks like a comment is part of the value of {key}", **v
    ),
    "envfile.not-expanded": lambda v: Text(
        "remark.envfile.not-expanded", "go expands nothing here: the value of {key} is taken as it is written", **v
    ),
    "envfile.nul": lambda v: Text("remark.envfile.nul", "a NUL is part of the line of {key}", **v),
    "envfile.not-utf-8": lambda v: Text("remark.envfile.not-utf-8", "the line of {key} is not UTF-8", **v),
    "envfile.empty": lambda v: Text("remark.envfile.empty", "{key} is set to nothing", **v),
    "envfile.duplicate": lambda v: Text(
        "remark.envfile.duplicate", "line {counts} decides about {key}; this one has no effect", **v
    ),
    "layers.relative": lambda v: Text(
        "remark.layers.relative", "{variable} is not absolute, so go behaves as if it were off", **v
    ),
    "layers.empty-is-unset": lambda v: Text(
        "remark.layers.empty-is-unset", "{variable} is set to nothing, which go takes for not set", **v
    ),
    "layers.shadowed": lambda v: Text(
        "remark.layers.shadowed", "the environment sets {variable}, so line {line} has no effect", **v
    ),
    "layers.case": lambda v: Text("remark.layers.case", "go reads {variable}, not {name}", **v),
    "layers.follows": lambda v: Text("remark.layers.follows", "nothing sets {variable}; it follows {of}", **v),
    "layers.of-the-build": lambda v: Text(
        "remark.layers.of-the-build", "nothing sets {variable}; go itself knows its default", **v
    ),
    "layers.means": lambda v: Text("remark.layers.means", "empty {variable} means {means}", **v),
    "layers.later": lambda v: Text("remark.layers.later", "this go does not know {variable}; go {since} does", **v),
    "layers.environment-only": lambda v: Text(
        "remark.layers.environment-only", "go takes {variable} from the environment only, not from a file", **v
    ),
    "layers.fixed": lambda v: Text(
        "remark.layers.fixed", "go makes {variable} itself; what {name} says has no effect", **v
    ),
    "layers.unknown": lambda v: Text("remark.layers.unknown", "go reads no variable {name}", **v),
}


def text_of_fate(fate: Fate) -> Text | None:
    """Why go ignores a line of a go env file, where it was probably meant to say something."""
    words = {
        "byte-order-mark": Text(
            "remark.fate.byte-order-mark", "go ignores the first line: a byte order mark is before it"
        ),
        "utf-16": Text("remark.fate.utf-16", "go ignores the whole file: it is UTF-16"),
        "export": Text("remark.fate.export", "go ignores this line: it must begin with the name"),
        "indented": Text("remark.fate.indented", "go ignores this line: it begins with a blank"),
        "lower-case": Text("remark.fate.lower-case", "go ignores this line: names are upper case"),
        "first-byte": Text("remark.fate.first-byte", "go ignores this line: it does not begin with a name"),
        "no-equals": Text("remark.fate.no-equals", "go ignores this line: it has no '='"),
    }
    return words.get(fate)
