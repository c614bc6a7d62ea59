"""The chain: text to items and back, what go refuses in it, and whether go says so too."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goproxyctl.gosem.chain import Chain, HopKind, Item, parse_chain, print_chain, read_chain, read_item
from goproxyctl.gosem.gourl import GoUrl, join_module, join_url, parse_url
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.version import NEWEST, GoVersion
from tests.gosem.conformance.corpus import recorded_words
from tests.gosem.conformance.grammar import agrees, ask_go, make_values, predict
from tests.gosem.toolchains import VERSIONS, require_go_version, version_of
from tests.scale import scaled

OLD = GoVersion.parse("1.14.15")


def _ids(chain: Chain) -> list[str]:
    return [fault.id for fault in chain.faults]


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("a.test,b.test", (Item("a.test", ","), Item("b.test"))),
        ("a.test|b.test,direct", (Item("a.test", "|"), Item("b.test", ","), Item("direct"))),
        (" a.test ,\tdirect\r", (Item("a.test", ","), Item("direct"))),
        (",|a.test,,|", (Item("a.test", ","),)),
        ("off,https://never.test", (Item("off"),)),
        ("direct|DIRECT", (Item("direct"),)),
        ("", ()),
        (" , ", ()),
        ("a.test\x1c", (Item("a.test\x1c"),)),
    ],
)
def test_items_of_a_chain(value: str, items: tuple[Item, ...]) -> None:
    assert parse_chain(value) == items


def test_before_1_15_the_pipe_is_a_character_like_others() -> None:
    assert parse_chain("a.test|b.test,c.test", OLD) == (Item("a.test|b.test", ","), Item("c.test"))


_ITEM = st.text("abc./:", min_size=1).filter(lambda text: text.strip() == text and text not in {"off", "direct"})


@given(st.lists(st.tuples(_ITEM, st.sampled_from([",", "|"]))))
def test_printing_and_parsing_a_chain_gives_it_back(pairs: list[tuple[str, str]]) -> None:
    items = [Item(text, "|" if mark == "|" else ",") for text, mark in pairs]
    if items:
        items[-1] = Item(items[-1].text)
    assert parse_chain(print_chain(tuple(items))) == tuple(items)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("https://a.test,direct", []),
        ("http://a.test", []),
        ("goproxy.cn", []),
        ("localhost:8080", []),
        ("file:///srv/proxy", []),
        ("https:/host", []),
        ("HTTPS://a.test", []),
        ("", ["chain.no-entries"]),
        (",|,", ["chain.no-entries"]),
        ("https://a.test,DIRECT", ["chain.missing-scheme"]),
        ("OFF", ["chain.missing-scheme"]),
        ("//host", ["chain.missing-scheme"]),
        ("/abs/path", ["chain.missing-scheme"]),
        ("ftp://a.test", ["chain.bad-scheme"]),
        ("C:\\dir", ["chain.bad-url"]),
        ("file://host/x", ["chain.file-parts"]),
        ("file:///x?y", ["chain.file-parts"]),
        ("file:/x", ["chain.file-parts"]),
        ('"https://a.test"', ["chain.bad-url"]),
        ("a.test;b.test:1;2", ["chain.bad-url"]),
        ("https://a b.test", ["chain.bad-url"]),
        ("DIRECT,nonsense,https://good.test", ["chain.missing-scheme"] * 2),
        ("direct,nonsense", []),
    ],
)
def test_faults_of_a_chain(value: str, ids: list[str]) -> None:
    assert _ids(read_chain(value)) == ids


def test_a_good_item_keeps_its_place_beside_a_bad_one() -> None:
    chain = read_chain("nonsense,https://a.test|https://b.test,https://a.test,off")
    assert [(hop.index, hop.server, hop.kind, hop.any_error) for hop in chain.hops] == [
        (1, 1, HopKind.PROXY, True),
        (2, 2, HopKind.PROXY, False),
        (3, 1, HopKind.PROXY, False),
        (4, 4, HopKind.OFF, False),
    ]


@pytest.mark.parametrize(
    ("value", "go", "says"),
    [
        ("https://[abc]", "1.27.3", 'parse "https://[abc]": invalid host'),
        ("https://[abc]", "1.21.13", ""),
        ("https://[1.2.3.4]", "1.27.3", 'parse "https://[1.2.3.4]": invalid IP-literal'),
        ("https://x[::1]", "1.27.3", 'parse "https://x[::1]": invalid IP-literal'),
        ("https://x[::1]", "1.24.11", ""),
        ("https://[::1", "1.27.3", "parse \"https://[::1\": missing ']' in host"),
        ("https://[fe80::1%25en0]:80", "1.27.3", ""),
        ("https://[fe80::1%25e<]", "1.27.3", ""),
        ("https://a:b:80", "1.27.3", 'parse "https://a:b:80": invalid port ":b:80" after host'),
        ("https://a:b:80", "1.21.13", ""),
        ("https://a%41", "1.27.3", 'parse "https://a%41": invalid URL escape "%41"'),
        ("https://a/%\uff0c", "1.27.3", 'parse "https://a/%\uff0c": invalid URL escape "%\\xef\\xbc"'),
        ("https://a\x01", "1.27.3", 'parse "https://a\\x01": net/url: invalid control character in URL'),
        ("https://us er@a", "1.27.3", 'parse "https://us er@a": net/url: invalid userinfo'),
        (":x:/", "1.27.3", 'parse ":x:/": missing protocol scheme'),
        ("a%2:/b", "1.27.3", 'parse "a%2:/b": first path segment in URL cannot contain colon'),
        ("https://a#%zz", "1.27.3", 'parse "https://a#%zz": invalid URL escape "%zz"'),
        ("mail:x/:/?#y", "1.27.3", "invalid proxy URL scheme (must be https, http, file): mail:x/:/?#y"),
        ("*", "1.27.3", "invalid proxy URL missing scheme: *"),
    ],
)
def test_the_words_of_go(value: str, go: str, says: str) -> None:
    refused = read_item(value, GoVersion.parse(go))
    assert (str(refused.values["says"]) if isinstance(refused, Remark) else "") == says


def test_windows_takes_drive_and_share_paths_for_absolute() -> None:
    for text in ("C:\\dir.d", "\\\\server\\share.d"):
        assert read_item(text, windows=True) != read_item(text)
    assert isinstance(read_item("file:///C:/dir", windows=True), GoUrl)


def test_a_password_never_stands_in_what_go_says_of_a_scheme() -> None:
    refused = read_item("ftp://user:secret@a.test/x?y#z")
    assert isinstance(refused, Remark)
    assert str(refused.values["says"]).endswith("ftp://user:xxxxx@a.test/x?y#z")


@pytest.mark.parametrize(
    ("base", "module", "database"),
    [
        ("https://a.test", "/m.test/%21x/@v/list", "/sumdb/s/lookup/!x"),
        ("https://a.test/", "/m.test/%21x/@v/list", "/sumdb/s/lookup/!x"),
        ("https://a.test/base//", "/base/m.test/%21x/@v/list", "/base//sumdb/s/lookup/%21x"),
        ("https://a.test/A%2Fb", "/A%2Fb/m.test/%21x/@v/list", "/A%2Fb/sumdb/s/lookup/!x"),
        ("https://a.test/\u00e9", "/%C3%A9/m.test/%21x/@v/list", "/%C3%A9/sumdb/s/lookup/%21x"),
    ],
)
def test_upper_case_letters_on_the_wire(base: str, module: str, database: str) -> None:
    url = parse_url(base, NEWEST)
    assert join_module(url, "m.test/!x/@v/list").escaped_path() == module
    assert join_url(join_url(url, "sumdb/s"), "/lookup/!x").escaped_path() == database


def test_go_said_what_we_say_of_every_recorded_value() -> None:
    wrong = [
        (str(go), variable, value, said, predict(variable, value, go))
        for go, variable, value, said in recorded_words()
        if not agrees(variable, said, predict(variable, value, go))
    ]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_go_says_what_we_say_of_random_chains(version: str) -> None:
    binary, go = require_go_version(version), version_of(version)
    for value in make_values("GOPROXY", Random(f"chains/{version}"), scaled(40, 500)):
        said = ask_go(binary, "GOPROXY", value)
        assert agrees("GOPROXY", said, predict("GOPROXY", value, go)), value
