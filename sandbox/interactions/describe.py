"""INTERACTION_CREATE as Discord sends it, and the interaction metadata of the messages that answer it."""

from typing import Any

from sandbox import payload, permissions
from sandbox.interactions.record import Interaction, Kind
from sandbox.world import Application, Channel, Guild, Member, World

ATTACHMENT_LIMIT = 10 * 1024 * 1024


def interaction_create(world: World, application: Application, interaction: Interaction) -> dict[str, Any]:
    """The event's data (https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object)."""
    channel = world.channel(interaction.channel_id)
    user = world.user(interaction.user_id)
    out: dict[str, Any] = {
        "version": 1,
        "type": int(interaction.kind),
        "token": interaction.token,
        "id": str(interaction.id),
        "application_id": str(application.id),
        "entitlements": [],
        "data": _told_to(world, application, interaction.data),
        "channel_id": str(channel.id),
        "locale": user.locale,
        "attachment_size_limit": ATTACHMENT_LIMIT,
        "context": 1 if channel.guild_id is None else 0,
        "authorizing_integration_owners": owners(interaction),
        "app_permissions": str(app_permissions(world, application, channel)),
    }
    if channel.guild_id is None:
        out["user"] = payload.user(user)
        out["channel"] = payload.channel(world, channel, application.bot_id)
    else:
        guild = world.guild(channel.guild_id)
        member = guild.members[user.id]
        held = permissions.effective(guild, member, channel, world.clock.now())
        out |= {
            "guild_id": str(guild.id),
            "guild_locale": guild.preferred_locale,
            "guild": {"id": str(guild.id), "locale": guild.preferred_locale, "features": list(guild.features)},
            "member": {**payload.member(world, member), "permissions": str(held)},
            "channel": payload.partial_channel(world, channel, held),
        }
    if interaction.message:
        out["message"] = payload.message(world, interaction.message)
    return out


def _told_to(world: World, application: Application, data: dict[str, Any]) -> dict[str, Any]:
    """What was picked, as this application is told of it: with its own permissions in each channel (since 16 July 2026)."""
    channels = data.get("resolved", {}).get("channels", {})
    if not channels:
        return data
    held = {key: str(app_permissions(world, application, world.channel(int(key)))) for key in channels}
    told = {key: channel | {"app_permissions": held[key]} for key, channel in channels.items()}
    return {**data, "resolved": {**data["resolved"], "channels": told}}


def app_permissions(world: World, application: Application, channel: Channel) -> int:
    """What the bot may do in the channel; in a direct message what anyone may do there."""
    if channel.guild_id is None:
        p = permissions.Permission
        return int(
            p.VIEW_CHANNEL | p.SEND_MESSAGES | p.EMBED_LINKS | p.ATTACH_FILES | p.READ_MESSAGE_HISTORY | p.MENTION_EVERYONE
            | p.USE_EXTERNAL_EMOJIS | p.USE_EXTERNAL_STICKERS | p.ADD_REACTIONS
        )  # fmt: skip
    guild = world.guild(channel.guild_id)
    member = guild.members.get(application.bot_id)
    return permissions.effective(guild, member, channel, world.clock.now()) if member else 0


def owners(interaction: Interaction) -> dict[str, str]:
    """Where the application is installed that was used: in the guild; "0" in its direct messages."""
    return {"0": str(interaction.guild_id or 0)}


def metadata(world: World, interaction: Interaction) -> dict[str, Any]:
    """`interaction_metadata` of a message that answers."""
    out: dict[str, Any] = {
        "id": str(interaction.id),
        "type": 2 if interaction.kind == Kind.COMMAND else int(interaction.kind),
        "user": payload.user(world.user(interaction.user_id)),
        "authorizing_integration_owners": owners(interaction),
    }
    if interaction.kind == Kind.COMMAND:
        if interaction.data["type"] == 2:
            out["target_user"] = payload.user(world.user(int(interaction.data["target_id"])))
        elif interaction.data["type"] == 3:
            out["target_message_id"] = interaction.data["target_id"]
    elif interaction.kind == Kind.COMPONENT and interaction.message:
        out["interacted_message_id"] = str(interaction.message.id)
    elif interaction.kind == Kind.MODAL and interaction.opened_by:
        out["triggering_interaction_metadata"] = metadata(world, interaction.opened_by)
    return out


def resolved(world: World, channel: Channel, **ids: list[int]) -> dict[str, Any]:
    """`data.resolved` for the ids of `users`, `roles`, `channels`, `messages`, `attachments`; members come with their users."""
    out: dict[str, Any] = {}
    guild = world.guilds.get(channel.guild_id) if channel.guild_id is not None else None
    if ids.get("users"):
        out["users"] = {str(i): payload.user(world.user(i)) for i in ids["users"]}
        members = [guild.members[i] for i in ids["users"] if i in guild.members] if guild else []
        if guild and members:
            out["members"] = {str(m.user_id): _resolved_member(world, guild, m, channel) for m in members}
    if ids.get("roles") and guild:
        out["roles"] = {str(i): payload.role(guild.roles[i]) for i in ids["roles"]}
    if ids.get("messages"):
        out["messages"] = {str(i): payload.message(world, world.message(channel.id, i)) for i in ids["messages"]}
    return out


def _resolved_member(world: World, guild: Guild, member: Member, channel: Channel) -> dict[str, Any]:
    held = permissions.in_channel(guild, member, channel, world.clock.now())
    return {**payload.partial_member(member), "permissions": str(held)}


def resolved_channel(world: World, channel: Channel, user_id: int) -> dict[str, Any]:
    """A channel in `data.resolved.channels`, with the acting user's permissions there."""
    assert channel.guild_id is not None
    guild = world.guild(channel.guild_id)
    held = permissions.effective(guild, guild.members[user_id], channel, world.clock.now())
    return payload.partial_channel(world, channel, held)
