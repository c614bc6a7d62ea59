"""The XML of a Windows scheduled task in one normal form, so that what the Task Scheduler gives back can be compared.

The service fills in defaults, reorders, says the user and the day: the normal form states a fixed list of settings,
default or not, keeps whatever else is there, and leaves out what the service adds by itself.
Source: learn.microsoft.com, Task Scheduler Schema. What the service really adds was not seen on Windows by us.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

#: A member of an element: its tag, and the value that it has when nobody says one (None: it is then not there).
_Field = tuple[str, str | None]
#: What each element states, in this order; the rest comes after it, as it is.
_STATED: dict[str, tuple[_Field, ...]] = {
    "Task": (("RegistrationInfo", None), ("Triggers", None), ("Principals", None), ("Settings", None)),
    "RegistrationInfo": (("Description", None), ("URI", None)),
    "TimeTrigger": (("StartBoundary", None), ("Repetition", None)),
    "Repetition": (("Interval", None),),
    "Principal": (("LogonType", None), ("RunLevel", "LeastPrivilege")),
    "Settings": (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "true"),
        ("StopIfGoingOnBatteries", "true"),
        ("AllowHardTerminate", "true"),
        ("StartWhenAvailable", "false"),
        ("RunOnlyIfNetworkAvailable", "false"),
        ("AllowStartOnDemand", "true"),
        ("Enabled", "true"),
        ("Hidden", "false"),
        ("RunOnlyIfIdle", "false"),
        ("WakeToRun", "false"),
        ("ExecutionTimeLimit", "PT72H"),
        ("Priority", "7"),
    ),
    "Exec": (("Command", None), ("Arguments", None), ("WorkingDirectory", None)),
}
#: What says nothing: the tag of an element, its member, and the values (None: any) at which it is left out.
_SILENT: dict[tuple[str, str], frozenset[str] | None] = {
    ("RegistrationInfo", "Date"): None,
    ("RegistrationInfo", "Author"): None,
    ("RegistrationInfo", "SecurityDescriptor"): None,
    ("TimeTrigger", "Enabled"): frozenset({"true"}),
    ("Repetition", "StopAtDurationEnd"): frozenset({"false"}),
    ("Settings", "UseUnifiedSchedulingEngine"): None,
    ("Settings", "DisallowStartOnRemoteAppSession"): frozenset({"false"}),
    ("Settings", "DeleteExpiredTaskAfter"): frozenset({"PT0S"}),
    ("IdleSettings", "StopOnIdleEnd"): frozenset({"true"}),
    ("IdleSettings", "RestartOnIdle"): frozenset({"false"}),
    ("IdleSettings", "Duration"): frozenset({"PT10M"}),
    ("IdleSettings", "WaitTimeout"): frozenset({"PT1H"}),
}
#: The accounts of services: a task of ours never has one of them. Any other is the user whose task it is.
_SERVICES = re.compile(r"S-1-5-(18|19|20)|(NT AUTHORITY\\)?(SYSTEM|LOCAL ?SERVICE|NETWORK ?SERVICE)", re.IGNORECASE)
_DURATIONS = {"Interval", "Duration", "ExecutionTimeLimit", "WaitTimeout", "DeleteExpiredTaskAfter", "Delay"}
_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?")


class Node(NamedTuple):
    """An element: its tag, its attributes, and either text or elements in it."""

    tag: str
    text: str = ""
    children: tuple["Node", ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


def print_task(task: Node) -> bytes:
    """The bytes of a task in its normal form: UTF-16 with byte order mark, as schtasks.exe wants it, and CRLF."""
    lines = ['<?xml version="1.0" encoding="UTF-16"?>', *_lines(_normal(task, ""), "")]
    return ("\ufeff" + "".join(f"{line}\r\n" for line in lines)).encode("utf-16-le")


def normal_task(text: str) -> bytes:
    """The normal form of a task's XML. Raises: FormatError when it is none.

    Shape: ``text`` may begin with a declaration; the encoding that it names does not count, for it is text already.
    """
    root = _parsed(text)
    if root is None or root.tag != "Task":
        raise FormatError(Text("task.xml", "this is not the XML of a scheduled task; look at it in taskschd.msc"))
    return print_task(root)


def _parsed(text: str) -> Node | None:
    from xml.etree.ElementTree import ParseError, fromstring

    body = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)
    if "<!" in re.sub(r"(?s)<!--.*?-->", "", body):
        return None  # no task has a document type, and entities can grow without end
    try:
        return _node(fromstring(body))  # noqa: S314 - without a document type there is nothing to expand
    except ParseError:
        return None


def _node(element: "Element") -> Node:
    namespace, _, tag = element.tag.rpartition("}")
    attributes = {**element.attrib, **({"xmlns": namespace[1:]} if tag == "Task" else {})}
    children = tuple(map(_node, element))
    return Node(tag, "" if children else (element.text or "").strip(), children, tuple(sorted(attributes.items())))


def _normal(node: Node, parent: str) -> Node:
    children = tuple(_normal(child, node.tag) for child in node.children)
    kept = [child for child in children if not _is_silent(node.tag, child)]
    text = _normal_duration(node.text) if node.tag in _DURATIONS and parent else node.text
    return node._replace(text=text, children=tuple(_ordered(node.tag, kept)))


def _is_silent(tag: str, child: Node) -> bool:
    if (tag, child.tag) == ("Principal", "UserId"):
        return not _SERVICES.fullmatch(child.text)
    if child.tag == "IdleSettings" and not child.children:
        return True
    silent = _SILENT.get((tag, child.tag), frozenset())
    return not child.children and (silent is None or child.text in silent)


def _ordered(tag: str, children: Sequence[Node]) -> list[Node]:
    """The stated members first, with their defaults where they are not there."""
    stated = _STATED.get(tag, ())
    rank = {name: number for number, (name, _) in enumerate(stated)}
    there = {child.tag for child in children}
    filled = [Node(name, value) for name, value in stated if value is not None and name not in there]
    return sorted([*children, *filled], key=lambda child: rank.get(child.tag, len(rank)))


def _normal_duration(text: str) -> str:
    """The same time in its usual words: PT60M and PT1H are one. What cannot be read stays."""
    found = _DURATION.fullmatch(text)
    if not found:
        return text
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    parts = ((total // 86400, "D"), (total // 3600 % 24, "H"), (total // 60 % 60, "M"), (total % 60, "S"))
    words = [f"{count}{unit}" if count else "" for count, unit in parts]
    clock = "".join(words[1:])
    return f"P{words[0]}" + (f"T{clock}" if clock else "") if total else "PT0S"


def _lines(node: Node, indent: str) -> list[str]:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes)
    if not node.children:
        end = f">{escape(node.text)}</{node.tag}>" if node.text else "/>"
        return [f"{indent}<{node.tag}{attributes}{end}"]
    inner = [line for child in node.children for line in _lines(child, indent + "  ")]
    return [f"{indent}<{node.tag}{attributes}>", *inner, f"{indent}</{node.tag}>"]
