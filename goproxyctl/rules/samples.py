"""The modules that a proof is made with: the policy's samples, or, where it has none, what its patterns make plain."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.modpath import has_known_repository, host_of
from goproxyctl.gosem.prove import Sample
from goproxyctl.gosem.samples import sample_of
from goproxyctl.gosem.settings import GO_ENV
from goproxyctl.gosem.toolchain import Toolchain, read_toolchain
from goproxyctl.rules.scene import Scene
from goproxyctl.rules.subject import Stance

#: Public modules that stand for all of them; the first that no pattern makes private is taken.
_PUBLIC = ("golang.org/x/text", "example.com/public")
#: What a build asks for: one version in full. Who fetches a module for the first time asks for the latest.
VERSION, LATEST = "v1.0.0", "latest"


class Samples(NamedTuple):
    """Modules that stand for their kind; ``derived``: they come from the patterns, the policy names none."""

    private: tuple[str, ...]
    public: tuple[str, ...]
    derived: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All of them, the private ones first."""
        return (*self.private, *self.public)


class Stage(NamedTuple):
    """The settings that some profiles share (None: without one), and what is tried on them.

    ``toolchain``: the one that go would fetch when a go.mod asks for a newer one; None when it fetches none.
    """

    profiles: tuple[str | None, ...]
    scene: Scene
    samples: Samples
    toolchain: str | None


def samples_of(stance: Stance) -> Samples:
    """The samples of a policy, and what stands for them where it names none."""
    globs = stance.intent.private
    private = stance.private_samples or tuple(dict.fromkeys(_examples(globs)))
    public = stance.public_samples or tuple(m for m in _PUBLIC if not matches_any(globs, m))[:1]
    derived = (*(private if not stance.private_samples else ()), *(public if not stance.public_samples else ()))
    return Samples(private, public, derived)


def _examples(globs: Iterable[str]) -> Iterator[str]:
    """A module for each glob that one can be made for."""
    for glob in globs:
        example = sample_of(glob)
        if example:
            yield example


def sample(scene: Scene, module: str, version: str = VERSION) -> Sample:
    """The module as a question to gosem: who may learn of it, and what is healthy for it."""
    return Sample(module, version, scene.may_learn(module), scene.healthy(module))


def alike(scene: Scene, modules: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One module of each class, and the others that are like it."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for module in dict.fromkeys(modules):
        groups.setdefault(_class_of(scene, module), []).append(module)
    for first, *rest in groups.values():
        yield first, tuple(rest)


def _class_of(scene: Scene, module: str) -> tuple[object, ...]:
    """All that go and a scene make of a module's path but the path itself: two alike have routes alike.

    Source: gosem session, repo and verify ask nothing else of a path.
    """
    settings = scene.settings
    lists = (settings.noproxy.split(","), settings.nosumdb.split(","), settings.insecure.split(","), scene.secret)
    host = host_of(module)
    own = next((hop.index for hop in scene.proxies if hop.url and hop.url.host == host), None)
    return (*(matches_any(globs, module) for globs in lists), has_known_repository(module), own)


def toolchain_of(scene: Scene, minimum: str | None) -> str | None:
    """The toolchain that go would fetch when a go.mod asks for one; None when GOTOOLCHAIN lets it fetch none."""
    found = read_toolchain(scene.settings.toolchain or GO_ENV["GOTOOLCHAIN"], scene.go)
    if not isinstance(found, Toolchain) or not found.downloads:
        return None
    if found.mode == "" and found.minimum != "local":
        return found.minimum
    return f"go{minimum}" if minimum and minimum.count(".") == 2 else f"go{scene.go}"
