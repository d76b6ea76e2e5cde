"""Drafts: what was typed into a form that was refused is kept for a day, so that nobody has to type it again."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from discord import ComponentType

from cogs.panels.editor import forms
from cogs.panels.editor.appearance import screens
from cogs.panels.editor.base import PanelHandlers, argument, role_of
from cogs.panels.editor.conflicts import overtaken
from cogs.panels.editor.rules import forms as rule_forms
from cogs.panels.service import inputs
from cogs.panels.service.access import Editor
from cogs.panels.service.draft_store import keep
from cogs.panels.service.edits import ChangedMeanwhile
from cogs.panels.service.questions import Asked
from cogs.panels.ui import verbs
from cogs.panels.ui.components import button, row
from core.answer import Acknowledgement
from core.components import Payload, text_message
from core.errors import OUTDATED, UserError, Vanished
from core.handlers import Handler, Press, component
from core.i18n import N_, Translator
from core.markup import Markup
from domain import clock
from domain.custom_id import CustomId, decode, encode
from domain.panels import ButtonColour, PanelSpec
from models import Draft

KEPT = timedelta(hours=24)
SWEEP_PAUSE = 3600.0  # seconds

DRAFT_GONE = N_("What you typed is no longer kept. Please open the form again.")

# The forms that show what a panel has now; a draft's text is laid over it.
Form = Callable[[PanelSpec, tuple[int, ...], Translator], Payload]
FORMS: dict[str, Form] = {
    verbs.TEXT_SAVE: lambda panel, _, t: forms.text_modal(panel, t),
    verbs.ROLE_SAVE: lambda panel, args, t: forms.role_modal(panel, role_of(panel, args[1]), t),
    verbs.PICTURES_SAVE: lambda panel, _, t: screens.pictures_modal(panel, t),
    verbs.LIMITS_SAVE: lambda panel, _, t: rule_forms.limits_modal(panel, t),
    verbs.LINK_SAVE: lambda panel, _, t: rule_forms.link_modal(panel, t),
    verbs.TERMS_SAVE: lambda panel, args, t: rule_forms.terms_modal(panel, role_of(panel, args[1]), t),
}


class Refused(UserError):
    """A form's input was refused and kept: the answer has the button that opens the form with it."""

    def __init__(self, error: UserError, draft_id: int) -> None:
        super().__init__(error.message, **error.values)
        self.error, self.draft_id = error, draft_id

    def text(self, t: Translator) -> Markup:
        """The sentence of the refusal itself."""
        return self.error.text(t)

    def payload(self, t: Translator) -> Payload:
        """The sentence and the button."""
        return {**super().payload(t), "components": [row(button(encode(verbs.FIX, self.draft_id), t("Fix it"), ButtonColour.BLURPLE))]}


@asynccontextmanager
async def keeping(press: Press) -> AsyncIterator[None]:
    """Around the reading and saving of a submitted form: what is refused is kept. Raises Refused then."""
    try:
        yield
    except ChangedMeanwhile as error:
        raise await overtaken(press, error, (await _kept(press)).id) from None
    except (Vanished, Asked):
        raise  # nothing to mend in the form
    except UserError as error:
        raise Refused(error, (await _kept(press)).id) from None


async def _kept(press: Press) -> Draft:
    data: Any = press.interaction.data
    return await keep(press.member.guild.id, press.member.id, data["custom_id"], inputs.submitted(data))


async def sweep() -> None:
    """Forget old drafts."""
    await Draft.filter(created_at__lt=clock.now() - KEPT).delete()


def filled(form: Payload, values: dict[str, Any], role_ids: Collection[str]) -> Payload:
    """A form with what was typed laid over what it shows. `role_ids` are the guild's roles: one that is gone cannot be picked before."""
    return {**form, "components": [{**field, "component": _filled(field["component"], values, role_ids)} for field in form["components"]]}


def _filled(part: Payload, values: dict[str, Any], role_ids: Collection[str]) -> Payload:
    if part["custom_id"] not in values:
        return part
    value = values[part["custom_id"]]
    match part["type"]:
        case ComponentType.input_text.value:
            bare = {key: given for key, given in part.items() if key != "value"}
            return {**bare, "value": value[: part["max_length"]]} if value else bare
        case ComponentType.role_select.value:
            picked = [{"id": role_id, "type": "role"} for role_id in value or () if role_id in role_ids]
            return {**part, "default_values": picked} if picked else part
        case ComponentType.radio_group.value:
            return {**part, "options": [{**option, "default": option["value"] == value} for option in part["options"]]}
        case _:
            return part


async def own_draft(press: Press) -> Draft:
    """The draft that a custom_id claims. Raises UserError when it is somebody else's, or no longer kept."""
    draft = await Draft.get_or_none(id=argument(press, 0), guild_id=press.member.guild.id, user_id=press.member.id)
    if draft is None or draft.created_at < clock.now() - KEPT:
        raise UserError(DRAFT_GONE)
    return draft


class DraftHandlers(PanelHandlers):
    """The component handlers of "Fix it" and "Apply mine again"."""

    @component(verbs.FIX, Acknowledgement.MODAL)
    async def fix(self, press: Press) -> None:
        """Open a refused form again, with what was typed."""
        await Editor.of(press.interaction)
        draft = await own_draft(press)
        decoded = decode(draft.custom_id)
        if decoded.args:  # a form's last argument is the version that it shows: what happened after it is not to be overwritten unseen
            decoded = replace(decoded, args=(*decoded.args[:-1], argument(press, 1, decoded.args[-1])))
        form = await self._form(press, decoded)
        role_ids = {str(role.id) for role in press.member.guild.roles}
        await press.answer.modal(filled(form, draft.values, role_ids))

    @component(verbs.AGAIN, Acknowledgement.REDRAW)
    async def again(self, press: Press) -> None:
        """Send a form once more that came too late, now to the panel as its sender was told that it is."""
        await Editor.of(press.interaction)
        draft = await own_draft(press)
        decoded = decode(draft.custom_id)
        args = (*decoded.args[:-1], argument(press, 1))  # a form's last argument is the version that it showed
        press.interaction.data = inputs.submission(encode(decoded.verb, *args), draft.values)
        await self._handler(decoded.verb)(Press(press.interaction, press.answer, args))
        await draft.delete()

    @component(verbs.OPEN_ANYWAY, Acknowledgement.REDRAW, wide=(1,))
    async def open_anyway(self, press: Press) -> None:
        """Do once more what an administrator was asked about; when it would open something else by now, they are asked again."""
        await Editor.of(press.interaction)
        draft, proof = await own_draft(press), argument(press, 1)
        decoded = decode(draft.custom_id)
        press.interaction.data = inputs.submission(draft.custom_id, draft.values, proof)
        await self._handler(decoded.verb)(Press(press.interaction, press.answer, decoded.args, decoded.shown))
        await draft.delete()

    @component(verbs.OPEN_NOT, Acknowledgement.REDRAW)
    async def open_not(self, press: Press) -> None:
        """Leave what an administrator was asked about as it is."""
        await Editor.of(press.interaction)
        await (await own_draft(press)).delete()
        await press.answer.redraw(text_message(press.answer.t("Nothing was changed."), embeds=[], components=[]))

    def _handler(self, verb: str) -> Handler:
        """The method of this cog that takes a form."""
        for name in dir(type(self)):
            if getattr(getattr(type(self), name), "__component__", ("",))[0] == verb:
                return getattr(self, name)
        raise Vanished(OUTDATED)

    async def _form(self, press: Press, decoded: CustomId) -> Payload:
        t = press.answer.t
        if decoded.verb == verbs.CREATE:
            return forms.create_modal(t)
        panel = await self.service.get(press.member.guild.id, decoded.args[0])
        return {**FORMS[decoded.verb](panel, decoded.args, t), "custom_id": encode(decoded.verb, *decoded.args)}
