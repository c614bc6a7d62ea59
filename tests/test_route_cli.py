"""`goproxyctl route`: the picture, the JSON document, and where the settings come from."""

import json
from functools import partial
from pathlib import Path

import pytest

from goproxyctl.cli.language import load_language
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.settings import Settings
from goproxyctl.report.route import COLUMNS, Travel, route_text
from goproxyctl.report.style import Style, width
from goproxyctl.rules.down import ENDPOINTS, OUTCOMES, read_down
from goproxyctl.rules.scene import Scene, Table, overlaid
from goproxyctl.text import Text
from tests.desk import Desk

POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: acme}
spec:
  chain:
    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}
    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}
    - direct
  checksum: {database: sum.golang.google.cn}
  private: {modules: [git.acme.example]}
  profiles:
    alone: {chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]}
  targets:
    - {name: shells, kind: sh, path: goproxy.sh, profile: alone}
    - {name: mine, kind: go-env}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write(POLICY)


def asked(desk: Desk, *arguments: str) -> list[tuple[str, str, str]]:
    """The requests of a route: server, endpoint, outcome."""
    ran = desk.run("route", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    steps = json.loads(ran.out)["steps"]
    return [(r["server"], r["endpoint"], r["outcome"]) for step in steps for r in step["requests"]]


def result(desk: Desk, *arguments: str) -> str:
    found: str = json.loads(desk.run("route", *arguments, "--format", "json").out)["result"]
    return found


FALLS_BACK = """\
golang.org/x/text@v0.14.0, as go 1.27.3 fetches it
  1 gateway     https://goproxy.acme.example  ",": next on 404 and 410
  2 goproxy-cn  https://goproxy.cn            "|": next on any error
  3 direct

  version   gateway     GET /golang.org/x/text/@v/v0.14.0.info            404 x2
              not found: next
            goproxy-cn  GET /golang.org/x/text/@v/v0.14.0.info            503
              an error, and "|" follows: next
            origin      GET golang.org/x/text?go-get=1                    200
            origin      the repository at golang.org                      200
  go.mod    gateway     GET /golang.org/x/text/@v/v0.14.0.mod             404 x2
              not found: next
            goproxy-cn  GET /golang.org/x/text/@v/v0.14.0.mod             503
              an error, and "|" follows: next
            origin      (it is fetched already)
  checksum  sumdb       GET /lookup/golang.org/x/text@v0.14.0             200
            sumdb       GET /tile/                                        200
  zip       gateway     GET /golang.org/x/text/@v/v0.14.0.zip             404 x2
              not found: next
            goproxy-cn  GET /golang.org/x/text/@v/v0.14.0.zip             503
              an error, and "|" follows: next
            origin      (it is fetched already)

learn the name     gateway (goproxy.acme.example), goproxy-cn (goproxy.cn),
                   origin (golang.org), sumdb (sum.golang.google.cn)
checksum database  sum.golang.org at sum.golang.google.cn: GOSUMDB says where
result             v0.14.0, from origin
"""


def test_the_picture_shows_each_request_and_why_go_moves_on(desk: Desk) -> None:
    ran = desk.run("route", "golang.org/x/text@v0.14.0", "--down", "gateway=404", "--down", "goproxy-cn=503")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == FALLS_BACK


def test_a_stop_ends_with_the_words_of_go(desk: Desk) -> None:
    ran = desk.run("route", "golang.org/x/text@v0.14.0", "--down", "gateway=403")
    assert 'an error, and no "|" follows: stop' in ran.out
    said = "go: golang.org/x/text@v0.14.0: reading https://goproxy.acme.example/golang.org/x/text/@v/v0.14.0.info"
    assert f"{said}: 403 Forbidden" in ran.out
    assert ran.code == 0
    assert desk.run("route", "golang.org/x/text", "--down", "gateway=403", "--exit-code").code == 3
    assert desk.run("route", "golang.org/x/text", "--exit-code").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["m.test/x", "--down", "gateway=hang"], "hangs: gateway never answers, and go sets no limit"),
        (["m.test/x", "--down", "gateway=hang"], "no answer: go waits for ever"),
        (["git.acme.example/app"], "learn the name     origin (git.acme.example)\n"),
        (["git.acme.example/app"], "not asked: GONOSUMDB matches"),
        (["git.acme.example/app", "--down", "origin=404"], "proxies are not asked: GONOPROXY matches"),
        (["m.test/x", "--profile", "alone", "--down", "gateway=404"], "off: go does not look any further"),
        (["m.test/x@v1.0.0", "--down", "sumdb=503"], "not verified: stop"),
        (["m.test/x", "--down", "goproxy-cn=503"], "--down goproxy-cn=503: nothing asks for it"),
        (["m.test/x@latest"], "m.test/x@latest (say v1.0.0), as go 1.27.3 fetches it"),
        (["m.test/x@v1.0.0", "--go", "1.21.0"], "as go 1.21.0 fetches it"),
        (["m.test/x", "--set", "GOPROXY=nonsense"], "go cannot use this GOPROXY"),
        (["m.test/x", "--set", "GOPROXY=nonsense"], "invalid proxy URL missing scheme: nonsense"),
        (["m.test/x", "--set", "GOPROXY=off"], "learn the name     nobody"),
        (["m.test/x", "--set", "GOPROXY=direct"], "sum.golang.org itself: the chain has no proxy"),
        (["m.test/x", "--set", "GOPROXY=https://a.test"], "sum.golang.org through a.test"),
        (["m.test/x", "--set", "GOPROXY=https://a.test", "--down", "a.test/sumdb=404"], "no proxy speaks for it"),
        (["m.test/x", "--set", "GOPROXY=https://a.test", "--down", "a.test/sumdb=503"], "does not say whether"),
        (["m.test/x", "--set", "GOPROXY=https://a.test", "--set", "GOSUMDB=off"], "not asked: GOSUMDB=off"),
        (["m.test/x", "--set", "GOPROXY=https://a.test", "--set", "GOSUMDB=OFF"], "malformed verifier id"),
        (["m.test/x", "--set", "GOPROXY=https://a.test|direct", "--down", "1/mod=tampered"], 'not verified, and "|"'),
        (["go1.26.6", "--set", "GOTOOLCHAIN=local"], "GOTOOLCHAIN=local: go fetches no toolchain"),
        (["go1.26.6"], "golang.org/toolchain@v0.0.1-go1.26.6.linux-amd64, as go 1.27.3 fetches it"),
        (["golang.org/toolchain@go1.26.6"], "golang.org/toolchain@v0.0.1-go1.26.6.linux-amd64, as go"),
    ],
)
def test_the_picture_says(desk: Desk, arguments: list[str], said: str) -> None:
    assert said in desk.run("route", *arguments).out


def test_every_line_but_the_words_of_go_fits_a_terminal_in_both_languages() -> None:
    proxy = "https://a-host-with-quite-a-long-name.example/with/a/path,https://b.example|direct"
    scene = Scene(Settings(proxy=proxy), names={0: "a-hop-with-a-name-longer-than-most-names", 1: "b"})
    down = read_down(scene, [("1/info", "redirect-loop"), ("b", "404"), ("origin", "503")])
    module = "github.com/an-organisation/a-repository/with/a/package/path/v2"
    for code in ("en", "zh"):
        translate = load_language(code).translate
        taken = scene.travel(module, "v2.0.0-20240101000000-abcdefabcdef", down)
        text = route_text(Travel(scene, taken), partial(Text.render, translate=translate), Style())
        _, _, below_chain = text.partition("\n\n")
        assert all(width(line) <= COLUMNS for line in below_chain.splitlines() if "go: " not in line), text


def test_the_document_holds_every_request_whole(desk: Desk) -> None:
    ran = desk.run("route", "golang.org/x/text@v0.14.0", "--down", "gateway/zip=503", "--format", "json")
    body = json.loads(ran.out)
    assert (body["version"], body["command"], body["result"]) == (1, "route", "fails")
    assert body["failure"]["says"].endswith("/golang.org/x/text/@v/v0.14.0.zip: 503 Service Unavailable")
    assert [hop["name"] for hop in body["chain"]] == ["gateway", "goproxy-cn", "direct"]
    last = body["steps"][-1]
    assert (last["for"], last["hop"], last["decision"]) == ("zip", "gateway", "stopped")
    assert last["requests"][0]["url"] == "https://goproxy.acme.example/golang.org/x/text/@v/v0.14.0.zip"
    assert {learner["name"] for learner in body["learners"]} == {"gateway", "sumdb"}


def test_a_hop_is_called_by_name_host_or_number(desk: Desk) -> None:
    by_name = asked(desk, "m.test/x", "--down", "gateway=404")
    assert by_name == asked(desk, "m.test/x", "--down", "goproxy.acme.example=404")
    assert by_name == asked(desk, "m.test/x", "--down", "1=404")
    assert asked(desk, "m.test/x", "--down", "1=404", "--down", "2=404", "--down", "origin=hang")[-1] == (
        "origin", "go-get", "hang",
    )  # fmt: skip


def test_every_outcome_and_endpoint_can_be_said(desk: Desk) -> None:
    for outcome, met in OUTCOMES.items():
        assert ("gateway", "info", met.value) in asked(desk, "m.test/x@v1.0.0", "--down", f"gateway={outcome}")
    for endpoint, purposes in ENDPOINTS.items():
        table = read_down(Scene(Settings(proxy="https://a.test")), [(f"1/{endpoint}", "503")])
        assert table == {(0, purpose): Outcome.UNAVAILABLE for purpose in purposes}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["m.test/x", "--down", "gatewy=404"], "no server of the chain is called 'gatewy'; did you mean 'gateway'?"),
        (["m.test/x", "--down", "gateway/zpi=404"], "there is no endpoint 'zpi'; did you mean 'zip'?"),
        (["m.test/x", "--down", "gateway=refusd"], "there is no outcome 'refusd'; did you mean 'refused'?"),
        (["m.test/x", "--down", "gateway"], "--down gateway: write NAME=VALUE"),
        (["m.test/x", "--set", "=x"], "--set =x: write NAME=VALUE"),
        (["m.test/x", "--set", "GOPROXYS=x"], "--set GOPROXYS: a route depends on GOPROXY, GOPRIVATE"),
        (["m.test/x", "--go", "newest"], "--go newest: this is no version of go"),
        (["m.test/x\x1b[2J"], "is no module path"),
        (["https://m.test/x"], "is no module path"),
        (["m.test/x@none"], "'none' is no version that can be fetched"),
        (["m.test/x@a b"], "'a b' is no version that can be fetched"),
        (["m.test/x", "--target", "shell"], "--target shell: the policy has no such target; it has shells, mine"),
        (["m.test/x", "--target", "shells", "--target", "mine"], "a route has the settings of one target"),
    ],
)
def test_wrong_usage_is_said_and_ends_with_2(desk: Desk, arguments: list[str], said: str) -> None:
    ran = desk.run("route", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "\x1b" not in ran.err


def test_a_target_brings_the_settings_of_its_profile(desk: Desk) -> None:
    assert result(desk, "m.test/x", "--down", "gateway=404") == "ok"
    assert result(desk, "m.test/x", "--down", "gateway=404", "--profile", "alone") == "fails"
    assert result(desk, "m.test/x", "--down", "gateway=404", "--target", "shells") == "fails"
    assert result(desk, "m.test/x", "--down", "gateway=404", "--target", "mine") == "ok"


def test_a_mirror_does_not_have_a_private_module_even_when_it_is_well(desk: Desk) -> None:
    desk.write(POLICY.replace("git.acme.example]", "git.acme.example], fetch: chain"))
    found = asked(desk, "git.acme.example/app@v1.0.0", "--down", "gateway/info=404")
    assert found[:2] == [("gateway", "info", "404"), ("goproxy-cn", "info", "404")]
    assert ("gateway", "zip", "200") in found


def test_what_is_said_of_a_whole_server_goes_before_what_is_healthy_at_its_endpoints() -> None:
    under: Table = {(0, Purpose.LOOKUP): Outcome.NOT_FOUND, (1, Purpose.LOOKUP): Outcome.NOT_FOUND}
    assert overlaid(under, {(0, None): Outcome.HANG, (1, Purpose.ZIP): Outcome.GONE}) == {
        (0, None): Outcome.HANG, (1, Purpose.LOOKUP): Outcome.NOT_FOUND, (1, Purpose.ZIP): Outcome.GONE,
    }  # fmt: skip


def test_that_proxies_are_not_asked_is_said_once(desk: Desk) -> None:
    ran = desk.run("route", "git.acme.example/app@v1.0.0", "--down", "origin=404")
    assert ran.out.count("proxies are not asked") == 1


def test_a_policy_with_errors_is_refused_with_its_problems(desk: Desk) -> None:
    desk.write(POLICY.replace("role: mirror", "role: miror"))
    ran = desk.run("route", "m.test/x")
    assert ran.code == 1
    assert "policy.yaml:7:" in ran.err
    assert desk.run("route", "m.test/x", "-f", "none.yaml").code == 1


def test_live_asks_with_the_settings_of_this_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no go: the files and the environment are enough
    desk.go_env.parent.mkdir(parents=True)
    desk.go_env.write_bytes(b"GOPROXY=https://a.test|https://b.test\nGOPRIVATE=git.acme.example\n")
    assert asked(desk, "m.test/x@v1.0.0", "--live", "--down", "a.test=503")[:2] == [
        ("a.test", "info", "503"), ("b.test", "info", "200"),
    ]  # fmt: skip
    assert asked(desk, "git.acme.example/app@v1.0.0", "--live")[0] == ("origin", "go-get", "200")
    monkeypatch.setenv("GOPROXY", "https://c.test")
    assert asked(desk, "m.test/x@v1.0.0", "--live")[0] == ("c.test", "info", "200")
    assert asked(desk, "m.test/x@v1.0.0", "--live", "--set", "GOPROXY=https://d.test")[0][0] == "d.test"


def test_two_proxies_of_one_host_keep_apart(desk: Desk) -> None:
    chain = "GOPROXY=https://a.test/one|https://a.test/two"
    found = asked(desk, "m.test/x@v1.0.0", "--set", chain, "--set", "GOSUMDB=off", "--down", "a.test#1/zip=503")
    assert [server for server, endpoint, _ in found if endpoint == "zip"] == ["a.test#1", "a.test#2"]


def test_a_hop_that_is_called_like_a_server_of_ours_goes_by_its_host(desk: Desk) -> None:
    desk.write(POLICY.replace("name: goproxy-cn", "name: origin"))
    found = asked(desk, "m.test/x@v1.0.0", "--down", "gateway=404", "--down", "goproxy.cn=503")
    assert ("goproxy.cn", "info", "503") in found
    assert ("origin", "go-get", "200") in found


def test_a_tree_of_files_is_a_hop_without_a_host(desk: Desk) -> None:
    chain = "GOPROXY=file:///srv/a=b,https://a.test"
    found = asked(desk, "m.test/x@v1.0.0", "--set", chain, "--set", "GOSUMDB=off", "--down", "file:///srv/a=b/zip=404")
    assert [server for server, endpoint, _ in found if endpoint == "zip"] == ["file:///srv/a=b", "a.test"]


def test_no_credential_comes_out(desk: Desk) -> None:
    chain = "GOPROXY=https://user:hunter2@a.test/?token=sesame,https://b.test"
    for form in ("text", "json"):
        for outcome in ("403", "404", "html", "200"):
            ran = desk.run("route", "m.test/x", "--set", chain, "--down", f"a.test={outcome}", "--format", form)
            assert ran.code == 0
            assert not any(secret in ran.out + ran.err for secret in ("hunter2", "sesame"))


def test_the_purposes_have_a_heading_each() -> None:
    scene = Scene(Settings(proxy="https://a.test"))
    text = route_text(Travel(scene, scene.travel("m.test/x", "latest", {})), str, Style())
    assert [word for word in ("versions", "version ", "go.mod", "checksum", "zip ") if word in text] == [
        "versions", "go.mod", "checksum", "zip ",
    ]  # fmt: skip
