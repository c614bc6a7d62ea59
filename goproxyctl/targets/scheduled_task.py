"""scheduled-task: a task of Windows that probes the hops and moves GOPROXY among the chains that the policy allows.

Neither the Task Scheduler nor PowerShell was ever run here: the XML is validated, the script parsed and its decision
interpreted in the tests.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from goproxyctl.errors import UnfitError
from goproxyctl.failover import Pace, Table, make_table
from goproxyctl.formats.task import NAMESPACE, Node, print_task
from goproxyctl.gosem import egress
from goproxyctl.gosem.modpath import escape
from goproxyctl.intent import Hop, Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import SEGMENT, Target, script_name
from goproxyctl.text import Text

HomeScript = Annotated[
    str,
    Field(
        pattern=rf"^~/({SEGMENT}/)*{script_name('ps1')}$",
        max_length=200,
        examples=["~/AppData/Local/acme/failover.ps1"],
    ),
]
Sample = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._~-]+)*@v[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$",
        max_length=200,
        examples=["golang.org/x/text@v0.3.0"],
    ),
]

#: A probe that takes longer is a bad one: go itself would wait for ever. All hops are asked at the same time, and a
#: machine waits a moment first, so that those of a company do not all ask at once. Units: seconds.
_TIMEOUT_S, _JITTER_S = 10, 20
#: Twice what a run can take. Shorter than the shortest interval.
_LIMIT = "PT1M30S"
#: The script of this Windows, and no console window for it: conhost knows --headless from Windows 10 1809 on.
#: Source: learn.microsoft.com, Task Scheduler Schema, Exec: variables are replaced in Command and in Arguments.
_CONSOLE = r"%SystemRoot%\System32\conhost.exe"
_POWERSHELL = r"%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe"
#: The script says which chain it may put for the module cache; go env tells where that is, on the machine.
_OFFLINE = "offline"


class ScheduledTask(Target):
    """A Windows task that probes the hops and moves GOPROXY among the chains that the policy allows."""

    kind: Literal["scheduled-task"] = Field(
        description="A Windows task that probes the hops and moves GOPROXY among the chains that the policy allows."
    )
    path: HomeScript = Field(description='The script that the task runs, below the home folder: "~/", ending in .ps1.')
    sample: Sample = Field(
        default="golang.org/x/text@v0.3.0",
        description="A public module and its version, of which every hop is asked for the .info file.",
    )
    interval_min: int = Field(default=5, ge=2, le=60, description="Minutes between two rounds.", examples=[5])
    leave_after: int = Field(
        default=3,
        ge=1,
        le=5,
        description="A mirror is left out after so many bad probes among its last ones, of which two more count.",
        examples=[3],
    )
    return_after: int = Field(
        default=5, ge=1, le=10, description="It is back after so many good probes in a row.", examples=[5]
    )
    dwell_min: int = Field(
        default=15, ge=5, le=1440, description="Minutes for which a chain stands at least.", examples=[15]
    )
    offline: bool = Field(
        default=False,
        description="Whether only the module cache is asked while not one hop is up; else the chain stays as it is.",
        examples=[True],
    )

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The script, UTF-8 with byte order mark and CRLF, and the task, which is made after it."""
        self.checked(intent.module_settings())
        text = self._script(intent).replace("\n", "\r\n")
        yield Resource(Address(Place.FILE, self.path), text.encode("utf-8-sig"), intent.target)
        name = f"\\goproxyctl\\{intent.owner}\\{intent.target}"
        yield Resource(Address(Place.TASK, name), print_task(self._task(intent, name)), intent.target)

    def table(self, intent: Intent) -> Table:
        """The decision table that the script follows; its chain for no hop at all is found on the machine."""
        pace = Pace(self.leave_after, self.leave_after + 2, self.return_after, self.dwell_min * 60)
        return make_table(intent, pace, _OFFLINE if self.offline else None)

    def _script(self, intent: Intent) -> str:
        table = self.table(intent)
        probes = [self._probe(hop, intent) for hop in intent.hops]
        shape = json.dumps([table, probes], default=lambda value: value.value)
        return self.text(
            "scheduled-task.ps1.j2",
            intent,
            script=self.path.rpartition("/")[2],
            task=f"goproxyctl/{intent.owner}/{intent.target}",
            table=table,
            sum=hashlib.sha256(shape.encode()).hexdigest()[:16],
            probes=[{**hop, "skip": "yes" if may else "no"} for hop, may in zip(probes, table.skipped, strict=True)],
            version=self.sample.partition("@")[2],
            timeout_ms=str(_TIMEOUT_S * 1000),
            dwell_s=str(table.pace.dwell_s),
            offline="yes" if self.offline else "no",
        )

    def _probe(self, hop: Hop, intent: Intent) -> dict[str, str]:
        """What the script asks of a hop: the URL, and the egress proxy that go would take for it.

        Source: referencesource, System.Net.ServicePointManager: a proxy has the scheme http and no other.
        """
        module, _, version = self.sample.partition("@")
        url = f"{hop.url.rstrip('/')}/{escape(module)}/@v/{escape(version)}.info"
        wanted = egress.Egress(intent.egress.http or "", intent.egress.https or "", ",".join(intent.egress.bypass))
        proxy = egress.choose(url, wanted).proxy
        if proxy and not proxy.startswith("http://"):
            raise UnfitError(
                Text(
                    "target.probe-proxy",
                    "{target!r}: Windows PowerShell cannot probe {hop!r} through a proxy at {scheme}://; "
                    "use one at http://, which carries https too",
                    target=self.name,
                    hop=hop.name,
                    scheme=proxy.partition(":")[0],
                )
            )
        return {"name": hop.name, "url": url, "egress": proxy or "none"}

    def _task(self, intent: Intent, name: str) -> Node:
        """The task of whoever registers it: no user is named, so it is the same for all of them."""
        script = "%USERPROFILE%\\" + self.path.removeprefix("~/").replace("/", "\\")
        arguments = (
            f"--headless {_POWERSHELL} -NoProfile -NonInteractive -ExecutionPolicy Bypass "
            f'-File "{script}" -JitterSeconds {_JITTER_S}'
        )
        made_for = f"generated by goproxyctl for {intent.owner}/{intent.target}; do not edit"
        return _element(
            "Task",
            _element("RegistrationInfo", Node("Description", made_for), Node("URI", name)),
            _element("Triggers", _element("TimeTrigger", Node("StartBoundary", "2024-01-01T00:00:00"), self._again())),
            _element(
                "Principals",
                _element("Principal", Node("LogonType", "InteractiveToken"), Node("RunLevel", "LeastPrivilege"),
                         id="Author"),
            ),
            _element("Settings", *(Node(tag, value) for tag, value in self._settings())),
            _element("Actions", _element("Exec", Node("Command", _CONSOLE), Node("Arguments", arguments)),
                     Context="Author"),
            version="1.3",
            xmlns=NAMESPACE,
        )  # fmt: skip

    def _again(self) -> Node:
        return _element("Repetition", Node("Interval", f"PT{self.interval_min}M"))

    def _settings(self) -> Iterator[tuple[str, str]]:
        """Where the defaults of the Task Scheduler hurt. Going offline is for when there is no network at all."""
        yield "MultipleInstancesPolicy", "IgnoreNew"
        yield "DisallowStartIfOnBatteries", "false"
        yield "StopIfGoingOnBatteries", "false"
        yield "StartWhenAvailable", "true"
        yield "RunOnlyIfNetworkAvailable", "false" if self.offline else "true"
        yield "ExecutionTimeLimit", _LIMIT


def _element(tag: str, *children: Node, **attributes: str) -> Node:
    return Node(tag, "", children, tuple(sorted(attributes.items())))
