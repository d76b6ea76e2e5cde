"""What will be made of a file, a clone or a template, shown before it is made. Pure, like all screens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cogs.panels.ui import verbs
from cogs.panels.ui.components import button, row
from cogs.panels.ui.placement_words import left_out_lines, question, unmet_lines
from cogs.panels.ui.words import CONTENT_MAX, MODES, STYLES
from core.components import Payload, fit, text_embed, text_message
from core.i18n import BETWEEN, Translator
from core.markup import Markup, bold
from domain.custom_id import encode
from domain.panel_file import RoleSketch
from domain.panels import ButtonColour, Mode, PanelSpec
from domain.placement import Placement, digest
from domain.role_safety import GuildFacts

EMBED_DESCRIPTION_MAX = 4096
ROLES_MADE_MAX = 50  # at once
NAMES_MAX = 1000  # characters


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits for a yes. `lost` are custom emojis that the bot cannot use here; `may_make` whether missing roles can be made."""

    draft_id: int
    placements: tuple[Placement, ...]
    missing: tuple[RoleSketch, ...]
    lost: tuple[str, ...]
    may_make: bool


def proposal(shown: Proposal, facts: GuildFacts, taken: Collection[str], t: Translator, notices: Sequence[Markup] = ()) -> Payload:
    """Every panel that will be made, with what is left out of it; `taken` are the names of the guild's panels, without case."""
    lines, named = unmet_lines(shown.placements, t), set(taken)
    for placement in shown.placements:
        lines += [_panel(placement.panel, named, t), *left_out_lines(placement, facts, t)]
        named.add(placement.panel.name.casefold())
    after: list[Markup] = []
    if shown.lost:
        after.append(
            t("Emojis that the bot cannot use here, so they are left out: {emojis}", emojis=fit(shown.lost, NAMES_MAX, t, t(BETWEEN)))
        )
    if shown.missing:
        names = fit([role.name for role in shown.missing], NAMES_MAX, t, t(BETWEEN))
        after += [Markup(), t("Roles that do not exist here: {roles}", roles=names)]
        after.append(_making(shown, t))
    text, told = question(lines, shown.placements, after, facts, t, EMBED_DESCRIPTION_MAX)
    content = fit(notices, CONTENT_MAX, t)
    return text_message(content, embeds=[text_embed(t("This will be made"), text)], components=[row(*_buttons(shown, t, told=told))])


def made(panels: Sequence[PanelSpec], t: Translator) -> Markup:
    """The answer when several panels were made."""
    names = fit([panel.name for panel in panels], NAMES_MAX, t, t(BETWEEN))
    return t("These panels were made: {names}. `/panel edit` opens them.", names=names)


def _buttons(shown: Proposal, t: Translator, *, told: bool) -> list[Payload]:
    proof, count = digest(shown.placements), len(shown.placements)
    buttons: list[Payload] = []
    if _can_make(shown):
        label = t.plural("Make {n} role and the panel", "Make {n} roles and the panel", len(shown.missing))
        if count > 1:
            label = t.plural("Make {n} role and the panels", "Make {n} roles and the panels", len(shown.missing))
        buttons.append(button(encode(verbs.TRANSFER, shown.draft_id, proof, 1), label, ButtonColour.GREEN, disabled=not told))
    if shown.missing:
        without = t("Make the panel without them") if count == 1 else t("Make {n} panels without them", n=count)
    else:
        without = t("Make the panel") if count == 1 else t("Make {n} panels", n=count)
    unmet = any(placement.unmet for placement in shown.placements)
    colour = ButtonColour.GREY if buttons else ButtonColour.GREEN
    buttons.append(button(encode(verbs.TRANSFER, shown.draft_id, proof, 0), without, colour, disabled=unmet or not told))
    buttons.append(button(encode(verbs.TRANSFER_CANCEL, shown.draft_id), t("Cancel")))
    return buttons


def _can_make(shown: Proposal) -> bool:
    return shown.may_make and 0 < len(shown.missing) <= ROLES_MADE_MAX


def _making(shown: Proposal, t: Translator) -> Markup:
    if not shown.may_make:
        return t("They can be made only when both you and the bot have the permission Manage Roles.")
    if len(shown.missing) > ROLES_MADE_MAX:
        return t(
            "The bot makes at most {limit} roles at once, so these have to be made in the server's role settings.", limit=ROLES_MADE_MAX
        )
    return t("They can be made, without any permission, at the bottom of the role list.")


def _panel(panel: PanelSpec, taken: Collection[str], t: Translator) -> Markup:
    parts = [bold(panel.name), t(STYLES[panel.style]), t.plural("{n} role", "{n} roles", len(panel.roles))]
    if panel.mode is not Mode.TOGGLE:
        parts.insert(2, t(MODES[panel.mode][0]))
    if panel.link_group:
        parts.append(t("linked as {group}", group=panel.link_group))
    if panel.name.casefold() in taken:
        parts.append(t("gets a number, because the name is taken"))
    return Markup(" · ").join(parts)
