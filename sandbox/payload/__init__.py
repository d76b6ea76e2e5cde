"""Records as Discord's JSON. Ids are strings, times ISO 8601, bit fields of permissions decimal strings."""

from sandbox.payload.applications import application, application_private, own_user, partial_application
from sandbox.payload.channels import channel, gateway_channel, obfuscated_channel, overwrite, partial_channel
from sandbox.payload.guilds import emoji, gateway_guild, guild, own_guild, role, unavailable_guild
from sandbox.payload.invites import invite, invite_event, invite_with_metadata
from sandbox.payload.messages import message, message_event
from sandbox.payload.people import member, partial_member, user
from sandbox.payload.times import iso

__all__ = [
    "application",
    "application_private",
    "channel",
    "emoji",
    "gateway_channel",
    "gateway_guild",
    "guild",
    "invite",
    "invite_event",
    "invite_with_metadata",
    "iso",
    "member",
    "message",
    "message_event",
    "obfuscated_channel",
    "overwrite",
    "own_guild",
    "own_user",
    "partial_application",
    "partial_channel",
    "partial_member",
    "role",
    "unavailable_guild",
    "user",
]
