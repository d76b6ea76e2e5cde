"""Custom emojis of a guild."""

import base64
import binascii
import re
from typing import TYPE_CHECKING, Annotated, Any

from sandbox import guard, guilds, payload, validate
from sandbox.errors import ApiError, field_error, invalid_form, unknown
from sandbox.guard import Actor
from sandbox.permissions import Permission as P
from sandbox.rest.router import Answer, Call, Router
from sandbox.validate.forms import Form, Length, Pattern, Text
from sandbox.world import Emoji

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MAX_EMOJIS = 50  # of still ones, and as many animated ones, in a guild without boosts
MAX_IMAGE = 2048 * 1024
_IMAGE = re.compile(r"^data:image/(png|jpeg|gif|webp|avif);base64,(.+)$", re.DOTALL)

EmojiName = Annotated[Text, Length(2, 32), Pattern(r"\w+")]


class EmojiEditForm(Form):
    """PATCH of an emoji."""

    name: EmojiName | None = None


class EmojiForm(Form):
    """POST of an emoji; the picture is a data URI."""

    name: EmojiName
    image: Text


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    base = "/guilds/{guild_id}/emojis"
    router.get(base, listing)
    router.post(base, create)
    router.get(f"{base}/{{emoji_id}}", get)
    router.patch(f"{base}/{{emoji_id}}", edit)
    router.delete(f"{base}/{{emoji_id}}", delete)


async def listing(call: Call) -> list[dict[str, Any]]:
    """GET the custom emojis."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    return [payload.emoji(e) for e in actor.guild.emojis.values()]


async def get(call: Call) -> dict[str, Any]:
    """GET a custom emoji."""
    return payload.emoji(_find(call, guard.in_guild(call.world, call.application, call.id("guild_id"))))


async def create(call: Call) -> Answer:
    """POST an emoji. Its picture is looked at and not kept: the page shows emojis by name."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.CREATE_GUILD_EXPRESSIONS)
    form = validate.parse(EmojiForm, call.json())
    animated = _image_kind(form.image) == "gif"
    if sum(e.animated == animated for e in actor.guild.emojis.values()) >= MAX_EMOJIS:
        raise ApiError(400, 30018 if animated else 30008, f"Maximum number of {'animated ' * animated}emojis reached ({MAX_EMOJIS})")
    emoji = Emoji(call.world.new_id(), actor.guild.id, form.name, animated, creator_id=call.application.bot_id)
    guilds.add_emoji(call.world, actor.guild, emoji, call.application.bot_id, call.reason)
    return Answer(201, payload.emoji(emoji))


async def edit(call: Call) -> dict[str, Any]:
    """PATCH an emoji's name."""
    actor, emoji = _manage(call)
    name = validate.parse(EmojiEditForm, call.json()).name
    if name is not None and name != emoji.name:
        guilds.rename_emoji(call.world, actor.guild, emoji, name, call.application.bot_id, call.reason)
    return payload.emoji(emoji)


async def delete(call: Call) -> None:
    """DELETE an emoji."""
    actor, emoji = _manage(call)
    guilds.remove_emoji(call.world, actor.guild, emoji, call.application.bot_id, call.reason)


def _find(call: Call, actor: Actor) -> Emoji:
    found = actor.guild.emojis.get(call.id("emoji_id"))
    if found is None:
        raise unknown("Emoji")
    return found


def _manage(call: Call) -> tuple[Actor, Emoji]:
    """The emoji, if the bot may change it: its own with either permission, others with MANAGE_GUILD_EXPRESSIONS alone."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    emoji = _find(call, actor)
    own = emoji.creator_id == call.application.bot_id and actor.held & P.CREATE_GUILD_EXPRESSIONS
    actor.require(P.CREATE_GUILD_EXPRESSIONS if own else P.MANAGE_GUILD_EXPRESSIONS)
    return actor, emoji


def _image_kind(data_uri: str) -> str:
    found = _IMAGE.match(data_uri)
    try:
        size = len(base64.b64decode(found[2], validate=True)) if found else 0
    except binascii.Error:
        size = 0
    if not found or not size:
        raise ApiError(400, 50046, "Invalid Asset")
    if size > MAX_IMAGE:
        raise invalid_form({"image": field_error("BINARY_TYPE_MAX_SIZE", f"File cannot be larger than {MAX_IMAGE / 1024} kb.")})
    return found[1]
