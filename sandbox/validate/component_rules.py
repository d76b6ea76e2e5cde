"""The rules across components: layouts, duplicates, totals, emojis; and the form in which Discord gives components back."""

import re
from typing import Any

from pydantic import BaseModel

from sandbox.validate import components as c
from sandbox.validate.emoji import ComponentEmoji, KnownEmoji, check_emoji
from sandbox.validate.forms import REQUIRED, Path, Problems, Url

MAX_ROWS, MAX_V2, MAX_TEXT = 5, 40, 4000
MAX_MODAL = 5
# Beside custom_id and url, of which the one excludes the other. The rule is documented, the error code is not known
# (https://docs.discord.com/developers/components/reference#button).
_FORBIDDEN = {c.PREMIUM: ("custom_id", "label", "url", "emoji")}
_URL = re.compile(r"^(https?|discord)://\S+$")


def check_message_components(parts: list[c.Component], v2: bool, known: KnownEmoji, path: Path, problems: Problems) -> None:
    """Note what is wrong with a message's components; `v2` is the IS_COMPONENTS_V2 flag."""
    everything = c.walk(parts, path)
    if not v2:
        for i, part in enumerate(parts):
            if part.type != c.ACTION_ROW:
                problems.add((*path, i), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        if len(parts) > MAX_ROWS:
            problems.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_ROWS} or fewer in length.")
    elif len(everything) > MAX_V2:
        problems.add(path, "COMPONENT_LAYOUT_TOO_MANY_COMPONENTS", f"The total number of components exceeds the maximum of {MAX_V2}")
    if sum(len(x.content) for _, x in everything if isinstance(x, c.TextDisplay)) > MAX_TEXT:
        problems.add(
            path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"Components displayable text size exceeds maximum size of {MAX_TEXT}"
        )
    _check_unique(everything, problems)
    for where, part in everything:
        if isinstance(part, c.ActionRow):
            _check_width(part, where, problems)
        elif isinstance(part, c.Button):
            _check_button(part, where, known, problems)
        elif isinstance(part, c.Select):
            _check_select(part, where, known, problems)


def check_modal_components(parts: list[c.Component], known: KnownEmoji, path: Path, problems: Problems) -> None:
    """Note what is wrong with a modal's components."""
    everything = c.walk(parts, path)
    if len(parts) > MAX_MODAL:
        problems.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_MODAL} in length.")
    _check_unique(everything, problems)
    for where, part in everything:
        if isinstance(part, c.Select):
            _check_select(part, where, known, problems)
            if part.disabled:
                problems.add((*where, "disabled"), "MODAL_COMPONENT_DISABLED", "Components in modals cannot be disabled")
        elif isinstance(part, c.RadioGroup):
            _check_options(part.options, 1, where, problems)
        elif isinstance(part, c.CheckboxGroup):
            _check_options(part.options, part.max_values, where, problems)
        elif isinstance(part, c.TextInput):
            _check_text_input(part, where, where[-1] == "component", problems)
        if isinstance(part, (c.Select, c.CheckboxGroup, c.FileUpload)) and part.min_values == 0 and part.required is not False:
            message = "A required component cannot have min_values set to 0"
            problems.add((*where, "required"), "COMPONENT_REQUIRED_ZERO_MIN_VALUES", message)


def stored(parts: list[Any], *, modal: bool = False) -> list[dict[str, Any]]:
    """The components as Discord gives them back: numbered, with defaults filled in and nulls left out."""
    taken = {part.id for _, part in c.walk(parts, ()) if part.id}
    counter = 0
    for _, part in c.walk(parts, ()):
        if part.id:
            continue
        counter += 1
        while counter in taken:
            counter += 1
        part.id = counter
    return [_stored(part, modal) for part in parts]


def _stored(part: Any, modal: bool) -> Any:
    if isinstance(part, ComponentEmoji):
        return part.stored()
    if isinstance(part, list):
        return [_stored(item, modal) for item in part]
    if not isinstance(part, BaseModel):
        return part
    out = {name: _stored(value, modal) for name, value in part if value is not None}
    if isinstance(part, c.DefaultValue):
        out["id"] = str(part.id)
    elif isinstance(part, c.Button) and part.sku_id is not None:
        out["sku_id"] = str(part.sku_id)
    elif isinstance(part, c.Select):
        out = {"min_values": 1, "max_values": 1} | out
        if not modal:
            out.pop("required", None)
    elif isinstance(part, c.Container):
        out = {"accent_color": None, "spoiler": False} | out
    elif isinstance(part, (c.Thumbnail, c.GalleryItem)):
        out = {"description": None, "spoiler": False} | out
    elif isinstance(part, c.FileComponent):
        out = {"spoiler": False} | out
    elif isinstance(part, c.Separator):
        out = {"divider": True, "spacing": 1} | out
    return out


def _check_unique(everything: list[tuple[Path, c.Component]], problems: Problems) -> None:
    seen: set[str] = set()
    ids: set[int] = set()
    for where, part in everything:
        custom_id = getattr(part, "custom_id", None)
        if custom_id is not None and custom_id in seen:
            problems.add((*where, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        if custom_id is not None:
            seen.add(custom_id)
        if part.id and part.id in ids:
            problems.add((*where, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        if part.id:
            ids.add(part.id)


def _check_width(row: c.ActionRow, where: Path, problems: Problems) -> None:
    width = 0
    for i, part in enumerate(row.components):
        width += 5 if isinstance(part, c.Select) else 1
        if width > 5:
            problems.add((*where, "components", i), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")


def _check_button(button: c.Button, where: Path, known: KnownEmoji, problems: Problems) -> None:
    if button.style == c.LINK:
        if not button.url:
            problems.add((*where, "url"), "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
        elif not _URL.match(button.url):
            _url_problem(button.url, (*where, "url"), problems)
    elif button.style == c.PREMIUM:
        if button.sku_id is None:
            problems.add((*where, "sku_id"), "BUTTON_COMPONENT_SKU_ID_REQUIRED", "A sku id is required")
    elif not button.custom_id:
        problems.add((*where, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
    for name in _FORBIDDEN.get(button.style, ("sku_id",)):
        if getattr(button, name):
            problems.add((*where, name), "BUTTON_COMPONENT_FIELD_FORBIDDEN", f"A button of style {button.style} cannot have this field")
    if button.custom_id and button.url:
        for name in ("custom_id", "url"):
            problems.add(
                (*where, name), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified"
            )
    if button.style != c.PREMIUM and not button.label and button.emoji is None:
        problems.add((*where, "label"), *REQUIRED)
    if button.emoji is not None:
        check_emoji(button.emoji, (*where, "emoji"), known, problems)


def _url_problem(url: str, where: Path, problems: Problems) -> None:
    schemes = ("http", "https", "discord")
    scheme = url.partition("://")[0]
    if "://" in url and scheme not in schemes:
        problems.add(where, "URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" is not supported. Scheme must be one of {Url(schemes).schemes}.')
    else:
        problems.add(where, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _check_select(select: c.Select, where: Path, known: KnownEmoji, problems: Problems) -> None:
    low = 1 if select.min_values is None else select.min_values
    high = 1 if select.max_values is None else select.max_values
    if low > high:
        problems.add((*where, "min_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    if isinstance(select, c.StringSelect):
        if high > len(select.options):
            problems.add((*where, "options"), "BASE_TYPE_BAD_LENGTH", f"Must be between {high} and 25 in length.")
        _check_options(select.options, high, where, problems)
        for i, option in enumerate(select.options):
            if option.emoji is not None:
                check_emoji(option.emoji, (*where, "options", i, "emoji"), known, problems)
    elif isinstance(select, c.EntitySelect) and select.default_values:
        allowed = {c.USER_SELECT: {"user"}, c.ROLE_SELECT: {"role"}, c.CHANNEL_SELECT: {"channel"}}.get(select.type, {"user", "role"})
        for i, default in enumerate(select.default_values):
            if default.type not in allowed:
                message = f"Value must be one of {{{', '.join(repr(a) for a in sorted(allowed))}}}."
                problems.add((*where, "default_values", i, "type"), "BASE_TYPE_CHOICES", message)
        if len(select.default_values) < low:  # none at all is always taken: py-cord sends an empty list with every such menu
            message = "The specified number of default values is below the specified minimum values"
            problems.add((*where, "default_values"), "SELECT_COMPONENT_TOO_FEW_DEFAULT_VALUES", message)
        _check_default_count(len(select.default_values), high, (*where, "default_values"), problems)


def _check_options(options: list[Any], high: int | None, where: Path, problems: Problems) -> None:
    seen: set[str] = set()
    for i, option in enumerate(options):
        if option.value in seen:
            problems.add(
                (*where, "options", i, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )
        seen.add(option.value)
    if high is not None:
        _check_default_count(sum(bool(option.default) for option in options), high, (*where, "options"), problems)


def _check_default_count(count: int, high: int, where: Path, problems: Problems) -> None:
    if count > high:
        message = "The specified number of default values exceeds the specified maximum values"
        problems.add(where, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", message)


def _check_text_input(field: c.TextInput, where: Path, in_label: bool, problems: Problems) -> None:
    if not in_label and not field.label:
        problems.add((*where, "label"), *REQUIRED)
    low, high = field.min_length or 0, field.max_length or 4000
    if low > high:
        problems.add((*where, "min_length"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    if field.value and not low <= len(field.value) <= high:
        problems.add((*where, "value"), "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
