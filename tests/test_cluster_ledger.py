"""The ledger in a real cluster: one object, its parts where it is large, and whole whenever whoever writes it dies."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from goproxyctl.errors import StoreError
from goproxyctl.gosem.egress import Egress
from goproxyctl.ledger import Entry, Ledger
from goproxyctl.resource import CLUSTER, Address, Place
from goproxyctl.stores.cluster_ledger import MOST_BYTES, ClusterLedger, open_cluster
from goproxyctl.stores.kubeconfig import Access
from tests.kube import Fault, Kube, Wire, wire
from tests.oracles import ROOT

pytestmark = pytest.mark.slow

#: So many entries take more than one object; so many take three.
SMALL, LARGE, HUGE = 5, 9_000, 18_000


def made(owner: str, size: int, salt: str) -> Ledger:
    """A ledger of unlike contents, in the middle of an apply: nothing in it can be said shorter."""
    entries = {}
    for number in range(size):
        address = Address(Place.KUBERNETES, CLUSTER, ("ConfigMap", "goproxy-env", f"team-{number}"))
        was, is_next = (hashlib.sha256(f"{salt}{number}{x}".encode()).hexdigest() for x in "ab")
        entries[address] = Entry(was, is_next, 0, "cluster", lent=False)
    return Ledger({owner: entries})


def opened(config: str | Path, owner: str) -> ClusterLedger:
    return open_cluster(Access(Egress(), (Path(config),)), owner).ledger


def holds(config: str | Path, owner: str, wanted: Ledger) -> bool:
    """Whether that is what is recorded of one owner. To be told the difference of two large ones takes minutes."""
    return opened(config, owner).load().owners.get(owner) == wanted.owners.get(owner)


def parts(kube: Kube, owner: str) -> list[str]:
    """The objects that hold the ledger of ``owner``, sizes checked."""
    listed = kube.ask("GET", "/api/v1/namespaces/default/configmaps").tree["items"]
    found = [tree for tree in listed if tree["metadata"]["name"].startswith(f"goproxyctl-ledger-{owner}")]
    assert all(len(value) <= MOST_BYTES * 4 / 3 + 4 for tree in found for value in tree["binaryData"].values())
    return [tree["metadata"]["name"] for tree in found]


def test_a_ledger_is_as_many_objects_as_it_needs_and_none_is_left(kube: Kube, tmp_path: Path) -> None:
    config = kube.kubeconfig(tmp_path / "kubeconfig")
    ledger = opened(config, "sizes")
    for size, count in ((SMALL, 1), (LARGE, 3), (HUGE, 4), (LARGE, 3), (SMALL, 1), (LARGE, 3), (0, 0)):
        wanted = made("sizes", size, str(count)) if size else Ledger({})
        ledger.load()
        ledger.save(wanted)
        assert len(parts(kube, "sizes")) == count
        assert holds(config, "sizes", wanted)


def test_a_small_ledger_takes_one_request_to_read_and_one_to_write(kube: Kube, tmp_path: Path) -> None:
    with wire(kube) as between:
        ledger = opened(kube.kubeconfig(tmp_path / "kubeconfig", server=between.url), "small")
        ledger.load()
        ledger.save(made("small", SMALL, "a"))
        ledger.save(made("small", SMALL, "b"))
        assert [method for method, _ in between.asked] == ["GET", "POST", "PUT"]


def test_two_owners_whose_names_look_like_parts_of_each_other_are_two(kube: Kube, tmp_path: Path) -> None:
    config = kube.kubeconfig(tmp_path / "kubeconfig")
    names = ["twin", "twin.part-0", "twin.part-0-0"]
    for name in names:
        opened(config, name).save(made(name, LARGE, name))
    other = opened(config, "twin")
    other.load()
    other.save(Ledger({}))
    assert {owner for owner in opened(config, "x").load().owners if owner in names} == set(names[1:])


SAVE = """
import sys
from tests.test_cluster_ledger import made, opened
config, owner, size, salt = sys.argv[1:]
ledger = opened(config, owner)
ledger.load()
ledger.save(made(owner, int(size), salt))
"""


def save_killed_at(between: Wire, command: list[str], number: int, *, carried_out: bool) -> int:
    """How many writes came from somebody who saves a ledger, and who is killed when the one of that number comes."""
    writes: list[str] = []
    victim: list[subprocess.Popen[bytes]] = []

    def fault(method: str, path: str) -> Fault:
        if method != "GET":
            writes.append(path)
            if len(writes) == number:
                victim[0].send_signal(signal.SIGKILL)
                return None if carried_out else (503, {})
        return None

    between.fault = fault
    victim.append(subprocess.Popen(command, cwd=ROOT))
    victim[0].wait(timeout=60)
    return len(writes)


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("after", [SMALL, LARGE])
def test_killed_at_any_request_the_ledger_is_that_of_before_or_of_after(
    kube: Kube, tmp_path: Path, after: int, *, carried_out: bool
) -> None:
    owner = f"crash-{after}-{int(carried_out)}"
    config = kube.kubeconfig(tmp_path / "direct")
    old, seen = made(owner, LARGE, "old"), []
    opened(config, owner).save(old)
    with wire(kube) as between:
        through = kube.kubeconfig(tmp_path / "kubeconfig", server=between.url)
        for number in range(1, 20):
            new = made(owner, after, str(number))
            command = [sys.executable, "-c", SAVE, through, owner, str(after), str(number)]
            came = save_killed_at(between, command, number, carried_out=carried_out)
            seen.append(holds(config, owner, new))
            assert seen[-1] or holds(config, owner, old)
            if came < number:
                break
            clean = opened(config, owner)  # the next one who saves finds it, and takes away what was left behind
            clean.load()
            clean.save(old)
            assert len(parts(kube, owner)) == 3
    assert seen[-1], "nobody was killed, and it was saved"
    assert len(seen) == {SMALL: 4, LARGE: 6}[after], "two parts, the ledger that names them, two parts of before"
    assert seen == sorted(seen), "from the request that names the new parts on, it is the new one"


@pytest.mark.parametrize("mine", [SMALL, LARGE])
def test_of_two_who_save_at_once_the_second_is_stopped_and_takes_nothing_away(
    kube: Kube, tmp_path: Path, mine: int
) -> None:
    owner = f"race-{mine}"
    config = kube.kubeconfig(tmp_path / "direct")
    first = opened(config, owner)
    first.load()
    first.save(made(owner, LARGE, "old"))
    other = made(owner, LARGE, "other")
    with wire(kube) as between:
        second = opened(kube.kubeconfig(tmp_path / "kubeconfig", server=between.url), owner)
        second.load()
        raced: list[str] = []

        def meanwhile(method: str, path: str) -> None:
            if method == "PUT" and not raced:  # its parts are there, and it is about to name them
                raced.append(path)
                first.save(other)

        between.fault = meanwhile
        with pytest.raises(StoreError, match="someone else wrote it"):
            second.save(made(owner, mine, "mine"))
    assert holds(config, owner, other)
    last = opened(config, owner)
    last.load()
    last.save(other)
    assert len(parts(kube, owner)) == 3


def test_a_ledger_that_lost_a_part_is_an_error_and_no_empty_ledger(kube: Kube, tmp_path: Path) -> None:
    config = kube.kubeconfig(tmp_path / "kubeconfig")
    opened(config, "holed").save(made("holed", LARGE, "a"))
    hole = next(name for name in parts(kube, "holed") if ".part-" in name)
    kube.delete("default", hole)
    with pytest.raises(StoreError, match="goproxyctl-ledger-holed: this ConfigMap is not a ledger"):
        opened(config, "x").load()
    kube.delete("default", "goproxyctl-ledger-holed")
