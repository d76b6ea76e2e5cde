"""Two editors at once: whoever saves second is told who changed what, and then decides. Nobody's work is overwritten in silence."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cogs.panels.service import revisions
from cogs.panels.service.edits import ChangedMeanwhile
from cogs.panels.service.revisions import Revision
from cogs.panels.ui import verbs
from cogs.panels.ui.change_words import change_lines, nothing_seen, person
from cogs.panels.ui.components import button, row
from cogs.panels.ui.words import CONTENT_MAX
from core.components import MORE, Payload, fit, text_message
from core.errors import UserError
from core.facts import guild_facts
from core.handlers import Press
from core.i18n import Translator
from core.markup import Markup
from domain.custom_id import encode
from domain.panel_changes import Changes, changes
from domain.panels import ButtonColour, PanelSpec
from domain.role_safety import GuildFacts

STEPS_MAX = 20  # changes that are told: more would not fit into a message


class Overtaken(UserError):
    """A form was sent after somebody else had changed the panel. What was typed is kept in a draft."""

    def __init__(self, error: ChangedMeanwhile, happened: "Happened", draft_id: int) -> None:
        super().__init__(error.message, **error.values)
        self._panel_id, self._version, self._happened, self._draft_id = error.panel_id, error.version, happened, draft_id

    def payload(self, t: Translator) -> Payload:
        """What happened, and the ways on: apply again, look at the form again, or leave it as it is."""
        again = button(encode(verbs.AGAIN, self._draft_id, self._version), t("Apply mine again"), ButtonColour.BLURPLE)
        form = button(encode(verbs.FIX, self._draft_id, self._version), t("Open the form again"))
        reload = button(encode(verbs.HOME, self._panel_id), t("Show the panel as it is now"))
        lines = [t("The panel was changed in the meantime, so nothing was saved. This is what happened:"), *self._happened.lines(t)]
        return text_message(fit(lines, CONTENT_MAX, t), components=[row(again, form, reload)])


@dataclass(frozen=True, slots=True)
class Step:
    """One change, and the panel before it; None where that is not kept."""

    revision: Revision
    before: PanelSpec | None

    @property
    def found(self) -> Changes:
        """What the revision changed: worked out when it is asked for, because of many only the first are told."""
        return changes(self.before, self.revision.panel) if self.before else Changes()


class Happened:
    """What was changed on a panel since a version that somebody saw, oldest first."""

    def __init__(self, shown: Revision | None, since: Sequence[Revision], facts: GuildFacts) -> None:
        self._steps = [Step(one, before.panel if before else None) for before, one in zip([shown, *since], since, strict=False)]
        self._facts = facts

    @classmethod
    async def to(cls, panel_id: int, shown: int, facts: GuildFacts) -> "Happened":
        """Everything since a version. What lies so far back that it is no longer kept is not known."""
        since = await revisions.since(panel_id, shown)
        known = bool(since) and since[0].version == shown + 1
        return cls(await revisions.find(panel_id, shown) if known else None, since, facts)

    def lines(self, t: Translator, *, but_by: int | None = None) -> list[Markup]:
        """A line for each change: who, when, and what; those `but_by` somebody are left out."""
        told = [step for step in self._steps if but_by is None or step.revision.author_id != but_by]
        lines = [self._line(step, t) for step in told[:STEPS_MAX]]
        return [*lines, t(MORE, n=len(told) - STEPS_MAX)] if len(told) > STEPS_MAX else lines

    def _line(self, step: Step, t: Translator) -> Markup:
        one = step.revision
        words = change_lines(step.found, step.before, one.panel, self._facts, t) if step.before else [t("first version that is kept")]
        what = Markup(" · ").join(words or [nothing_seen(one.author_id, t)])
        return Markup("• {} · {} · {}").format(person(one.author_id, t), revisions.moment(one), what)

    def touched(self, names: Collection[str], role_id: int | None, *, but_by: int) -> bool:
        """Whether somebody else changed one of these fields of the panel, or of the role on it with this id, or may have."""
        return any(
            step.before is None or any(change.field in names and change.role_id == role_id for change in step.found.fields)
            for step in self._steps
            if step.revision.author_id != but_by
        )


async def overtaken(press: Press, error: ChangedMeanwhile, draft_id: int) -> Overtaken:
    """The refusal of a form that came too late."""
    return Overtaken(error, await Happened.to(error.panel_id, error.shown, guild_facts(press.member.guild)), draft_id)


async def news(press: Press, panel_id: int, facts: GuildFacts) -> list[Markup]:
    """What others changed since the screen that was clicked on was drawn: its custom_ids tell the version."""
    if press.shown is None:
        return []
    happened = (await Happened.to(panel_id, press.shown, facts)).lines(press.answer.t, but_by=press.member.id)
    return [press.answer.t("Others have changed this panel since you last looked:"), *happened] if happened else []


async def overwritten(press: Press, panel_id: int, facts: GuildFacts, names: Collection[str], role_id: int | None) -> bool:
    """Whether a pick on this screen would undo what somebody else did to the same fields since it was drawn."""
    if press.shown is None:
        return False
    happened = await Happened.to(panel_id, press.shown, facts)
    return await asyncio.to_thread(happened.touched, names, role_id, but_by=press.member.id)
