"""GOTOOLCHAIN, versions of Go, and the settings with their defaults."""

import re
from itertools import pairwise

import pytest

from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.settings import Settings, settings_of
from goproxyctl.gosem.toolchain import Toolchain, module_version, read_toolchain, version_of
from goproxyctl.gosem.version import AUTH, PIPE, STRICT_BRACKET, GoVersion
from tests.gosem.conformance.grammar import agrees, ask_go, make_values, predict
from tests.gosem.toolchains import VERSIONS, require_go_version
from tests.gosem.toolchains import version_of as release_of

OLD = GoVersion.parse("1.20.14")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", Toolchain()),
        ("local", Toolchain()),
        ("auto", Toolchain(mode="auto")),
        ("path", Toolchain(mode="path")),
        ("local+auto", Toolchain(mode="auto")),
        ("go1.22.3", Toolchain("go1.22.3")),
        ("go1.22.3+auto", Toolchain("go1.22.3", "auto")),
        ("go1.22.3-corp+path", Toolchain("go1.22.3-corp", "path")),
    ],
)
def test_good_values(value: str, read: Toolchain) -> None:
    assert read_toolchain(value) == read


@pytest.mark.parametrize(
    ("value", "id"),
    [
        ("LOCAL", "toolchain.invalid"),
        ("1.22.3", "toolchain.invalid"),
        ("go2.0", "toolchain.invalid"),
        ("go1.22/x", "toolchain.invalid"),
        ("local\r", "toolchain.invalid"),
        ("auto+auto", "toolchain.minimum"),
        ("go1.22.3+", "toolchain.suffix"),
        ("local+x", "toolchain.suffix"),
    ],
)
def test_refused_values(value: str, id: str) -> None:
    refused = read_toolchain(value)
    assert isinstance(refused, Remark)
    assert refused.id == id


def test_before_1_21_there_is_no_such_setting() -> None:
    assert read_toolchain("nonsense", OLD) == Toolchain()
    assert settings_of({"GOTOOLCHAIN": "auto"}, OLD).toolchain == "local"


@pytest.mark.parametrize(
    ("value", "downloads"),
    [("local", False), ("path", False), ("go1.22.3+path", False), ("auto", True), ("go1.22.3", True)],
)
def test_which_values_fetch(value: str, *, downloads: bool) -> None:
    read = read_toolchain(value)
    assert isinstance(read, Toolchain)
    assert read.downloads is downloads


def test_the_version_of_a_toolchain_module() -> None:
    assert module_version("go1.22.3") == "v0.0.1-go1.22.3.linux-amd64"


@pytest.mark.parametrize("name", ["1.22.3", "go", "gogo1.2", "go1.22.3.4", "go01.2", "go1.22rc", "bash"])
def test_names_that_are_no_toolchain(name: str) -> None:
    found = version_of(name)
    assert found is None or name == "go1.22rc"


def test_versions_are_ordered_as_go_orders_them() -> None:
    rising = ["1", "1.13", "1.20.14", "1.21", "1.21rc1", "1.21rc2", "1.21.0", "1.21.13", "1.22", "go1.27.3", "2.0.0"]
    versions = [GoVersion.parse(text) for text in rising]
    assert all(a < b and not b < a for a, b in pairwise(versions))
    assert [str(v) for v in versions[3:8]] == ["1.21", "1.21rc1", "1.21rc2", "1.21.0", "1.21.13"]
    assert str(GoVersion.parse("1.22rc")) == "1.22rc"


@pytest.mark.parametrize("text", ["", "go", "1.", "1.2.3.4", "v1.2", "01.2", "1.2.03", "x"])
def test_texts_that_are_no_version(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        GoVersion.parse(text)


def test_a_change_reaches_older_minors_by_backport() -> None:
    has = [GoVersion.parse(text).has(STRICT_BRACKET) for text in ("1.24.11", "1.25.7", "1.25.8", "1.26.0", "1.26.1")]
    assert has == [False, False, True, False, True]
    assert not GoVersion.parse("1.14.15").has(PIPE)
    assert not GoVersion.parse("1.23.12").has(AUTH)
    assert GoVersion.parse("1.24rc1").has(AUTH)


def test_settings_take_the_defaults_of_go() -> None:
    assert settings_of({}) == Settings()
    private = settings_of({"GOPRIVATE": "a.test", "GONOSUMDB": "", "GONOPROXY": "none"})
    assert (private.noproxy, private.nosumdb) == ("none", "a.test")
    assert settings_of({"GOPROXY": "", "GOSUMDB": ""}).proxy == ""
    assert settings_of({"GOAUTH": "off", "GOINSECURE": "a", "GOVCS": "*:git"}).auth == "off"
    ancient = settings_of({"GOAUTH": "off", "GOINSECURE": "a", "GOVCS": "*:git"}, GoVersion.parse("1.13.15"))
    assert (ancient.auth, ancient.insecure, ancient.vcs) == ("netrc", "", "")


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_go_says_what_we_say(version: str) -> None:
    binary, go = require_go_version(version), release_of(version)
    for value in make_values("GOTOOLCHAIN", None, 99):
        assert agrees("GOTOOLCHAIN", ask_go(binary, "GOTOOLCHAIN", value), predict("GOTOOLCHAIN", value, go)), value
