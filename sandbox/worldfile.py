"""A world of one's own: read from a TOML file that `python -m sandbox --world FILE` is given."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from sandbox import permissions
from sandbox.clock import Clock
from sandbox.seed import TOKEN, by_username, id_in_token
from sandbox.world import Application, Channel, Emoji, Guild, LosingAccess, Member, Overwrite, Role, User, World

CHANNEL_TYPES = {"text": 0, "voice": 2, "category": 4, "announcement": 5}
IN_PROMPT = 1 << 0  # a role flag
INTENTS = {"presences": 1 << 8, "members": 1 << 1, "message_content": 1 << 15}


class WorldFileError(Exception):
    """What is wrong with a world file, in words for whoever wrote it."""


def _permissions(names: list[str]) -> list[str]:
    for name in names:
        if name.upper() not in permissions.Permission.__members__:
            raise ValueError(f"{name!r} is no permission")
    return names


PermissionNames = Annotated[list[str], AfterValidator(_permissions)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserTable(_Table):
    """A user: `[[users]]`."""

    username: str
    name: str | None = None
    locale: str = "en-US"


class ApplicationTable(_Table):
    """The bot: `[application]`."""

    name: str = "Bot"
    owner: str
    token: str = TOKEN
    intents: list[Literal["presences", "members", "message_content"]] = []
    owner_has_2fa: bool = True


class RoleTable(_Table):
    """A role, lowest first: `[[guilds.roles]]`; "@everyone" sets what everybody may do, `bot = true` makes it the bot's own.

    `linked`: given by Discord to who fulfils its requirements; `subscription`: to who pays for it. `in_prompt`: stands in a question of
    the onboarding.
    """

    name: str
    color: int = 0
    permissions: PermissionNames = []
    hoist: bool = False
    mentionable: bool = False
    bot: bool = False
    linked: bool = False
    subscription: bool = False
    in_prompt: bool = False


class MemberTable(_Table):
    """A member: `[[guilds.members]]`."""

    username: str
    roles: list[str] = []
    nick: str | None = None
    pending: bool = False


class OverwriteTable(_Table):
    """An overwrite of a channel: for a role or a user."""

    role: str | None = None
    user: str | None = None
    allow: PermissionNames = []
    deny: PermissionNames = []


class ChannelTable(_Table):
    """A channel: `[[guilds.channels]]`; a category comes before what is in it."""

    name: str
    type: Literal["text", "voice", "category", "announcement"] = "text"
    parent: str | None = None
    topic: str | None = None
    nsfw: bool = False
    overwrites: list[OverwriteTable] = []


class EmojiTable(_Table):
    """A custom emoji: `[[guilds.emojis]]`."""

    name: str
    animated: bool = False


class GuildTable(_Table):
    """A guild: `[[guilds]]`."""

    name: str
    owner: str
    locale: str = "en-US"
    mfa_level: Literal[0, 1] = 0
    roles: list[RoleTable] = []
    members: list[MemberTable] = []
    channels: list[ChannelTable] = []
    emojis: list[EmojiTable] = []


class WorldTable(_Table):
    """The whole file."""

    application: ApplicationTable
    users: list[UserTable]
    guilds: list[GuildTable]
    losing_access: LosingAccess = "update"  # or "delete": how the bot hears that it may not view a channel any more


def load(path: Path, token: str | None = None, clock: Clock | None = None) -> World:
    """The world of a file, `token` in place of the file's. Raises WorldFileError that names the place, and OSError."""
    try:
        table = WorldTable.model_validate(tomllib.loads(path.read_text("utf-8")))
        table.application.token = token or table.application.token
        return _build(table, clock or Clock())
    except tomllib.TOMLDecodeError as error:
        raise WorldFileError(f"{path} is no TOML: {error}") from None
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise WorldFileError(f"{path}: " + "; ".join(lines)) from None
    except LookupError as error:
        raise WorldFileError(f"{path}: {error.args[0]}") from None


def _build(table: WorldTable, clock: Clock) -> World:
    world = World(clock)
    world.losing_access = table.losing_access
    for user in table.users:
        record = User(world.new_id(), user.username, user.name, locale=user.locale)
        world.users[record.id] = record
    app_id = id_in_token(table.application.token) or world.new_id()
    world.users[app_id] = User(app_id, table.application.name, bot=True)
    app = Application(app_id, table.application.name, app_id, by_username(world, table.application.owner).id, table.application.token)
    app.privileged_intents = sum(INTENTS[name] for name in set(table.application.intents))
    app.owner_has_2fa = table.application.owner_has_2fa
    world.applications[app_id] = app
    for guild in table.guilds:
        _add_guild(world, app, guild)
    return world


def _add_guild(world: World, app: Application, table: GuildTable) -> None:
    guild = Guild(world.new_id(), table.name, by_username(world, table.owner).id, table.locale, table.mfa_level)
    world.guilds[guild.id] = guild
    guild.roles[guild.id] = Role(guild.id, guild.id, "@everyone", 0)
    for row in table.roles:
        bits = permissions.bits(*row.permissions)
        if row.name == "@everyone":
            guild.everyone.permissions = bits
            continue
        role = Role(world.new_id(), guild.id, row.name, len(guild.roles), bits, row.color, row.hoist, mentionable=row.mentionable)
        if row.bot:
            role.managed, role.tags = True, {"bot_id": str(app.bot_id)}
        elif row.subscription:
            tags = {"subscription_listing_id": str(world.new_id()), "available_for_purchase": None}
            role.managed, role.tags = True, {"integration_id": str(world.new_id()), **tags}
        elif row.linked:
            role.tags = {"guild_connections": None}
        role.flags = IN_PROMPT if row.in_prompt else 0
        guild.roles[role.id] = role
    now = world.clock.now()
    members = [MemberTable(username=table.owner), *table.members]
    for row in members:
        user = by_username(world, row.username)
        roles = [_named(guild.roles, name, "role") for name in row.roles]
        guild.members[user.id] = Member(user.id, guild.id, now, roles, row.nick, row.pending)
    own = [role.id for role in guild.roles.values() if role.managed and role.tags and "bot_id" in role.tags]
    guild.members[app.bot_id] = Member(app.bot_id, guild.id, now, own)
    for row in table.channels:
        _add_channel(world, guild, row)
    for row in table.emojis:
        emoji = Emoji(world.new_id(), guild.id, row.name, row.animated)
        guild.emojis[emoji.id] = emoji


def _add_channel(world: World, guild: Guild, row: ChannelTable) -> None:
    kind = CHANNEL_TYPES[row.type]
    parent = _named(guild.channels, row.parent, "channel") if row.parent else None
    position = sum(c.type == kind for c in guild.channels.values())
    channel = Channel(world.new_id(), kind, guild.id, row.name, position, parent, row.topic, row.nsfw)
    for table in row.overwrites:
        if (table.role is None) == (table.user is None):
            raise LookupError(f"an overwrite of #{row.name} needs either a role or a user")
        target = _named(guild.roles, table.role, "role") if table.role else by_username(world, table.user or "").id
        allow, deny = permissions.bits(*table.allow), permissions.bits(*table.deny)
        channel.overwrites[target] = Overwrite(target, 0 if table.role else 1, allow, deny)
    guild.channels[channel.id] = world.channels[channel.id] = channel


def _named(items: dict[int, Role] | dict[int, Channel], name: str, what: str) -> int:
    found = next((item.id for item in items.values() if item.name == name), None)
    if found is None:
        raise LookupError(f"no {what} is called {name!r}")
    return found
