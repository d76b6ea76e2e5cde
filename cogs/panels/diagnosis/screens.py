"""The doctor's screen: each finding with what it means and what mends it, in Components V2 so that a button stands beside each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from discord import ComponentType

from cogs.panels.diagnosis.words import BUTTONS, ICONS, Names, finding_text
from cogs.panels.ui import verbs
from cogs.panels.ui.components import button, row
from cogs.panels.ui.words import unseen
from core.components import IS_COMPONENTS_V2, Payload, fit
from core.i18n import Translator
from core.markup import Markup, moment_shown
from domain.custom_id import encode
from domain.diagnosis import Finding, Mend, Severity
from domain.panels import ButtonColour

# https://docs.discord.com/developers/components/reference: 40 components and 4000 characters on a message
FINDINGS_PER_PAGE = 8
PAGE_CHARACTERS, NOTICES_MAX = 2800, 800
MENDS = tuple(Mend)


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor found. `scope` is the panel that was examined, 0 for the whole server; `unseen` messages were not looked at.

    `left_out` panels were too much for one check.
    """

    scope: int
    findings: list[Finding]
    names: Names
    panels: int
    left_out: int
    unseen: int
    by_administrator: bool
    at: datetime


def report_screen(report: Report, t: Translator, number: int = 0, notices: Iterable[Markup] = ()) -> Payload:
    """A page of findings, the worst first. `notices` tell what just happened."""
    pages = _pages(report, t, number)
    number = min(number, len(pages) - 1)
    parts = [_text(fit([*_summary(report, t), *notices], NOTICES_MAX, t))]
    first = sum(len(page) for page in pages[:number])
    for index, (finding, text) in enumerate(pages[number], start=first):
        mend = _mend_button(report, finding, number, index, t)
        parts.append(_section(text, mend) if mend else _text(text))
    again = button(encode(verbs.CHECK, report.scope, number), t("Check again"))
    turns = []
    if len(pages) > 1:
        turns = [
            button(encode(verbs.CHECK_PAGE, report.scope, max(number - 1, 0)), t("◀ Previous"), disabled=number == 0),
            button(encode(verbs.CHECK_PAGE, report.scope, number + 1), t("Next ▶"), disabled=number == len(pages) - 1),
        ]
    return {"flags": IS_COMPONENTS_V2, "components": [*parts, row(*turns, again)]}


def _pages(report: Report, t: Translator, number: int) -> list[list[tuple[Finding, Markup]]]:
    """As many findings on a page as Discord's limits let, up to the page behind the one with this number."""
    pages: list[list[tuple[Finding, Markup]]] = [[]]
    for finding in report.findings:
        text = finding_text(finding, report.names, t)
        used = sum(len(shown) for _, shown in pages[-1])
        if pages[-1] and (len(pages[-1]) >= FINDINGS_PER_PAGE or used + len(text) > PAGE_CHARACTERS):
            if len(pages) > number + 1:
                break
            pages.append([])
        pages[-1].append((finding, text))
    return pages


def _summary(report: Report, t: Translator) -> list[Markup]:
    scope = report.names.panels.get(report.scope)
    if scope:
        lines = [Markup("### {}").format(t("Check of the panel {name}", name=scope.name))]
    else:
        lines = [
            Markup("### {}").format(t("Check of this server")),
            t.plural("{n} panel was examined.", "{n} panels were examined.", report.panels),
        ]
    counts = {severity: sum(finding.severity is severity for finding in report.findings) for severity in reversed(Severity)}
    if report.findings:
        shown = " · ".join(f"{ICONS[severity]} {count}" for severity, count in counts.items() if count)
        lines.append(t.plural("{n} finding: {counts}", "{n} findings: {counts}", len(report.findings), counts=shown))
    else:
        lines.append(t("🟢 Everything is in order."))
    if report.left_out:
        lines.append(
            t.plural(
                "{n} panel was too much for one check. Check it alone.",
                "{n} panels were too much for one check. Check them one by one.",
                report.left_out,
            )
        )
    if report.unseen:
        lines.append(
            t.plural(
                "{n} message was not looked at this time. Check its panel alone for that.",
                "{n} messages were not looked at this time. Check their panels alone for that.",
                report.unseen,
            )
        )
    lines += unseen(report.names.facts, t)
    return [*lines, t("As of {time}.", time=moment_shown(report.at))]


def _mend_button(report: Report, finding: Finding, number: int, index: int, t: Translator) -> Payload | None:
    """The button that mends a finding, if the bot can and this person may."""
    if finding.mend is None or (finding.mend is Mend.CONFIRM and not report.by_administrator):
        return None
    mend = MENDS.index(finding.mend)
    custom_id = encode(verbs.MEND, report.scope, number, mend, finding.panel_id or 0, finding.subject, finding.permissions, index)
    colour = ButtonColour.RED if finding.mend is Mend.CONFIRM else ButtonColour.BLURPLE
    return button(custom_id, t(BUTTONS[finding.mend]), colour)


def _text(content: Markup) -> Payload:
    return {"type": ComponentType.text_display.value, "content": content}


def _section(content: Markup, accessory: Payload) -> Payload:
    return {"type": ComponentType.section.value, "components": [_text(content)], "accessory": accessory}
