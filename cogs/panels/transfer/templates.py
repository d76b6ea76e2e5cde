"""The panels to start from. Their roles are found by name or made."""

from dataclasses import dataclass

from core.i18n import N_, Translator
from domain.panel_file import PanelFile, RoleSketch
from domain.panels import ButtonColour, Mode, PanelSpec, RoleSpec, Style, label_of

Roles = tuple[tuple[str, str | None, int], ...]  # name, emoji, colour of the guild's role


@dataclass(frozen=True, slots=True)
class Template:
    """A panel to start from, in the source language."""

    name: str
    description: str
    style: Style
    mode: Mode
    roles: Roles
    label: str | None = None  # of the buttons, when it is not the role's name
    colour: ButtonColour = ButtonColour.GREY


TEMPLATES = {
    "colours": Template(
        N_("Colours"),
        N_("Choose the colour of your name."),
        Style.DROPDOWN,
        Mode.UNIQUE,
        (
            (N_("Red"), "🔴", 0xE74C3C),
            (N_("Orange"), "🟠", 0xE67E22),
            (N_("Yellow"), "🟡", 0xF1C40F),
            (N_("Green"), "🟢", 0x2ECC71),
            (N_("Blue"), "🔵", 0x3498DB),
            (N_("Purple"), "🟣", 0x9B59B6),
            (N_("Brown"), "🟤", 0x8B5A2B),
            (N_("White"), "⚪", 0xFFFFFF),
        ),
    ),
    "pronouns": Template(
        N_("Pronouns"),
        N_("How should others speak of you? Take as many as you like."),
        Style.BUTTONS,
        Mode.TOGGLE,
        (
            (N_("she/her"), None, 0),
            (N_("he/him"), None, 0),
            (N_("they/them"), None, 0),
            (N_("any pronouns"), None, 0),
            (N_("ask my pronouns"), None, 0),
        ),
    ),
    "regions": Template(
        N_("Regions"),
        N_("Where are you? Then others know when you are awake."),
        Style.DROPDOWN,
        Mode.UNIQUE,
        (
            (N_("Africa"), "🌍", 0),
            (N_("Americas"), "🌎", 0),
            (N_("Asia"), "🌏", 0),
            (N_("Europe"), "🇪🇺", 0),
            (N_("Oceania"), "🏝️", 0),
        ),
    ),
    "notifications": Template(
        N_("Notifications"),
        N_("What would you like to be pinged for?"),
        Style.BUTTONS,
        Mode.TOGGLE,
        (
            (N_("Announcements"), "📢", 0),
            (N_("Events"), "📅", 0),
            (N_("Polls"), "📊", 0),
            (N_("Streams"), "🎥", 0),
            (N_("Giveaways"), "🎁", 0),
        ),
        colour=ButtonColour.BLURPLE,
    ),
    "rules": Template(
        N_("Rules"),
        N_("Please read the rules of this server. When you accept them, the other channels open for you."),
        Style.BUTTONS,
        Mode.ADD_ONLY,
        ((N_("Member"), "✅", 0),),
        label=N_("I accept the rules"),
        colour=ButtonColour.GREEN,
    ),
}


def template_file(template: Template, t: Translator) -> PanelFile:
    """The template as a file, in the language of `t`."""
    chosen = [(t(name), emoji, colour) for name, emoji, colour in template.roles]
    roles = tuple(
        RoleSpec(
            item_id=0,
            role_id=-1 - index,
            label=t(template.label) if template.label else label_of(name),
            label_set=template.label is not None,
            emoji=emoji,
            colour=template.colour,
        )
        for index, (name, emoji, _) in enumerate(chosen)
    )
    panel = PanelSpec(
        panel_id=0,
        guild_id=0,
        version=0,
        name=t(template.name),
        title=t(template.name),
        description=t(template.description),
        style=template.style,
        mode=template.mode,
        roles=roles,
    )
    return PanelFile((panel,), {-1 - index: RoleSketch(name, colour) for index, (name, _, colour) in enumerate(chosen)})
