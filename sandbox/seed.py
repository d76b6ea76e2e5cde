"""The default world: one guild in which a role bot has something to do."""

import base64
import binascii
from dataclasses import dataclass

from sandbox import permissions
from sandbox.clock import Clock
from sandbox.world import Application, Channel, Emoji, Guild, Member, Overwrite, Role, User, World

# As at Discord, a token begins with the bot's id in base64; hikari refuses others.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.a-token-that-only-the-sandbox-knows"
DAY = 86_400.0

EVERYONE = permissions.bits(
    "VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY", "ADD_REACTIONS", "EMBED_LINKS", "ATTACH_FILES", "USE_APPLICATION_COMMANDS",
    "CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS", "USE_EXTERNAL_EMOJIS", "CHANGE_NICKNAME", "CONNECT", "SPEAK", "STREAM", "USE_VAD",
    "CREATE_INSTANT_INVITE",
)  # fmt: skip
BOT = permissions.bits(
    "VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY", "EMBED_LINKS", "ATTACH_FILES", "USE_EXTERNAL_EMOJIS", "MANAGE_ROLES"
)  # fmt: skip
MODERATOR = permissions.bits("KICK_MEMBERS", "MANAGE_MESSAGES", "MANAGE_ROLES", "MODERATE_MEMBERS", "MANAGE_NICKNAMES", "VIEW_AUDIT_LOG")
ADMIN = permissions.bits("ADMINISTRATOR")

# Lowest first. The bot's own role stands above everything but the admins'.
SELF_ASSIGNED = [
    ("Red", 0xE74C3C), ("Orange", 0xE67E22), ("Yellow", 0xF1C40F), ("Green", 0x2ECC71), ("Teal", 0x1ABC9C), ("Blue", 0x3498DB),
    ("Purple", 0x9B59B6), ("Pink", 0xFF6FB5), ("White", 0xFFFFFF), ("Black", 0x010101),
    ("Announcements", 0), ("Events", 0), ("Polls", 0), ("Streams", 0), ("Releases", 0),
    ("he/him", 0), ("she/her", 0), ("they/them", 0),
    ("Europe", 0x5865F2), ("Americas", 0x5865F2), ("Asia", 0x5865F2), ("Oceania", 0x5865F2), ("Africa", 0x5865F2),
    ("Chess", 0), ("Climbing", 0), ("Cooking", 0), ("Films", 0), ("Music", 0), ("Photography", 0), ("Reading", 0), ("日本語", 0xBC002D),
]  # fmt: skip


@dataclass
class Person:
    """A member of the default guild."""

    username: str
    name: str
    roles: tuple[str, ...] = ()
    locale: str = "en-US"
    pending: bool = False
    nick: str | None = None


PEOPLE = [
    Person("olivia", "Olivia"),
    Person("adam", "Adam", ("Admin",)),
    Person("mona", "Mona", ("Moderator", "Green")),
    Person("alice", "Alice"),
    Person("bob", "Bob", ("Blue",)),
    Person("carol", "Carol", ("Veteran", "Chess", "Europe"), nick="Carol the Great"),
    Person("dave", "Dave", ("Music", "Films")),
    Person("yuki", "ゆき", ("日本語",), locale="ja"),
    Person("haruto", "陽翔", locale="ja"),
    Person("lena", "Léna", ("Cooking",), locale="fr"),
    Person("nils", "Nils", locale="de"),
    Person("newton", "Newton", pending=True),
]


def seed(token: str = TOKEN, clock: Clock | None = None) -> World:
    """A fresh default world: "Sandbox Square", owned by olivia, with the application "Role Bot"."""
    world = World(clock or Clock())
    _application(world, token)
    guild = _guild(world)
    _roles(world, guild)
    _people(world, guild)
    _channels(world, guild)
    for name in ("sparkles_sq", "party_parrot"):
        emoji = Emoji(world.new_id(), guild.id, name, animated=name == "party_parrot")
        guild.emojis[emoji.id] = emoji
    return world


def by_username(world: World, username: str) -> User:
    """A user by username. Raises LookupError."""
    found = next((user for user in world.users.values() if user.username == username), None)
    if found is None:
        raise LookupError(f"nobody is called {username!r}")
    return found


def id_in_token(token: str) -> int | None:
    """The bot's id that a token of Discord's form begins with."""
    first = token.partition(".")[0]
    try:
        text = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4))
    except (binascii.Error, ValueError):
        return None
    return int(text) if text.isdigit() and len(text) <= 19 else None


def _application(world: World, token: str) -> None:
    for person in PEOPLE:
        user = User(world.new_id(), person.username, person.name, locale=person.locale)
        world.users[user.id] = user
    app_id = id_in_token(token) or world.new_id()
    world.users[app_id] = User(app_id, "Role Bot", bot=True)
    world.applications[app_id] = Application(app_id, "Role Bot", app_id, by_username(world, "olivia").id, token)


def _guild(world: World) -> Guild:
    guild = Guild(world.new_id(), "Sandbox Square", by_username(world, "olivia").id, features=["COMMUNITY", "NEWS"])
    guild.roles[guild.id] = Role(guild.id, guild.id, "@everyone", 0, EVERYONE)
    world.guilds[guild.id] = guild
    return guild


def _roles(world: World, guild: Guild) -> None:
    app = next(iter(world.applications.values()))
    plan: list[tuple[str, int, int]] = [(name, color, 0) for name, color in SELF_ASSIGNED]
    plan += [("Veteran", 0xC27C0E, 0), ("Moderator", 0x11806A, MODERATOR), ("Role Bot", 0, BOT), ("Admin", 0x992D22, ADMIN)]
    for position, (name, color, bits) in enumerate(plan, 1):
        role = Role(world.new_id(), guild.id, name, position, bits, color, hoist=bool(bits))
        if name == "Role Bot":
            role.managed, role.tags = True, {"bot_id": str(app.bot_id)}
        guild.roles[role.id] = role


def _people(world: World, guild: Guild) -> None:
    ids = {role.name: role.id for role in guild.roles.values()}
    now = world.clock.now()
    for days, person in enumerate(reversed(PEOPLE), 1):
        user = by_username(world, person.username)
        roles = [ids[name] for name in person.roles]
        guild.members[user.id] = Member(user.id, guild.id, now - days * DAY, roles, person.nick, person.pending)
    for app in world.applications.values():
        guild.members[app.bot_id] = Member(app.bot_id, guild.id, now, [ids["Role Bot"]])


def _channels(world: World, guild: Guild) -> None:
    moderators = next(role for role in guild.roles.values() if role.name == "Moderator")
    bot_role = next(role for role in guild.roles.values() if role.managed)
    see = permissions.bits("VIEW_CHANNEL")
    send = permissions.bits("SEND_MESSAGES")
    staff_only = [Overwrite(guild.id, 0, deny=see), Overwrite(moderators.id, 0, allow=see), Overwrite(bot_role.id, 0, allow=see)]
    read_only = [Overwrite(guild.id, 0, deny=send), Overwrite(bot_role.id, 0, allow=send)]

    def add(name: str, kind: int, parent: Channel | None, topic: str | None = None, overwrites: list[Overwrite] | None = None) -> Channel:
        position = sum(c.type == kind for c in guild.channels.values())
        channel = Channel(world.new_id(), kind, guild.id, name, position, parent.id if parent else None, topic)
        channel.overwrites = {o.id: Overwrite(o.id, o.type, o.allow, o.deny) for o in overwrites or []}
        guild.channels[channel.id] = world.channels[channel.id] = channel
        return channel

    lobby = add("Lobby", 4, None)
    add("welcome", 0, lobby, "Start here.", read_only)
    add("roles", 0, lobby, "Take the roles you like.", read_only)
    add("general", 0, lobby, "Talk about anything.")
    staff = add("Staff", 4, None, overwrites=staff_only)
    add("audit-log", 0, staff, "What the bots did.", staff_only)
    add("mods-only", 0, staff, overwrites=staff_only)
