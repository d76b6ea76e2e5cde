"""To which roles Discord offers a command, by what a server's Integrations settings say.

https://docs.discord.com/developers/interactions/application-commands#permissions
"""

from collections.abc import Mapping

from domain.permissions import Permission, allows
from domain.role_safety import RoleFacts


def offered_to(role: RoleFacts, everyone: RoleFacts, needed: Permission, own: Mapping[int, bool], general: Mapping[int, bool]) -> bool:
    """Whether a member who has only this role is offered a command that asks for `needed` unless the server decides otherwise.

    `own` and `general` are what the server allowed and forbade to roles, by their id: for the command, and for the bot as a whole.
    """
    if allows(role.permissions | everyone.permissions, Permission.ADMINISTRATOR):
        return True
    decided = own.get(role.role_id, own.get(everyone.role_id))
    if decided is not None:
        return decided
    if general.get(role.role_id, general.get(everyone.role_id, True)) is False:
        return False
    return allows(role.permissions | everyone.permissions, needed)
