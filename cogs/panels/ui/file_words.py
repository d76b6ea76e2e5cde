"""What is wrong with a file, in one sentence."""

from core.errors import UserError
from core.i18n import N_
from core.markup import code
from domain.file_reader import Fault, FaultKind

FAULTS = {
    FaultKind.NOT_UTF8: N_("This is not a text file in UTF-8. Save it as UTF-8 in your editor, then try again."),
    FaultKind.BROKEN: N_("This is not a TOML file that can be read: {reason}"),
    FaultKind.TOO_DEEP: N_("The file is nested far more deeply than a file of panels is."),
    FaultKind.NOT_A_PANEL_FILE: N_("This is not a file of role panels: it has no line `format = 1`. `/panel export` makes one."),
    FaultKind.OTHER_VERSION: N_("The file is of another version of the bot. This one reads files with `format = {known}`."),
    FaultKind.NO_PANELS: N_("There is no panel in this file."),
    FaultKind.UNKNOWN_KEY: N_("The file has an entry that the bot does not know: {where}."),
    FaultKind.MISSING: N_("The entry {where} is missing in the file."),
    FaultKind.NOT_A_TEXT: N_("The entry {where} must be a text in quotation marks."),
    FaultKind.NOT_A_NUMBER: N_("The entry {where} must be a whole number."),
    FaultKind.NOT_A_FLAG: N_("The entry {where} must be `true` or `false`."),
    FaultKind.NOT_TABLES: N_("The entry {where} must be a list of tables."),
    FaultKind.EMPTY: N_("The entry {where} must not be empty."),
    FaultKind.TOO_LONG: N_("The text {where} is too long: it may have at most {limit} characters, and it has {length}."),
    FaultKind.UNREADABLE: N_("The text {where} has a character in it that cannot be kept."),
    FaultKind.NOT_ONE_OF: N_("The entry {where} must be one of: {choices}."),
    FaultKind.OUT_OF_RANGE: N_("The number {where} must be from {low} to {high}."),
    FaultKind.NOT_A_COLOUR: N_("The entry {where} must be a colour such as `#3498db`."),
    FaultKind.NOT_HTTPS: N_("The entry {where} must be an address that begins with `https://`."),
    FaultKind.NOT_A_PICTURE: N_("The entry {where} is not an address of a picture that Discord can show."),
    FaultKind.NOT_AN_EMOJI: N_("The entry {where} is not an emoji that can be used on a panel."),
    FaultKind.ROLE_TWICE: N_("The role at {where} is on the same panel twice."),
    FaultKind.NEEDED_AND_BLOCKED: N_("The entry {where} names a role that is needed and forbidden at the same time."),
    FaultKind.TOO_MANY: N_("The list {where} is too long: it may have at most {limit} entries, and it has {count}."),
}
WHERE_MAX = 100


def refusal(fault: Fault) -> UserError:
    """The fault as a refusal for the person whose file it is."""
    shown = {"where": code(fault.where[:WHERE_MAX]), "reason": code(str(fault.values.get("reason", "")))}
    return UserError(FAULTS[fault.kind], **fault.values | shown)
