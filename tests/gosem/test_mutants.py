"""The fast checks notice every mistake that we thought of; the recorded runs of real go commands are enough for it."""

import pytest

from tests.gosem.conformance.comparing import compare
from tests.gosem.conformance.corpus import recorded_runs, recorded_words
from tests.gosem.conformance.grammar import agrees, predict
from tests.gosem.mutants import MUTANTS, Mutant, mutate

RUNS = list(recorded_runs())
WORDS = list(recorded_words())


def notices() -> bool:
    """Whether anything recorded differs from what the package now says."""
    if any(not agrees(variable, said, predict(variable, value, go)) for go, variable, value, said in WORDS):
        return True
    return any(compare(case, seen, go) for go, case, seen in RUNS)


def test_nothing_is_noticed_without_a_mistake() -> None:
    assert not notices()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_is_noticed(mutant: Mutant) -> None:
    with mutate(mutant):
        assert notices()


def test_a_mistake_leaves_nothing_behind() -> None:
    with mutate(MUTANTS[0]):
        pass
    assert not notices()
