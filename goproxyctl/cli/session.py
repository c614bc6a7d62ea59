"""What every command that reads a policy does first: policy, desired, ledger, live, plan, each when it is asked for."""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from goproxyctl.apply import Ledgers, WorldLedgers
from goproxyctl.cli.options import Selection
from goproxyctl.cli.reader import Folder, open_folder, placed
from goproxyctl.cli.roots import make_roots
from goproxyctl.cli.shell import Shell
from goproxyctl.desired import make_desired
from goproxyctl.errors import GoproxyctlError, Severity
from goproxyctl.ledger import Ledger
from goproxyctl.live import Stores, observe
from goproxyctl.plan import Plan, addresses_of, make_plan
from goproxyctl.policy import Policy, load_policy
from goproxyctl.resource import Address, Desired, Live, World
from goproxyctl.stores import Roots, open_store, reachable
from goproxyctl.stores.ledger_file import LedgerFile
from goproxyctl.text import Text

if TYPE_CHECKING:
    from goproxyctl.formats.kubepod import OldPods
    from goproxyctl.stores.cluster_ledger import ClusterSide
    from goproxyctl.stores.kubeconfig import Access

WORLDS = {
    "tree": frozenset({World.TREE}),
    "machine": frozenset({World.MACHINE}),
    "cluster": frozenset({World.CLUSTER}),
    "all": frozenset({World.TREE, World.MACHINE}),
}
#: What is said where one cluster at most can be meant.
ONE_CONTEXT = Text(
    "cli.one-context",
    "only status, diff, plan and apply take several contexts, and not with a saved plan, --from or --format markdown; "
    "name one --context, and run it again for the next",
)
#: What may be rendered or compared without looking at any of it.
OFFLINE_WORLDS = {**WORLDS, "all": frozenset(World)}


@dataclass(frozen=True, slots=True)
class Session:
    """A policy, loaded and free of errors, and the worlds that the command acts on."""

    shell: Shell
    selection: Selection
    folder: Folder
    file: str
    policy: Policy
    cluster: "ClusterSide | None" = None

    @property
    def worlds(self) -> frozenset[World]:
        """The worlds of ``--in``."""
        return WORLDS[self.selection.world]

    @property
    def roots(self) -> Roots:
        """Where containers are on this machine."""
        roots = make_roots(self.folder.path, self.shell.env, self.shell.cwd, sys.platform)
        named = self.selection.registry
        return replace(
            roots,
            registry=self.shell.cwd / named if named else None,
            cluster=self.cluster.store if self.cluster else None,
        )

    @property
    def stores(self) -> Stores:
        """Opens the store of a place."""
        return partial(open_store, roots=self.roots)

    @property
    def ledgers(self) -> WorldLedgers:
        """The ledgers of the worlds, as one."""
        files: dict[World, Ledgers] = {
            World.TREE: LedgerFile(self.folder.path / ".goproxyctl" / "ledger.json"),
            World.MACHINE: LedgerFile(self.roots.state / "ledger.json"),
        }
        if self.cluster:
            files[World.CLUSTER] = self.cluster.ledger
        return WorldLedgers({world: files[world] for world in World if world in self.worlds})

    def access(self, context: str | None = None) -> "Access":
        """How to reach the cluster of ``context``, or of the one that the kubeconfig says."""
        from goproxyctl.gosem.egress import read_egress
        from goproxyctl.stores.kubeconfig import Access

        named = self.selection.kubeconfig or self.shell.env.get("KUBECONFIG", "")
        files = tuple(self.shell.cwd / name for name in named.split(os.pathsep) if name)
        egress = read_egress(self.shell.env)
        return Access(egress, files, context, commands=self.selection.allow_exec, tree=self.folder.top)

    def connected(self, context: str | None = None) -> "Session":
        """The same session with its cluster, where the command acts on one. Nobody is asked anything yet."""
        if self.selection.world != "cluster":
            return self
        from goproxyctl.stores.cluster_ledger import open_cluster

        side = open_cluster(self.access(context), self.policy.owner, take=self.selection.take_fields)
        return replace(self, cluster=side)

    def desired(self, targets: Collection[str] | None = None) -> Desired:
        """What should be there; ``targets`` None: all of it, whatever ``--target`` says."""
        policy = self._told()
        with placed(self.folder):
            return make_desired(policy, targets)

    def _told(self) -> Policy:
        """The policy, told which namespaces the cluster has, where targets ask for that and no file said it."""
        if self.cluster is None or not self.policy.asks:
            return self.policy
        from goproxyctl.facts import ask_facts

        return self.policy.knowing(ask_facts(self.cluster.cluster))

    def wanted(self, targets: Collection[str] | None = None) -> Desired:
        """What should be there, in the places that this machine has; one line says how much is for others."""
        desired, roots = self.desired(targets), self.roots
        here = {at: resource for at, resource in desired.items() if reachable(at.place, roots)}
        worlds = {at.world for at in desired}
        if worlds and not worlds & self.worlds and not self.selection.several:
            others = ", ".join(f"--in {world.value}" for world in World if world in worlds)
            self.shell.err(
                Text("cli.other-worlds", "--in {world}: nothing of this policy is there; say {others}",
                     world=self.selection.world, others=others)
            )  # fmt: skip
        elsewhere = sum(at.world in self.worlds for at in desired) - sum(at.world in self.worlds for at in here)
        if elsewhere:
            self.shell.err(
                Text("cli.elsewhere", "resources that need Windows are left out: {count}; apply them there, or look "
                     "at an exported registry with --registry", count=elsewhere)
            )  # fmt: skip
        return here

    def live(self, desired: Desired, ledger: Ledger) -> dict[Address, Live]:
        """What is there, wherever something is desired or recorded."""
        return observe(addresses_of(desired, ledger, owner=self.policy.owner, worlds=self.worlds), self.stores)

    def plan(self, desired: Desired, ledger: Ledger, *, prune: bool | None = None) -> Plan:
        """What is to change, for the targets of ``--target``."""
        plan = make_plan(
            desired,
            self.live(desired, ledger),
            ledger,
            owner=self.policy.owner,
            prune=self.selection.prune if prune is None else prune,
            worlds=self.worlds,
        )
        return narrowed(plan, desired, self.selection.targets) if self.selection.targets else plan

    def old_pods(self, plan: Plan) -> "OldPods | None":
        """Who still runs older values than the objects of ``plan`` have; None where no cluster is looked at."""
        if self.cluster is None:
            return None
        from goproxyctl.stores.pods import find_old_pods

        there = (*plan.in_sync, *(change.address for change in plan.changes if change.after is not None))
        return find_old_pods(self.cluster.cluster, self.cluster.store.changed(there))


def open_session(shell: Shell, selection: Selection, *, today: date | None = None, offline: bool = False) -> Session:
    """Loads the policy; its warnings are counted in one line. ``offline``: whoever asks looks at no cluster, or later.

    Raises: PolicyError, StoreError; click.UsageError when it is to look at several, or at a cluster without ``--in``.
    """
    if selection.astray:
        wrong = Text("cli.no-cluster", "{option}: it is about a cluster; add --in cluster", option=selection.astray)
        raise click.UsageError(shell.words(wrong))
    if selection.several and not offline:
        raise click.UsageError(shell.words(ONE_CONTEXT))
    folder, file = open_folder(selection.file, shell.cwd)
    with placed(folder):
        policy = informed(load_policy(file, folder.read, profile=selection.profile, today=today), shell, selection)
    _check_targets(policy, selection)
    _count_warnings(shell, selection, policy)
    session = Session(shell, selection, folder, file, policy)
    return session if offline else session.connected(next(iter(selection.contexts), None))


def informed(policy: Policy, shell: Shell, selection: Selection) -> Policy:
    """The policy, its targets told of what the file of ``--facts`` says. Raises: GoproxyctlError."""
    if selection.facts is None:
        return policy
    from goproxyctl.facts import read_facts

    return policy.knowing(read_facts(shell.cwd, selection.facts))


def _check_targets(policy: Policy, selection: Selection) -> None:
    names = [target.name for target in policy.targets]
    for name in selection.targets:
        if name not in names:
            raise GoproxyctlError(policy.unknown_target(name))


def _count_warnings(shell: Shell, selection: Selection, policy: Policy) -> None:
    count = sum(problem.severity is Severity.WARNING for problem in policy.problems)
    if count:
        shell.err(
            Text("cli.warnings", "{file}: valid, with {count} warnings; goproxyctl validate shows them",
                 file=selection.file, count=count)
        )  # fmt: skip


def narrowed(plan: Plan, desired: Desired, targets: Collection[str]) -> Plan:
    """The part of ``plan`` that is about ``targets``; all the rest stays as it is recorded."""

    def kept(address: Address) -> bool:
        """What nobody desires any more belongs to the target that it was applied for."""
        entry, resource = plan.recorded.get(address), desired.get(address)
        return (resource.target if resource else entry.target if entry else "") in targets

    elsewhere = {at: entry for at, entry in plan.recorded.items() if not kept(at)}
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if kept(change.address)),
        in_sync=tuple(filter(kept, plan.in_sync)),
        unrecorded=tuple(filter(kept, plan.unrecorded)),
        lent=tuple(filter(kept, plan.lent)),
        leftovers=tuple(filter(kept, plan.leftovers)),
        forgotten=tuple(filter(kept, plan.forgotten)),
        vacated=tuple(change for change in plan.vacated if kept(change.address)),
        notes={at: note for at, note in plan.notes.items() if kept(at)},
        settled={at: entry for at, entry in plan.settled.items() if kept(at)} | elsewhere,
    )
