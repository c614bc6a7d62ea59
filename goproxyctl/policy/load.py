"""The one way from a file to a `Policy`: every problem that can be found is found, then all are raised at once."""

import datetime as dt

from goproxyctl.errors import Edit
from goproxyctl.policy.check import Wrong, check
from goproxyctl.policy.complaints import Complaints, is_name
from goproxyctl.policy.intents import make_stance
from goproxyctl.policy.layers import Layer, Reader, check_private_kept, merge, read_layers
from goproxyctl.policy.loaded import Policy
from goproxyctl.policy.nodes import FieldPath, Fields, Items, Node, begins, find, nearest, text_at
from goproxyctl.policy.shape import BaseDocument, PolicyDocument, Waiver
from goproxyctl.policy.trust import TrustFiles
from goproxyctl.rules import RULES, Finding, Fix, Stance, Subject, run_rules
from goproxyctl.rules import Waiver as WaiverSeen
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.targets import KINDS, load_kind
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: Sections that rules look at together: where one of them is broken, nothing is said about the others.
_TOGETHER = frozenset({"chain", "private", "checksum"})


def load_policy(file: str, read: Reader, *, profile: str | None = None, today: dt.date | None) -> Policy:
    """The policy in ``file``; targets that name no profile get ``profile``.

    ``today`` None: the expiry of waivers is not looked at. Raises: PolicyError with every problem; StoreError when
    ``file`` itself cannot be read.
    """
    return _Loading(file, read, profile, today).load()


class _Loading:
    """One policy on its way; what one step learns the next one needs."""

    def __init__(self, file: str, read: Reader, profile: str | None, today: dt.date | None) -> None:
        self.file = file
        self.profile = profile
        self.today = today
        self.complaints = Complaints()
        self.trust = TrustFiles(read, self.complaints)
        self.layers = read_layers(file, read, self.complaints)
        if not self.layers:
            self.complaints.stop()
        self.broken: set[FieldPath] = set()
        #: Where a base is missing, nothing can be said about what the whole means.
        self.whole = find(self.layers[-1].root, ("extends",)) is None
        self.owner = text_at(self.layers[0].root, "metadata", "name") or ""

    def load(self) -> Policy:
        self._check_kind(self.layers[0])
        for layer in self.layers:
            self._check_document(layer)
        trees = self._trees()
        targets = self._targets(trees[None])
        stances = [make_stance(name, self.owner, self._sound(name, tree), self.trust) for name, tree in trees.items()]
        self._check_profile(trees[None])
        self._apply_rules(self._subject(trees[None], targets, stances), trees)
        self.complaints.stop()
        return Policy(
            self.owner,
            self.file,
            tuple(targets.values()),
            self.complaints.sorted(),
            self.profile,
            {stance.profile: stance.intent for stance in stances},
            trees,
            self.complaints,
        )

    def _check_kind(self, policy: Layer) -> None:
        if policy.is_base:
            text = Text("policy-kind", "this file is a base; it is used by policies that extend it")
            self._complain(policy.root, Wrong("policy-kind", ("kind",), text))

    def _check_document(self, layer: Layer) -> None:
        """The shape of one file. Where other files complete it, its waivers and targets may leave things out."""
        for wrong in check(BaseDocument if layer.is_base else PolicyDocument, layer.root).wrong:
            if layer.alone or wrong.rule != "field-missing" or wrong.path[:2] != ("spec", "waivers"):
                self._complain(layer.root, wrong)
        if find(layer.root, ("spec", "expect")):
            from goproxyctl.policy.expect import shape_of

            for path, wrongs in shape_of(layer.root):
                for wrong in wrongs:
                    self._complain(layer.root, wrong, path)

    def _complain(self, root: Fields, wrong: Wrong, at: FieldPath = ()) -> None:
        """Records what is wrong at ``at`` and below, and that this part cannot be used."""
        path = (*at, *wrong.path)
        self.broken.add(path)
        edit = _edit(root, wrong.fix, at)
        if not wrong.at_key:
            self.complaints.add(wrong.rule, nearest(root, path), wrong.text, wrong.advice, edit=edit)
            return
        parent = find(root, path[:-1])
        mark = parent.keys[str(path[-1])] if isinstance(parent, Fields) else nearest(root, path)
        position = self.complaints.position(mark, mark.width if is_name(str(path[-1])) else 0)
        self.complaints.add(wrong.rule, position, wrong.text, wrong.advice, edit=edit)

    def _trees(self) -> dict[str | None, Fields]:
        """The document as the policy itself (None) and as each profile sees it."""
        top = self.layers[0].root
        spec: Node | None = None
        for layer in reversed(self.layers):
            over = find(layer.root, ("spec",))
            check_private_kept(spec, over, self.complaints)
            spec = merge(spec, over)
        trees: dict[str | None, Fields] = {None: _with_spec(top, spec)}
        profiles = find(spec, ("profiles",))
        for name, variation in profiles.nodes.items() if isinstance(profiles, Fields) else ():
            check_private_kept(spec, variation, self.complaints)
            trees[name] = _with_spec(top, merge(spec, variation))
        return trees

    def _sound(self, profile: str | None, tree: Fields) -> Node:
        """``spec`` without the sections that are broken."""
        spec = find(tree, ("spec",))
        if not isinstance(spec, Fields):
            return tree
        broken = self._broken_sections(profile)
        return Fields(spec.mark, {n: node for n, node in spec.nodes.items() if n not in broken}, spec.keys)

    def _broken_sections(self, profile: str | None) -> set[str]:
        sections = {str(path[1]) for path in self.broken if len(path) > 1 and path[0] == "spec"}
        below = ("spec", "profiles", profile)
        return sections | {str(path[3]) for path in self.broken if path[:3] == below and len(path) > 3}

    def _targets(self, tree: Fields) -> dict[int, Target]:
        """The targets whose shape is right, by their place in the list."""
        found: dict[int, Target] = {}
        listed = find(tree, ("spec", "targets"))
        for index, entry in enumerate(listed.nodes if isinstance(listed, Items) else ()):
            path = ("spec", "targets", index)
            if isinstance(entry, Fields) and not self.complaints.full:
                model = self._kind(tree, entry, path)
                checked = check(model, entry) if model else None
                for wrong in checked.wrong if checked else ():
                    self._complain(tree, wrong, path)
                if checked and checked.value:
                    found[index] = checked.value
        return found

    def _kind(self, tree: Fields, entry: Fields, path: FieldPath) -> type[Target] | None:
        kind = text_at(entry, "kind")
        if kind in KINDS:
            return load_kind(kind)
        if "kind" not in entry.nodes:
            wrong = Wrong("field-missing", (), Text("field.missing", "{field!r} is missing", field="kind"), _kinds(""))
        else:
            text = Text("kind-unknown", "there is no such kind of target")
            wrong = Wrong("kind-unknown", ("kind",), text, _kinds(kind or ""))
        self._complain(tree, wrong, path)
        return None

    def _check_profile(self, tree: Fields) -> None:
        if self.whole and self.profile is not None and find(tree, ("spec", "profiles", self.profile)) is None:
            text = Text("profile-unknown", "there is no profile {name!r}", name=self.profile)
            profiles = find(tree, ("spec", "profiles"))
            known = profiles.nodes if isinstance(profiles, Fields) else ()
            mark = nearest(tree, ("spec", "profiles"))
            self.complaints.add("profile-unknown", mark, text, suggest_or_list(self.profile, known))

    def _subject(self, tree: Fields, targets: dict[int, Target], stances: list[Stance]) -> Subject:
        listed, profiles = find(tree, ("spec", "targets")), find(tree, ("spec", "profiles"))
        known = tuple(profiles.nodes) if isinstance(profiles, Fields) else ()
        names = tuple(text_at(entry, "name") or "" for entry in listed.nodes) if isinstance(listed, Items) else ()
        used = {name if (name := target.profile or self.profile) in known else None for target in targets.values()}
        return Subject(
            # When every target has a profile, nobody gets the settings without one.
            tuple(stance for stance in stances if stance.profile is not None or not used or None in used),
            targets,
            names,
            known,
            self._waivers(tree),
            self.profile,
            self.today,
        )

    def _waivers(self, tree: Fields) -> dict[int, WaiverSeen]:
        """The waivers whose shape is right, by their place in the list."""
        found: dict[int, WaiverSeen] = {}
        listed = find(tree, ("spec", "waivers"))
        for index, entry in enumerate(listed.nodes if isinstance(listed, Items) else ()):
            path = ("spec", "waivers", index)
            wrongs = check(Waiver, entry).wrong if len(self.layers) > 1 else ()
            for wrong in wrongs:
                self._complain(tree, wrong, path)
            if not any(broken[: len(path)] == path for broken in self.broken):
                rule, expires = text_at(entry, "rule") or "", text_at(entry, "expires") or ""
                found[index] = WaiverSeen(rule, text_at(entry, "target"), expires)
        return found

    def _apply_rules(self, subject: Subject, trees: dict[str | None, Fields]) -> None:
        for rule, finding in run_rules(RULES, subject):
            if self._in_doubt(finding):
                continue
            tree = trees[finding.profile]
            mark, edit = nearest(tree, ("spec", *finding.path)), _edit(tree, finding.fix, ("spec",))
            self.complaints.add(rule.id, mark, finding.text, finding.advice, severity=rule.severity, edit=edit)

    def _in_doubt(self, finding: Finding) -> bool:
        """Whether the finding may only be there because a part of the document could not be used."""
        if not self.whole:
            return True
        if not finding.path:
            return any(len(path) <= 2 or path[:2] == ("spec", "chain") for path in self.broken)
        broken = self._broken_sections(finding.profile)
        section = str(finding.path[0])
        if section == "waivers":
            return bool(broken)
        about = _TOGETHER if section in _TOGETHER else {section}
        return section != "targets" and bool(broken & about)


def _edit(root: Fields, fix: Fix | None, at: FieldPath) -> Edit | None:
    """A fix where it is to be made in the text of its file."""
    mark = begins(root, (*at, *fix.path), name=fix.act == "rename") if fix else None
    return Edit(fix.act, mark.file, mark.line, mark.column, fix.text) if fix and mark else None


def _with_spec(document: Fields, spec: Node | None) -> Fields:
    if spec is None:
        return document
    return Fields(document.mark, {**document.nodes, "spec": spec}, {"spec": spec.mark, **document.keys})


def _kinds(name: str) -> Text | None:
    return suggest_or_list(name, KINDS)
