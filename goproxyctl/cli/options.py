"""The options that several commands share, and their values as one `Selection`."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import click

from goproxyctl.cli.completing import complete_contexts, complete_profiles, complete_targets
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

DEFAULT_POLICY = "policy.yaml"
#: A path as it was typed. Whoever opens it says what is wrong with it, and that is no wrong usage.
ANY_PATH = click.Path(readable=False)


class Selection(NamedTuple):
    """Which policy, which part of it, and in which form to report.

    Shape: ``world`` is "tree", "machine", "cluster" or "all" (the first two; of what is only rendered, all three);
    ``targets`` empty means every target; ``registry`` is an exported registry file to look at; ``facts`` a file with
    what only a cluster knows. ``kubeconfig``, ``contexts`` and ``allow_exec`` say how to reach the cluster,
    or several of them; ``take_fields``: even what others hold there.
    """

    file: str = DEFAULT_POLICY
    targets: tuple[str, ...] = ()
    profile: str | None = None
    world: str = "tree"
    registry: str | None = None
    facts: str | None = None
    prune: bool = False
    max_deletes: int | None = None
    form: str = "text"
    kubeconfig: str | None = None
    contexts: tuple[str, ...] = ()
    allow_exec: bool = False
    take_fields: bool = False

    @property
    def several(self) -> bool:
        """Whether it speaks of several clusters: that is up to the command line alone, not to what a pattern finds."""
        return len(self.contexts) > 1 or any(sign in name for name in self.contexts for sign in "*?")

    @property
    def astray(self) -> str:
        """The option that is about a cluster where none is meant; empty when all is well."""
        given = {
            "--context": self.contexts,
            "--kubeconfig": self.kubeconfig,
            "--allow-exec": self.allow_exec,
            "--take-fields": self.take_fields,
        }
        return "" if self.world == "cluster" else next((name for name, value in given.items() if value), "")


Decorator = Callable[[Callable[..., int]], Callable[..., int]]

_FILE = option(
    "--file",
    "-f",
    default=DEFAULT_POLICY,
    show_default=True,
    metavar="FILE",
    type=ANY_PATH,
    text=Text("cli.option.file", "The policy. Its paths are relative to the folder it is in."),
)
_TARGET = option(
    "--target",
    "-t",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_targets,
    text=Text("cli.option.target", "Only this target; may be given again."),
)
_PROFILE = option(
    "--profile",
    metavar="NAME",
    shell_complete=complete_profiles,
    text=Text("cli.option.profile", "This profile, for targets that name none."),
)
_WORLD = option(
    "--in",
    "world",
    type=click.Choice(["tree", "machine", "cluster", "all"]),
    default="tree",
    show_default=True,
    text=Text(
        "cli.option.in", "Where: the folder of the policy, this user's machine, a cluster, or (all) the first two."
    ),
)
ANYWHERE = option(
    "--in",
    "world",
    type=click.Choice(["tree", "machine", "cluster", "all"]),
    default="all",
    show_default=True,
    text=Text("cli.option.for", "What is for the folder of the policy, the user's machine, a cluster, or all of them."),
)
_KUBECONFIG = option(
    "--kubeconfig",
    type=ANY_PATH,
    metavar="FILE",
    text=Text(
        "cli.option.kubeconfig", "With --in cluster: the kubeconfig, in place of $KUBECONFIG or a pod's account."
    ),
)
_CONTEXT = option(
    "--context",
    "contexts",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_contexts,
    text=Text(
        "cli.option.contexts",
        "With --in cluster: this context of the kubeconfig; status, diff, plan and apply take several, and patterns.",
    ),
)
_ALLOW_EXEC = option(
    "--allow-exec",
    is_flag=True,
    text=Text("cli.option.allow-exec", "Let the kubeconfig run a program that gets credentials."),
)
TAKE_FIELDS = option(
    "--take-fields",
    is_flag=True,
    text=Text("cli.option.take-fields", "Take fields of objects in a cluster from others who hold them."),
)
AS_GO = option("--go", metavar="VERSION", text=Text("cli.option.go", "As this version of go."))
YES = option("--yes", "-y", is_flag=True, text=Text("cli.option.yes", "Do not ask."))
PRUNE = option(
    "--prune", is_flag=True, text=Text("cli.option.prune", "Delete what was applied and is no longer wanted.")
)
MAX_DELETES = option(
    "--max-deletes",
    type=click.IntRange(min=0),
    metavar="N",
    text=Text("cli.option.max-deletes", "Allow so many deletions, where goproxyctl would refuse."),
)


REGISTRY = option(
    "--registry",
    type=ANY_PATH,
    metavar="FILE",
    text=Text("cli.option.registry", "An exported registry file (.reg) to look at in place of the registry."),
)
FACTS = option(
    "--facts",
    type=ANY_PATH,
    metavar="FILE",
    text=Text("cli.option.facts", "What kubectl get namespaces -o json printed, for targets that select by label."),
)


def formats(*names: str) -> Decorator:
    """``--format``, whose first name is the default."""
    return option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        text=Text("cli.option.format", "Form of the report."),
    )


#: The options of a command that reads a policy; of one that also looks at the world; of one that may delete.
READING = (_FILE, _TARGET, _PROFILE)
_CLUSTER = (_KUBECONFIG, _CONTEXT, _ALLOW_EXEC)
LOOKING = (*READING, _WORLD, *_CLUSTER, FACTS)
PLANNING = (*LOOKING, PRUNE, MAX_DELETES)
FILE_ONLY = (_FILE,)
OWNING = (_FILE, _TARGET, _WORLD, *_CLUSTER, FACTS)


def selecting(options: tuple[Decorator, ...], *forms: str) -> Decorator:
    """Adds ``options`` and ``--format``; the callback gets them as one Selection after the Shell."""
    added = (*options, formats(*forms)) if forms else options

    def decorate(callback: Callable[..., int]) -> Callable[..., int]:
        """Options are added last to first, so that the help has them in the order given."""

        @functools.wraps(callback)
        def call(shell: Shell, **values: Any) -> int:
            """What is no field of a Selection stays an argument of the command."""
            chosen = {name: values.pop(name) for name in Selection._fields if name in values}
            return callback(shell, Selection(**chosen), **values)

        wrapped: Callable[..., int] = call
        for add in reversed(added):
            wrapped = add(wrapped)
        return wrapped

    return decorate
