"""What the stub plays: guilds with a posted panel each, and the clicks of their members. How Discord words them is the sandbox's."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox import payload
from sandbox.clock import Clock
from sandbox.interactions.describe import interaction_create
from sandbox.interactions.record import Interaction, Kind
from sandbox.permissions import Permission
from sandbox.seed import BOT, EVERYONE
from sandbox.world import Application, Channel, Emoji, Guild, Member, Message, Overwrite, Role, User, World

BOT_ID = 1000000000000000001
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.bench.a-token-that-only-the-bench-knows"  # begins with the id, as hikari expects
FIRST_GUILD = 1_100_000_000_000_000_000
JOINED = 1.7e9
BUTTONS = 25

WORLD = World(Clock())
WORLD.users[BOT_ID] = User(BOT_ID, "Role Bot", bot=True)
APPLICATION = WORLD.applications[BOT_ID] = Application(BOT_ID, "Role Bot", BOT_ID, BOT_ID, TOKEN)


@dataclass(frozen=True)
class Size:
    """How large the world is."""

    guilds: int = 20
    roles: int = 50
    channels: int = 60
    members: int = 200  # of each guild


class Place:
    """A guild with a panel: the ids in it, and who holds what. `custom_id` names the buttons."""

    def __init__(self, number: int, size: Size, custom_id: Callable[["Place", int], str]) -> None:
        self.number, self.size, self.custom_id = number, size, custom_id
        self.id = FIRST_GUILD + 10_000 * number  # the ids of all that is in it follow
        self.channel_id = self.id + 2001  # of the panel; the audit channel is the next one
        self.held: dict[int, set[int]] = {}
        self._guild = self._made()
        components = [{"type": 2, "id": n + 2, "style": 2, "label": f"Colour {n}", "custom_id": custom_id(self, n)} for n in range(BUTTONS)]
        rows = [{"type": 1, "id": 100 + start, "components": components[start : start + 5]} for start in range(0, BUTTONS, 5)]
        embed = {"type": "rich", "title": "Colours", "description": "Choose the colours that you like.", "color": 0x5865F2}
        posted = Message(self.id + 3000, self.channel_id, BOT_ID, JOINED, embeds=[embed], components=rows, application_id=BOT_ID)
        self.message = json.dumps(payload.message(WORLD, posted))
        click = Interaction(1, BOT_ID, Kind.COMPONENT, "", self._guild.owner_id, self.channel_id, self.id, {}, JOINED)
        self._click = interaction_create(WORLD, APPLICATION, click)

    def role_id(self, number: int) -> int:
        """A role; the first ones are on the panel."""
        return self.id + 1000 + number

    def member_id(self, number: int) -> int:
        """A member."""
        return self.id + 4000 + number

    def _made(self) -> Guild:
        guild = WORLD.guilds[self.id] = Guild(self.id, f"Server {self.number}", self.member_id(0), features=["COMMUNITY", "NEWS"])
        owns = self.role_id(self.size.roles)
        names = {self.role_id(n): f"Colour {n} of {self.number}" for n in range(self.size.roles - 2)} | {owns: "Role Bot"}
        guild.roles = {id_: Role(id_, self.id, name, position + 1) for position, (id_, name) in enumerate(names.items())}
        guild.roles[owns] = Role(owns, self.id, "Role Bot", self.size.roles, BOT, managed=True, tags={"bot_id": str(BOT_ID)})
        guild.roles[self.id] = Role(self.id, self.id, "@everyone", 0, EVERYONE)
        overwrites = [Overwrite(self.id, 0, deny=Permission.SEND_MESSAGES), Overwrite(owns, 0, Permission.SEND_MESSAGES)]
        for number in range(self.size.channels):
            id_, parent, topic = self.id + 2000 + number, self.id + 2000 if number else None, f"What belongs into channel {number}."
            channel = Channel(id_, 0 if number else 4, self.id, f"channel-{number}-of-{self.number}", number, parent, topic)
            channel.overwrites = {overwrite.id: overwrite for overwrite in overwrites}
            guild.channels[id_] = WORLD.channels[id_] = channel
        guild.emojis = {self.id + 3500 + n: Emoji(self.id + 3500 + n, self.id, f"emoji_{n}") for n in range(10)}
        WORLD.users[guild.owner_id] = User(guild.owner_id, "owner", "Owner")
        guild.members[guild.owner_id] = Member(guild.owner_id, self.id, JOINED)
        guild.members[BOT_ID] = Member(BOT_ID, self.id, JOINED, [owns])
        return guild

    def created(self) -> str:
        """GUILD_CREATE."""
        told = payload.gateway_guild(WORLD, self._guild, BOT_ID, [self._guild.members[BOT_ID]])
        return json.dumps({**told, "member_count": self.size.members})

    def member(self, member_id: int) -> dict[str, Any]:
        """A member as REST tells it."""
        record = Member(member_id, self.id, JOINED, list(self.held.get(member_id, ())))
        user = payload.user(User(member_id, f"member{member_id}", f"Member {member_id}"))
        return {**payload.partial_member(record), "user": user, "mute": False, "deaf": False}

    def click(self, interaction_id: int, token: str, member_id: int, number: int) -> str:
        """A click on a button of the panel: INTERACTION_CREATE."""
        told = {
            **self._click, "id": str(interaction_id), "token": token,
            "member": {**self.member(member_id), "permissions": str(EVERYONE)},
            "data": {"component_type": 2, "custom_id": self.custom_id(self, number), "id": number + 2},
        }  # fmt: skip
        return f'{json.dumps(told)[:-1]}, "message": {self.message}}}'  # the message is the same each time
