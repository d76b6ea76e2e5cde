"""What a person is told whose change opens a role: that they may not, or the question whether they mean it."""

import hashlib
from collections.abc import Collection

from cogs.panels.service.access import Editor
from cogs.panels.service.draft_store import keep
from cogs.panels.ui import verbs
from cogs.panels.ui.components import button, row
from cogs.panels.ui.words import powers, role_name, unseen
from core.components import Payload, fit, text_message
from core.errors import UserError
from core.i18n import N_, Translator
from core.markup import Markup
from domain.custom_id import encode
from domain.openings import Barred, Respect, Respects
from domain.panels import ButtonColour
from domain.role_safety import GuildFacts, Problem

EMBED_DESCRIPTION_MAX = 4096
RESPECTS = {
    Respect.PLACED: N_("being on the panel"),
    Respect.BUNDLE: N_("what is given along with another role"),
    Respect.REQUIRED: N_("the roles that a member needs"),
    Respect.BLOCKED: N_("the roles that a member must not have"),
    Respect.MODE: N_("what a click does"),
    Respect.MINIMUM: N_("the least number of roles"),
    Respect.MAXIMUM: N_("the greatest number of roles"),
    Respect.PLACES: N_("the number of places"),
    Respect.WHO_COUNTS: N_("who counts towards the places"),
    Respect.DURATION: N_("how long members keep it"),
    Respect.LINK_GROUP: N_("which panels are linked"),
    Respect.STICKY: N_("giving roles back to who returns"),
    Respect.SCREENING: N_("waiting for the server's screening"),
    Respect.AUDIENCE: N_("the channel where the panel stands"),
    Respect.CONFIRMATION: N_("the permissions that are confirmed"),
}
NOT_YOURS = {
    Problem.ABOVE_EDITOR: N_(
        "Nothing was changed, because this would open {role} to members ({respects}), and it is not below your own highest role. "
        "Somebody with a role above it, or the server's owner, can do this."
    ),
    Problem.DANGEROUS: N_(
        "Nothing was changed, because this would open {role} to members ({respects}), and it has powerful permissions. "
        "An administrator can do this."
    ),
}
NOT_YOURS_TO_TAKE = {
    Problem.ABOVE_EDITOR: N_(
        "Nothing was changed, because clicks would take {role} from members ({respects}), and it is not below your own highest role. "
        "Somebody with a role above it, or the server's owner, can do this."
    ),
    Problem.DANGEROUS: N_(
        "Nothing was changed, because clicks would take {role} from members ({respects}), and it has powerful permissions. "
        "An administrator can do this."
    ),
}
TOO_MANY_TO_SHOW = N_(
    "Nothing was changed, because this opens more powerful roles at once than can be shown. Change them one after the other."
)
NOT_POSSIBLE = N_("Nothing was changed, because the bot cannot give {role}. `/panel check` tells an administrator why.")


class NotYoursToOpen(UserError):
    """A change would let more members have a role, or members lose one, and its author could not put that role on a panel."""

    def __init__(self, bar: Barred, facts: GuildFacts) -> None:
        sentences = NOT_YOURS_TO_TAKE if bar.taken else NOT_YOURS
        super().__init__(sentences.get(bar.problem, NOT_POSSIBLE), role=role_name(bar.role_id, facts))
        self.bar = bar

    def text(self, t: Translator) -> Markup:
        """The role, what opened it, and who can do this."""
        return t(self.message, **self.values, respects=_listed(self.bar.respects, t))


class Asked(UserError):
    """A change opens powerful roles, and the administrator who makes it is asked first. Nothing was saved; what they did is kept.

    `proof` stands for exactly what is shown, and for the versions of the panels that it is shown of.
    """

    def __init__(self, opened: Respects, facts: GuildFacts, versions: Collection[tuple[int, int]]) -> None:
        super().__init__(N_("Nothing was changed yet, because this opens powerful permissions to members. Do you mean it?"))
        self._opened = {role_id: sorted(opened[role_id]) for role_id in sorted(opened)}
        self._facts = facts
        bits = {role_id: facts.roles[role_id].power for role_id in self._opened}
        shown = repr((list(self._opened.items()), bits, sorted(versions)))
        self.proof = int.from_bytes(hashlib.sha256(shown.encode()).digest()[:7])
        self._draft_id: int | None = None

    async def keep(self, guild_id: int, by: Editor | None) -> None:
        """Remember what was sent, so that it can be done when the answer is yes."""
        if by and by.sent:
            draft = await keep(guild_id, by.user_id, by.sent.custom_id, by.sent.values)
            self._draft_id = draft.id

    def payload(self, t: Translator) -> Payload:
        """Each role with what it can do and what opens it, and the buttons. What has no room cannot be agreed to."""
        lines = [
            t(
                "• {role}: {permissions}. What opens it: {respects}.",
                role=role_name(role_id, self._facts),
                permissions=powers(self._facts.roles[role_id], t),
                respects=_listed(respects, t),
            )
            for role_id, respects in self._opened.items()
        ]
        lines += unseen(self._facts, t)
        text = fit(lines, EMBED_DESCRIPTION_MAX, t)
        if text != "\n".join(lines):
            return text_message(t(TOO_MANY_TO_SHOW), embeds=[{"description": text}], components=[])
        shown = text_message(self.text(t), embeds=[{"description": text}], components=[])
        if self._draft_id is None:
            return shown
        yes = button(encode(verbs.OPEN_ANYWAY, self._draft_id, self.proof), t("Do it anyway"), ButtonColour.RED)
        return {**shown, "components": [row(yes, button(encode(verbs.OPEN_NOT, self._draft_id), t("Leave it as it is")))]}


def _listed(respects: Collection[Respect], t: Translator) -> Markup:
    return t.listed(t(RESPECTS[respect]) for respect in sorted(respects))
