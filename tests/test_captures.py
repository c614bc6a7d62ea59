"""A captured environment and an exported registry file, read as what they were."""

import json
import random
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from goproxyctl.formats import FormatError
from goproxyctl.formats.envtext import Captured, read_environment
from goproxyctl.formats.hives import read_hives
from goproxyctl.gosem.views import Hives, RegistryText
from tests.oracles import ROOT, require
from tests.scale import scaled
from tests.wine import LAB, require_wine

POWERSHELL = """

Name                           Value
----                           -----
APPDATA                        C:\\Users\\x\\AppData\\Roaming
GOPRIVATE
GOPROXY                        https://goproxy.cn|direct
Path                           C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem;C:\\Windows\\System32\\Window...
ProgramFiles(x86)              C:\\Program Files (x86)

"""
FORMAT_LIST = """

Name  : GOPROXY
Value : https://goproxy.acme.example,https://goproxy.cn|https://mirrors.aliyun.com/gopr
        oxy/|direct

Name  : GOFLAGS
Value :

"""
REG = r"""Windows Registry Editor Version 5.00

; exported
[HKEY_CURRENT_USER\Environment]
"Path"=hex(2):25,00,55,00,53,00,45,00,52,00,50,00,52,00,4f,00,46,00,49,00,4c,\
  00,45,00,25,00,5c,00,62,00,69,00,6e,00,00,00
"GOPROXY"="https://goproxy.cn|direct"
"GOBIN"="C:\\go \"mine\"\\bin"
"COUNT"=dword:00000001
"GOSUMDB"=-

[HKEY_CURRENT_USER\Environment\Deeper]
"GOPROXY"="off"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager\Environment]
"GOPROXY"="off"
"TWO"="one
two"
"""
WORDS = (
    "https://a,b|c",
    "",
    " ",
    "a b",
    "'",
    '"',
    "\\",
    "$HOME",
    "`x`",
    "a=b",
    "=",
    "ä注",
    "a\nb",
    "\n",
    "!x",
    "#",
    "\t",
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=1\nGOPROXY=a=b\n", {"A": "1", "GOPROXY": "a=b"}),
        ("A=1\r\nProgramFiles(x86)=C:\\P\r\n", {"A": "1", "ProgramFiles(x86)": "C:\\P"}),
        ("A=one\ntwo\nB=3", {"A": "one\ntwo", "B": "3"}),
        ("A=1\0B=one\ntwo\0", {"A": "1", "B": "one\ntwo"}),
        ("GOPROXY='x'\n", {"GOPROXY": "'x'"}),
        ("GOPROXY='x'\nIFS=' \t\n'\n", {"GOPROXY": "x", "IFS": " \t\n"}),
        ("declare -x A=\"a\\$b\"\ndeclare -x B=$'a\\nb'\ndeclare -x C\n", {"A": "a$b", "B": "a\nb"}),
        ("export A='it'\\''s'\n", {"A": "it's"}),
        ('{"A": "1", "N": 2}', {"A": "1"}),
        ('[{"Name": "A", "Value": "1"}, {"Key": "B", "Value": "2"}, {"Name": "C"}, 3]', {"A": "1", "B": "2"}),
    ],
)
def test_each_form_of_a_captured_environment_is_known(text: str, values: dict[str, str]) -> None:
    assert read_environment(text.encode()).values == values


def test_powershells_table_says_what_it_cut_off() -> None:
    for text in (
        POWERSHELL.encode(),
        POWERSHELL.replace("\n", "\r\n").encode("utf-16"),
        b"\xef\xbb\xbf" + POWERSHELL.encode(),
    ):
        found = read_environment(text)
        assert found.cut == ("Path",)
        assert found.values["GOPROXY"] == "https://goproxy.cn|direct"
        assert found.values["GOPRIVATE"] == ""
        assert found.values["ProgramFiles(x86)"] == "C:\\Program Files (x86)"


def test_powershells_list_cuts_nothing_off() -> None:
    chain = "https://goproxy.acme.example,https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|direct"
    assert read_environment(FORMAT_LIST.encode()) == Captured({"GOPROXY": chain, "GOFLAGS": ""})


@pytest.mark.parametrize("text", [b"", b"\n", b"hello", b"{", b"[" * 100_000, b"{}", b"\xff\xfe"])
def test_what_shows_no_environment_is_refused(text: bytes) -> None:
    with pytest.raises(FormatError):
        read_environment(text)


@pytest.mark.parametrize(
    "command",
    [
        ["env", "-0"],
        ["dash", "-c", "set"],
        ["dash", "-c", "export -p"],
        ["bash", "-c", "set"],
        ["bash", "-c", "export -p"],
        ["busybox", "sh", "-c", "set"],
        ["zsh", "-f", "-c", "export -p"],
    ],
    ids=" ".join,
)
def test_what_programs_print_of_an_environment_is_read_back(command: list[str]) -> None:
    rng = random.Random(" ".join(command))
    program = require(command[0])
    for _ in range(scaled(10, 200)):
        environment = {f"V{n}": "".join(rng.choices(WORDS, k=rng.randint(0, 4))) for n in range(8)}
        locale = {"LC_ALL": "C.UTF-8" if command[0] == "zsh" else rng.choice(["C", "C.UTF-8"])}
        printed = subprocess.run(
            [program, *command[1:]], env=environment | locale, capture_output=True, check=True
        ).stdout
        found = read_environment(printed).values
        assert {name: found.get(name) for name in environment} == environment


def test_json_of_an_environment_is_read_back() -> None:
    environment = {f"V{n}": word for n, word in enumerate(WORDS)}
    assert read_environment(json.dumps(environment).encode()).values == environment


def test_an_exported_registry_file_holds_both_hives() -> None:
    user = {
        "Path": RegistryText("%USERPROFILE%\\bin", expand=True),
        "GOPROXY": RegistryText("https://goproxy.cn|direct"),
        "GOBIN": RegistryText('C:\\go "mine"\\bin'),
    }
    machine = {"GOPROXY": RegistryText("off"), "TWO": RegistryText("one\ntwo")}
    for content in (
        REG.encode(),
        REG.encode("utf-16"),
        REG.replace("\n", "\r\n").replace("one\r\ntwo", "one\ntwo").encode("utf-16"),
    ):
        assert read_hives(content) == Hives(machine, user)


def test_a_registry_file_of_windows_98_has_bytes_of_the_code_page() -> None:
    old = 'REGEDIT4\n\n[HKEY_CURRENT_USER\\Environment]\n"A"=hex(2):25,41,25,00\n"B"=hex(1):62,00\n'
    assert read_hives(old.encode()).user == {"A": RegistryText("%A%", expand=True), "B": RegistryText("b")}


def test_bytes_of_a_code_page_that_is_not_known_do_no_harm() -> None:
    old = b'REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n"GOPROXY"="direct"\r\n"A\xe9"="\xd7\xa2"\r\n'
    assert read_hives(old).user == {"GOPROXY": RegistryText("direct"), "A\xe9": RegistryText("\xd7\xa2")}


@pytest.mark.parametrize("hive", ["HKEY_USERS\\S-1-5-21-1-2-3-1001\\Environment", "hkey_current_user\\ENVIRONMENT"])
def test_a_hive_of_a_user_is_known_by_either_name(hive: str) -> None:
    text = f'Windows Registry Editor Version 5.00\n\n[{hive}]\n"A"="1"\n'
    assert read_hives(text.encode("utf-16")) == Hives({}, {"A": RegistryText("1")})


def test_a_numbered_control_set_and_a_hive_without_values_are_known() -> None:
    key = "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002\\Control\\Session Manager\\Environment"
    text = f'Windows Registry Editor Version 5.00\n\n[{key}]\n"A"="1"\n\n[HKEY_CURRENT_USER\\Environment]\n'
    assert read_hives(text.encode("utf-16")) == Hives({"A": RegistryText("1")}, {})
    assert read_hives(text.replace('"A"="1"\n', "").encode("utf-16")) == Hives()


def test_a_value_that_the_file_takes_away_is_gone() -> None:
    text = 'REGEDIT4\n[HKEY_CURRENT_USER\\Environment]\n"A"="1"\n"A"=-\n"B"="2"\n'
    assert read_hives(text.encode()).user == {"B": RegistryText("2")}


@pytest.mark.parametrize(
    "text",
    ["", "[HKEY_CURRENT_USER\\Environment]\n", "Windows Registry Editor Version 5.00\n[HKEY_CURRENT_USER\\Software]\n"],
)
def test_what_is_no_export_of_an_environment_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        read_hives(text.encode())


def test_any_bytes_are_read_or_refused_and_nothing_else() -> None:
    rng = random.Random("captures")
    samples = (
        REG.encode(),
        REG.encode("utf-16"),
        POWERSHELL.encode(),
        FORMAT_LIST.encode(),
        b'[{"Name": "A"}]',
        b"IFS=$'\\n'\nA=1\n",
    )
    for _ in range(scaled(300, 20_000)):
        content = bytearray(rng.choice(samples))
        for _ in range(rng.randint(1, 6)):
            at = rng.randint(0, len(content))
            content[at : at + rng.randint(0, 8)] = rng.choice(
                [b"", b'"', b"\\", b"\n", b"=", b"\0", b"--- ---\n", rng.randbytes(3)]
            )
        for read in (read_environment, read_hives):
            with suppress(FormatError):
                read(bytes(content))


@pytest.mark.slow
def test_what_reg_export_and_set_write_under_wine_is_read_back() -> None:
    """Shape: values go in through a .reg file of ours, and come out of Wine's reg.exe and of a new cmd.exe."""
    require_wine()
    values = {
        "GOPROXYCTL_A": RegistryText("https://goproxy.cn|direct"),
        "GOPROXYCTL_B": RegistryText("%SystemRoot%\\go", expand=True),
        "GOPROXYCTL_C": RegistryText('a "quoted" \\\\share\\'),
        "GOPROXYCTL_D": RegistryText("\u6ce8"),
    }
    with tempfile.TemporaryDirectory(dir=LAB, prefix="test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        gone = dict.fromkeys(values)
        for file, lines in (("in.reg", values), ("out-again.reg", gone)):
            (folder / file).write_bytes(b"\xff\xfe" + reg_text(lines).encode("utf-16-le"))
        (folder / "run.bat").write_bytes(
            b'@echo off\r\nreg import "%~dp0in.reg"\r\nreg export HKCU\\Environment "%~dp0out.reg" /y\r\n'
            b'cmd /c set >"%~dp0set.txt"\r\nreg import "%~dp0out-again.reg"\r\n'
        )
        command = [str(ROOT / ".ci" / "wine"), "wine", "cmd", "/c", rf"Z:\lab\{folder.name}\run.bat"]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=120, check=True)
        exported, printed = (folder / "out.reg").read_bytes(), (folder / "set.txt").read_bytes()
    user = read_hives(exported).user
    assert {name: user.get(name) for name in values} == values
    assert "SystemRoot" in read_environment(printed).values


def reg_text(values: Mapping[str, RegistryText | None]) -> str:
    """A .reg file in the form that Microsoft documents."""
    lines = ["Windows Registry Editor Version 5.00", "", "[HKEY_CURRENT_USER\\Environment]"]
    for name, value in values.items():
        if value is None:
            lines.append(f'"{name}"=-')
        elif value.expand:
            units = value.text.encode("utf-16-le") + b"\0\0"
            lines.append(f'"{name}"=hex(2):' + ",".join(f"{byte:02x}" for byte in units))
        else:
            escaped = value.text.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'"{name}"="{escaped}"')
    return "\r\n".join([*lines, "", ""])
