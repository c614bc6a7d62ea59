"""The checksum database during a download: when go asks it, through whom, and what it makes of the answer."""

from dataclasses import dataclass, replace

from goproxyctl.gosem import toolchain
from goproxyctl.gosem.chain import Hop, HopKind
from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.gourl import GoUrl, join_url
from goproxyctl.gosem.modpath import escape
from goproxyctl.gosem.outcome import Class, Content, Purpose
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.request import Decision, Failure, Step, Where
from goproxyctl.gosem.session import Session, failed
from goproxyctl.gosem.sumdb import SumDB, read_sumdb

_BASE = ("sumdb", "base")


@dataclass(frozen=True, slots=True)
class Base:
    """Where the database is asked for the rest of the process."""

    where: Where
    url: GoUrl


def wants_sumdb(session: Session) -> bool:
    """Whether the module's checksums are looked up; those of toolchains are, whatever the settings say.

    Source: cmd/go/internal/modfetch/sumdb.go, useSumDB.
    """
    settings = session.settings
    if session.module == toolchain.MODULE:
        alone = settings.proxy.startswith("file://") and not {",", "|"} & set(settings.proxy)
        return not alone or (settings.sumdb != "off" and not _exempt(session))
    return settings.sumdb != "off" and not _exempt(session)


def _exempt(session: Session) -> bool:
    return matches_any(session.settings.nosumdb.split(","), session.module)


def check_sum(session: Session, version: str, content: Content, purpose: Purpose) -> Failure | None:
    """Compares what was fetched with the database; the failure stands for "verifying ...", always of class OTHER.

    Source: cmd/go/internal/modfetch/fetch.go, checkModSum and checkSumDB.
    """
    if not wants_sumdb(session):
        return None
    failure = look_up(session, version)
    if failure:
        return replace(failure, kind=Class.OTHER)
    if content is not Content.GENUINE:
        return Failure("mismatch", Class.OTHER, purpose=purpose)
    return None


def look_up(session: Session, version: str) -> Failure | None:
    """The database's record of a version, asked for once. Source: golang.org/x/mod/sumdb/client.go, Client.Lookup."""
    key = ("sumdb", version)
    if key not in session.known:
        session.known[key] = _look_up(session, version)
    found = session.known[key]
    return found if isinstance(found, Failure) else None


def _look_up(session: Session, version: str) -> Failure | None:
    db = read_sumdb(session.settings.sumdb, session.go)
    if isinstance(db, Remark) or db.off:
        remark = db if isinstance(db, Remark) else _disabled()
        return Failure("fault", Class.OTHER, remark=remark)
    base = _base_once(session, db)
    if isinstance(base, Failure):
        return base
    failure = _read(session, base, Purpose.LOOKUP, f"/lookup/{escape(session.module)}@{escape(version)}")
    if failure:
        return failure
    if ("sumdb", "tile") not in session.known:
        session.known["sumdb", "tile"] = _read(session, base, Purpose.TILE, "/tile/")
    tile = session.known["sumdb", "tile"]
    return tile if isinstance(tile, Failure) else None


def _disabled() -> Remark:
    return Remark("sumdb.off", {"value": "off", "says": "checksum database disabled by GOSUMDB=off"})


def _read(session: Session, base: Base, purpose: Purpose, path: str) -> Failure | None:
    """One request to the database; the tiles that prove a record are one for us, for how many depends on its size."""
    session.steps.append(Step(purpose, None))
    url = join_url(base.url, path)
    answer, outcome = session.fetch(base.where, purpose, url)
    failure = failed(answer, outcome, base.where, purpose)
    if failure:
        session.steps[-1].failure = failure
        session.steps[-1].decision = Decision.STOPPED
    return failure


def _base_once(session: Session, db: SumDB) -> Base | Failure:
    if _BASE not in session.known:
        session.known[_BASE] = _find_base(session, db)
    base = session.known[_BASE]
    assert isinstance(base, Base | Failure)
    return base


def _find_base(session: Session, db: SumDB) -> Base | Failure:
    """Which hop speaks for the database, or the database itself.

    A chain that ends in an error is direct only when the error shown is "not found": after "503|404" the 503 counts.
    Source: cmd/go/internal/modfetch/sumdb.go, initBase.
    """
    if db.url:
        return Base("sumdb", db.url)
    found: list[Base] = []

    def ask(hop: Hop) -> Failure | None:
        if hop.kind is HopKind.NOPROXY:
            return Failure("not-private", Class.NOT_FOUND)
        if hop.url is None:
            return Failure("off", Class.NOT_FOUND)
        url = join_url(hop.url, f"sumdb/{db.name}/supported")
        answer, outcome = session.fetch(hop.server, Purpose.SUPPORTED, url)
        found.append(Base(hop.server, join_url(hop.url, f"sumdb/{db.name}")))
        return failed(answer, outcome, hop.server, Purpose.SUPPORTED)

    failure = session.walk(Purpose.SUPPORTED, ask)
    if failure is None:
        return found[-1]
    if failure.kind is not Class.NOT_FOUND:
        return failure
    assert db.direct is not None
    return Base("sumdb", db.direct)
