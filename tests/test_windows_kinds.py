"""windows-environment, reg and ca-import: what they state, and what they refuse."""

import hashlib
import sys
from pathlib import Path

import pytest

from goproxyctl.desired import make_desired
from goproxyctl.errors import GoproxyctlError, PolicyError
from goproxyctl.formats.certificates import read_certificates, windows_blob
from goproxyctl.formats.reg import BINARY, EXPAND_SZ, parse_reg, text_of, value_of
from goproxyctl.intent import Hop, Intent, Role, Trust
from goproxyctl.resource import Place, World
from tests.authorities import make_authority
from tests.desk import Desk
from tests.intents import make_target
from tests.policy_files import CHAIN, HEAD, load

INTENT = Intent("acme", "x", hops=(Hop("a", "https://a.example/b%2Fc", Role.MIRROR),), private=("git.acme.example",))
PLAIN = INTENT._replace(hops=())
USER = r"HKCU\Environment"
MACHINE = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"


@pytest.mark.parametrize(("scope", "container"), [("user", USER), ("machine", MACHINE)])
def test_every_variable_is_a_text_in_the_key_of_its_scope(scope: str, container: str) -> None:
    target = make_target("windows-environment", scope=scope, ca_file="C:\\acme\\ca.pem")
    found = list(target.desired(INTENT))
    assert {(r.address.place, r.address.container, r.address.world) for r in found} == {
        (Place.REGISTRY, container, World.MACHINE)
    }
    values = {r.address.key[0]: text_of(value_of(r.content)[1]) for r in found if r.content.startswith(b'"')}
    assert values == INTENT.variables("C:\\acme\\ca.pem")


def test_a_path_may_hold_what_windows_expands_where_windows_expands_it() -> None:
    file = "%ProgramData%\\acme\\ca.pem"
    target = make_target("windows-environment", value_type="REG_EXPAND_SZ", ca_file=file)
    found = {r.address.key[0]: value_of(r.content) for r in target.desired(PLAIN)}
    assert {kind for kind, _ in found.values()} == {EXPAND_SZ}
    assert text_of(found["SSL_CERT_FILE"][1]) == file
    with pytest.raises(GoproxyctlError, match="GOPROXY: Windows replaces what stands between percent signs"):
        list(target.desired(INTENT))
    with pytest.raises(
        GoproxyctlError, match="GIT_SSL_CAINFO: Windows replaces %NAME% in values of type REG_EXPAND_SZ only"
    ):
        list(make_target("windows-environment", ca_file=file).desired(PLAIN))


@pytest.mark.parametrize("kind", ["windows-environment", "reg"])
@pytest.mark.parametrize("value", ["a\nb", "a\0b", "x" * 40_000])
def test_a_value_that_windows_cannot_carry_is_refused(kind: str, value: str) -> None:
    with pytest.raises(GoproxyctlError, match=r"GONOPROXY|GOPRIVATE"):
        list(make_target(kind).desired(INTENT._replace(private=(value,))))


def test_the_second_file_takes_back_exactly_what_the_first_sets() -> None:
    target = make_target("reg", path="win/go proxy.reg", scope="machine")
    install, uninstall, attributes = target.desired(INTENT)
    assert [r.address.container for r in (install, uninstall)] == ["win/go proxy.reg", "win/go proxy-uninstall.reg"]
    values = parse_reg(install.content)
    assert {name: text_of(value_of(content)[1]) for name, content in values[MACHINE].items()} == INTENT.variables(
        "C:\\ca files\\bundle.pem"
    )
    lines = uninstall.content.decode("utf-16").split("\r\n")
    assert [line for line in lines if line.startswith('"')] == [f'"{name}"=-' for name in values[MACHINE]]
    assert attributes.content == b'"/win/go proxy.reg" -text\n"/win/go proxy-uninstall.reg" -text\n'


def test_each_certificate_is_a_value_at_its_sha1_and_stands_once(tmp_path: Path) -> None:
    one, two = (make_authority(tmp_path, name, f"/CN={name}").read_bytes() for name in ("one", "two"))
    trust = (Trust("both", "both.pem", one + two), Trust("again", "one.pem", one))
    found = {r.address: r.content for r in make_target("ca-import").desired(INTENT._replace(trust=trust))}
    assert len(found) == 2
    certificates = {c.sha1: c for c in read_certificates(one + two)}
    for address, content in found.items():
        *folders, sha1 = address.container.split("\\")
        assert folders == ["HKCU", "Software", "Microsoft", "SystemCertificates", "Root", "Certificates"]
        assert address.key == ("Blob",)
        assert value_of(content) == (BINARY, windows_blob(certificates[sha1]))
        assert sha1 == hashlib.sha1(certificates[sha1].der).hexdigest().upper()
    chosen = make_target("ca-import", authorities=["again"], scope="machine", store="intermediate")
    (only,) = chosen.desired(INTENT._replace(trust=trust))
    assert only.address.container.startswith("HKLM\\Software\\Microsoft\\SystemCertificates\\CA\\Certificates\\")


@pytest.mark.parametrize(("uninstall", "words"), [("a.reg", "two targets want"), ("A.reg", "are one file")])
def test_the_file_that_takes_back_is_another_one(uninstall: str, words: str) -> None:
    with pytest.raises(PolicyError) as caught:
        make_desired(load(f"{HEAD}{CHAIN}  targets: [{{name: a, kind: reg, path: a.reg, uninstall: {uninstall}}}]\n"))
    assert words in str(caught.value.problems[0].text)


def test_two_targets_for_one_variable_are_a_conflict() -> None:
    spec = CHAIN + "  targets: [{name: a, kind: windows-environment}, {name: b, kind: windows-environment}]\n"
    with pytest.raises(PolicyError) as caught:
        make_desired(load(HEAD + spec))
    assert "two targets want registry:HKCU\\Environment#GOINSECURE" in str(caught.value.problems[0].text)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write(
        HEAD + CHAIN + "  targets: [{name: a, kind: windows-environment}]\n"
    )


def test_an_exported_registry_is_compared_on_any_system(desk: Desk) -> None:
    export = desk.tree / "export.reg"
    lines = ("Windows Registry Editor Version 5.00", "", "[HKEY_CURRENT_USER\\Environment]", '"GOPROXY"="off"', "")
    export.write_bytes("\r\n".join(lines).encode("utf-16"))
    for command in ("status", "diff", "plan"):
        ran = desk.run(command, "--in", "machine", "--registry", "export.reg")
        assert ran.code == (0 if command == "plan" else 3), ran.err
        assert "HKCU\\Environment" in ran.out
        assert "left out" not in ran.err
    assert "off" in desk.run("diff", "--in", "machine", "--registry", "export.reg").out
    missing = desk.run("diff", "--in", "machine", "--registry", "no.reg")
    assert (missing.code, "no.reg: the system says ENOENT" in missing.err) == (1, True)


def test_rendered_it_is_a_file_for_reg_import(desk: Desk) -> None:
    assert desk.run("render", "-o", "out").code == 0
    assert set(parse_reg((desk.tree / "out" / "registry" / "user.reg").read_bytes())) == {USER}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a registry")
def test_what_needs_windows_is_left_out_elsewhere_with_one_line(desk: Desk) -> None:
    for command in (["status"], ["diff"], ["plan"], ["apply", "--yes"], ["adopt", "--yes"]):
        ran = desk.run(*command, "--in", "machine")
        assert ran.code == 0, ran.err
        assert "resources that need Windows are left out: 8; apply them there" in ran.err
    assert "left out" not in desk.run("plan", "--in", "tree").err
