"""What the stub plays: guilds with a posted panel each, and the clicks of their members, as Discord words them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BOT_ID = 1000000000000000001
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.bench.a-token-that-only-the-bench-knows"  # begins with the id, as hikari expects
EPOCH_MS = 1420070400000  # https://docs.discord.com/developers/reference#snowflakes
FIRST_GUILD = 1_100_000_000_000_000_000
JOINED = "2024-01-01T00:00:00.000000+00:00"
BUTTONS = 25
BOT_PERMISSIONS = 0x10014C400 | 1 << 28  # view, send, embed, attach, history, external emojis, Manage Roles
EVERYONE = 0x637DE1  # what a new server allows everybody, without what makes a role powerful


@dataclass(slots=True)
class Size:
    """How large the world is."""

    guilds: int = 20
    roles: int = 50
    channels: int = 60
    members: int = 200  # of each guild


@dataclass(slots=True)
class Guild:
    """One guild: its ids, who holds what, and the text of its panel's message."""

    number: int
    size: Size
    held: dict[int, set[int]] = field(default_factory=dict)
    message: str = ""

    @property
    def id(self) -> int:
        """The guild's id; the ids of all that is in it follow it."""
        return FIRST_GUILD + self.number * 10_000

    @property
    def channel_id(self) -> int:
        """The channel of the panel; the audit channel is the next one."""
        return self.id + 2001

    @property
    def message_id(self) -> int:
        """The panel's message."""
        return self.id + 3000

    def role_id(self, place: int) -> int:
        """A role; the first ones are on the panel."""
        return self.id + 1000 + place

    def member_id(self, place: int) -> int:
        """A member."""
        return self.id + 4000 + place

    def write(self, custom_id: Callable[["Guild", int], str]) -> None:
        """Write the message of its panel with these custom_ids."""
        buttons = [
            {"type": 2, "id": place + 2, "style": 2, "label": f"Colour {place}", "custom_id": custom_id(self, place)}
            for place in range(BUTTONS)
        ]
        rows = [{"type": 1, "id": 100 + start, "components": buttons[start : start + 5]} for start in range(0, BUTTONS, 5)]
        self.message = json.dumps(
            {
                "id": str(self.message_id), "channel_id": str(self.channel_id), "type": 0, "author": _user(BOT_ID, "Role Bot", bot=True),
                "content": "", "timestamp": JOINED, "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
                "mention_roles": [], "attachments": [], "pinned": False, "flags": 0, "components": rows, "application_id": str(BOT_ID),
                "embeds": [{"type": "rich", "title": "Colours", "description": "Choose the colours that you like.", "color": 0x5865F2}],
            }
        )  # fmt: skip

    def created(self) -> dict[str, Any]:
        """The guild as GUILD_CREATE tells it."""
        everyone = {"id": str(self.id), "type": 0, "allow": "0", "deny": "2048"}
        own = {"id": str(self.role_id(self.size.roles - 1)), "type": 0, "allow": "3072", "deny": "0"}
        roles = [_role(self.role_id(place), f"Colour {place} of {self.number}", place + 1) for place in range(self.size.roles - 1)]
        bots = _role(self.role_id(self.size.roles - 1), "Role Bot", self.size.roles, BOT_PERMISSIONS)
        bots |= {"managed": True, "tags": {"bot_id": str(BOT_ID)}}
        channels = [
            {
                "id": str(self.id + 2000 + place), "type": 4 if place == 0 else 0, "guild_id": str(self.id),
                "name": f"channel-{place}-of-{self.number}",
                "position": place, "parent_id": str(self.id + 2000) if place else None, "permission_overwrites": [everyone, own],
                "nsfw": False, "flags": 0, "last_message_id": str(self.message_id + place), "rate_limit_per_user": 0,
                "topic": f"What belongs into channel {place}, and what does not.", "last_pin_timestamp": None,
            }
            for place in range(self.size.channels)
        ]  # fmt: skip
        emojis = [
            {"id": str(self.id + 3500 + place), "name": f"emoji_{place}", "roles": [], "require_colons": True, "managed": False,
             "animated": False, "available": True}
            for place in range(10)
        ]  # fmt: skip
        member = {**_member(_user(BOT_ID, "Role Bot", bot=True)), "roles": [bots["id"]]}
        return {
            "id": str(self.id), "name": f"Server {self.number}", "icon": None, "description": None, "home_header": None, "splash": None,
            "discovery_splash": None, "features": ["COMMUNITY", "NEWS"], "banner": None, "owner_id": str(self.member_id(0)),
            "application_id": None, "region": "us-central", "afk_channel_id": None, "afk_timeout": 300, "system_channel_id": None,
            "system_channel_flags": 0, "widget_enabled": False, "widget_channel_id": None, "verification_level": 1,
            "roles": [_role(self.id, "@everyone", 0, EVERYONE), *roles, bots], "default_message_notifications": 1, "mfa_level": 0,
            "explicit_content_filter": 0, "max_presences": None, "max_members": 500_000, "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25, "vanity_url_code": None, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": "en-US", "rules_channel_id": None, "safety_alerts_channel_id": None, "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False, "nsfw": False, "nsfw_level": 0, "emojis": emojis, "stickers": [],
            "incidents_data": None, "joined_at": JOINED, "large": False, "unavailable": False, "member_count": self.size.members,
            "voice_states": [], "members": [member], "channels": channels, "threads": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [], "embedded_activities": [],
        }  # fmt: skip

    def click(self, interaction_id: int, token: str, member_id: int, custom_id: str, roles: set[int]) -> str:
        """A click on the panel as INTERACTION_CREATE tells it, without the brace that ends it."""
        member = {**_member(_user(member_id, f"member{member_id}")), "roles": [str(role) for role in roles], "permissions": "6835089"}
        return json.dumps(
            {
                "id": str(interaction_id), "application_id": str(BOT_ID), "type": 3, "version": 1, "token": token,
                "guild_id": str(self.id), "guild": {"id": str(self.id), "features": [], "locale": "en-US"},
                "channel_id": str(self.channel_id), "channel": {"id": str(self.channel_id), "type": 0, "name": "channel-1"},
                "data": {"component_type": 2, "custom_id": custom_id, "id": 2}, "member": member, "locale": "en-US",
                "guild_locale": "en-US", "app_permissions": str(BOT_PERMISSIONS), "entitlements": [], "context": 0,
                "authorizing_integration_owners": {"0": str(self.id)}, "attachment_size_limit": 10_485_760,
            }
        )[:-1] + f', "message": {self.message}}}'  # fmt: skip


def snowflake(number: int) -> int:
    """An id that was made now."""
    return int(time.time() * 1000 - EPOCH_MS) << 22 | number & 0x3FFFFF


def application() -> dict[str, Any]:
    """The bot's application."""
    return {
        "id": str(BOT_ID), "name": "Role Bot", "icon": None, "description": "", "type": None, "bot_public": True, "flags": 0,
        "bot_require_code_grant": False, "summary": "", "verify_key": "0" * 64, "owner": _user(FIRST_GUILD + 4000, "owner"), "team": None,
        "bot": bot(), "approximate_guild_count": 1, "redirect_uris": [], "integration_types_config": {},
    }  # fmt: skip


def bot() -> dict[str, Any]:
    """The bot's own user."""
    return {**_user(BOT_ID, "Role Bot", bot=True), "mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def member_of(guild: Guild, member_id: int) -> dict[str, Any]:
    """A member as REST tells it."""
    return {**_member(_user(member_id, f"member{member_id}")), "roles": [str(role) for role in guild.held.get(member_id, ())]}


def _user(user_id: int, name: str, *, bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(user_id), "username": name, "discriminator": "0001" if bot else "0", "global_name": None if bot else name.title(),
        "avatar": None, "avatar_decoration_data": None, "collectibles": None, "primary_guild": None, "public_flags": 0, "bot": bot,
    }  # fmt: skip


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": user, "nick": None, "avatar": None, "banner": None, "roles": [], "joined_at": JOINED, "premium_since": None,
        "deaf": False, "mute": False, "flags": 0, "pending": False, "communication_disabled_until": None, "avatar_decoration_data": None,
    }  # fmt: skip


def _role(role_id: int, name: str, position: int, permissions: int = 0) -> dict[str, Any]:
    return {
        "id": str(role_id), "name": name, "permissions": str(permissions), "position": position, "color": 0, "hoist": False,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}, "managed": False, "mentionable": False,
        "icon": None, "unicode_emoji": None, "flags": 0,
    }  # fmt: skip
