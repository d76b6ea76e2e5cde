"""What a user does with messages, their components and modals; and who that user is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandbox.driver import Actor, ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.permissions import Permission, rank
from sandbox.webclient.operations import values
from sandbox.webclient.request import Invalid, Request, file
from sandbox.webclient.sections.people import shown_name
from sandbox.world import Channel

if TYPE_CHECKING:
    from sandbox.webclient.window import Window

FOUND_AT_MOST = 25
CATEGORY = 4


async def act_as(window: "Window", request: Request) -> None:
    """Another user sits down before the window."""
    user = request.user(window.sandbox.world)
    if user.bot:
        raise Invalid("nobody can act as a bot")
    window.act_as(user)


async def post(window: "Window", request: Request) -> dict[str, str]:
    """Post a message."""
    files = [file(one) for one in request.list("files")]
    message = await looking(window, request).say(request.text("content", ""), files=files)
    return {"message_id": str(message.id)}


async def delete_message(window: "Window", request: Request) -> None:
    """Delete a message."""
    message = message_of(window, request)
    message.actor.delete(message)


async def dismiss(window: "Window", request: Request) -> None:
    """Close an ephemeral message, in every window of this user."""
    message = message_of(window, request)
    message.actor.dismiss(message)
    for other in window.hub.windows:
        other.look_at(message.record.channel_id, message.id)


async def click(window: "Window", request: Request) -> dict[str, str]:
    """Click a button."""
    message, custom_id = message_of(window, request), request.text("custom_id")
    button = next((one for one in message.buttons if one.custom_id == custom_id), None)
    if button is None:
        raise ClientRefusal("the button is not there any more")
    return begun(window, await message.click(button))


async def select(window: "Window", request: Request) -> dict[str, str]:
    """Pick in a dropdown."""
    message, custom_id = message_of(window, request), request.text("custom_id")
    menu = next((one for one in message.selects if one.custom_id == custom_id), None)
    if menu is None:
        raise ClientRefusal("the dropdown is not there any more")
    return begun(window, await message.select(menu, values.picked(message.actor, menu.data, request.list("values"))))


async def submit_modal(window: "Window", request: Request) -> dict[str, str]:
    """Send a modal."""
    modal = window.modal(request.id("interaction_id"))
    return begun(window, await modal.submit(values.fields(modal, request.table("values"))))


async def search(window: "Window", request: Request) -> dict[str, Any]:
    """What a select offers for what is typed into it: names that begin so first, then those that hold it."""
    actor = looking(window, request)
    kind = request.one_of("kind", ("user", "role", "mentionable", "channel"))
    query, types = request.text("query", "").strip().lstrip("@#").casefold(), request.list("channel_types")
    if kind == "channel":
        entities = list(_channels(actor, types))
    else:
        entities = [*(_users(actor) if kind != "role" else ()), *(_roles(actor) if kind != "user" else ())]
    found = [entity for entity in entities if query in entity["name"].casefold() or query in entity["detail"].casefold()]
    found.sort(key=lambda entity: not entity["name"].casefold().startswith(query))
    return {"entities": found[:FOUND_AT_MOST]}


async def open_dm(window: "Window", request: Request) -> dict[str, str]:
    """Open the direct messages with a bot."""
    bot = request.user(window.sandbox.world)
    if not bot.bot:
        raise Invalid("direct messages are with bots here")
    channel = window.sandbox.world.dm_between(window.user.id, bot.id)
    window.hub.world_changed()
    return {"channel_id": str(channel.id)}


OPERATIONS = {
    one.__name__: one for one in (act_as, post, delete_message, dismiss, click, select, submit_modal, search, open_dm)
}  # fmt: skip


def looking(window: "Window", request: Request) -> Actor:
    """The acting user before the channel of the request. Raises ClientRefusal."""
    return window.actor(window.sandbox.world.channel(request.id("channel_id")))


def message_of(window: "Window", request: Request) -> MessageView:
    """The message of the request, as the acting user sees it. Raises ClientRefusal."""
    actor = looking(window, request)
    record = window.sandbox.world.message(actor.channel.id, request.id("message_id"))
    if not actor.can_see(record):
        raise ClientRefusal(f"{window.user.username} does not see that message")
    return MessageView(actor, record)


def begun(window: "Window", result: Any) -> dict[str, str]:
    """The reply to what began an interaction; from here on the window hears of it."""
    return {"interaction_id": str(window.track(result.interaction).id)}


def _users(actor: Actor) -> Iterator[dict[str, Any]]:
    world = actor.sandbox.world
    if actor.channel.guild_id is None:
        for user_id in actor.channel.recipient_ids:
            yield _entity("user", world.user(user_id).id, shown_name(world.user(user_id)), world.user(user_id).username)
        return
    people = [(shown_name(world.user(m.user_id), m), world.user(m.user_id)) for m in actor.guild.members.values()]
    for name, user in sorted(people, key=lambda pair: (pair[0].casefold(), pair[1].id)):
        yield _entity("user", user.id, name, user.username)


def _roles(actor: Actor) -> Iterator[dict[str, Any]]:
    if actor.channel.guild_id is not None:
        for role in sorted(actor.guild.roles.values(), key=rank, reverse=True):
            yield _entity("role", role.id, role.name, "", role.color)


def _channels(actor: Actor, types: list[Any]) -> Iterator[dict[str, Any]]:
    if actor.channel.guild_id is None:
        return

    def order(channel: Channel) -> tuple[int, int]:
        return (channel.position, channel.id)

    for channel in sorted(actor.guild.channels.values(), key=order):
        if actor.permissions(channel) & Permission.VIEW_CHANNEL and (channel.type in types if types else channel.type != CATEGORY):
            parent = actor.guild.channels.get(channel.parent_id or 0)
            yield _entity("channel", channel.id, channel.name, parent.name if parent else "")


def _entity(kind: str, found_id: int, name: str, detail: str, color: int = 0) -> dict[str, Any]:
    return {"kind": kind, "id": str(found_id), "name": name, "detail": detail, "color": color}
