"""Who hears of an event, and with what in it: shards, intents, membership, visibility, message content."""

from typing import Any

from sandbox import payload, permissions
from sandbox.gateway.protocol import Intent
from sandbox.gateway.session import Session
from sandbox.world import Channel, Event, Guild, World

_IN_CHANNEL = ("MESSAGE_", "TYPING_START", "CHANNEL_PINS_UPDATE")
# After these a bot may view other channels than before.
_MOVING_ACCESS = ("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE")


def deliver(world: World, session: Session, event: Event) -> None:
    """Dispatch `event` to `session` if Discord would."""
    application = session.application
    if event.application_id not in (None, application.id) or event.user_id is not None:
        return
    if not session.holds(event.guild_id):
        return
    if event.name == "GUILD_CREATE" and event.guild_id is not None:
        if application.bot_id in world.guild(event.guild_id).members:
            session.guild_ids.add(event.guild_id)
            introduce(world, session, event.guild_id, joined=event.guild_id not in session.outages)
            session.outages.discard(event.guild_id)
    elif event.name == "GUILD_DELETE" and event.guild_id is not None:
        if event.guild_id in session.guild_ids:
            session.guild_ids.discard(event.guild_id)
            if event.data.get("unavailable"):
                session.outages.add(event.guild_id)
            if session.intents & Intent.GUILDS:
                session.dispatch(event.name, event.data)
    elif _wanted(session, event) and _visible(world, session, event):
        if event.name in ("CHANNEL_CREATE", "CHANNEL_UPDATE") and event.guild_id is not None:
            _show(world, session, event.name, world.guild(event.guild_id), world.channel(int(event.data["id"])))
        else:
            session.dispatch(event.name, _without_content(session, event))
        if event.name in _MOVING_ACCESS and event.guild_id is not None:
            _tell_access(world, session, world.guild(event.guild_id))


def introduce(world: World, session: Session, guild_id: int, *, joined: bool = False) -> None:
    """Dispatch GUILD_CREATE as this session is to see the guild; `unavailable` is absent when the bot has `joined` it just now."""
    if session.intents & Intent.GUILDS:
        data = _guild_create(world, session, world.guild(guild_id))
        if joined:
            del data["unavailable"]
        session.dispatch("GUILD_CREATE", data)


def _guild_create(world: World, session: Session, guild: Guild) -> dict[str, Any]:
    """The guild with all its members only for a session with presences, else with the bot alone.

    https://docs.discord.com/developers/events/gateway-events#guild-create
    """
    large = len(guild.members) > session.large_threshold
    everyone = session.intents & Intent.GUILD_PRESENCES and not large
    me = session.application.bot_id
    members = [member for member in guild.members.values() if everyone or member.user_id == me]
    session.shown_channel_ids[guild.id] = permissions.visible_channels(guild, guild.members[me], world.clock.now())
    return {**payload.gateway_guild(world, guild, me, members), "hub_type": None, "large": large}


def _show(world: World, session: Session, name: str, guild: Guild, channel: Channel) -> None:
    """Tell of a channel as this bot is to see it, which is remembered."""
    visible = permissions.visible_channels(guild, guild.members[session.application.bot_id], world.clock.now())
    shown = session.shown_channel_ids.setdefault(guild.id, set())
    if channel.id in visible:
        shown.add(channel.id)
        session.dispatch(name, payload.gateway_channel(world, channel))
        return
    if channel.id in shown and world.losing_access == "delete":
        name = "CHANNEL_DELETE"
    shown.discard(channel.id)
    session.dispatch(name, payload.obfuscated_channel(world, channel))


def _tell_access(world: World, session: Session, guild: Guild) -> None:
    """Tell the bot of the channels that it gained or lost access to: each once more, in full or obfuscated."""
    me = guild.members.get(session.application.bot_id)
    shown = session.shown_channel_ids.setdefault(guild.id, set())
    for channel_id in (permissions.visible_channels(guild, me, world.clock.now()) if me else set[int]()) ^ shown:
        if channel_id in guild.channels:
            _show(world, session, "CHANNEL_UPDATE", guild, guild.channels[channel_id])
        else:
            shown.discard(channel_id)


def _wanted(session: Session, event: Event) -> bool:
    if event.name == "GUILD_MEMBER_UPDATE" and event.data["user"]["id"] == str(session.application.bot_id):
        return True  # the bot's own member is always told
    return not event.intent or bool(session.intents & event.intent)


def _visible(world: World, session: Session, event: Event) -> bool:
    if event.application_id is not None:
        return True
    bot_id = session.application.bot_id
    if event.guild_id is not None and event.guild_id not in session.guild_ids:
        return False
    if not event.name.startswith(_IN_CHANNEL):
        return True
    channel = world.channels.get(int(event.data["channel_id"]))
    if channel is None:
        return False
    if channel.guild_id is None:
        return bot_id in channel.recipient_ids
    guild = world.guild(channel.guild_id)
    return permissions.has_access(channel, permissions.effective(guild, guild.members[bot_id], channel, world.clock.now()))


def _without_content(session: Session, event: Event) -> dict[str, Any]:
    """The message without what needs MESSAGE_CONTENT (https://docs.discord.com/developers/events/gateway#message-content-intent)."""
    if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or session.intents & Intent.MESSAGE_CONTENT or event.guild_id is None:
        return event.data
    return _stripped(event.data, str(session.application.bot_id))


def _stripped(message: dict[str, Any], bot_id: str) -> dict[str, Any]:
    message = dict(message)
    if isinstance(message.get("referenced_message"), dict):
        message["referenced_message"] = _stripped(message["referenced_message"], bot_id)
    if message["author"]["id"] != bot_id and all(user["id"] != bot_id for user in message["mentions"]):
        message.update(content="", embeds=[], attachments=[], components=[])
        message.pop("poll", None)
    return message
