"""The way back: a world as it was at the start."""

import copy

from sandbox import payload
from sandbox.world import Event, World

GUILDS = 1 << 0


class Start:
    """What a world held at one moment. Applications, their commands and what is set up for them at the portal are not part of it."""

    def __init__(self, world: World) -> None:
        self._held = copy.deepcopy((world.users, world.guilds, world.channels, world.messages))
        self._files = dict(world.files)

    def restore(self, world: World) -> None:
        """Put everything back under its old ids.

        To the bots it is an outage of every guild, which ends with the guild as it was. They are told in full what is there then.
        """
        for guild in world.guilds.values():
            world.emit(Event("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id, GUILDS))
        for messages in world.messages.values():
            for message in messages.values():
                message.deleted = True
        world.users, world.guilds, world.channels, world.messages = copy.deepcopy(self._held)
        world.files = dict(self._files)
        world.nonces.clear()
        world.invites.clear()
        for guild in world.guilds.values():
            for app in world.applications.values():
                if app.bot_id in guild.members:
                    data = payload.gateway_guild(world, guild, app.bot_id, [guild.members[app.bot_id]])
                    world.emit(Event("GUILD_CREATE", data, guild.id, GUILDS, app.id))
