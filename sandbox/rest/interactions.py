"""Answers to interactions and their webhooks. The token in the path is the permission; no bot token is asked for."""

from typing import TYPE_CHECKING, Any

from sandbox import payload
from sandbox.interactions.record import Interaction, Reply
from sandbox.rest.router import Answer, Call, Router

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_WEBHOOK = "/webhooks/{application_id}/{token}"


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module. Discord counts none of them in the global limit."""
    router.post("/interactions/{interaction_id}/{token}/callback", callback, auth=False, unlimited=True)
    router.post(_WEBHOOK, follow_up, auth=False, unlimited=True)
    router.get(f"{_WEBHOOK}/messages/{{message_id}}", get_message, auth=False, unlimited=True)
    router.patch(f"{_WEBHOOK}/messages/{{message_id}}", edit_message, auth=False, unlimited=True)
    router.delete(f"{_WEBHOOK}/messages/{{message_id}}", delete_message, auth=False, unlimited=True)


async def callback(call: Call) -> Answer:
    """POST …/callback: 204, or 200 with what came of it for `with_response=true`."""
    token = call.params["token"]
    interaction = call.sandbox.interactions.answer(call.id("interaction_id"), token, call.json(), call.uploads)
    return Answer(200, _response(call, interaction)) if call.flag("with_response") else Answer(204)


async def follow_up(call: Call) -> dict[str, Any]:
    """POST of a followup message: always as with `wait=true`."""
    interaction = _acknowledged(call)
    message = call.sandbox.interactions.follow_up(interaction, call.json(), call.uploads)
    return payload.message(call.world, message)


async def get_message(call: Call) -> dict[str, Any]:
    """GET of `@original` or a followup."""
    interaction = _acknowledged(call)
    return payload.message(call.world, call.sandbox.interactions.message(interaction, call.params["message_id"]))


async def edit_message(call: Call) -> dict[str, Any]:
    """PATCH of `@original` or a followup."""
    interaction = _acknowledged(call)
    message = call.sandbox.interactions.message(interaction, call.params["message_id"])
    return payload.message(call.world, call.sandbox.interactions.edit(interaction, message, call.json(), call.uploads))


async def delete_message(call: Call) -> None:
    """DELETE of `@original` or a followup."""
    interaction = _acknowledged(call)
    call.sandbox.interactions.delete(interaction, call.sandbox.interactions.message(interaction, call.params["message_id"]))


def _acknowledged(call: Call) -> Interaction:
    return call.sandbox.interactions.acknowledged(call.id("application_id"), call.params["token"])


def _response(call: Call, interaction: Interaction) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": int(interaction.kind)}
    if interaction.original:
        about |= {
            "response_message_id": str(interaction.original.id),
            "response_message_loading": interaction.reply == Reply.DEFERRED_MESSAGE,
            "response_message_ephemeral": interaction.ephemeral,
        }
    out: dict[str, Any] = {"interaction": about}
    reply, message = interaction.reply, interaction.original
    if (reply is Reply.MESSAGE or reply is Reply.UPDATE) and message:
        out["resource"] = {"type": reply.value, "message": payload.message(call.world, message)}
    return out
