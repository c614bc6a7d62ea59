"""scheduled-task: the XML as Windows describes it, the script that follows the table, and the store of tasks."""

import ctypes
import importlib
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from goproxyctl.cli import main
from goproxyctl.diff import diff_change
from goproxyctl.errors import GoproxyctlError, StoreError
from goproxyctl.failover import State, Table, decide
from goproxyctl.formats import FormatError
from goproxyctl.formats.task import normal_task
from goproxyctl.gosem.envfile import read_env_file
from goproxyctl.hops import Mark
from goproxyctl.intent import Egress, Fallback, Hop, Intent, Role
from goproxyctl.resource import Address, Change, Outcome, Place, Reason, World
from goproxyctl.stores.task import TaskStore
from goproxyctl.targets.scheduled_task import ScheduledTask
from tests import powershell_lints
from tests.intents import make_intent, make_target
from tests.oracles import missing
from tests.readers.powershell_run import Script, ThrownError, walk
from tests.scale import scaled
from tests.test_failover import COMPANY, MIRRORS, OFFLINE, every_pair

#: From MicrosoftDocs/win32, desktop-src/TaskSchd/task-scheduler-schema.md, commit 47e64c189dcb; its code is MIT.
XSD = Path(__file__).parent / "data" / "windows-task-1.3.xsd"
TASK = "\\goproxyctl\\acme\\x"


def target(**options: Any) -> ScheduledTask:
    made = make_target("scheduled-task", **options)
    assert isinstance(made, ScheduledTask)
    return made


def script(intent: Intent = COMPANY, **options: Any) -> bytes:
    return next(r.content for r in target(**options).desired(intent) if r.address.place is Place.FILE)


def xml(intent: Intent = COMPANY, **options: Any) -> bytes:
    return next(r.content for r in target(**options).desired(intent) if r.address.place is Place.TASK)


# The script follows the table.


def rendered(table: Table, read: Script) -> None:
    """What the script looks up is the table, literal by literal."""
    assert read.variables["health"] == {health: list(row) for health, row in table.health.items()}
    assert read.variables["chains"] == table.chains
    assert read.variables["moves"] == {key: move.value for key, move in table.moves.items()}
    assert read.variables["dwellseconds"] == table.pace.dwell_s
    assert read.variables["starthealth"] == table.pace.start
    assert [hop["Skip"] == "yes" for hop in read.variables["hops"]] == list(table.skipped)


@pytest.mark.parametrize("offline", [False, True])
@pytest.mark.parametrize("intent", [COMPANY, MIRRORS, Intent("a", "x", COMPANY.hops[1:2], end=None)])
def test_the_script_decides_as_the_table_does(intent: Intent, offline: bool) -> None:
    made = target(leave_after=1, return_after=2, dwell_min=10, offline=offline)
    table = made.table(intent)._replace(offline=OFFLINE if offline else None)
    read = Script(script(intent, leave_after=1, return_after=2, dwell_min=10, offline=offline))
    rendered(table, read)
    pairs = list(every_pair(table))
    for state, good, now in random.Random(7).sample(pairs, min(len(pairs), scaled(400, 20_000))):
        said = read.call(
            "Get-Decision",
            {"Health": list(state.health), "Since": state.since}, state.chain, table.offline or "", list(good), now,
        )  # fmt: skip
        found = decide(table, state, good, now)
        assert State(tuple(said["Health"]), said["Chain"], said["Since"]) == found.state
        assert said["Move"] == found.move.value


def test_every_literal_of_the_script_is_a_value_of_the_policy() -> None:
    for seed in range(scaled(8, 300)):
        intent = make_intent(random.Random(seed))
        made = target(offline=seed % 2 == 0, leave_after=1 + seed % 5)
        read = Script(script(intent, offline=seed % 2 == 0, leave_after=1 + seed % 5))
        rendered(made.table(intent), read)
        names = [hop["Name"] for hop in read.variables["hops"]]
        assert names == [hop.name for hop in intent.hops]
        for hop, said in zip(intent.hops, read.variables["hops"], strict=True):
            assert said["Url"] == hop.url.rstrip("/") + "/golang.org/x/text/@v/v0.3.0.info"


MUTANTS = [
    ("$Row[1]", "$Row[0]"), ("$Answered = 'y'", "$Answered = 'n'"),
    ("StartsWith('up:')", "StartsWith('down')"), ("-ceq 'no'", "-ceq 'yes'"), ("$Key += $Letter", "$Key = $Letter"),
    ("-not $Ours", "$Ours"), ("$Wanted = $Offline", "$Wanted = $Current"), ("$Wanted -cne $Current", "$Wanted -ceq $Current"),
    ("-lt $State.Since +", "-le $State.Since +"), ("$State.Since -le $Now", "$State.Since -lt $Now"),
    ("$Answered + $Standing", "$Standing + $Answered"), ("-ceq 'switch'", "-ceq 'dwell'"), ("Since = $Now", "Since = $State.Since"),
    ("Chain = $Wanted", "Chain = $Current"), ("'hops:d-u' = 'https://strict", "'hops:d-u' = 'https://a"),
    ("'yyyn' = 'dwell'", "'yyyn' = 'switch'"), ("'nyyy' = 'silent'", "'nyyy' = 'switch'"), ("[long]'600'", "[long]'0'"),
    ("'down:' = @('down:o'", "'down:' = @('up:oooo'"), ("Skip = 'no'", "Skip = 'yes'"), ("$Offline -cne ''", "$Offline -ceq ''"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), MUTANTS)
def test_a_script_that_decides_otherwise_is_seen(right: str, wrong: str) -> None:
    text = script(MIRRORS, leave_after=2, return_after=2, dwell_min=10, offline=True).decode("utf-8-sig")
    text = text.replace("\r\n", "\n")
    assert right in text
    read = Script(text.replace(right, wrong).encode("utf-8-sig"))
    table = target(leave_after=2, return_after=2, dwell_min=10).table(MIRRORS)._replace(offline=OFFLINE)
    pairs = random.Random(1).sample(list(every_pair(table)), 3000)
    assert any(differs(read, table, *pair) for pair in pairs)


def differs(read: Script, table: Table, state: State, good: tuple[bool, ...], now: int) -> bool:
    asked = {"Health": list(state.health), "Since": state.since}
    try:
        said = read.call("Get-Decision", asked, state.chain, OFFLINE, list(good), now)
    except KeyError:  # a row that is not there
        return True
    found = decide(table, state, good, now)
    mine = (list(found.state.health), found.state.chain, found.state.since, found.move.value)
    return mine != (said["Health"], said["Chain"], said["Since"], said["Move"])


# The script's other functions that decide something.


class Answer:
    """What HttpClient gives, as far as the script looks at it."""

    def __init__(self, status: int, body: str, scheme: str = "https") -> None:
        self.StatusCode, self._body = status, body
        self.Content = self.RequestMessage = self.RequestUri = self
        self.Scheme = scheme

    def ReadAsStringAsync(self) -> "Answer":
        self.Result = self._body
        return self


def from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ThrownError(str(error)) from error


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(200, '{"Version":"v0.3.0","Time":"2017"}'), ""),
        (Answer(404, "not found"), ""),
        (Answer(410, "gone"), ""),
        (Answer(503, '{"Version":"v0.3.0"}'), "status 503"),
        (Answer(401, ""), "status 401"),
        (Answer(204, ""), "status 204"),
        (Answer(200, "<html>log in</html>"), "the answer is not that of a module proxy"),
        (Answer(200, ""), "the answer is not that of a module proxy"),
        (Answer(200, "null"), "the answer is not that of a module proxy"),
        (Answer(200, "{}"), "the answer is not that of a module proxy"),
        (Answer(200, '{"Version":"v0.3.1"}'), "the answer is not that of a module proxy"),
        (Answer(200, '{"Version":"v0.3.0"}', "http"), "it leads from https to http"),
    ],
)
def test_an_answer_is_good_when_go_could_use_it_or_would_ask_the_next_hop(answer: Answer, fault: str) -> None:
    said: list[str] = []
    read = Script(script(), {"ConvertFrom-Json": from_json, "Write-Verbose": said.append})
    assert read.call("Get-Fault", answer, "https://goproxy.cn/x") == fault


def test_the_script_reads_the_chain_of_a_go_env_file_as_go_does() -> None:
    read = Script(script())
    rng = random.Random(3)
    pieces = [
        "GOPROXY=",
        "https://a.example,direct",
        "\r",
        "\n",
        "\n",
        " ",
        "GOSUMDB=off",
        "#",
        "GOPROXY",
        "=",
        "goproxy=x",
        "\xff",
    ]
    for _ in range(scaled(300, 3000)):
        text = "".join(rng.choice(pieces) for _ in range(rng.randint(0, 12)))
        wanted = read_env_file(text.encode("latin-1")).values.get("GOPROXY", "")
        found = read.call("Get-Chain", text.split("\n"))
        assert found.encode("latin-1") == wanted.encode(errors="surrogateescape"), text


# The script as a text.

#: What this script uses beyond the words of `powershell_lints`; each was looked up in the documentation of 5.1.
WORDS = {
    "operator": "-bor -cmatch -ge -le -or",
    "type": """
        DateTime DateTimeOffset Math NullString StringComparison System.Diagnostics.Stopwatch
        System.Globalization.CultureInfo System.Net.SecurityProtocolType System.Net.ServicePointManager TimeSpan Uri
        ValidateRange char int long
    """,
    "member": """
        ASCII AbsoluteUri AppendAllText ChangeExtension ContainsKey ContainsValue Content Create Dispose
        ElapsedMilliseconds Exception Exists Flush FromMilliseconds GetAsync GetBaseException GetBytes GetEncoding
        GetString InvariantCulture IsPathRooted Length Max MaxAutomaticRedirections MaxResponseContentBufferSize Message
        Move Open Ordinal Proxy ReadAllText ReadAsStringAsync Replace RequestMessage RequestUri Scheme SecurityProtocol
        Split StartNew StartsWith StatusCode Substring Timeout Tls12 ToString ToUnixTimeSeconds UseCookies UseProxy
        UtcNow Wait Write
        Chain Egress Health Said Since Skip Url Version health said since table
    """,
    "attribute": "0 60",
}
_MEANT = (
    "ConvertTo-Json has 1 values for 2 parameters",
    "'-TypeName System.Net.Http.HttpClientHandler': no such name",
    "'-TypeName System.Net.WebProxy': no such name",
    "'-TypeName System.Net.Http.HttpClient': no such name",
    "$pscommandpath is never assigned",
    "$pid is never assigned",
)


def complaints(content: bytes) -> list[str]:
    """What the lints say, but for the words above."""
    found = []
    for said in powershell_lints.complaints(content):
        word = re.match(r"line \d+: '?(\S+?)'? is no (\w+) of ours", said)
        if not (word and word[1] in WORDS.get(word[2], "").split()) and not said.endswith(_MEANT):
            found.append(said)
    return found


@pytest.mark.parametrize("options", [{}, {"offline": True, "leave_after": 5}])
@pytest.mark.parametrize("intent", [COMPANY, MIRRORS, Intent("a", "x")], ids=lambda intent: str(len(intent.hops)))
def test_the_lints_find_nothing_in_the_script(intent: Intent, options: dict[str, Any]) -> None:
    assert complaints(script(intent, **options)) == []


BROKEN = [
    ("Set-StrictMode -Version 3.0", "Set-StrictMode"), ("Write-Verbose -Message", "Write-Verbos -Message"),
    ("-Message", "-Mesage"), ("-ceq", "=="), ("-and", "&&"), ("} catch {", "} {"), ("$Current = Get-Chain", "$Curent = Get-Chain"),
    ("[System.IO.File]::Replace", "[System.IO.File]::Replce"), ("[NullString]::Value", "[NullStrin]::Value"),
    ("foreach ($Line in $Lines) {", "foreach ($Line in $Lines {"), ("function Get-Chain", "function Get-Chian"),
    ("$Found = $Line", "$Found == $Line"), ("-Lines $Lines", "$Lines"), ("'GOPROXY='", "\u2018GOPROXY=\u2019"),
    ("return ''", "return '"), ("@($Hops |", "@($Hops ||"), ("'none'", "'none"), ("#Requires -Version 5.1", "#"),
    ("-TypeName System.Net.WebProxy", "-TypeName System.Net.WebPrxy"), ("} elseif (", "} else if ("), ("$Watch.", "$Wacth."),
    ("AppendAllText", "AppendText"), ("Add-Type -AssemblyName", "Add-Type -Assembly Name"), ("$null -ne", "null -ne"),
    (".Dispose()", ".Dispos()"), ("-Decision $Decision", "-Decison $Decision"), ("Start-Sleep -Seconds", "Start-Sleep -Second"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), BROKEN, ids=[str(number) for number in range(len(BROKEN))])
def test_a_broken_script_is_seen(right: str, wrong: str) -> None:
    text = script(offline=True).decode("utf-8-sig")
    assert right in text
    assert complaints(text.replace(right, wrong, 1).encode("utf-8-sig"))


def test_the_script_is_ascii_with_mark_and_crlf_and_writes_only_where_it_may() -> None:
    content = script()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    text = content.decode("utf-8-sig")
    assert text.isascii()
    assert "[CmdletBinding(SupportsShouldProcess)]" in text
    assert "Set-StrictMode -Version 3.0" in text
    assert "ErrorActionPreference = 'Stop'" in text
    assert (
        re.search(r"SkipCertificateCheck|ServerCertificate|Invoke-Expression|setx|SetEnvironmentVariable", text) is None
    )
    for line in re.findall(r"^\s*(?:Save-File|\[System.IO.File\]::Append).*$", text, re.MULTILINE):
        before = text[: text.index(line)]
        assert "ShouldProcess" in before[before.rindex("\nfunction ") :], line


def test_the_only_text_from_outside_in_the_script_is_in_single_quotes() -> None:
    evil = "https://a.example/$(whoami)`'"
    hop = Hop("a", evil.replace("`", ""), Role.MIRROR, Fallback.ANY_ERROR)
    read = Script(script(Intent("acme", "x", (hop,))))
    assert read.variables["hops"][0]["Url"].startswith("https://a.example/$(whoami)'/")
    variables = {node.text for node in walk(read.root) if node.type == "sub_expression"}
    assert not any("whoami" in text for text in variables)


def test_a_probe_goes_the_way_that_go_would_take() -> None:
    egress = Egress("http://plain.example:8080", "http://e.example:3128", ("gate.example",))
    read = Script(script(COMPANY._replace(egress=egress)))
    assert [hop["Egress"] for hop in read.variables["hops"]] == [
        "none",
        "http://e.example:3128",
        "http://e.example:3128",
    ]


@pytest.mark.parametrize("scheme", ["socks5", "https"])
def test_a_proxy_that_powershell_cannot_use_is_refused_where_a_hop_needs_it(scheme: str) -> None:
    egress = Egress(https=f"{scheme}://e.example:1080")
    with pytest.raises(GoproxyctlError, match=f"cannot probe 'gate' through a proxy at {scheme}://"):
        script(COMPANY._replace(egress=egress))
    assert script(COMPANY._replace(egress=egress._replace(bypass=("*",))))


def test_a_sample_is_asked_for_as_go_writes_it() -> None:
    read = Script(script(MIRRORS, sample="github.com/BurntSushi/toml@v1.6.0-RC1"))
    assert read.variables["hops"][0]["Url"] == "https://a.example/github.com/!burnt!sushi/toml/@v/v1.6.0-!r!c1.info"
    assert read.variables["sampleversion"] == "v1.6.0-RC1"


def test_another_table_has_another_sum_so_that_an_old_state_is_forgotten() -> None:
    sums = {Script(script(intent, **options)).variables["tablesum"]
            for intent in (COMPANY, MIRRORS) for options in ({}, {"leave_after": 2}, {"sample": "a.example/b@v1.0.0"})}  # fmt: skip
    assert len(sums) == 6


# The XML.


def etree() -> Any:
    if sys.platform == "win32":
        pytest.skip("the schema says the same everywhere")
    try:
        return importlib.import_module("lxml.etree")
    except ImportError:
        return missing("lxml", "pip install lxml")


def test_the_xml_is_valid_against_the_schema_of_the_task_scheduler() -> None:
    reader = etree()
    schema = reader.XMLSchema(reader.parse(str(XSD)))
    for seed in range(50):
        rng = random.Random(seed)
        options = {"interval_min": rng.randint(2, 60), "offline": rng.random() < 0.5, "path": "~/a b/c-d/x.ps1"}
        schema.assertValid(reader.fromstring(xml(make_intent(rng), **options)))
    broken = xml().decode("utf-16").replace("<LogonType>InteractiveToken<", "<LogonType>Interactive<")
    assert not schema.validate(reader.fromstring(broken.encode("utf-16")))


def test_the_xml_is_utf16_with_mark_and_crlf_and_says_so() -> None:
    content = xml()
    assert content.startswith(b"\xff\xfe")
    text = content.decode("utf-16")
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n')
    assert text.count("\n") == text.count("\r\n")


def values(content: bytes) -> dict[str, str]:
    root = etree().fromstring(content)
    return {node.tag.rpartition("}")[2]: node.text for node in root.iter() if not len(node)}


def test_the_task_runs_as_its_user_without_a_window_on_batteries_too_and_never_twice() -> None:
    found = values(xml(path="~/my tools/failover.ps1", interval_min=7))
    assert found == {
        "Description": "generated by goproxyctl for acme/x; do not edit",
        "URI": TASK,
        "StartBoundary": "2024-01-01T00:00:00",
        "Interval": "PT7M",
        "LogonType": "InteractiveToken",
        "RunLevel": "LeastPrivilege",
        "MultipleInstancesPolicy": "IgnoreNew",
        "DisallowStartIfOnBatteries": "false",
        "StopIfGoingOnBatteries": "false",
        "AllowHardTerminate": "true",
        "StartWhenAvailable": "true",
        "RunOnlyIfNetworkAvailable": "true",
        "AllowStartOnDemand": "true",
        "Enabled": "true",
        "Hidden": "false",
        "RunOnlyIfIdle": "false",
        "WakeToRun": "false",
        "ExecutionTimeLimit": "PT1M30S",
        "Priority": "7",
        "Command": r"%SystemRoot%\System32\conhost.exe",
        "Arguments": r"--headless %SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe -NoProfile -NonInteractive "
        r'-ExecutionPolicy Bypass -File "%USERPROFILE%\my tools\failover.ps1" -JitterSeconds 20',
    }
    assert values(xml(offline=True))["RunOnlyIfNetworkAvailable"] == "false"


def test_the_normal_form_of_a_task_is_the_task() -> None:
    for options in ({}, {"interval_min": 60}, {"offline": True, "path": "~/a b.ps1"}):
        content = xml(**options)
        assert normal_task(content.decode("utf-16")) == content


def served(content: bytes, rng: random.Random) -> str:
    """A task as the Task Scheduler may give it back: completed, in another order, with a user and a day."""
    text = content.decode("utf-16").replace("\r\n", "\n")
    text = text.replace("<Interval>PT1H</Interval>", "<Interval>PT60M</Interval>")
    text = re.sub(r" *<(Priority|WakeToRun|Hidden|AllowHardTerminate|Enabled)>[^<]*</\1>\n", "", text)
    text = text.replace(
        "<RegistrationInfo>", "<RegistrationInfo><Date>2024-05-06T07:08:09</Date><Author>ACME\\ann</Author>"
    )
    text = text.replace('<Principal id="Author">', '<Principal id="Author"><UserId>S-1-5-21-1-2-3-1001</UserId>')
    text = text.replace(
        "</Repetition>", "<StopAtDurationEnd>false</StopAtDurationEnd></Repetition><Enabled>true</Enabled>"
    )
    text = text.replace(
        "<Settings>",
        "<Settings><IdleSettings><StopOnIdleEnd>true</StopOnIdleEnd><RestartOnIdle>false</RestartOnIdle></IdleSettings>"
        "<UseUnifiedSchedulingEngine>true</UseUnifiedSchedulingEngine>",
    )
    sections = re.findall(r"  <(\w+)[ >].*?\n  </\1>\n", text, re.DOTALL)
    parts = [match[0] for match in re.finditer(r"  <(\w+)[ >].*?\n  </\1>\n", text, re.DOTALL)]
    assert sections == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    head = text[: text.index(parts[0])]
    rng.shuffle(parts)
    return head + "".join(parts) + "</Task>\n"


def test_what_the_service_adds_by_itself_is_no_difference() -> None:
    for seed in range(30):
        content = xml(interval_min=random.Random(seed).choice([5, 60]))
        assert normal_task(served(content, random.Random(seed))) == content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" -NoProfile", ""),
        ("</Exec>", "</Exec><Exec><Command>calc.exe</Command></Exec>"),
        ("LeastPrivilege", "HighestAvailable"),
        ("<LogonType>", "<UserId>S-1-5-18</UserId><LogonType>"),
        ("<Enabled>true", "<Enabled>false"),
        ("PT5M", "PT6M"),
        ("</Triggers>", "<BootTrigger/></Triggers>"),
        ("<WakeToRun>false", "<WakeToRun>true"),
    ],
)
def test_what_a_person_changes_is_a_difference(old: str, new: str) -> None:
    text = xml().decode("utf-16")
    assert old in text
    assert normal_task(text.replace(old, new, 1)) != xml()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<Task>",
        "<Tasks/>",
        '<!DOCTYPE Task [<!ENTITY a "b">]><Task>&a;</Task>',
        "<Task>&b;</Task>",
        "<a\0/>",
    ],
)
def test_what_is_no_task_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match=r"not the XML of a scheduled task"):
        normal_task(text)


# The store.

SERVICE = """
import json, pathlib, sys
folder, log = pathlib.Path(__file__).parent / "tasks", pathlib.Path(__file__).parent / "log.txt"
folder.mkdir(exist_ok=True)
args = sys.argv[1:]
with log.open("a") as opened:
    opened.write(json.dumps(args) + "\\n")
option = {args[i].upper(): args[i + 1] for i in range(len(args) - 1) if args[i].startswith("/")}
def file(): return folder / option["/TN"].strip("\\\\").replace("\\\\", "~")
if (folder / "DOWN").exists():
    sys.exit("ERROR: Zugriff verweigert.")
if args[0] == "/Create":
    text = pathlib.Path(option["/XML"]).read_bytes()
    if not text.startswith(b"\\xff\\xfe") or (file().exists() and "/F" not in args):
        sys.exit(1)
    file().write_bytes(text)
elif args[0] == "/Delete":
    file().unlink()
elif "/XML" in args:
    if not file().exists():
        sys.exit("FEHLER: Das System kann die angegebene Datei nicht finden.")
    if file().read_bytes() == b"broken":
        sys.exit("FEHLER")
    text = file().read_bytes().decode("utf-16").replace("<LogonType>", "<UserId>ACME\\\\ann</UserId><LogonType>")
    sys.stdout.write(text.replace("\\r\\n", "\\n"))
else:
    for path in folder.iterdir():
        print('"' + "\\\\" + path.name.replace("~", "\\\\") + '","N/A","Bereit"')
"""


class Service:
    """A stand-in for schtasks.exe that keeps tasks, and speaks German."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "service.py").write_text(SERVICE)
        program = folder / "schtasks"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder}/service.py" "$@"\n')
        program.chmod(0o755)
        self.store = TaskStore(str(program))

    def asked(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "log.txt").read_text().splitlines()]

    def write(self, before: bytes | None, after: bytes | None) -> Outcome:
        change = Change(Address(Place.TASK, TASK), before, after, Reason.POLICY, "x")
        (result,) = self.store.write(TASK, [change])
        self.detail = str(result.detail)
        return result.outcome

    def live(self) -> bytes | None:
        address = Address(Place.TASK, TASK)
        return self.store.read([address])[address].content


@pytest.fixture
def service(tmp_path: Path) -> Service:
    if sys.platform == "win32":
        pytest.skip("the stand-in is a script for a shell")
    return Service(tmp_path)


def test_a_task_is_made_replaced_and_deleted_as_it_is_read(service: Service) -> None:
    one, two = xml(), xml(interval_min=9)
    assert service.live() is None
    assert service.write(None, one) is Outcome.DONE
    assert service.live() == one
    assert service.write(one, two) is Outcome.DONE
    assert service.live() == two
    assert service.write(two, None) is Outcome.DONE
    assert service.live() is None
    assert service.write(None, None) is Outcome.DONE
    assert not list((service.folder / "tasks").iterdir())


def test_the_program_gets_exactly_these_arguments(service: Service) -> None:
    service.write(None, xml())
    service.write(xml(), None)
    asked = service.asked()
    made = next(command for command in asked if command[0] == "/Create")
    assert made[:4] == ["/Create", "/TN", TASK, "/XML"]
    assert made[5:] == ["/F"]
    assert not Path(made[4]).exists()
    assert [command for command in asked if command[0] != "/Create"] == [
        ["/Query", "/XML", "ONE", "/TN", TASK], ["/Query", "/FO", "CSV", "/NH"], ["/Query", "/XML", "ONE", "/TN", TASK],
        ["/Delete", "/TN", TASK, "/F"],
    ]  # fmt: skip


def test_a_task_that_was_changed_since_the_plan_is_left_alone(service: Service) -> None:
    service.write(None, xml())
    assert service.write(xml(interval_min=9), None) is Outcome.MOVED
    assert service.detail == f"{TASK}: it was changed since the plan; run again"
    assert service.write(None, xml()) is Outcome.MOVED
    assert service.live() == xml()


def test_a_task_that_is_there_and_cannot_be_read_is_not_taken_for_absent(service: Service) -> None:
    service.write(None, xml())
    next((service.folder / "tasks").iterdir()).write_bytes(b"broken")
    with pytest.raises(StoreError, match=r"the Task Scheduler refuses \(1: FEHLER\)"):
        service.live()
    assert service.write(xml(), None) is Outcome.FAILED


def test_a_task_scheduler_that_refuses_is_said(service: Service) -> None:
    service.write(None, xml())
    (service.folder / "tasks" / "DOWN").touch()
    assert service.write(xml(), None) is Outcome.FAILED
    assert "the Task Scheduler refuses (1: ERROR: Zugriff verweigert.)" in service.detail


def test_a_program_that_is_not_there_is_said() -> None:
    address = Address(Place.TASK, TASK)
    with pytest.raises(StoreError, match=r"schtasks.exe did not run \(FileNotFoundError\)"):
        TaskStore("/nowhere/schtasks").read([address])


def test_elsewhere_there_are_no_tasks_and_none_can_be_made() -> None:
    store, address = TaskStore(""), Address(Place.TASK, TASK)
    assert store.read([address])[address].content is None
    (result,) = store.write(TASK, [Change(address, None, xml(), Reason.NEW, "x")])
    assert result.outcome is Outcome.FAILED
    assert str(result.detail) == f"{TASK}: only Windows has scheduled tasks; run goproxyctl apply there"
    (gone,) = store.write(TASK, [Change(address, None, None, Reason.PRUNE, "x")])
    assert gone.outcome is Outcome.DONE


# The whole.


def test_a_task_is_on_the_machine_and_comes_after_its_script() -> None:
    made, task = (r.address for r in target().desired(COMPANY))
    assert (made.world, task.world) == (World.MACHINE, World.MACHINE)
    assert made.sort_key() < task.sort_key()
    assert str(task) == f"task:{TASK}"


POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: acme}
spec:
  chain:
    - {name: gate, url: "https://gate.example", role: gatekeeper}
    - {name: cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}
  targets:
    - {name: go, kind: go-env, lend: true}
    - {name: x, kind: scheduled-task, path: ~/failover.ps1}
"""


def in_wine() -> bool:
    """Whether this Windows is Wine."""
    return sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


def test_a_task_is_rendered_planned_and_diffed_like_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "USERPROFILE", "LocalAppData", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("GOENV", str(tmp_path / "home" / "env"))
    (tmp_path / "home").mkdir()
    (tmp_path / "policy.yaml").write_text(POLICY)
    assert main(["validate"]) == 0
    assert main(["render", "-o", "out"]) == 0
    assert (tmp_path / "out" / "tasks" / "x.xml").read_bytes().startswith(b"\xff\xfe")
    assert (tmp_path / "out" / "home" / "failover.ps1").read_bytes().startswith(b"\xef\xbb\xbf")
    if in_wine():
        pytest.skip("the schtasks.exe of Wine says nothing of any task; what is rendered was looked at")
    capsys.readouterr()
    assert main(["diff", "--in", "machine"]) == 3
    shown = capsys.readouterr()
    if sys.platform == "win32":
        assert "<Interval>PT5M</Interval>" in shown.out
    else:
        assert "need Windows are left out: 1" in shown.err
        assert main(["apply", "--in", "machine", "--yes"]) == 0
        assert (tmp_path / "home" / "failover.ps1").exists()


def test_the_difference_of_two_tasks_is_shown_as_lines() -> None:
    lines = diff_change(Change(Address(Place.TASK, TASK), xml(), xml(interval_min=9), Reason.POLICY, "x"))
    changed = [str(line.text).strip() for line in lines if line.mark in {Mark.REMOVED, Mark.ADDED}]
    assert changed == ["<Interval>PT5M</Interval>", "<Interval>PT9M</Interval>"]


def test_options_have_bounds() -> None:
    for options in ({"interval_min": 1}, {"interval_min": 61}, {"leave_after": 0}, {"return_after": 11}, {"dwell_min": 4},
                    {"path": "x.ps1"}, {"path": "~/x.bat"}, {"path": "~/a%b/x.ps1"}, {"sample": "x"}, {"sample": "a.b@latest"}):  # fmt: skip
        with pytest.raises(ValueError, match="validation error"):
            target(**options)


# A round, whole: what stands around the requests, on a machine that is made up.


class Latin:
    """The encoding 28591."""

    @staticmethod
    def GetString(content: bytes) -> str:
        return content.decode("latin-1")

    @staticmethod
    def GetBytes(text: str) -> bytes:
        return text.encode("latin-1")


class Machine:
    """Files, a clock, and hops that answer or not; ``real`` is without -WhatIf."""

    GO_ENV = "C:\\Users\\ann\\AppData\\Roaming\\go\\env"
    STATE = "C:\\Users\\ann\\failover.state.json"

    def __init__(self, content: bytes) -> None:
        self.files: dict[str, bytes] = {}
        self.log: list[str] = []
        self.now, self.real, self.good = 1_700_000_000, True, [True, True, True]
        self.meanwhile = b""
        commands: dict[str, Any] = {
            "ConvertFrom-Json": from_json,
            "ConvertTo-Json": lambda value, _compress: json.dumps(value),
            "Get-Faults": self.faults,
            "Get-Offline": lambda _current: "",
            "Join-Path": lambda path, child: f"{path}\\{child}",
            "Save-File": self.save,
            "Write-Log": self.write_log,
            "Write-Verbose": lambda _message: None,
        }
        types = {
            "[System.IO.File]::Exists": lambda path: path in self.files,
            "[System.IO.File]::ReadAllBytes": lambda path: self.files[path],
            "[System.IO.File]::ReadAllText": lambda path: self.files[path].decode(),
            "[System.IO.Path]::IsPathRooted": lambda path: path[1:2] == ":",
            "[System.Text.Encoding]::GetEncoding": lambda _number: Latin,
            "[System.Text.Encoding]::ASCII::GetBytes": str.encode,
            "[DateTimeOffset]::UtcNow::ToUnixTimeSeconds": lambda: self.now,
        }
        self.script = Script(content, commands, types)
        for name in ("Get-Faults", "Get-Offline", "Save-File", "Write-Log"):
            del self.script.functions[name]
        self.script.environment = {"appdata": "C:\\Users\\ann\\AppData\\Roaming"}
        self.script.variables |= {"statefile": self.STATE, "pscmdlet": self}

    def ShouldProcess(self, _target: str, _action: str) -> bool:
        return self.real

    def save(self, path: str, content: bytes) -> None:
        assert self.real
        self.files[path] = content

    def faults(self) -> list[str]:
        self.files[self.GO_ENV] += self.meanwhile
        return ["" if good else "status 503" for good in self.good]

    def write_log(self, text: str) -> None:
        self.log.append(text)

    def round(self, *good: bool) -> None:
        self.good = list(good)
        self.script.call("Update-Chain")
        self.now += 300


THEIRS = "# mine \xff\nGOFLAGS=-mod=mod\r\nGOPROXY=%s\nGOPROXY=%s\nGOSUMDB=off"


def test_round_after_round_the_script_writes_what_the_table_decides_and_leaves_every_other_byte() -> None:
    rng = random.Random(5)
    table = target(dwell_min=10).table(COMPANY)
    chain = table.chains["hops:-uu"]
    machine = Machine(script(dwell_min=10))
    machine.files[machine.GO_ENV] = (THEIRS % ("https://old.example", chain)).encode("latin-1")
    state, switches = State((table.pace.start,) * 3, chain), 0
    bad = [False, False, False]
    for _ in range(scaled(150, 1500)):
        bad = [rng.random() < (0.8 if was else 0.15) for was in bad]
        good = tuple(not one for one in bad)
        state, move = decide(table, state, good, machine.now)
        machine.round(*good)
        switches += move.switches
        written = state.chain if switches else "https://old.example"
        assert machine.files[machine.GO_ENV] == (THEIRS % (written, state.chain)).encode("latin-1")
        kept = json.loads(machine.files[machine.STATE])
        assert (tuple(kept["health"]), kept["since"], kept["said"]) == (state.health, state.since, move.value)
    assert switches > 3
    assert sum("GOPROXY=" in line and line.startswith("switch") for line in machine.log) == switches


def test_with_what_if_the_script_writes_nothing() -> None:
    machine = Machine(script(leave_after=1))
    before = (THEIRS % ("x", COMPANY_CHAIN)).encode("latin-1")
    machine.files[machine.GO_ENV] = before
    machine.real = False
    for _ in range(5):
        machine.round(True, False, True)
    assert machine.files == {machine.GO_ENV: before}


COMPANY_CHAIN = "https://gate.example,https://a.example|https://b.example|direct"


def test_a_state_that_is_broken_or_of_another_table_is_forgotten() -> None:
    other = {"table": "0", "health": ["down:"] * 3, "since": 0, "said": ""}
    for state in (b"", b"{", b"[]", b"null", b'{"table":1}', json.dumps(other).encode()):
        machine = Machine(script())
        machine.files = {machine.GO_ENV: f"GOPROXY={COMPANY_CHAIN}\n".encode(), machine.STATE: state}
        machine.round(True, True, True)
        assert json.loads(machine.files[machine.STATE])["health"] == ["up:ooooo"] * 3
        assert machine.log == ["settled: GOPROXY stays " + COMPANY_CHAIN]


def test_what_someone_else_put_there_stays_and_is_said_once_without_its_value() -> None:
    machine = Machine(script(leave_after=1))
    machine.files[machine.GO_ENV] = b"GOPROXY=https://ann:secret@mine.example\n"
    for _ in range(4):
        machine.round(True, False, True)
    assert machine.files[machine.GO_ENV] == b"GOPROXY=https://ann:secret@mine.example\n"
    assert machine.log == [
        "a is down: status 503",
        "GOPROXY is none of the policy's chains and is left alone; goproxyctl apply puts one there",
    ]


def test_what_someone_writes_while_the_hops_are_asked_hinders_nothing() -> None:
    """Asking takes ten seconds where a hop hangs; only then is the file read."""
    machine = Machine(script(leave_after=1))
    machine.files[machine.GO_ENV] = f"GOPROXY={COMPANY_CHAIN}\n".encode()
    machine.meanwhile = b"GOBIN=C:\\bin\n"
    machine.round(True, False, True)
    chain = COMPANY_CHAIN.replace("https://a.example|", "")
    assert machine.files[machine.GO_ENV] == f"GOPROXY={chain}\n".encode() + machine.meanwhile
    assert machine.log == ["a is down: status 503", f"switch: GOPROXY={chain} (was {COMPANY_CHAIN})"]


@pytest.mark.parametrize(("goenv", "read"), [("off", ""), ("env", ""), ("D:\\go env", "D:\\go env")])
def test_the_script_looks_where_go_looks(goenv: str, read: str) -> None:
    machine = Machine(script())
    assert machine.script.call("Get-EnvFile") == machine.GO_ENV
    machine.script.environment["goenv"] = goenv
    assert machine.script.call("Get-EnvFile") == read
    machine.round(True, True, True)
    assert machine.files == {}
