"""gosem.layers, locations, variables and views against real toolchains; Windows and macOS by go's source."""

import random
from pathlib import Path

import pytest

from goproxyctl.gosem.layers import Effective, Layers, Said, make_layers, resolve, resolve_all, shown
from goproxyctl.gosem.locations import (
    EnvFileAt,
    System,
    find_build_cache,
    find_env_file,
    find_gopath,
    find_goroot,
    is_absolute,
)
from goproxyctl.gosem.variables import compiled_default, kind_of, since
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.gosem.views import Hives, RegistryText, explain, new_environment
from tests.gosem.layer_cases import ASKED, ask, ask_plain, make_case
from tests.gosem.toolchains import FOLDER, require_go_version, version_of
from tests.scale import scaled

GO_ENV = b"GOPROXY=https://proxy.golang.org,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"
OLD = GoVersion.parse("1.20.14")


def layers(environment: dict[str, str] | None = None, env_file: bytes = b"", *, system: System = "linux") -> Layers:
    return make_layers(system, environment or {}, env_file, GO_ENV, "/go")


def remarks(effective: Effective) -> list[str]:
    return [remark.id for remark in effective.remarks]


def before_go_env() -> str:
    """A go without GOROOT/go.env, which no wheel of PyPI holds; nobody has to have one."""
    places = (Path("/usr/lib/go-1.19/bin/go"), FOLDER / "1.19.8" / "go" / "bin" / "go")
    found = next((str(place) for place in places if place.exists()), "")
    return found or pytest.skip("go 1.19 is not installed (the Debian package golang-1.19-go)")


@pytest.mark.slow
@pytest.mark.parametrize("version", ["", "1.24.11", "1.21.13", "1.19.8"])
def test_go_resolves_random_layers_as_we_do(version: str, tmp_path: Path) -> None:
    go = before_go_env() if version == "1.19.8" else require_go_version(version)
    parsed = version_of(version)
    rng = random.Random(f"layers {version}")
    for number in range(scaled(40, 1_500)):
        case = make_case(rng, tmp_path / str(number), go, parsed)
        said, plain = ask(go, case), ask_plain(go, case)
        ours = {name: shown(name, case.layers, parsed) for name in said}
        assert ours == said, (case.environment, case.layers.env_file.values, case.layers.go_env.values)
        assert plain == {name: said[name] for name in ASKED}


@pytest.mark.parametrize(
    ("environment", "env_file", "effective"),
    [
        ({}, b"", ("https://proxy.golang.org,direct", "go.env", 1)),
        ({"GOPROXY": "a"}, b"GOPROXY=b\n", ("a", "environment", 0)),
        ({"GOPROXY": ""}, b"\nGOPROXY=b\n", ("b", "env-file", 2)),
        ({"GOPROXY": ""}, b"", ("https://proxy.golang.org,direct", "go.env", 1)),
        ({"GOPROXY": " "}, b"GOPROXY=b\n", (" ", "environment", 0)),
        ({}, b"GOPROXY=\n", ("", "env-file", 1)),
        ({"goproxy": "a"}, b"goproxy=b\n", ("https://proxy.golang.org,direct", "go.env", 1)),
    ],
)
def test_the_strongest_layer_wins_and_an_empty_line_counts(
    environment: dict[str, str], env_file: bytes, effective: tuple[str, str, int]
) -> None:
    found = resolve("GOPROXY", layers(environment, env_file), NEWEST)
    assert (found.value, found.source, found.line) == effective


def test_the_shadowed_layers_are_named_with_their_values() -> None:
    found = resolve("GOPROXY", layers({"GOPROXY": "a"}, b"GOPROXY=b\r\n"), NEWEST)
    assert found.shadowed == (
        Said("env-file", "GOPROXY", "b\r", 1),
        Said("go.env", "GOPROXY", "https://proxy.golang.org,direct", 1),
    )
    assert remarks(found) == ["layers.shadowed"]


@pytest.mark.parametrize(
    ("variable", "environment", "env_file", "remark"),
    [
        ("GOPROXY", {"GOPROXY": ""}, b"GOPROXY=b", "layers.empty-is-unset"),
        ("GOPROXY", {"goproxy": "a"}, b"", "layers.case"),
        ("GOPROXY", {}, b"GOPROXY=a\r\n", "envfile.carriage-return"),
        ("GOSUMDB", {}, b"GOSUMDB=", "envfile.empty"),
        ("GONOPROXY", {"GOPRIVATE": "a"}, b"", "layers.follows"),
        ("GOMODCACHE", {"HOME": "/h"}, b"", "layers.follows"),
        ("GO111MODULE", {}, b"", "layers.means"),
        ("GOARCH", {}, b"", "layers.of-the-build"),
        ("GOCACHE", {"GOCACHE": "c"}, b"", "layers.relative"),
        ("HTTPS_PROXY", {}, b"HTTPS_PROXY=a", "layers.environment-only"),
        ("GODEBUG", {"GODEBUG": "a=1"}, b"GODEBUG=b=1", "layers.environment-only"),
        ("GOVERSION", {"GOVERSION": "go9"}, b"", "layers.fixed"),
        ("GONOSUMCHECK", {"GONOSUMCHECK": "1"}, b"", "layers.unknown"),
    ],
)
def test_what_is_worth_knowing_is_remarked(
    variable: str, environment: dict[str, str], env_file: bytes, remark: str
) -> None:
    assert remark in remarks(resolve(variable, layers(environment, env_file), NEWEST))


@pytest.mark.parametrize("variable", ["GOPROXY", "GOSUMDB", "GOPRIVATE", "GODEBUG", "HTTP_PROXY", "GOAUTH"])
def test_a_plain_machine_has_no_remark(variable: str) -> None:
    plain = layers({"HOME": "/h"}, b"# mine\nGOPRIVATE=a.example\nGOPROXY=https://p\n")
    assert remarks(resolve(variable, plain, NEWEST)) == []


def test_a_variable_that_this_go_does_not_know_is_not_heard() -> None:
    found = resolve("GOAUTH", layers({"GOAUTH": "off"}), GoVersion.parse("1.23.9"))
    assert (found.value, found.source, remarks(found)) == ("", "nowhere", ["layers.later"])
    assert dict(found.remarks[0].values) == {"variable": "GOAUTH", "since": "1.24"}
    assert resolve("GOAUTH", layers(), NEWEST).value == "netrc"
    assert since("GOPROXY") is None


@pytest.mark.parametrize("env_file", [b"", b"GOPROXY=\nGOSUMDB=\n"])
def test_before_go_env_the_defaults_are_compiled_in_and_an_empty_line_is_no_value(env_file: bytes) -> None:
    old = make_layers("linux", {}, env_file, GO_ENV.replace(b"https", b"not-read"))
    assert resolve_all(["GOPROXY", "GOSUMDB"], old, OLD) == {
        "GOPROXY": "https://proxy.golang.org,direct",
        "GOSUMDB": "sum.golang.org",
    }
    assert resolve("GOPROXY", old, OLD).source == "default"
    assert compiled_default("GOPROXY", NEWEST) == ""


def test_without_go_env_there_is_no_default() -> None:
    bare = make_layers("linux", {})
    assert resolve_all(["GOPROXY", "GOSUMDB", "GOTOOLCHAIN"], bare, NEWEST) == dict.fromkeys(
        ["GOPROXY", "GOSUMDB", "GOTOOLCHAIN"], ""
    )


def test_in_go_env_the_first_line_of_a_key_counts_and_no_goroot() -> None:
    twice = make_layers("linux", {}, b"", b"GOPROXY=a\nGOPROXY=b\nGOROOT=/x\n", "/go")
    assert resolve_all(["GOPROXY", "GOROOT"], twice, NEWEST) == {"GOPROXY": "a", "GOROOT": "/go"}


def test_the_file_chooses_the_goroot_whose_go_env_is_read() -> None:
    assert find_goroot({"GOROOT": "/env"}, {"GOROOT": "/file/"}, "/go", "linux") == "/file"
    assert find_goroot({"GOROOT": "//env/x/.."}, {"GOROOT": ""}, "/go", "linux") == "/env"
    assert find_goroot({}, {}, "/go", "linux") == "/go"
    chosen = layers({"GOROOT": "/env/"}, b"GOROOT=/file\n")
    assert resolve("GOROOT", chosen, NEWEST).value == "/env/"
    assert resolve("GOROOT", chosen, OLD).value == "/env"
    assert resolve("GOROOT", layers(), NEWEST).value == "/go"


def test_lower_case_stands_in_for_an_empty_forward_proxy() -> None:
    found = resolve("HTTP_PROXY", layers({"HTTP_PROXY": "", "http_proxy": "a"}), NEWEST)
    assert (found.value, found.source) == ("a", "environment")
    assert resolve("http_proxy", layers({"http_proxy": "a"}), NEWEST).value == "a"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("GOPROXY", "setting"), ("CC", "setting"), ("GOENV", "environment"), ("GOMOD", "fixed"), ("PROXY", "unknown")],
)
def test_each_variable_has_its_kind(name: str, kind: str) -> None:
    assert kind_of(name, NEWEST) == kind


WINDOWS = {"APPDATA": "C:\\Users\\x\\AppData\\Roaming", "LocalAppData": "C:\\L", "UserProfile": "C:\\Users\\x"}


@pytest.mark.parametrize(
    ("system", "environment", "at"),
    [
        ("windows", WINDOWS, EnvFileAt("C:\\Users\\x\\AppData\\Roaming\\go\\env", "default")),
        ("windows", {"HOME": "C:\\h"}, EnvFileAt(None, "no-home")),
        ("windows", {"goenv": "off", **WINDOWS}, EnvFileAt(None, "off")),
        ("darwin", {"HOME": "/Users/x"}, EnvFileAt("/Users/x/Library/Application Support/go/env", "default")),
        (
            "darwin",
            {"HOME": "/h", "XDG_CONFIG_HOME": "/x"},
            EnvFileAt("/h/Library/Application Support/go/env", "default"),
        ),
        ("darwin", {}, EnvFileAt(None, "no-home")),
        ("linux", {"HOME": "/h"}, EnvFileAt("/h/.config/go/env", "default")),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/x/"}, EnvFileAt("/x/go/env", "default")),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "x"}, EnvFileAt(None, "relative-home")),
        ("linux", {"HOME": "/h", "GOENV": "OFF"}, EnvFileAt("OFF", "named")),
        ("linux", {"HOME": "/h", "GOENV": "off"}, EnvFileAt(None, "off")),
        ("linux", {"HOME": "/h", "GOENV": ""}, EnvFileAt("/h/.config/go/env", "default")),
        ("linux", {"GOENV": "a/b"}, EnvFileAt("a/b", "named")),
    ],
)
def test_the_env_file_is_where_the_system_puts_it(system: System, environment: dict[str, str], at: EnvFileAt) -> None:
    assert find_env_file(environment, system, NEWEST) == at


def test_a_relative_home_was_taken_as_it_is_before_1_24() -> None:
    relative = {"HOME": "/h", "XDG_CONFIG_HOME": "x", "XDG_CACHE_HOME": "y"}
    assert find_env_file(relative, "linux", OLD) == EnvFileAt("x/go/env", "default")
    assert find_build_cache(relative, "linux", OLD) == "y/go-build"
    assert find_build_cache(relative, "linux", NEWEST) == "off"


def test_folders_are_found_by_the_names_of_each_system() -> None:
    assert find_build_cache(WINDOWS, "windows", NEWEST) == "C:\\L\\go-build"
    assert find_build_cache({"HOME": "/h"}, "darwin", NEWEST) == "/h/Library/Caches/go-build"
    assert find_gopath(WINDOWS, "windows", "") == "C:\\Users\\x\\go"
    assert find_gopath({"HOME": "/usr/local"}, "linux", "/usr/local/go") == ""
    assert [is_absolute("windows", path) for path in ("C:\\x", "C:x", "\\x", "\\\\h\\s\\x", "//h/s")] == [
        True, False, False, True, True,
    ]  # fmt: skip
    at_home = layers({"HOME": "/h"})
    assert resolve_all(["GOPATH", "GOCACHE"], at_home, NEWEST) == {"GOPATH": "/h/go", "GOCACHE": "/h/.cache/go-build"}
    relative = layers({"HOME": "h"})
    assert resolve_all(["GOPATH", "GOMODCACHE"], relative, NEWEST) == {"GOPATH": "", "GOMODCACHE": "h/go/pkg/mod"}
    two = layers({"GOPATH": "C:\\a;C:\\b"}, system="windows")
    assert resolve("GOMODCACHE", two, NEWEST).value == "C:\\a\\pkg\\mod"


def test_windows_knows_no_case_in_the_environment_but_does_in_the_file() -> None:
    found = resolve("GOPROXY", layers({"GoProxy": "a"}, b"goproxy=b\n", system="windows"), NEWEST)
    assert (found.value, remarks(found)) == ("a", [])
    assert resolve("GOPROXY", layers({}, b"goproxy=b\n", system="windows"), NEWEST).source == "go.env"


HIVES = Hives(
    machine={"GOPROXY": RegistryText("machine"), "Path": RegistryText("C:\\m"), "GOBASE": RegistryText("D:\\go")},
    user={
        "GoProxy": RegistryText("user"),
        "GOPATH": RegistryText("%GOBASE%\\%USERNAME%\\%NoSuch%", expand=True),
        "PATH": RegistryText("C:\\u"),
    },
)


def test_a_new_program_gets_the_users_variables_before_the_machines() -> None:
    made = new_environment(HIVES, {"USERNAME": "x", "TEMP": ""})
    assert made == {
        "GOPROXY": "user",
        "PATH": "C:\\m;C:\\u",
        "GOBASE": "D:\\go",
        "GOPATH": "D:\\go\\x\\%NoSuch%",
        "USERNAME": "x",
    }


def test_who_sees_another_value_is_told() -> None:
    here = layers({"GOPROXY": "old", **WINDOWS}, b"GOPROXY=file\n", system="windows")
    explained = explain("GOPROXY", here, NEWEST, HIVES)
    assert explained.effective.value == "old"
    assert explained.env_file.path == "C:\\Users\\x\\AppData\\Roaming\\go\\env"
    assert {view.who: view.effective.value for view in explained.views} == {
        "started-earlier": "file",
        "new": "user",
        "machine": "machine",
    }


def test_a_value_may_refer_to_what_every_program_has() -> None:
    hives = Hives(user={"GOBIN": RegistryText("%ProgramData%\\go", expand=True)})
    here = layers({"GOBIN": "D:\\all\\go", "ProgramData": "D:\\all", **WINDOWS}, system="windows")
    assert "new" not in {view.who for view in explain("GOBIN", here, NEWEST, hives).views}
    shared = Hives(machine=hives.user)
    assert {view.who for view in explain("GOBIN", here, NEWEST, shared).views} == {"started-earlier"}


def test_a_service_reads_the_file_of_its_own_account_only() -> None:
    here = layers(WINDOWS, b"GOPROXY=file\n", system="windows")
    views = explain("GOPROXY", here, NEWEST, Hives()).views
    assert {view.who: view.effective.value for view in views} == {"machine": "https://proxy.golang.org,direct"}


def test_where_all_see_the_same_nobody_is_named() -> None:
    assert explain("GOPROXY", layers({"HOME": "/h"}, b"GOPROXY=file\n"), NEWEST).views == ()
    assert [view.who for view in explain("GOPROXY", layers({"GOPROXY": "a"}), NEWEST).views] == ["started-earlier"]


@pytest.mark.parametrize(
    ("variable", "environment", "env_file", "said"),
    [
        ("HTTP_PROXY", {}, b"HTTP_PROXY=f", "f"),
        ("HTTP_PROXY", {"HTTP_PROXY": "e"}, b"", ""),
        ("HTTP_PROXY", {"http_proxy": "e"}, b"HTTP_PROXY=f", "f"),
        ("GOVERSION", {}, b"GOVERSION=f", ""),
        ("PROXY", {"PROXY": "e"}, b"PROXY=f", "e"),
        ("GOENV", {"GOENV": "off"}, b"", ""),
    ],
)
def test_go_env_shows_some_values_that_go_does_not_use(
    variable: str, environment: dict[str, str], env_file: bytes, said: str
) -> None:
    assert shown(variable, layers(environment, env_file), NEWEST) == said
