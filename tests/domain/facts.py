"""A small guild for tests of rules: @everyone is 1, roles 10 to 15 are ordinary, 20 is the bot's, 30 stands above it."""

from domain.panels import Mode, PanelSpec, RoleSpec
from domain.permissions import Permission
from domain.role_safety import GuildFacts, RoleFacts

GUILD, OWNER, BOT_ROLE, ABOVE, MANAGED, DANGEROUS, GONE = 1, 99, 20, 30, 40, 50, 60
ORDINARY = (10, 11, 12, 13, 14, 15)


def guild(*, may_manage: bool = True) -> GuildFacts:
    """The guild's facts."""
    roles = [RoleFacts(GUILD, "@everyone", 0)]
    roles += [RoleFacts(role_id, f"role {role_id}", role_id) for role_id in ORDINARY]
    roles += [
        RoleFacts(MANAGED, "integration", 5, managed=True),
        RoleFacts(DANGEROUS, "powerful", 6, permissions=Permission.BAN_MEMBERS.value),
        RoleFacts(BOT_ROLE, "bot", 20, permissions=Permission.MANAGE_ROLES.value, managed=True),
        RoleFacts(ABOVE, "above", 30),
    ]
    facts = {role.role_id: role for role in roles}
    return GuildFacts(GUILD, OWNER, facts, facts[BOT_ROLE], may_manage)


def panel(*role_ids: int, mode: Mode = Mode.TOGGLE, confirmed: int = 0) -> PanelSpec:
    """A panel with these roles; item ids are 1000 + role id."""
    roles = tuple(RoleSpec(1000 + role_id, role_id, f"role {role_id}", confirmed_permissions=confirmed) for role_id in role_ids)
    return PanelSpec(panel_id=7, guild_id=GUILD, name="test", title="Test", version=1, mode=mode, roles=roles)
