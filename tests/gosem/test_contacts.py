"""Which hosts must be reachable: every host that `reach` finds is among them, and what cannot be listed is said."""

import random

import pytest

from goproxyctl.gosem.contacts import ANY, Contact, Why, contacts
from goproxyctl.gosem.egress import Egress
from goproxyctl.gosem.globs import match_path
from goproxyctl.gosem.modpath import host_of
from goproxyctl.gosem.reach import reach
from goproxyctl.gosem.settings import Settings
from tests.gosem.sites import PUBLIC
from tests.scale import scaled

Spot = tuple[str, str, int, str]


def spots(settings: Settings, egress: Egress | None = None) -> set[Spot]:
    return {(c.source, c.host, c.port, c.why.value) for c in contacts(settings, egress or Egress())}


def test_hops_the_database_and_the_origins_of_private_modules() -> None:
    glob = "git.corp.test"
    proxy = "https://gate.test:8443/go,http://[2001:db8::1]|direct"
    settings = Settings(proxy=proxy, private=glob, noproxy=glob, nosumdb=glob)
    assert spots(settings) == {
        ("client", "gate.test", 8443, "hop"),
        ("client", "2001:db8::1", 80, "hop"),
        ("client", "sum.golang.org", 443, "database"),
        ("client", "git.corp.test", 443, "private"),
        ("client", "git.corp.test", 22, "ssh"),
        ("client", ANY, 443, "public"),
        *(("client", host, 443, "toolchain") for host in ("golang.org", "go.dev", "dl.google.com")),
    }


def test_nobody_is_contacted_for_nothing() -> None:
    assert spots(Settings(proxy="off", toolchain="local")) == set()
    assert spots(Settings(proxy="https://a.test", sumdb="off", toolchain="local")) == {("client", "a.test", 443, "hop")}


def test_a_toolchain_that_cannot_be_had_from_elsewhere_adds_no_host() -> None:
    assert spots(Settings(proxy="https://a.test,off", sumdb="off")) == {("client", "a.test", 443, "hop")}


def test_what_go_falls_back_on_is_told_from_what_it_asks_always() -> None:
    found = {c.why: c.fallback for c in contacts(Settings(proxy="https://a.test,direct", toolchain="local"))}
    assert found == {Why.HOP: False, Why.DATABASE: True, Why.PUBLIC: True}
    stated = contacts(Settings(proxy="https://a.test", sumdb="sum.golang.google.cn", toolchain="local"))
    assert [c.fallback for c in stated if c.why is Why.DATABASE] == [False]


@pytest.mark.parametrize(
    ("glob", "host"),
    [
        ("*.corp.test", "*.corp.test"),
        ("git-[ab].corp.test/team", "git-[ab].corp.test"),
        ("*", ANY),
        ("a*/team", ANY),
        (r"git\.corp.test", ANY),
    ],
)
def test_a_glob_stands_for_its_hosts_wildcards_and_all(glob: str, host: str) -> None:
    settings = Settings(proxy="off", private=glob, noproxy=glob, nosumdb=glob, toolchain="local")
    assert {c.host for c in contacts(settings)} == {host}


def test_a_glob_that_matches_nothing_needs_nobody() -> None:
    assert spots(Settings(proxy="off", private="none", noproxy="none", toolchain="local")) == set()


@pytest.mark.parametrize(
    ("rules", "ssh"),
    [
        ("", True),
        ("public:git|hg,private:all", True),
        ("git.corp.test:hg,private:all", False),
        ("private:off", False),
        ("public:off", True),
        ("*:git | hg", True),
    ],
)
def test_ssh_is_needed_only_where_git_may_run(rules: str, ssh: bool) -> None:
    glob = "git.corp.test"
    settings = Settings(proxy="off", private=glob, noproxy=glob, nosumdb=glob, vcs=rules, toolchain="local")
    assert (("client", glob, 22, "ssh") in spots(settings)) == ssh


def test_what_may_come_without_encryption_needs_another_port() -> None:
    settings = Settings(proxy="off", noproxy="old.test", insecure="old.test", private="old.test", toolchain="local")
    assert ("client", "old.test", 80, "private") in spots(settings)


def test_behind_an_egress_proxy_clients_need_it_and_what_goes_around_it() -> None:
    glob = "*.corp.test"
    settings = Settings(
        proxy="https://gate.corp.test,https://a.test,direct",
        private=glob,
        noproxy=glob,
        nosumdb=glob,
        toolchain="local",
    )
    out = Egress(https="http://out.test:3128", bypass=".corp.test, code.other.test,10.0.0.0/8,:80")
    assert spots(settings, out) == {
        ("client", "out.test", 3128, "egress"),
        ("client", "gate.corp.test", 443, "hop"),
        ("client", glob, 443, "private"),
        ("client", glob, 22, "ssh"),
        ("client", "*.corp.test", 443, "public"),
        ("client", "code.other.test", 443, "public"),
        ("egress", "a.test", 443, "hop"),
        ("egress", "sum.golang.org", 443, "database"),
        ("egress", ANY, 443, "public"),
    }


@pytest.mark.slow
def test_every_host_that_go_can_ask_is_in_the_list() -> None:
    for seed in range(scaled(15, 400)):
        rng = random.Random(seed)
        globs = ",".join(rng.sample(["git.corp.test", "*.corp.test", "github.com/corp", "none"], rng.randint(1, 3)))
        hops = [f"https://h{i}.test{rng.choice(',|')}" for i in range(rng.randint(0, 3))]
        settings = Settings(
            proxy="".join(hops) + rng.choice(["direct", "off"]),
            private=globs,
            noproxy=rng.choice([globs, "none"]),
            nosumdb=globs,
            sumdb=rng.choice(["off", "sum.golang.org", "sum.golang.google.cn"]),
            toolchain="local",
        )
        listed = [c.host for c in contacts(settings)]
        for module in (PUBLIC, "git.corp.test/x", "a.b.corp.test/x", "github.com/corp/x"):
            for reached in reach(module, "latest", settings):
                assert any(match_path(host, reached.host) for host in listed), (seed, module, reached.host)


def test_the_order_is_that_of_the_hops() -> None:
    found = contacts(Settings(proxy="https://z.test,https://a.test", sumdb="off", toolchain="local"))
    assert found == (
        Contact("client", "z.test", 443, "https", Why.HOP, 0),
        Contact("client", "a.test", 443, "https", Why.HOP, 1),
    )
    assert host_of(PUBLIC) not in {c.host for c in found}
