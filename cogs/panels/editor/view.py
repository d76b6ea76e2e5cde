"""What every screen of the editor is drawn from and made of. Pure: from plain values to payloads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cogs.panels.posting.postings import Condition, Posting
from cogs.panels.ui import verbs
from cogs.panels.ui.components import OPTIONS_MAX, button
from cogs.panels.ui.words import CONTENT_MAX, WARNINGS, link, problem_sentence
from core.components import Payload, fit, text_embed, text_message
from core.i18n import N_, Translator
from core.markup import Markup, channel_mention, moment_shown
from domain import clock
from domain.custom_id import encode
from domain.panels import PanelSpec, RoleSpec
from domain.plan import Refusal
from domain.role_safety import GuildFacts, item_problem

EMBED_DESCRIPTION_MAX = 4096
ROLES_PER_SCREEN = OPTIONS_MAX
CHANNELS_SHOWN, LINKS_SHOWN = 8, 3  # the addresses of many messages would push all else off the screen

STATES = {
    Condition.LIVE: N_("🟢 Live in {channel}: {messages}"),
    Condition.UPDATING: N_("🔵 Updating in {channel}: {messages}"),
    Condition.OUT_OF_DATE: N_("🟠 Out of date in {channel}, because Discord did not take the last edit. The bot tries again. {messages}"),
    Condition.MISSING: N_("🔴 A message in {channel} was deleted. Post the panel there again to bring it back."),
    Condition.POSTING: N_("⏳ Being posted in {channel}"),
    Condition.LEAVING: N_("⏳ Being taken out of {channel}"),
    Condition.UNREACHABLE: N_("⚫ The bot does not see {channel}. Give it View Channel there, or move the panel."),
}


@dataclass(frozen=True, slots=True)
class View:
    """What every screen is drawn from; `at` is when all this was so, `news` what others changed since the person last looked."""

    panel: PanelSpec
    postings: tuple[Posting, ...]
    facts: GuildFacts
    by_administrator: bool
    t: Translator
    at: datetime = field(default_factory=clock.now)
    news: tuple[Markup, ...] = ()

    def id(self, verb: str, *args: int) -> str:
        """The custom_id of a component of this panel's editor; the version that the person sees travels in it."""
        return encode(verb, self.panel.panel_id, *args, shown=self.panel.version)

    def back(self, page: int = 0) -> Payload:
        """The way to the main screen, at a page of roles."""
        return button(self.id(verbs.HOME, page), self.t("Back"))

    def page_of(self, item_id: int) -> int:
        """The page of roles that an item stands on."""
        items = [role.item_id for role in self.panel.roles]
        return items.index(item_id) // ROLES_PER_SCREEN if item_id in items else 0

    def warning(self, spec: RoleSpec) -> Markup | None:
        """Why members cannot get this role now."""
        problem = item_problem(self.facts, spec, spec)
        return problem_sentence(WARNINGS, Refusal(spec.role_id, problem), self.facts, self.t, self.panel) if problem else None


@dataclass(frozen=True, slots=True)
class RolePage:
    """Up to 25 of a panel's roles: what one select and one screen hold."""

    number: int
    count: int
    first: int
    roles: tuple[RoleSpec, ...]
    of: int

    @classmethod
    def at(cls, panel: PanelSpec, number: int) -> "RolePage":
        """The page with this number, or the last one when there are fewer by now."""
        count = max(1, -(-len(panel.roles) // ROLES_PER_SCREEN))
        number = min(number, count - 1)
        first = number * ROLES_PER_SCREEN
        return cls(number, count, first, panel.roles[first : first + ROLES_PER_SCREEN], len(panel.roles))

    def caption(self, text: Markup, t: Translator) -> Markup:
        """The text, with the range of roles where there are several pages."""
        if self.count == 1:
            return text
        last = self.first + len(self.roles)
        return t("{text} ({first}–{last} of {count})", text=text, first=self.first + 1, last=last, count=self.of)

    def turns(self, view: View, verb: str, *args: int) -> list[Payload]:
        """The buttons to the neighbouring pages; `args` stand behind the page's number."""
        if self.count == 1:
            return []
        before = button(view.id(verb, max(0, self.number - 1), *args), view.t("◀ Previous"), disabled=self.number == 0)
        # The next page has another number than the previous one, so the two custom_ids differ.
        after = button(view.id(verb, self.number + 1, *args), view.t("Next ▶"), disabled=self.number == self.count - 1)
        return [before, after]


def screen(view: View, lines: list[Markup], rows: list[Payload], notices: Iterable[Markup] = ()) -> Payload:
    """A screen of this panel: what just happened, the text, and the rows of controls. Its footer tells the version that it shows."""
    title, version = view.t("Panel: {name}", name=view.panel.name), view.t("Version {version}", version=view.panel.version)
    embed = text_embed(title, fit(lines, EMBED_DESCRIPTION_MAX, view.t), footer=version)
    return text_message(fit([*notices, *view.news], CONTENT_MAX, view.t), embeds=[embed], components=rows)


def states(guild_id: int, postings: tuple[Posting, ...], t: Translator) -> list[Markup]:
    """Where a panel stands and how, a line for each of the first channels."""
    lines = [state(guild_id, posting, t) for posting in postings[:CHANNELS_SHOWN]]
    if len(postings) > CHANNELS_SHOWN:
        lines.append(t("… and {n} more", n=len(postings) - CHANNELS_SHOWN))
    return lines or [t("⚪ Draft, not posted yet")]


def state(guild_id: int, posting: Posting, t: Translator) -> Markup:
    """How a panel stands in one channel."""
    links = [link(guild_id, posting.channel_id, message_id) for message_id in posting.message_ids]
    names = [t("Go to the message")] if len(links) == 1 else [str(number) for number in range(1, len(links) + 1)]
    # A bare link would be shown with the channel's name once more.
    shown = [Markup("[{}]({})").format(name, address) for name, address in list(zip(names, links, strict=True))[:LINKS_SHOWN]]
    if len(links) > LINKS_SHOWN:
        shown.append(t("… and {n} more", n=len(links) - LINKS_SHOWN))
    return t(STATES[posting.condition], channel=channel_mention(posting.channel_id), messages=Markup(" ").join(shown))


def as_of(view: View) -> Markup:
    """When the state was so."""
    return view.t("As of {time}.", time=moment_shown(view.at))
