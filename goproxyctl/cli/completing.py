"""Words for the shell to complete. A policy that cannot be read completes to nothing; completion never complains."""

import os
import re
from collections.abc import Iterator

import click

#: Units: characters. Larger files are no policies, and no kubeconfigs: each cluster has its certificates there.
_MOST, _MOST_KUBECONFIG = 1 << 18, 1 << 24
_NAME = re.compile(r"""(?:^|[\s{,])name:\s*["']?([a-z0-9][a-z0-9.-]*)""")
#: What clouds and kubectl name contexts holds ``/``, ``_``, ``@`` and ``:``.
_CONTEXT = re.compile(r"""[\s-]*name:\s*["']?([^\s"']+)""")
_KEY = re.compile(r"""\s*["']?([a-z0-9][a-z0-9.-]*)["']?:""")


def complete_targets(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The target names of the policy that the command line names."""
    lines = _section(_policy(ctx), "targets")
    return [name for line in lines for name in _NAME.findall(line) if name.startswith(incomplete)]


def complete_profiles(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The profile names of the policy that the command line names."""
    lines = list(_section(_policy(ctx), "profiles"))
    outer = min(map(_indent, lines), default=0)
    found = (_KEY.match(line) for line in lines if _indent(line) == outer)
    return [match[1] for match in found if match and match[1].startswith(incomplete)]


def complete_contexts(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The contexts of the kubeconfigs that the command line or the environment names."""
    files = (ctx.params.get("kubeconfig") or os.environ.get("KUBECONFIG", "")).split(os.pathsep)
    names = dict.fromkeys(name for file in files for name in _contexts(_text(file, _MOST_KUBECONFIG)))
    return [name for name in names if name.startswith(incomplete)]


def _contexts(kubeconfig: str) -> list[str]:
    """What stands further in are names of extensions."""
    found = [match for line in _section(kubeconfig, "contexts") if (match := _CONTEXT.match(line))]
    outer = min((match[0].index("name:") for match in found), default=0)
    return [match[1] for match in found if match[0].index("name:") == outer]


def complete_kinds(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The kinds of target."""
    from goproxyctl.targets import KINDS

    return [kind for kind in KINDS if kind.startswith(incomplete)]


def complete_rules(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The rules."""
    from goproxyctl.rules.catalogue import catalogue

    return [name for name in catalogue() if name.startswith(incomplete)]


def _policy(ctx: click.Context) -> str:
    return _text(ctx.params.get("file") or "policy.yaml")


def _text(path: str, most: int = _MOST) -> str:
    """What is in a file. It is not parsed, for a shell waits for this, and importing a parser takes longest."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(most)
    except (OSError, ValueError):
        return ""


def _section(text: str, name: str) -> Iterator[str]:
    """The lines below the key ``name``, as far as they stand further in."""
    inside: int | None = None
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if inside is not None and _indent(line) <= inside and not line.lstrip().startswith("- "):
            return
        if inside is not None:
            yield line
        elif line.strip() == f"{name}:":
            inside = _indent(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
