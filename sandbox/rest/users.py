"""Users, the bot itself, its application, and direct messages."""

from typing import TYPE_CHECKING, Annotated, Any

from sandbox import guard, members, payload, validate
from sandbox.errors import INVALID_RECIPIENT, MISSING_ACCESS
from sandbox.rest.router import Call, Router
from sandbox.validate.forms import Form, Length, Text
from sandbox.validate.guilds import RecipientForm

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class OwnUserForm(Form):
    """PATCH of the bot's user."""

    username: Annotated[Text, Length(2, 32)] | None = None


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    router.get("/users/@me", own_user)
    router.patch("/users/@me", edit_own_user)
    router.get("/users/@me/guilds", own_guilds)
    router.delete("/users/@me/guilds/{guild_id}", leave)
    router.post("/users/@me/channels", open_dm)
    router.get("/users/@me/channels", own_dms)
    router.get("/users/{user_id}", get)
    router.get("/applications/@me", own_application)
    router.get("/oauth2/applications/@me", own_application)
    router.get("/applications/{application_id}/emojis", application_emojis)
    router.get("/applications/{application_id}/entitlements", entitlements)
    router.get("/applications/{application_id}/skus", entitlements)


async def own_user(call: Call) -> dict[str, Any]:
    """GET the bot's user."""
    return payload.own_user(call.world, call.application)


async def edit_own_user(call: Call) -> dict[str, Any]:
    """PATCH the bot's user name."""
    form = validate.parse(OwnUserForm, call.json())
    if form.username is not None:
        call.bot.username = form.username
    return payload.own_user(call.world, call.application)


async def get(call: Call) -> dict[str, Any]:
    """GET any user."""
    return payload.user(call.world.user(call.id("user_id")))


async def own_guilds(call: Call) -> list[dict[str, Any]]:
    """GET the bot's guilds, by id."""
    limit, before, after = call.number("limit", 200, 1, 200), call.query_id("before"), call.query_id("after")
    bot_id, now = call.application.bot_id, call.world.clock.now()
    guilds = sorted(call.world.guilds_of(bot_id), key=lambda g: g.id)
    if before is not None:
        guilds = [g for g in guilds if g.id < before][-limit:]
    guilds = [g for g in guilds if after is None or g.id > after][:limit]
    out = [payload.own_guild(g, g.members[bot_id], now) for g in guilds]
    if call.flag("with_counts"):
        for item, guild in zip(out, guilds, strict=True):
            item |= {"approximate_member_count": len(guild.members), "approximate_presence_count": len(guild.members)}
    return out


async def leave(call: Call) -> None:
    """DELETE the bot's membership."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    members.leave(call.world, actor.guild, call.application.bot_id)


async def open_dm(call: Call) -> dict[str, Any]:
    """POST a direct-message channel."""
    recipient = call.world.user(validate.parse(RecipientForm, call.json()).recipient_id)
    if recipient.id == call.application.bot_id:
        raise INVALID_RECIPIENT
    channel = call.world.dm_between(call.application.bot_id, recipient.id)
    return payload.channel(call.world, channel, call.application.bot_id)


async def own_dms(call: Call) -> list[dict[str, Any]]:
    """GET the open direct-message channels; Discord tells bots of none."""
    return []


async def own_application(call: Call) -> dict[str, Any]:
    """GET the bot's application."""
    return payload.application_private(call.world, call.application)


async def application_emojis(call: Call) -> dict[str, Any]:
    """GET the application's own emojis: none."""
    _own(call)
    return {"items": []}


async def entitlements(call: Call) -> list[Any]:
    """GET what was bought: nothing."""
    _own(call)
    return []


def _own(call: Call) -> None:
    if call.id("application_id") != call.application.id:
        raise MISSING_ACCESS
