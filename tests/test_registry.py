"""The store of registry values: over a registry in memory everywhere, and over the real one where there is one."""

import json
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from goproxyctl.errors import StoreError
from goproxyctl.formats.reg import BINARY, DWORD, EXPAND_SZ, content_of, render_reg, text_content
from goproxyctl.ledger import Entry, Ledger, parse_ledger, render_ledger, share_made
from goproxyctl.resource import Address, Change, Outcome, Place, Reason, Result, World, parse_address
from goproxyctl.stores import Roots, open_store, reachable
from goproxyctl.stores.registry import Keys, RegistryStore, open_registry
from tests.fakes import MemoryKeys

ENVIRONMENT = r"HKCU\Environment"
CONTENTS = [
    text_content("https://goproxy.acme.example|https://goproxy.cn,direct"),
    text_content(r'C:\a b\"c" %2F ^ | & < > ! é 注'),
    text_content(r"%ProgramData%\acme\bundle.pem", EXPAND_SZ),
    text_content(""),
    content_of(BINARY, bytes(range(256)) * 8),
    content_of(BINARY, b""),
]


@pytest.fixture(params=["memory", "winreg"])
def keys(request: pytest.FixtureRequest) -> Keys:
    if request.param == "memory":
        return MemoryKeys({ENVIRONMENT: {"Path": text_content("theirs")}, r"HKCU\Software": {}})
    if sys.platform == "win32":
        from goproxyctl.stores.winkeys import WindowsKeys

        return WindowsKeys()
    pytest.skip("the registry is only on Windows")


@pytest.fixture
def container(keys: Keys) -> Iterator[str]:
    """A key that is not there, two deep in one that is not there either; taken away whatever became of the test."""
    top = rf"HKCU\Software\goproxyctl-test-{uuid.uuid4().hex}"
    yield rf"{top}\A\B b"
    for key in (rf"{top}\A\B b", rf"{top}\A", top):
        for name in ("GOPROXY", "GOSUMDB", "theirs"):
            with suppress(OSError):
                keys.drop(key, name)
        with suppress(OSError):
            keys.remove(key)
    assert not keys.exists(top)


def change(container: str, name: str, before: bytes | None, after: bytes | None, made: int = 0) -> Change:
    return Change(Address(Place.REGISTRY, container, (name,)), before, after, Reason.POLICY, "target", made)


def write(keys: Keys, changes: Sequence[Change]) -> list[Result]:
    return list(RegistryStore(keys).write(changes[0].address.container, changes))


def outcomes(results: Sequence[Result]) -> list[tuple[Outcome, int]]:
    return [(result.outcome, result.made) for result in results]


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
def test_what_is_written_is_read_back_with_its_type(keys: Keys, container: str, content: bytes) -> None:
    address = Address(Place.REGISTRY, container, ("GOPROXY",))
    store = RegistryStore(keys)
    assert store.read([address])[address].content is None
    assert outcomes(write(keys, [change(container, "GOPROXY", None, content)])) == [(Outcome.DONE, 3)]
    assert store.read([address])[address].content == content
    assert store.read([address._replace(container=container.upper().replace("SOFTWARE", "Software"))])
    assert outcomes(write(keys, [change(container, "GOPROXY", content, None, 3)])) == [(Outcome.DONE, 0)]
    assert store.read([address])[address].content is None


def test_every_value_of_a_key_is_listed_by_its_name(keys: MemoryKeys, container: str) -> None:
    """``keys``: either of the two."""
    assert keys.values(container) == {}
    keys.put(container, "GOPROXY", CONTENTS[0])
    keys.put(container, "GOSUMDB", CONTENTS[2])
    assert keys.values(container) == {"GOPROXY": CONTENTS[0], "GOSUMDB": CONTENTS[2]}
    assert keys.values(container.rpartition("\\")[0]) == {}


def test_a_dword_and_a_list_of_texts_are_read_as_an_export_shows_them(keys: Keys, container: str) -> None:
    if not isinstance(keys, MemoryKeys):
        import winreg

        path = container.partition("\\")[2]
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, path) as opened:  # type: ignore[attr-defined, unused-ignore]
            winreg.SetValueEx(opened, "GOPROXY", 0, winreg.REG_DWORD, 10)  # type: ignore[attr-defined, unused-ignore]
            winreg.SetValueEx(opened, "GOSUMDB", 0, winreg.REG_MULTI_SZ, ["a", "b"])  # type: ignore[attr-defined, unused-ignore]
        assert keys.get(container, "GOPROXY") == content_of(DWORD, b"\x0a\0\0\0")
        assert keys.get(container, "GOSUMDB") == content_of(7, "a\0b\0\0".encode("utf-16-le"))


def test_keys_that_we_made_go_with_the_last_value(keys: Keys, container: str) -> None:
    created = write(keys, [change(container, name, None, b'"a"') for name in ("GOPROXY", "GOSUMDB")])
    assert outcomes(created) == [(Outcome.DONE, 3)] * 2
    assert outcomes(write(keys, [change(container, "GOPROXY", b'"a"', None, 3)])) == [(Outcome.DONE, 0)]
    assert keys.exists(container)
    assert outcomes(write(keys, [change(container, "GOSUMDB", b'"a"', None, 3)])) == [(Outcome.DONE, 0)]
    assert not keys.exists(container.rpartition("\\")[0])


def test_a_key_that_holds_something_of_others_stays(keys: Keys, container: str) -> None:
    write(keys, [change(container, "GOPROXY", None, b'"a"')])
    keys.put(container.rpartition("\\")[0], "theirs", b'"x"')
    write(keys, [change(container, "GOPROXY", b'"a"', None, 3)])
    assert not keys.exists(container)
    assert keys.get(container.rpartition("\\")[0], "theirs") == b'"x"'


def test_what_is_left_around_a_value_that_went_goes_too(keys: Keys, container: str) -> None:
    write(keys, [change(container, "GOPROXY", None, b'"a"')])
    keys.drop(container, "GOPROXY")
    assert outcomes(write(keys, [change(container, "GOPROXY", None, None, 3)])) == [(Outcome.DONE, 0)]
    assert not keys.exists(container)
    again = write(keys, [change(container, "GOPROXY", None, None, 3)])
    assert outcomes(again) == [(Outcome.DONE, 0)]


def test_what_will_be_made_is_foreseen(keys: Keys, container: str) -> None:
    changes = [change(container, name, None, b'"a"') for name in ("GOPROXY", "GOSUMDB")]
    assert list(RegistryStore(keys).foresee(container, changes)) == [3, 3]
    assert not keys.exists(container)


def test_a_key_in_which_something_moved_is_left_alone_whole(keys: Keys, container: str) -> None:
    write(keys, [change(container, "GOPROXY", None, b'"a"')])
    results = write(keys, [change(container, "GOSUMDB", None, b'"b"'), change(container, "GOPROXY", b'"x"', b'"y"')])
    assert {r.outcome for r in results} == {Outcome.MOVED}
    assert f"{container}: it was changed since the plan; run again" == str(results[0].detail)
    assert (keys.get(container, "GOPROXY"), keys.get(container, "GOSUMDB")) == (b'"a"', None)


def test_the_type_alone_is_a_difference(keys: Keys, container: str) -> None:
    write(keys, [change(container, "GOPROXY", None, text_content("a", EXPAND_SZ))])
    assert write(keys, [change(container, "GOPROXY", text_content("a"), b'"b"')])[0].outcome is Outcome.MOVED
    assert write(keys, [change(container, "GOPROXY", text_content("a", EXPAND_SZ), text_content("a"), 3)])[0].made == 3
    assert keys.get(container, "GOPROXY") == b'"a"'


def test_programs_are_told_once_and_only_when_the_environment_changed() -> None:
    keys = MemoryKeys({ENVIRONMENT: {}})
    write(keys, [change(ENVIRONMENT, name, None, b'"a"') for name in ("GOPROXY", "GOSUMDB")])
    assert keys.announced == 1
    write(keys, [change(ENVIRONMENT, "GOPROXY", b'"a"', b'"a"')])
    write(keys, [change(ENVIRONMENT, "GOPROXY", b'"x"', b'"b"')])
    write(keys, [change(r"HKCU\Software\A", "GOPROXY", None, b'"a"')])
    assert keys.announced == 1
    write(keys, [change(ENVIRONMENT.upper(), "GOPROXY", b'"a"', None)])
    assert keys.announced == 2


def test_the_real_broadcast_comes_back() -> None:
    if sys.platform != "win32":
        pytest.skip("the registry is only on Windows")
    else:
        from goproxyctl.stores.winkeys import WindowsKeys

        WindowsKeys().announce()


def test_where_windows_denies_access_nothing_is_written_and_it_is_said() -> None:
    machine = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
    keys = MemoryKeys({machine: {"GOPROXY": b'"a"'}}, {"HKLM"})
    results = write(keys, [change(machine, "GOSUMDB", None, b'"b"'), change(machine, "GOPROXY", b'"a"', b'"b"')])
    assert outcomes(results) == [(Outcome.FAILED, 0)] * 2
    assert str(results[0].detail) == (
        f"{machine}: Windows denies access; run it as administrator, or use scope: user where the target has that"
    )
    assert keys.keys[machine] == {"GOPROXY": b'"a"'}
    assert keys.announced == 0


def test_a_write_that_fails_on_the_way_says_what_is_done_and_what_is_not() -> None:
    keys = MemoryKeys({ENVIRONMENT: {}})

    def lock_then() -> None:
        keys.trip = lambda: keys.locked.add("HKCU")

    keys.trip = lock_then
    results = write(keys, [change(ENVIRONMENT, name, None, b'"a"') for name in ("A", "B", "C")])
    assert [r.outcome for r in results] == [Outcome.DONE, Outcome.FAILED, Outcome.FAILED]
    assert keys.keys == {ENVIRONMENT: {"A": b'"a"'}}
    assert keys.announced == 1


def test_a_key_that_cannot_be_read_is_an_error() -> None:
    class Denied(MemoryKeys):
        def get(self, key: str, name: str) -> bytes | None:
            raise PermissionError(13, "Access is denied")

    with pytest.raises(StoreError, match="Windows denies access"):
        RegistryStore(Denied()).read([Address(Place.REGISTRY, ENVIRONMENT, ("GOPROXY",))])
    assert write(Denied(), [change(ENVIRONMENT, "GOPROXY", None, b'"a"')])[0].outcome is Outcome.FAILED


@pytest.fixture
def exported(tmp_path: Path) -> Roots:
    file = tmp_path / "export.reg"
    file.write_bytes(render_reg({ENVIRONMENT: {"GoProxy": b'"a"'}, r"HKCU\Software\A\B": {}}))
    return Roots(tmp_path, tmp_path, tmp_path, None, registry=file)


def test_an_exported_file_is_read_and_never_written(exported: Roots) -> None:
    store = open_store(Place.REGISTRY, exported)
    address = Address(Place.REGISTRY, "HKCU\\ENVIRONMENT", ("GOPROXY",))
    assert store.read([address])[address].content == b'"a"'
    results = list(store.write(address.container, [change(address.container, "GOPROXY", b'"a"', b'"b"')]))
    assert [(r.outcome, str(r.detail)) for r in results] == [
        (Outcome.FAILED, f"{address.container}: this is an exported file; to change the registry, run it on Windows")
    ]
    gone = list(store.write(address.container, [change(address.container, "GOPROXY", b'"a"', None, 1)]))
    assert gone[0].outcome is Outcome.FAILED
    assert open_registry(exported).foresee(r"HKCU\Software\A\C", [change(r"HKCU\Software\A\C", "K", None, b'"b"')]) == [
        1
    ]


def test_a_file_that_is_no_export_is_said(exported: Roots) -> None:
    assert exported.registry
    exported.registry.write_text("GOPROXY=direct")
    with pytest.raises(StoreError, match=r"export\.reg: this is no exported registry file"):
        open_store(Place.REGISTRY, exported)
    exported.registry.unlink()
    with pytest.raises(StoreError, match=r"export\.reg: the system says ENOENT"):
        open_store(Place.REGISTRY, exported)


def test_without_windows_and_without_an_export_there_is_no_registry(tmp_path: Path) -> None:
    roots = Roots(tmp_path, tmp_path, tmp_path, None)
    assert reachable(Place.FILE, roots)
    assert reachable(Place.REGISTRY, roots) is (sys.platform == "win32")
    if sys.platform != "win32":
        with pytest.raises(StoreError, match="name an exported one with --registry"):
            open_store(Place.REGISTRY, roots)


def test_an_address_of_the_registry_is_of_the_machine_and_prints_and_parses() -> None:
    address = Address(
        Place.REGISTRY, r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment", ("GOPROXY",)
    )
    assert address.world is World.MACHINE
    assert parse_address(str(address)) == address


def test_what_we_made_above_two_keys_is_known_to_both() -> None:
    one, two = (Address(Place.REGISTRY, rf"HKCU\Software\X\Certificates\{name}", ("Blob",)) for name in "AB")
    entries = {one: Entry("0" * 64, None, 3, "t", lent=False), two: Entry("0" * 64, None, 1, "t", lent=False)}
    assert {address: entry.made for address, entry in share_made(entries).items()} == {one: 3, two: 3}


@pytest.mark.parametrize(
    "address",
    ["registry:HKCU\\..\\x#K", "registry:HKCU\\\\x#K", "file:a\\b", "registry:\\#K"],
)
def test_a_ledger_names_no_key_that_we_could_not_have_written(address: str) -> None:
    entry = '{"target": "t", "sum": "%s"}' % ("0" * 64)
    with pytest.raises(StoreError, match="this is not a ledger"):
        parse_ledger(f'{{"version": 1, "owners": {{"acme": {{{json.dumps(address)}: {entry}}}}}}}'.encode())


def test_a_ledger_keeps_registry_values() -> None:
    address = Address(
        Place.REGISTRY, r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment", ("GOPROXY",)
    )
    ledger = Ledger({"acme": {address: Entry("0" * 64, None, 0, "t", lent=False)}})
    assert parse_ledger(render_ledger(ledger)) == ledger
