"""The shapes of message and modal components (https://docs.discord.com/developers/components/reference)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.validate.emoji import ComponentEmoji
from sandbox.validate.forms import Bool, Choice, Color, CustomId, Distinct, FileTypes, Form, Int, Length, Range, Snowflake, Text, Url

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL, FILE_UPLOAD = 17, 18, 19
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
LINK, PREMIUM = 5, 6


class Component(Form):
    """What all components share; `id` numbers them within a message."""

    type: int
    id: Annotated[Int, Range(0, 2**31 - 1)] | None = None


class Button(Component):
    """A button; styles 1–4 act, 5 is a link, 6 buys something."""

    type: Literal[2]  # pyright: ignore[reportIncompatibleVariableOverride]
    style: Annotated[Int, Choice((1, 2, 3, 4, 5, 6))]
    custom_id: CustomId | None = None
    label: Annotated[Text, Length(0, 80)] | None = None
    emoji: ComponentEmoji | None = None
    url: Annotated[Text, Length(0, 512)] | None = None
    sku_id: Snowflake | None = None
    disabled: Bool | None = None


class GroupOption(Form):
    """An entry of a radio or checkbox group."""

    label: Annotated[Text, Length(1, 100)]
    value: Annotated[Text, Length(1, 100)]
    description: Annotated[Text, Length(0, 100)] | None = None
    default: Bool | None = None


class SelectOption(GroupOption):
    """An entry of a string select."""

    emoji: ComponentEmoji | None = None


class DefaultValue(Form):
    """Something preselected in an auto-populated select."""

    id: Snowflake
    type: Annotated[Text, Choice(("user", "role", "channel"))]


class Select(Component):
    """What all selects share. `required` has a meaning in modals alone."""

    custom_id: CustomId
    placeholder: Annotated[Text, Length(0, 150)] | None = None
    min_values: Annotated[Int, Range(0, 25)] | None = None
    max_values: Annotated[Int, Range(1, 25)] | None = None
    disabled: Bool | None = None
    required: Bool | None = None


class StringSelect(Select):
    """A dropdown with options of its own."""

    type: Literal[3]  # pyright: ignore[reportIncompatibleVariableOverride]
    options: Annotated[list[SelectOption], Length(1, 25)]


class EntitySelect(Select):
    """A dropdown that Discord fills with users, roles, both or channels."""

    type: Literal[5, 6, 7, 8]  # pyright: ignore[reportIncompatibleVariableOverride]
    default_values: Annotated[list[DefaultValue], Length(0, 25)] | None = None
    channel_types: Annotated[list[Int], Distinct()] | None = None


class TextInput(Component):
    """A text field of a modal; 1 short, 2 paragraph."""

    type: Literal[4]  # pyright: ignore[reportIncompatibleVariableOverride]
    custom_id: CustomId
    style: Annotated[Int, Choice((1, 2))]
    label: Annotated[Text, Length(1, 45)] | None = None
    min_length: Annotated[Int, Range(0, 4000)] | None = None
    max_length: Annotated[Int, Range(1, 4000)] | None = None
    required: Bool | None = None
    value: Annotated[Text, Length(0, 4000)] | None = None
    placeholder: Annotated[Text, Length(0, 100)] | None = None


class TextDisplay(Component):
    """Markdown text."""

    type: Literal[10]  # pyright: ignore[reportIncompatibleVariableOverride]
    content: Annotated[Text, Length(1, 4000)]


class Media(Form):
    """A URL or `attachment://filename`."""

    url: Annotated[Text, Length(1, 2048), Url(("http", "https", "attachment"))]


class FileMedia(Form):
    """`attachment://filename`, the only address that a file component takes."""

    url: Annotated[Text, Length(1, 2048), Url(("attachment",))]


class Thumbnail(Component):
    """A small picture beside a section."""

    type: Literal[11]  # pyright: ignore[reportIncompatibleVariableOverride]
    media: Media
    description: Annotated[Text, Length(1, 1024)] | None = None
    spoiler: Bool | None = None


class GalleryItem(Form):
    """One picture of a gallery."""

    media: Media
    description: Annotated[Text, Length(1, 1024)] | None = None
    spoiler: Bool | None = None


class MediaGallery(Component):
    """Pictures."""

    type: Literal[12]  # pyright: ignore[reportIncompatibleVariableOverride]
    items: Annotated[list[GalleryItem], Length(1, 10)]


class FileComponent(Component):
    """An attachment shown in place."""

    type: Literal[13]  # pyright: ignore[reportIncompatibleVariableOverride]
    file: FileMedia
    spoiler: Bool | None = None


class Separator(Component):
    """A gap or line."""

    type: Literal[14]  # pyright: ignore[reportIncompatibleVariableOverride]
    divider: Bool | None = None
    spacing: Annotated[Int, Choice((1, 2))] | None = None


SectionAccessory = Annotated[Button | Thumbnail, Field(discriminator="type")]


class Section(Component):
    """One to three texts with a button or picture at their side."""

    type: Literal[9]  # pyright: ignore[reportIncompatibleVariableOverride]
    components: Annotated[list[Annotated[TextDisplay, Field()]], Length(1, 3)]
    accessory: SectionAccessory


RowChild = Annotated[Button | StringSelect | EntitySelect, Field(discriminator="type")]


class ActionRow(Component):
    """Up to five buttons or one select."""

    type: Literal[1]  # pyright: ignore[reportIncompatibleVariableOverride]
    components: Annotated[list[RowChild], Length(1, 5)]


ContainerChild = Annotated[ActionRow | Section | TextDisplay | MediaGallery | FileComponent | Separator, Field(discriminator="type")]


class Container(Component):
    """A framed box."""

    type: Literal[17]  # pyright: ignore[reportIncompatibleVariableOverride]
    components: Annotated[list[ContainerChild], Length(1, 40)]
    accent_color: Color | None = None
    spoiler: Bool | None = None


MessageComponent = Annotated[
    ActionRow | Section | TextDisplay | MediaGallery | FileComponent | Separator | Container, Field(discriminator="type")
]


class FileUpload(Component):
    """A file field of a modal."""

    type: Literal[19]  # pyright: ignore[reportIncompatibleVariableOverride]
    custom_id: CustomId
    min_values: Annotated[Int, Range(0, 10)] | None = None
    max_values: Annotated[Int, Range(1, 10)] | None = None
    required: Bool | None = None
    file_types: FileTypes | None = None


class RadioGroup(Component):
    """One choice out of two to ten."""

    type: Literal[21]  # pyright: ignore[reportIncompatibleVariableOverride]
    custom_id: CustomId
    options: Annotated[list[GroupOption], Length(2, 10)]
    required: Bool | None = None


class CheckboxGroup(Component):
    """Several choices out of one to ten."""

    type: Literal[22]  # pyright: ignore[reportIncompatibleVariableOverride]
    custom_id: CustomId
    options: Annotated[list[GroupOption], Length(1, 10)]
    min_values: Annotated[Int, Range(0, 10)] | None = None
    max_values: Annotated[Int, Range(1, 10)] | None = None
    required: Bool | None = None


class Checkbox(Component):
    """A single yes or no."""

    type: Literal[23]  # pyright: ignore[reportIncompatibleVariableOverride]
    custom_id: CustomId
    default: Bool | None = None


LabelChild = Annotated[
    TextInput | StringSelect | EntitySelect | FileUpload | RadioGroup | CheckboxGroup | Checkbox, Field(discriminator="type")
]


class Label(Component):
    """A field of a modal with its caption."""

    type: Literal[18]  # pyright: ignore[reportIncompatibleVariableOverride]
    label: Annotated[Text, Length(1, 45)]
    description: Annotated[Text, Length(1, 100)] | None = None
    component: LabelChild


class ModalRow(Component):
    """The old form of a modal's field: a row with one text input."""

    type: Literal[1]  # pyright: ignore[reportIncompatibleVariableOverride]
    components: Annotated[list[TextInput], Length(1, 1)]


ModalComponent = Annotated[ModalRow | Label | TextDisplay, Field(discriminator="type")]


def children(component: Component) -> list[tuple[tuple[str | int, ...], Component]]:
    """The direct children with their paths below the component."""
    found: list[tuple[tuple[str | int, ...], Component]] = []
    nested: Any = getattr(component, "components", None) or []
    found += [(("components", i), child) for i, child in enumerate(nested)]
    for name in ("accessory", "component"):
        child = getattr(component, name, None)
        if isinstance(child, Component):
            found.append(((name,), child))
    return found


def walk(components: list[Any], path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Component]]:
    """Every component with its path, parents before children."""
    found: list[tuple[tuple[str | int, ...], Component]] = []
    for i, component in enumerate(components):
        pending = [((*path, i), component)]
        while pending:
            where, node = pending.pop(0)
            found.append((where, node))
            pending = [((*where, *below), child) for below, child in children(node)] + pending
    return found
