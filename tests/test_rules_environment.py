"""The rules about a machine: every value that go refuses or that does not do what it looks like, and nothing else."""

import ast
import subprocess
from pathlib import Path

import pytest

from goproxyctl import gosem
from goproxyctl.errors import Severity
from goproxyctl.gosem.envfile import read_env_file
from goproxyctl.gosem.remark import Remark
from goproxyctl.rules.catalogue import PLACES, catalogue, pages_of
from goproxyctl.rules.environment.faults import UNKNOWN, Reading
from goproxyctl.rules.environment.file_words import text_of_fate
from goproxyctl.rules.environment.flags import _FLAGS
from goproxyctl.rules.environment.values import JUDGED, judge
from goproxyctl.rules.environment.words import WORDED, text_of
from tests.oracles import require_go
from tests.surroundings import see, spot, try_example

ENVIRONMENT = [name for name, rules in catalogue().items() if "environment" in rules]


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_the_bad_example_of_a_page_is_found_and_the_good_one_is_not(name: str) -> None:
    page = pages_of(name)["environment"]
    assert name in try_example(page.bad)
    left = {rule for rule in try_example(page.good) if catalogue()[rule]["environment"].severity is not Severity.INFO}
    assert left == set()
    assert name not in try_example(page.good)


def test_a_machine_on_which_nothing_is_set_has_no_findings() -> None:
    assert see({}) == []
    assert see({"PATH": "/usr/bin", "LANG": "C"}, b"") == []


def test_settings_that_are_right_have_no_findings() -> None:
    right = {
        "GOPROXY": "https://goproxy.acme.example,https://goproxy.cn|https://goproxy.io|direct",
        "GOPRIVATE": "git.acme.example,*.git.acme.example,github.com/acme",
        "GONOPROXY": "none",
        "GONOSUMDB": "git.acme.example",
        "GOSUMDB": "sum.golang.google.cn",
        "GOTOOLCHAIN": "go1.26.0+auto",
        "GOFLAGS": "-mod=readonly '-ldflags=-s -w' -tags=a,b",
        "GOVCS": "github.com/acme:git,public:git|hg,private:all",
        "GOAUTH": "netrc;git /home/me/repo",
        "GO111MODULE": "on",
        "GOMODCACHE": "/var/cache/mod",
        "GODEBUG": "netdns=go+1,http2client=0",
        "HTTPS_PROXY": "http://egress.acme.example:3128",
        "NO_PROXY": "localhost,.acme.example,10.0.0.0/8",
    }
    assert see(right) == []
    lines = "".join(
        f"{name}={value}\n" for name, value in right.items() if not name.endswith("_PROXY") or name == "GONOPROXY"
    )
    file = lines.replace("GODEBUG=netdns=go+1,http2client=0\n", "")
    assert see({}, file.encode()) == []


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("off", set()),
        ("direct", set()),
        (" ", {"proxy-empty"}),
        (",|,", {"proxy-empty"}),
        ("https://goproxy.cn|OFF", {"proxy-keyword-case"}),
        ("https://goproxy.cn\uff0cdirect", {"proxy-wrong-separator"}),
        ("https://goproxy.cn direct", {"proxy-wrong-separator"}),
        ("https://goproxy.cn;https://goproxy.io", {"proxy-wrong-separator"}),
        ('"https://goproxy.cn,direct"', {"proxy-bad-item"}),
        ("ftp://goproxy.cn,direct", {"proxy-bad-item"}),
        ("none", {"proxy-bad-item"}),
        ("https:/goproxy.cn|direct", {"proxy-path-typo"}),
        ("C:\\modules,off", {"proxy-file-form"}),
        ("\\\\server\\modules,off", {"proxy-file-form"}),
        ("file:///srv/modules,off", set()),
        ("http://127.0.0.1:3000,off", set()),
        ("http://localhost|direct", set()),
        ("https://me@goproxy.acme.example,off", {"proxy-inline-secret"}),
        ("https://goproxy.acme.example?token=abc,off", {"proxy-inline-secret"}),
        ("https://goproxy.acme.example?region=eu,off", set()),
        ("https://proxy.golang.org,direct", set()),
        ("https://goproxy.acme.example|direct", set()),
        ("https://mirrors.aliyun.com/goproxy/|direct", set()),
        ("https://proxy.golang.org/cached-only|direct", set()),
        ("https://mirrors.aliyun.com|direct", {"proxy-path-typo"}),
        ("https://GOPROXY.cn:443|https://goproxy.cn/|direct", {"proxy-duplicate"}),
        ("off,https://goproxy.cn", {"proxy-unreachable-tail"}),
    ],
)
def test_a_chain_is_judged_item_by_item(value: str, rules: set[str]) -> None:
    assert {fault.rule for fault in judge("GOPROXY", value, Reading())} == rules


@pytest.mark.parametrize(
    ("variable", "value", "marked"),
    [
        ("GOPROXY", "https://a.example,Direct", "Direct"),
        ("GOPROXY", "direct, https://a.example ,x", "https://a.example ,x"),
        ("GOPRIVATE", "a.b.example, c.d.example", " c.d.example"),
        ("GOVCS", "a.example:git, b.example", "b.example"),
        ("GOFLAGS", "-x 'words of -y' -zz", "-zz"),
        ("GOAUTH", "netrc; off", "off"),
        ("NO_PROXY", "a.example,<local>", "<local>"),
        ("GODEBUG", "a=1,netdns=dns", "netdns=dns"),
    ],
)
def test_a_fault_marks_the_part_that_is_wrong(variable: str, value: str, marked: str) -> None:
    fault, *others = [fault for fault in judge(variable, value, Reading()) if fault.rule != "proxy-no-terminal"]
    assert value[fault.start : fault.end] in {marked, "words of -y"}
    assert not others or variable == "GOFLAGS"


@pytest.mark.parametrize("variable", sorted(JUDGED))
def test_what_is_only_known_when_a_script_runs_is_taken_for_right(variable: str) -> None:
    assert list(judge(variable, UNKNOWN, Reading(committed=True, ci=True))) == []
    assert [f.rule for f in judge("GOPROXY", f"{UNKNOWN},Direct", Reading())] == ["proxy-keyword-case"]
    assert list(judge("GOPRIVATE", f"{UNKNOWN},*.acme.example", Reading())) == []


def test_findings_in_the_file_stand_at_their_line_and_column() -> None:
    file = b"# comment\nGOPROXY=https://goproxy.cn,Direct\n export GOX=1\nHTTP_PROXY=x\nGOSUMDB=off # no\n"
    found = {(one.rule, spot(one)) for one in see({}, file) if one.position}
    assert found == {
        ("proxy-keyword-case", "2:28:Direct"),
        ("envfile-syntax", "3:1: export GOX=1"),
        ("env-process-only", "4:1:HTTP_PROXY"),
        ("envfile-syntax", "5:1:GOSUMDB=off # no"),
    }


def test_a_file_of_another_encoding_is_one_finding() -> None:
    crlf = see({}, b"GOPRIVATE=a.b.example\r\nGONOSUMDB=a.b.example\r\n")
    assert [one.rule for one in crlf] == ["envfile-encoding"]
    wide = see({}, "GOPRIVATE=a.b.example\nGOVCS=x\n".encode("utf-16"))
    assert [one.rule for one in wide] == ["envfile-encoding"]
    marked = see({}, b"\xef\xbb\xbfGOPRIVATE=a.b.example\n")
    assert [one.rule for one in marked] == ["envfile-encoding"]


def test_a_line_that_may_hold_a_secret_is_never_shown() -> None:
    for line in (
        b"GOPROXY=https://a.example?key=abc123|direct\n",
        b"GOPROXY=https://a.example/x?token=abc123,direct\n",
    ):
        assert all("abc123" not in f"{one.text}{one.advice}{one.position}" for one in see({}, line))
        assert see({}, line)


def test_on_windows_the_case_of_a_name_does_not_matter() -> None:
    assert see({"goproxy": "https://goproxy.cn|direct"}, system="windows") == []
    assert [one.rule for one in see({"goproxy": "https://goproxy.cn|direct"})] == ["unknown-var"]
    assert [one.rule for one in see({"GOPROXY": "file:///srv,off"}, system="windows")] == ["proxy-file-form"]


def test_an_empty_variable_that_hides_nothing_is_no_finding() -> None:
    assert see({"GOPRIVATE": ""}) == []


def test_every_remark_of_gosem_has_words() -> None:
    ids = set()
    for path in Path(gosem.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                head, dot, tail = node.value.partition(".")
                if dot and head in {"chain", "sumdb", "toolchain", "egress", "envfile", "layers", "leak"} and tail:
                    ids.add(node.value)
    ids = {one for one in ids if one.replace(".", "").replace("-", "").isalnum() and one.islower()}
    assert {"envfile.quotes", "layers.shadowed", "leak.apex", "chain.bad-url"} <= ids
    assert ids <= WORDED | {"sumdb.golang", "layers."}, ids - WORDED


@pytest.mark.parametrize("remark", sorted(WORDED))
def test_the_words_of_a_remark_can_be_said(remark: str) -> None:
    values = (
        "key",
        "variable",
        "value",
        "line",
        "name",
        "of",
        "means",
        "since",
        "counts",
        "entry",
        "meant",
        "host",
        "scheme",
    )
    assert "{" not in str(text_of(Remark(remark, dict.fromkeys(values, "x"))))


def test_every_line_that_go_ignores_and_that_was_to_say_something_has_words() -> None:
    text = "\ufeffA=1\nexport B=1\n C=1\nd=1\n-E=1\nF\n# comment\n\nG=1\n"
    fates = [line.fate for line in read_env_file(text.encode()).lines]
    assert [fate for fate in fates if text_of_fate(fate) is None] == ["comment", "blank", "used"]


def test_every_rule_that_can_be_found_is_in_the_catalogue() -> None:
    named = set()
    rules = Path(gosem.__path__[0]).parent / "rules"
    for path in [*(rules / "environment").glob("*.py"), *(rules / "repository").glob("*.py")]:
        if not path.stem.endswith("rules"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    first = node.args[0]
                    if node.func.id in {
                        "Sighting",
                        "Fault",
                        "Found",
                        "whole",
                        "of_entry",
                        "of_word",
                        "of_command",
                        "_of_name",
                    }:
                        named |= {str(one.value) for one in ast.walk(first) if isinstance(one, ast.Constant)}
    assert len(named) > 50
    assert named <= set(catalogue()), named - set(catalogue())
    assert all(set(PLACES) & set(catalogue()[name]) for name in named)


@pytest.mark.slow
def test_go_accepts_exactly_the_flags_that_we_know(tmp_path: Path) -> None:
    go = require_go()
    for name in (*sorted(_FLAGS), "gcflag", "insecur", "frozen", "force", "help"):
        env = {"GOFLAGS": f"-{name}", "HOME": str(tmp_path), "GOTOOLCHAIN": "local", "GOENV": "off"}
        ended = subprocess.run([go, "tool", "-n"], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert ("unknown flag" in ended.stderr) == (name not in _FLAGS), (name, ended.stderr)


REFUSED = [
    ("GOFLAGS", "foo", ["list", "std"]),
    ("GOFLAGS", "-mod readonly", ["list", "std"]),
    ("GOFLAGS", "'-x", ["list", "std"]),
    ("GO111MODULE", "ON", ["list", "std"]),
    ("GOTOOLCHAIN", "1.26.0", ["version"]),
    ("GOTOOLCHAIN", "local ", ["version"]),
    ("GOMODCACHE", "cache/mod", ["env", "-w", "GOMODCACHE=cache/mod"]),
    ("GOPROXY", "https://a.example,OFF", ["mod", "download", "golang.org/x/text@v0.3.0"]),
    ("GOPROXY", "ftp://a.example", ["mod", "download", "golang.org/x/text@v0.3.0"]),
    ("GOPROXY", '"off"', ["mod", "download", "golang.org/x/text@v0.3.0"]),
    ("GOPROXY", ",", ["mod", "download", "golang.org/x/text@v0.3.0"]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("variable", "value", "command"), REFUSED)
def test_go_refuses_what_we_call_an_error(variable: str, value: str, command: list[str], tmp_path: Path) -> None:
    assert [fault.rule for fault in judge(variable, value, Reading())]
    nowhere = {"HTTPS_PROXY": "127.0.0.1:9", "HTTP_PROXY": "127.0.0.1:9", "GOENV": "off"}
    env = {"HOME": str(tmp_path), "GOTOOLCHAIN": "local", **nowhere, variable: value}
    ended = subprocess.run([require_go(), *command], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ended.returncode, ended.stdout
    assert "dial" not in ended.stderr
