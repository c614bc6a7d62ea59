"""Rendered artifacts: printed one after the other, or what a folder of them lacks."""

from collections.abc import Mapping
from typing import Any

from goproxyctl.report.style import Paint, Style, Words, joined
from goproxyctl.text import Text, shown

_SIGNS = {"missing": ("+", Paint.ADD), "differs": ("~", Paint.CHANGE), "stale": ("-", Paint.DELETE)}


def artifacts_text(made: Mapping[str, bytes], style: Style) -> bytes:
    """Each artifact below a line with its path; the artifacts byte for byte."""
    parts = []
    for path, content in made.items():
        end = b"" if content.endswith(b"\n") else b"\n"
        parts.append(style(f"==> {shown(path)} <==", Paint.STRONG).encode() + b"\n" + content + end)
    return b"\n".join(parts)


def index_body(sums: Mapping[str, str], made: Mapping[str, bytes]) -> dict[str, Any]:
    """The artifacts for a program: paths, sizes and sums. Units: size in bytes."""
    return {"artifacts": [{"path": path, "sha256": sums[path], "size": len(made[path])} for path in made]}


def folder_text(
    folder: str, count: int, changes: Mapping[str, str], words: Words, style: Style, *, written: bool
) -> str:
    """What was written, or what differs, a line for each path, and how many there are."""
    lines = [
        f"  {style(sign, paint)} {shown(path)}" for path, what in changes.items() for sign, paint in [_SIGNS[what]]
    ]
    if written:
        text = Text("render.written", "{folder}: files: {count}, changed: {changed}", folder=folder, count=count,
                    changed=len(changes))  # fmt: skip
    elif changes:
        text = Text("render.differs", "{folder}: files: {count}, different: {changed}", folder=folder, count=count,
                    changed=len(changes))  # fmt: skip
    else:
        text = Text("render.same", "{folder}: as the policy renders it; files: {count}", folder=folder, count=count)
    return joined([*lines, style(words(text), Paint.STRONG)])


def folder_body(sums: Mapping[str, str], changes: Mapping[str, str], *, written: bool) -> dict[str, Any]:
    """The folder for a program. Shape: a change is "missing", "differs" or "stale", before anything was written."""
    return {
        "written": written,
        "artifacts": [{"path": shown(path), "sha256": digest} for path, digest in sums.items()],
        "changes": [{"path": shown(path), "was": was} for path, was in changes.items()],
    }
