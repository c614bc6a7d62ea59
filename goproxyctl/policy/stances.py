"""The settings of a loaded policy as the stages on which questions are tried."""

from collections.abc import Iterable, Sequence

from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.policy.intents import texts
from goproxyctl.policy.loaded import Policy
from goproxyctl.policy.nodes import find
from goproxyctl.rules.samples import Stage, samples_of, toolchain_of
from goproxyctl.rules.scene import scene_of
from goproxyctl.rules.subject import Stance


def make_stages(
    policy: Policy, flags: Sequence[str], go: GoVersion = NEWEST, profiles: Iterable[str | None] | None = None
) -> list[Stage]:
    """The stages of ``profiles`` (default: of all that targets get), each set of settings once.

    ``flags``: how the command line names the policy.
    """
    stages: dict[str, Stage] = {}
    for profile in _used(policy) if profiles is None else profiles:
        stance = _stance_of(policy, profile)
        scene = scene_of(stance.intent, (*flags, *(("--profile", profile) if profile else ())), go)
        made = Stage((profile,), scene, samples_of(stance), toolchain_of(scene, stance.intent.minimum_go))
        key = repr(made._replace(profiles=(), scene=scene._replace(flags=())))
        known = stages.get(key)
        stages[key] = known._replace(profiles=(*known.profiles, profile)) if known else made
    return list(stages.values())


def _used(policy: Policy) -> list[str | None]:
    """The profiles that targets get, without one first; where there is no target, those settings alone."""
    used = {target.profile or policy.profile for target in policy.targets} or {policy.profile}
    return [profile for profile in policy.intents if profile in used]


def _stance_of(policy: Policy, profile: str | None) -> Stance:
    """The settings of one profile, with the samples that it has."""
    spec = find(policy.trees[profile], ("spec",))
    assert spec is not None
    return Stance(
        profile,
        policy.intents[profile],
        private_samples=texts(spec, "private", "samples", "private"),
        public_samples=texts(spec, "private", "samples", "public"),
    )
