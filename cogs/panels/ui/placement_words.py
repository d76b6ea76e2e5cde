"""How it is told what a placed panel loses, gives out and lacks."""

from collections.abc import Iterable, Sequence

from cogs.panels.ui.words import REFUSED, powers, problem_sentence, unseen
from core.components import MORE, fit
from core.i18n import N_, Translator
from core.markup import Markup, bold, role_mention
from domain.placement import LeftOut, Placement, Unmatched
from domain.plan import Refusal
from domain.role_safety import GuildFacts, Problem

UNMATCHED = {
    Unmatched.MISSING: N_("There is no role named {role} here."),
    Unmatched.AMBIGUOUS: N_("Several roles here are named {role}, so it is unclear which is meant."),
    Unmatched.TWICE: N_("{role} is on the panel already."),
}


LEFT_OUT_SHOWN = 30  # of a panel: more would not fit beside it in any message
ROOM_MIN = 600  # characters for what is told beside the powerful roles

TOO_POWERFUL = N_(
    "⛔ There are more powerful roles in this than can be shown here, so it cannot be done. Add such roles in the editor, a few at a time."
)


def question(
    lines: list[Markup], placements: Sequence[Placement], after: list[Markup], facts: GuildFacts, t: Translator, limit: int
) -> tuple[Markup, bool]:
    """The text of a question, and whether it tells enough for a yes: `lines`, the powerful roles, and what comes `after` them.

    Whoever says yes confirms the powerful roles, so they are never what is cut off.
    """
    below = [*powerful_lines(placements, facts, t), *after]
    room = limit - len("\n".join(["", *below]))
    if room < ROOM_MIN:
        return fit([t(TOO_POWERFUL), *lines], limit, t), False
    return Markup("\n").join([fit(lines, room, t), *below]), True


def left_out_lines(placement: Placement, facts: GuildFacts, t: Translator) -> list[Markup]:
    """What does not come along, and why."""
    if not placement.left_out:
        return []
    lines = [t("Left out:"), *(Markup("• {}").format(_left_out(left, facts, t)) for left in placement.left_out[:LEFT_OUT_SHOWN])]
    more = len(placement.left_out) - LEFT_OUT_SHOWN
    return [*lines, t(MORE, n=more)] if more > 0 else lines


def powerful_lines(placements: Iterable[Placement], facts: GuildFacts, t: Translator) -> list[Markup]:
    """What an administrator gives out with it."""
    powerful = {role_id: bits for placement in placements for role_id, bits in placement.powerful.items()}
    if not powerful:
        return []
    lines = [t("⚠️ Powerful: whoever takes one of these roles gets its permissions, and you confirm that:")]
    told = [Markup("• {}: {}").format(role_mention(role_id), powers(facts.roles[role_id], t, bits)) for role_id, bits in powerful.items()]
    return [*lines, *told, *unseen(facts, t)]


def unmet_lines(placements: Iterable[Placement], t: Translator) -> list[Markup]:
    """Why it cannot be done without roles that the guild lacks."""
    names = dict.fromkeys(name for placement in placements for name in placement.unmet)
    return [
        t(
            "⛔ Members need the role {role} for this, which does not exist here. Without it the panel would be open to everyone.",
            role=bold(name),
        )
        for name in names
    ]


def _left_out(left: LeftOut, facts: GuildFacts, t: Translator) -> Markup:
    match left.reason:
        case Unmatched():
            return t(UNMATCHED[left.reason], role=bold(left.name))
        case Problem() if left.role_id is not None:
            return problem_sentence(REFUSED, Refusal(left.role_id, left.reason), facts, t)
        case Problem():
            return t(REFUSED[left.reason], role=bold(left.name))
