"""What an edit of a JSON file with comments looks like, and what is refused."""

import json
import time

import pytest

from goproxyctl.formats import Edit, FormatError, jsonc
from goproxyctl.resource import Key, Match

TOOLS = "go.toolsEnvVars"


def put(text: str | None, *pairs: tuple[Key, object]) -> str:
    edits = [Edit(key, None if value is None else json.dumps(value).encode()) for key, value in pairs]
    edited = jsonc.edit(None if text is None else text.encode(), edits)
    return (edited.text or b"").decode()


INSERTIONS = {
    "after the last member, with its indent": ('{\n    "a": 1\n}\n', '{\n    "a": 1,\n    "K": "v"\n}\n'),
    "a trailing comma is repeated": ('{\n  "a": 1,\n}', '{\n  "a": 1,\n  "K": "v",\n}'),
    "after the comment on the same line": (
        '{\n\t"a": 1 // one\n\t// two\n}',
        '{\n\t"a": 1, // one\n\t"K": "v"\n\t// two\n}',
    ),
    "after a comment behind a trailing comma": ('{\n  "a": 1, // one\n}', '{\n  "a": 1, // one\n  "K": "v",\n}'),
    "one line stays one line": ('{"a": 1}', '{"a": 1, "K": "v"}'),
    "one line with blanks inside": ('{ "a": 1 }', '{ "a": 1, "K": "v" }'),
    "one line without blanks": ('{"a":1,"b":2}', '{"a":1,"b":2,"K": "v"}'),
    "an empty object on one line": ("{}", '{"K": "v"}'),
    "an empty object on two lines": ("{\n}\n", '{\n  "K": "v"\n}\n'),
    "an object with a comment only": ("{\n    // mine\n}", '{\n    // mine\n  "K": "v"\n}'),
    "CRLF": ('{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "K": "v"\r\n}\r\n'),
    "BOM": ('\ufeff{\n  "a": 1\n}', '\ufeff{\n  "a": 1,\n  "K": "v"\n}'),
    "a line comment never swallows the new member": ('{"a": 1 // one\n}', '{"a": 1, // one\n  "K": "v"\n}'),
}


@pytest.mark.parametrize("name", INSERTIONS)
def test_a_new_member_goes_last(name: str) -> None:
    before, after = INSERTIONS[name]
    assert put(before, (("K",), "v")) == after
    assert put(after, (("K",), None)) == before


def test_objects_on_the_way_are_made_pretty() -> None:
    before = '{\n    "editor.tabSize": 4\n}\n'
    keys: list[Key] = [(TOOLS, "GOPROXY"), (TOOLS, "GOSUMDB")]
    edits = [Edit(key, b'"v"') for key in keys]
    edited = jsonc.edit(before.encode(), edits)
    assert (edited.text or b"").decode() == (
        '{\n    "editor.tabSize": 4,\n    "go.toolsEnvVars": {\n        "GOPROXY": "v",\n        "GOSUMDB": "v"\n    }\n}\n'
    )
    assert edited.made == (1, 1)
    once = jsonc.edit(edited.text, [Edit(keys[0], None, 1)])
    assert once.text is not None
    assert jsonc.edit(once.text, [Edit(keys[1], None, 1)]).text == before.encode()


def test_a_new_file_is_pretty_ascii_and_goes_when_nothing_of_ours_is_left() -> None:
    edits = [Edit((TOOLS, "GOPROXY"), b'"v"'), Edit((TOOLS, "B"), b'"\\u6ce8"')]
    edited = jsonc.edit(None, edits)
    assert edited.text == b'{\n  "go.toolsEnvVars": {\n    "GOPROXY": "v",\n    "B": "\\u6ce8"\n  }\n}\n'
    assert edited.made == (2, 2)
    left = jsonc.edit(edited.text, [Edit(edits[0].key, None, 2)])
    assert left.text == b'{\n  "go.toolsEnvVars": {\n    "B": "\\u6ce8"\n  }\n}\n'
    assert jsonc.edit(left.text, [Edit(edits[1].key, None, 2)]).text is None
    assert jsonc.edit(None, [Edit(edits[0].key, None)]).text is None


def test_what_is_not_ours_stays_around_what_was_ours() -> None:
    mine = b'{\n  // mine\n  "go.toolsEnvVars": {\n    "GOPROXY": "v"\n    // keep\n  }\n}\n'
    assert jsonc.edit(mine, [Edit((TOOLS, "GOPROXY"), None, 2)]).text == (
        b'{\n  // mine\n  "go.toolsEnvVars": {\n    // keep\n  }\n}\n'
    )
    theirs = b'{\n  "go.toolsEnvVars": {\n    "GOPROXY": "v"\n  }\n}\n'
    assert jsonc.edit(theirs, [Edit((TOOLS, "GOPROXY"), None, 0)]).text == b'{\n  "go.toolsEnvVars": {\n  }\n}\n'


def test_a_second_key_in_an_object_of_ours_knows_that_it_is_ours() -> None:
    text = b'{\n  "go.toolsEnvVars": {\n    "A": "v"\n  }\n}\n'
    edits = [Edit((TOOLS, "A"), b'"w"', 1), Edit((TOOLS, "B"), b'"w"')]
    assert jsonc.edit(text, edits).made == (1, 1)


REMOVALS = {
    "with its own comment": ('{\n  "a": 1,\n  "K": 2 // own\n}', '{\n  "a": 1\n}'),
    "with its own comment behind the comma": ('{\n  "K": 2, // own\n  "b": 3\n}', '{\n  "b": 3\n}'),
    "never a comment before it": ('{\n  // about K\n  "K": 2,\n  "b": 3\n}', '{\n  // about K\n  "b": 3\n}'),
    "the first on one line": ('{"K": 1, "b": 2}', '{"b": 2}'),
    "in the middle of one line": ('{"a": 1, "K": 1, /* b */ "b": 2}', '{"a": 1, /* b */ "b": 2}'),
    "a brace behind it is not commented out": ('{\n  "a": 1, // one\n  "K": 2 }', '{\n  "a": 1 // one\n   }'),
    "a comment between it and its comma stays": (
        '{\n  "K": 2 // own\n  // about b\n  , "b": 3\n}',
        '{\n  \n  // about b\n  "b": 3\n}',
    ),
    "a trailing comma stays trailing": ('{\n  "a": 1,\n  "K": 2,\n}', '{\n  "a": 1,\n}'),
}


@pytest.mark.parametrize("name", REMOVALS)
def test_a_member_is_removed(name: str) -> None:
    before, after = REMOVALS[name]
    assert put(before, (("K",), None)) == after


def test_a_value_is_replaced_in_its_place() -> None:
    before = '{\n\t"a": /* x */ "old" /* y */, // z\n\t"b": 1\n}'
    assert put(before, (("a",), "new")) == before.replace('"old"', '"new"')
    assert put(before, (("a",), {"k": 1})) == before.replace('"old"', '{\n\t\t"k": 1\n\t}')


LAUNCH = """{
    // Use IntelliSense
    "version": "0.2.0",
    "configurations": [
        {
            "name": "Launch",
            "type": "go",
        }, // first
    ]
}
"""


def test_an_element_is_found_by_its_member() -> None:
    key: Key = ("configurations", Match("name", "Launch"), "env", "GOPROXY")
    edited = jsonc.edit(LAUNCH.encode(), [Edit(key, b'"v"')])
    ours = '            "env": {\n                "GOPROXY": "v"\n            },\n'
    assert (edited.text or b"").decode() == LAUNCH.replace('"go",\n', '"go",\n' + ours)
    assert jsonc.read(edited.text, key) == b'"v"'
    assert jsonc.edit(edited.text, [Edit(key, None, edited.made[0])]).text == LAUNCH.encode()


def test_an_element_of_ours_is_appended_whole() -> None:
    key: Key = ("configurations", Match("name", "ours"))
    content = b'{"env":{"K":"v"},"name":"ours"}'
    edited = jsonc.edit(LAUNCH.encode(), [Edit(key, content)])
    block = """        {
            "env": {
                "K": "v"
            },
            "name": "ours"
        },
"""
    assert (edited.text or b"").decode() == LAUNCH.replace("}, // first\n", "}, // first\n" + block)
    assert jsonc.read(edited.text, key) == content
    assert jsonc.edit(edited.text, [Edit(key, None, edited.made[0])]).text == LAUNCH.encode()
    made = jsonc.edit(None, [Edit(key, content)])
    assert made.made == (2,)
    assert jsonc.edit(made.text, [Edit(key, None, 2)]).text is None


def test_read_gives_canonical_json() -> None:
    text = '\ufeff{"a": {"注": [1, 1.50, true], "B": "\\u6ce8"}, "n": 1e999, "d": 1, "d": 2}'.encode()
    assert jsonc.read(text, ("a",)) == b'{"B":"\\u6ce8","\\u6ce8":[1,1.5,true]}'
    assert jsonc.read(text, ("n",)) == b"1e999"
    assert jsonc.read(text, ("a", "x", "y")) is None
    assert jsonc.read(None, ("a",)) is None


REFUSED: dict[str, tuple[bytes, Key, str]] = {
    "a string where an object must be": (
        b'{"a": "x"}', ("a", "K"), "a: a plain value stands where an object must be; correct the file by hand"),
    "an array where an object must be": (
        b'{"a": []}', ("a", "K"), "a: an array stands where an object must be; correct the file by hand"),
    "an object where an array must be": (
        b'{"c": {}}', ("c", Match("name", "x")), "c: an object stands where an array must be; correct the file by hand"),
    "a root that is no object": (
        b"[]", ("K",), "the whole file: an array stands where an object must be; correct the file by hand"),
    "a key that is there twice": (b'{"K": 1, "K": 2}', ("K",), "K: there are 2 of it; keep one"),
    "a key on the way that is there twice": (b'{"a": {}, "a": {}}', ("a", "K"), "a: there are 2 of it; keep one"),
    "two elements of that name": (
        b'{"c": [{"name": "x"}, {"name": "x"}]}', ("c", Match("name", "x"), "K"), "c/[name=x]: there are 2 of it; keep one"),
    "an element that is named twice": (
        b'{"c": [{"name": "x", "name": "y"}]}', ("c", Match("name", "x")), "[name=x]: its name is there twice; keep one"),
    "a missing brace": (
        b'{\n  "a": 1\n', ("K",), "line 3, column 1: a comma or } is missing; correct it there, nothing was changed"),
    "a missing colon": (b'{"a" 1}', ("K",), "line 1, column 5: a colon is missing; correct it there, nothing was changed"),
    "a missing value": (
        b'\xef\xbb\xbf{"a":}', ("K",), "line 1, column 6: a value is missing; correct it there, nothing was changed"),
    "single quotes": (
        b"{'a': 1}", ("K",),
        'line 1, column 2: a key in double quotes, or "}" is missing; correct it there, nothing was changed'),
    "something after the end": (
        b"{} {}", ("K",), "line 1, column 4: the end of the file is missing; correct it there, nothing was changed"),
    "an empty file": (b"", ("K",), "the file holds no JSON value; delete it, or write {} into it"),
    "only a comment": (b"// nothing\n", ("K",), "the file holds no JSON value; delete it, or write {} into it"),
    "UTF-16": ("{}".encode("utf-16"), ("K",),
        "the file is UTF-16, or holds NUL bytes, so it is not plain text; save it as UTF-8"),
    "Latin-1": (b'{"a": "\xe9"}', ("K",), "byte 8 is not UTF-8; save the file as UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_to_read_and_to_edit(name: str) -> None:
    text, key, words = REFUSED[name]
    for call in (lambda: jsonc.read(text, key), lambda: jsonc.edit(text, [Edit(key, b'{"name":"x"}')])):
        with pytest.raises(FormatError) as caught:
            call()
        assert str(caught.value) == words


def test_an_element_that_is_not_ours_is_never_made() -> None:
    key: Key = ("configurations", Match("name", "gone"), "env", "K")
    assert jsonc.read(LAUNCH.encode(), key) is None
    for text in (LAUNCH.encode(), b"{}", None):
        with pytest.raises(FormatError, match="there is no such element; create it first"):
            jsonc.edit(text, [Edit(key, b"1")])
    with pytest.raises(FormatError, match="the content is not that element"):
        jsonc.edit(LAUNCH.encode(), [Edit(key[:2], b'{"name":"other"}')])


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_deep_nesting_never_ends_in_a_recursion_error(text: str) -> None:
    with pytest.raises(FormatError, match="nested deeper than 100 levels"):
        jsonc.read(text.encode(), ("b",))


def test_a_hundred_levels_are_read_and_edited() -> None:
    text = b'{"a":' + b"[" * 99 + b"]" * 99 + b"}"
    assert jsonc.edit(text, [Edit(("b",), b"1")]).text == text[:-1] + b', "b": 1}'


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["/*" * 200_000, '"' + "\\" * 400_001, "// \r" * 100_000, " " * 800_000, "{" + "//\n" * 200_000]
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(FormatError):
        jsonc.read(text.encode(), ("b",))
    assert time.perf_counter() - start < 10  # 0.1 s alone; minutes if it were not linear


@pytest.mark.slow
def test_a_large_file_is_edited_in_seconds() -> None:
    rows = "".join(f'  "key.{i}": {{"a": [1, 2.5, true], "注": "value {i}"}}, // note\n' for i in range(14_000))
    text = f"{{\n{rows}}}\n".encode()
    assert len(text) > 800_000
    edits = [Edit((TOOLS, f"K{i}"), b'"v"') for i in range(10)]
    start = time.perf_counter()
    edited = jsonc.edit(text, edits)
    took = time.perf_counter() - start
    assert jsonc.edit(edited.text, [Edit(e.key, None, 1) for e in edits]).text == text
    assert took < 30, took  # 2 s alone; the machine may be busy
