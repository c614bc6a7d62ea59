"""Broken copies of what we say go does: each swaps one function or table entry of a module for as long as it is asked."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any

from goproxyctl.gosem import (
    chain,
    gourl,
    modpath,
    outcome,
    reach,
    repo,
    route,
    session,
    sumdb,
    toolchain,
    verify,
    version,
)
from goproxyctl.gosem.chain import Hop, HopKind, Item
from goproxyctl.gosem.outcome import Answer, Class, Content, Outcome, Purpose
from goproxyctl.gosem.request import Decision, Failure


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake that somebody could make; ``wrong`` gets the right function and gives the broken one."""

    name: str
    module: ModuleType
    attribute: str
    wrong: Callable[[Any], Any]


@contextmanager
def mutate(mutant: Mutant) -> Iterator[None]:
    """The package with the mistake in it, in every module that has the name; nothing remembered outlives it."""
    right = getattr(mutant.module, mutant.attribute)
    wrong = mutant.wrong(right)
    loaded = [m for name, m in sys.modules.items() if name.startswith(("goproxyctl.gosem.", "tests.gosem."))]
    holders = [m for m in loaded if vars(m).get(mutant.attribute) is right]
    try:
        for module in holders:
            setattr(module, mutant.attribute, wrong)
        forget()
        yield
    finally:
        for module in holders:
            setattr(module, mutant.attribute, right)
        forget()


_MODULES = (chain, gourl, modpath, outcome, reach, repo, route, session, sumdb, toolchain, verify, version)


def forget() -> None:
    """Clears what pure functions remember."""
    for module in _MODULES:
        for member in vars(module).values():
            if hasattr(member, "cache_clear"):
                member.cache_clear()


def _swap_separators(right: Any) -> Any:
    def parse(value: str, go: version.GoVersion = version.NEWEST) -> tuple[Item, ...]:
        return right(value.translate({ord(","): "|", ord("|"): ","}), go)  # type: ignore[no-any-return]

    return parse


def _answers(change: Callable[[Outcome, Purpose, Answer], Answer]) -> Callable[[Any], Any]:
    """read_answer with some answers changed."""

    def wrap(right: Any) -> Any:
        return cache(lambda o, p: change(o, p, right(o, p)))

    return wrap


def _forget_gone(o: Outcome, _: Purpose, right: Answer) -> Answer:
    return Answer(Class.OTHER) if o is Outcome.GONE else right


def _forbidden_is_missing(o: Outcome, _: Purpose, right: Answer) -> Answer:
    return Answer(Class.NOT_FOUND) if o is Outcome.FORBIDDEN else right


def _no_content_is_good(o: Outcome, _: Purpose, right: Answer) -> Answer:
    return Answer(Class.OK) if o is Outcome.NO_CONTENT else right


def _html_info_is_good(o: Outcome, p: Purpose, right: Answer) -> Answer:
    return Answer(Class.OK) if (o, p) == (Outcome.HTML, Purpose.INFO) else right


def _bad_zip_falls_back(o: Outcome, p: Purpose, right: Answer) -> Answer:
    return Answer(Class.OTHER) if p is Purpose.ZIP and right.content is Content.BROKEN else right


def _lost_origin_is_an_error(o: Outcome, p: Purpose, right: Answer) -> Answer:
    return Answer(Class.OTHER) if p is Purpose.GO_GET and o is Outcome.UNAVAILABLE else right


def _trim_globs(right: Any) -> Any:
    return lambda globs, path: right([glob.strip() for glob in globs], path)


def _no_noproxy(_: Any) -> Any:
    return lambda settings, go: chain.read_chain(settings.proxy, go).hops


def _noproxy_beside_direct(right: Any) -> Any:
    return lambda settings, go: right(replace(settings, proxy=settings.proxy + " "), go)


def _ask_off_for_nothing(right: Any) -> Any:
    """GOPROXY=off would stop private modules too."""

    def ask(here: session.Session, hop: Hop, purpose: Purpose, path: str) -> Any:
        off = any(h.kind is HopKind.OFF for h in here.hops)
        return Failure("off", Class.NOT_FOUND) if off and here.private else right(here, hop, purpose, path)

    return ask


def _remember_zips(right: Any) -> Any:
    def ask(here: session.Session, hop: Hop, purpose: Purpose, path: str) -> Any:
        key = ("zip", hop.text)
        if purpose is not Purpose.ZIP:
            return right(here, hop, purpose, path)
        if key not in here.known:
            here.known[key] = right(here, hop, purpose, path)
        return here.known[key]

    return ask


def _last_error_shows(_: Any) -> Any:
    return lambda best, rank, failure, hop: (failure, 2)


def _stop_before_last(right: Any) -> Any:
    def decide(failure: Failure, hop: Hop, *, last: bool) -> Decision:
        found: Decision = right(failure, hop, last=last)
        return Decision.STOPPED if found is Decision.NEXT_NOT_FOUND and not hop.any_error else found

    return decide


def _database_never_direct(right: Any) -> Any:
    def find(here: session.Session, db: sumdb.SumDB) -> Any:
        base = right(here, db)
        return base if isinstance(base, Failure) or base.where != "sumdb" or db.url else Failure("outcome", Class.OTHER)

    return find


def _chain_before_url(right: Any) -> Any:
    return lambda here, db: right(here, replace(db, url=None))


def _escape_like_modules(_: Any) -> Any:
    return lambda url, path: gourl.join_module(url, path.removeprefix("/"))


def _keep_case(_: Any) -> Any:
    return lambda path: path


def _latest_first(right: Any) -> Any:
    """@latest would be asked before the list."""

    def choose(download: Any, hop: Hop, query: str, *, retractions: bool) -> Any:
        repo.ask(download.session, hop, Purpose.LATEST, "@latest")
        return right(download, hop, query, retractions=retractions)

    return choose


def _no_retractions(_: Any) -> Any:
    return lambda download: None


def _verify_always(right: Any) -> Any:
    return lambda here: here.settings.sumdb != "off"


def _no_hash_check(right: Any) -> Any:
    def check(key: str) -> Any:
        found = right(key)
        return None if found and found[0] == "hash" else found

    return check


def _strict_colons_always(_: Any) -> Any:
    return version.Change(version.GoVersion.parse("1.0"))


def _any_scheme(right: Any) -> Any:
    def read(text: str, go: version.GoVersion = version.NEWEST, *, windows: bool = False) -> Any:
        return right(text.replace("ftp:", "http:", 1), go, windows=windows)

    return read


def _skip_bad_items(right: Any) -> Any:
    """One bad item would not poison the chain."""
    return lambda value, go=version.NEWEST, *, windows=False: replace(right(value, go, windows=windows), faults=())


def _retry_everywhere(_: Any) -> Any:
    return version.Change(version.GoVersion.parse("1.0"))


def _any_suffix(_: Any) -> Any:
    return lambda minimum, plus, suffix, go: None


MUTANTS = (
    Mutant("comma and pipe swapped", chain, "parse_chain", _swap_separators),
    Mutant("410 forgotten", outcome, "read_answer", _answers(_forget_gone)),
    Mutant("403 taken for missing", outcome, "read_answer", _answers(_forbidden_is_missing)),
    Mutant("204 taken for good", outcome, "read_answer", _answers(_no_content_is_good)),
    Mutant("a login page taken for a version", outcome, "read_answer", _answers(_html_info_is_good)),
    Mutant("a bad zip falls back", outcome, "read_answer", _answers(_bad_zip_falls_back)),
    Mutant("an origin that is down stops the walk", outcome, "read_answer", _answers(_lost_origin_is_an_error)),
    Mutant("globs trimmed", session, "matches_any", _trim_globs),
    Mutant("private modules sent along the chain", session, "hops_of", _no_noproxy),
    Mutant("noproxy beside direct", session, "hops_of", _noproxy_beside_direct),
    Mutant("off stops private modules", repo, "ask", _ask_off_for_nothing),
    Mutant("zips remembered", repo, "ask", _remember_zips),
    Mutant("the last error shown", session, "_better", _last_error_shows),
    Mutant("404 stops after a comma", session, "_decide", _stop_before_last),
    Mutant("the database never dialled", verify, "_find_base", _database_never_direct),
    Mutant("the chain asked before the database's own URL", verify, "_find_base", _chain_before_url),
    Mutant("database paths escaped like module paths", gourl, "join_url", _escape_like_modules),
    Mutant("upper case kept", modpath, "escape", _keep_case),
    Mutant("@latest asked first", route, "_choose", _latest_first),
    Mutant("retractions not read", route, "_read_retractions", _no_retractions),
    Mutant("GONOSUMDB ignored", verify, "wants_sumdb", _verify_always),
    Mutant("the hash of a key not checked", sumdb, "check_verifier", _no_hash_check),
    Mutant("colons refused in old hosts", version, "STRICT_COLONS", _strict_colons_always),
    Mutant("ftp taken for a proxy", chain, "read_item", _any_scheme),
    Mutant("bad items skipped", chain, "read_chain", _skip_bad_items),
    Mutant("4xx asked twice by every version", version, "AUTH", _retry_everywhere),
    Mutant("any GOTOOLCHAIN taken", toolchain, "_wrong", _any_suffix),
)
