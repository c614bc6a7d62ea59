"""GOSUMDB: its grammar, the key hash, aliases, and an address of its own."""

import pytest

from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.sumdb import KNOWN_KEYS, SumDB, check_verifier, read_sumdb
from tests.gosem.conformance.content import SIGNER
from tests.gosem.conformance.grammar import agrees, ask_go, make_values, predict
from tests.gosem.toolchains import VERSIONS, require_go_version, version_of

KEY = SIGNER.verifier


@pytest.mark.parametrize(
    ("value", "id"),
    [
        ("", "sumdb.missing"),
        (" ", "sumdb.missing"),
        ("https://sum.golang.org", "sumdb.verifier"),
        ("OFF", "sumdb.verifier"),
        (" off", "sumdb.verifier"),
        ("off\r", "sumdb.verifier"),
        ("goproxy.cn", "sumdb.verifier"),
        ("a,b", "sumdb.verifier"),
        ("sum.golang.google.cn ", "sumdb.verifier"),
        ("sum.golang.org a b", "sumdb.fields"),
        (KEY.replace("sum.test", "sum.tesu"), "sumdb.hash"),
        (f"{KEY} :x", "sumdb.url"),
        ("x+d0e3d1a4+AQ==", "sumdb.hash"),
    ],
)
def test_refused_values(value: str, id: str) -> None:
    refused = read_sumdb(value)
    assert isinstance(refused, Remark)
    assert (refused.id, refused.values["value"]) == (id, value)


def test_off_means_none() -> None:
    assert read_sumdb("off") == SumDB(off=True)


def test_a_known_name_has_its_key_and_is_dialled_at_its_name() -> None:
    read = read_sumdb("sum.golang.org")
    assert isinstance(read, SumDB)
    assert (read.name, read.key, read.url) == ("sum.golang.org", KNOWN_KEYS["sum.golang.org"], None)
    assert read.direct is not None
    assert read.direct.host == "sum.golang.org"


def test_the_mainland_alias_states_an_address() -> None:
    read = read_sumdb("sum.golang.google.cn")
    assert isinstance(read, SumDB)
    assert read.name == "sum.golang.org"
    assert read.url is not None
    assert read.url.host == "sum.golang.google.cn"


def _key(name: str, raw: bytes) -> str:
    import base64
    import hashlib

    digest = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex()
    return f"{name}+{digest}+{base64.b64encode(raw).decode()}"


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        (KEY, None),
        (_key("x", b"\x02" + bytes(32)), "algorithm"),
        (_key("x", b"\x01" + bytes(31)), "verifier"),
        (_key("x", b"\x01" + bytes(32)), None),
        (KEY[:-1], "verifier"),
        ("x+00000000+====", "verifier"),
        ("+00000000+AQ==", "verifier"),
    ],
)
def test_verifier_keys(key: str, wrong: str | None) -> None:
    found = check_verifier(key)
    assert (found and found[0]) == wrong


@pytest.mark.parametrize("name", ["sum.test/", "", "a:b:c", "host?x", "user@host"])
def test_a_name_must_be_a_host_and_a_path(name: str) -> None:
    refused = read_sumdb(_key(name, b"\x01" + bytes(32)))
    assert isinstance(refused, Remark)
    assert refused.id in {"sumdb.name", "sumdb.verifier"}


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_go_says_what_we_say(version: str) -> None:
    binary, go = require_go_version(version), version_of(version)
    for value in make_values("GOSUMDB", None, 99):
        assert agrees("GOSUMDB", ask_go(binary, "GOSUMDB", value), predict("GOSUMDB", value, go)), value
