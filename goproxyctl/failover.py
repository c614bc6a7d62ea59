"""Which of the chains that a policy allows stands in go's env file: a decision table over probes. Pure.

Only a mirror that the policy lets go skip on any error is ever left out. A chain without it does what the policy's
chain does while that mirror answers nothing but errors, so no choice here allows what the policy does not: nothing
moves, no separator changes, a gatekeeper stays where it is.

The same table is rendered as data into the script of a scheduled-task, which looks up and never decides by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import product
from typing import NamedTuple

from goproxyctl.gosem.items import print_chain
from goproxyctl.intent import Fallback, Hop, Intent, Role

#: More mirrors than this are not left out one by one: each doubles the chains. Those after it stay in.
MOST_SKIPPED = 6

#: The health of a hop: "up:" and its last probes, oldest first (o good, x bad), or "down:" and the good ones since.
Health = str


class Pace(NamedTuple):
    """How slowly to believe. Units: probes; ``dwell_s`` seconds.

    A hop goes down after ``bad`` bad probes among its last ``window``, and comes up after ``good`` good ones in a row.
    No chain is left before it has stood for ``dwell_s``.
    """

    bad: int = 3
    window: int = 5
    good: int = 5
    dwell_s: int = 900

    @property
    def start(self) -> Health:
        """A hop of which nothing bad is known."""
        return "up:" + "o" * self.window


class Move(Enum):
    """What a round does to the chain, and why."""

    SETTLED = "settled"
    SWITCH = "switch"
    OFFLINE = "offline"
    DWELL = "dwell"
    SILENT = "silent"
    RETURNING = "returning"
    FOREIGN = "foreign"

    @property
    def switches(self) -> bool:
        """Whether the chain changes."""
        return self in {Move.SWITCH, Move.OFFLINE}


class Table(NamedTuple):
    """Everything that a decision looks up.

    Shape: ``health`` has for each health the next one after a good probe and after a bad one. ``chains`` has the
    GOPROXY for each "hops:" and a letter for every hop (u up, d down, - never left out). ``moves`` has what follows
    from four answers, each y or n: does any hop answer, is any hop up, does the chain that they ask for differ from
    the one that stands, has that one stood long enough. ``offline`` is the chain for when no hop is up; None: the
    chain that stands stays.
    """

    pace: Pace
    skipped: tuple[bool, ...]
    health: Mapping[Health, tuple[Health, Health]]
    chains: Mapping[str, str]
    moves: Mapping[str, Move]
    offline: str | None = None


class State(NamedTuple):
    """What is remembered between rounds: the health of each hop, the chain that stands, and since when.

    Units: ``since`` in seconds since 1970.
    """

    health: tuple[Health, ...]
    chain: str
    since: int = 0


class Decision(NamedTuple):
    """The state after a round, its chain included, and why the chain is that one."""

    state: State
    move: Move


def make_table(intent: Intent, pace: Pace, offline: str | None = None) -> Table:
    """The table of a policy."""
    skipped = _skipped(intent.hops)
    return Table(pace, skipped, health_table(pace), _chains(intent, skipped), move_table(), offline)


def _skipped(hops: Sequence[Hop]) -> tuple[bool, ...]:
    """Which hops may be left out: mirrors that go itself may skip on any error, as many as there is room for."""
    may = [hop.role is Role.MIRROR and hop.fallback is Fallback.ANY_ERROR for hop in hops]
    return tuple(one and sum(may[: index + 1]) <= MOST_SKIPPED for index, one in enumerate(may))


def _chains(intent: Intent, skipped: tuple[bool, ...]) -> dict[str, str]:
    """The chain for every health that hops can have together; where all of them are down there is none."""
    found = {}
    for key in _keys(skipped):
        kept = [hop for hop, letter in zip(intent.hops, key, strict=True) if letter != "d"]
        if kept or not intent.hops:
            found["hops:" + key] = print_chain(intent._replace(hops=tuple(kept)).chain())
    return found


def _keys(skipped: tuple[bool, ...]) -> Iterator[str]:
    return ("".join(letters) for letters in product(*("ud" if one else "-" for one in skipped)))


def health_table(pace: Pace) -> dict[Health, tuple[Health, Health]]:
    """Every health that a hop can come to, with the two that can follow it."""
    found: dict[Health, tuple[Health, Health]] = {}
    open_ = [pace.start]
    while open_:
        health = open_.pop()
        if health not in found:
            found[health] = (_after(health, True, pace), _after(health, False, pace))
            open_ += found[health]
    return dict(sorted(found.items()))


def _after(health: Health, good: bool, pace: Pace) -> Health:
    kind, _, past = health.partition(":")
    if kind == "down":
        return "down:" if not good else pace.start if len(past) + 1 == pace.good else f"down:{past}o"
    window = past[1:] + ("o" if good else "x")
    return "down:" if window.count("x") >= pace.bad else f"up:{window}"


def move_table() -> dict[str, Move]:
    """What a round does, for all sixteen answers."""
    return {
        "".join("y" if one else "n" for one in answers): _move(*answers) for answers in product((True, False), repeat=4)
    }


def _move(answered: bool, standing: bool, differs: bool, rested: bool) -> Move:
    if not differs:
        return Move.SETTLED
    if standing and not answered:
        return Move.SILENT  # not one hop answers: more likely it is this machine that is cut off
    if answered and not standing:
        return Move.RETURNING
    if not rested:
        return Move.DWELL
    return Move.SWITCH if standing else Move.OFFLINE


def decide(table: Table, state: State, good: Sequence[bool], now: int) -> Decision:
    """What follows from one round of probes, one for each hop.

    A chain that is not of the table was put there by someone, who keeps it. Over T seconds there are at most
    1 + T / dwell_s switches, and one more for each time that the clock is set back.
    Units: ``now`` in seconds since 1970.
    """
    health = tuple(table.health[one][0 if fine else 1] for one, fine in zip(state.health, good, strict=True))
    if state.chain != table.offline and state.chain not in table.chains.values():
        return Decision(State(health, state.chain, state.since), Move.FOREIGN)
    wanted = _wanted(table, health, state.chain)
    rested = not state.since <= now < state.since + table.pace.dwell_s
    answers = (any(good), _stands(health), wanted != state.chain, rested)
    move = table.moves["".join("y" if one else "n" for one in answers)]
    return Decision(State(health, wanted, now) if move.switches else State(health, state.chain, state.since), move)


def _stands(health: Sequence[Health]) -> bool:
    return any(one.startswith("up:") for one in health)


def _wanted(table: Table, health: Sequence[Health], chain: str) -> str:
    if not _stands(health):
        return table.offline or chain
    letters = ("-" if not may else "u" if one.startswith("up:") else "d"
               for one, may in zip(health, table.skipped, strict=True))  # fmt: skip
    return table.chains["hops:" + "".join(letters)]
