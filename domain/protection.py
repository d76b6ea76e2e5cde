"""How far a needed role protects a powerful one: only as far as nobody lower may hand out the needed role."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.panels import Mode, PanelSpec, Requirement, RoleSpec
from domain.permissions import Permission, allows
from domain.role_safety import GuildFacts, RoleFacts


@dataclass(frozen=True, slots=True)
class Gap:
    """A needed role that is within reach: of whom its giver is by these roles, and on which panel it can be taken."""

    needed_id: int
    giver_role_ids: tuple[int, ...] = ()
    panel_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    panel: PanelSpec
    item: RoleSpec


class Protection:
    """What members have to hold for the items of a guild's panels, and who could let them have it."""

    def __init__(self, facts: GuildFacts, manager_role_ids: Iterable[int], panels: Iterable[PanelSpec]) -> None:
        self._facts, self._managers, self._panels = facts, frozenset(manager_role_ids), panels
        self._known_offers: dict[int, list[_Offer]] | None = None

    def gaps(self, panel: PanelSpec, item: RoleSpec) -> Iterator[tuple[int, Gap]]:
        """For each powerful role of an item: the needed roles that somebody can hand out who could not hand out the powerful one.

        Nothing where no role is needed, and nothing where another rule of the item holds.
        """
        rules = [rule for rule in (panel.requirement, item.requirement) if rule.required]
        for role_id in item.role_ids if rules else ():
            role = self._facts.roles.get(role_id)
            if role and role.power:
                weak = self._within_reach(rules, role)
                if not any(_holds(rule, weak) for rule in rules):
                    needed = dict.fromkeys(needed_id for rule in rules for needed_id in rule.required)
                    yield from ((role_id, weak[needed_id]) for needed_id in needed if needed_id in weak)

    def _offers(self, role_id: int) -> list[_Offer]:
        """The items that give a role. Looked for once, and only where a powerful role is protected at all."""
        if self._known_offers is None:
            self._known_offers = {}
            for panel in self._panels:
                for item in panel.roles if panel.mode is not Mode.REMOVE_ONLY else ():
                    for given_id in item.role_ids:
                        self._known_offers.setdefault(given_id, []).append(_Offer(panel, item))
        return self._known_offers.get(role_id, [])

    def _within_reach(self, rules: Iterable[Requirement], powerful: RoleFacts) -> dict[int, Gap]:
        """Of the needed roles, and those that are needed for these in turn, the ones that somebody lower can hand out."""
        asked = list(dict.fromkeys(role_id for rule in rules for role_id in rule.required))
        for role_id in asked:  # grows
            for offer in self._offers(role_id):
                asked += [other for rule in _rules(offer) for other in rule.required if other not in asked]
        weak = {role_id: Gap(role_id, givers) for role_id in asked if (givers := self._lower_givers(role_id, powerful))}
        growing = True
        while growing:
            growing = False
            for role_id in asked:
                if role_id in weak:
                    continue
                open_to_all = (offer for offer in self._offers(role_id) if not any(_holds(rule, weak) for rule in _rules(offer)))
                if offer := next(open_to_all, None):
                    weak[role_id] = Gap(role_id, panel_id=offer.panel.panel_id)
                    growing = True
        return weak

    def _lower_givers(self, needed_id: int, powerful: RoleFacts) -> tuple[int, ...]:
        """The roles whose holders can give the needed role, or put it on a panel, but not the powerful one."""
        needed = self._facts.roles.get(needed_id)
        if needed is None:
            return ()
        people = (role for role in self._facts.roles.values() if not role.managed and role.role_id != self._facts.guild_id)
        return tuple(role.role_id for role in people if self._can_open(role, needed) and not self._can_open(role, powerful))

    def _can_open(self, giver: RoleFacts, role: RoleFacts) -> bool:
        permissions = giver.permissions | self._facts.roles[self._facts.guild_id].permissions
        if not giver.is_above(role):
            return False
        if allows(permissions, Permission.MANAGE_ROLES):
            return True  # by hand
        return giver.role_id in self._managers and not role.power


def _rules(offer: _Offer) -> list[Requirement]:
    return [rule for rule in (offer.panel.requirement, offer.item.requirement) if rule.required]


def _holds(rule: Requirement, weak: Mapping[int, Gap]) -> bool:
    """Whether a rule still keeps somebody out when everybody can have the weak roles."""
    kept = [role_id not in weak for role_id in rule.required]
    return any(kept) if rule.needs_all else all(kept)
