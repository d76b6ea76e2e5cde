"""Bodies that change roles, members and channels."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sandbox.validate.embeds import IsoTime
from sandbox.validate.forms import Bool, Choice, Color, Distinct, Form, Int, Length, Range, Snowflake, Text, refuse

_CHANNEL_TYPES = (0, 2, 4, 5, 13, 15)  # not 14, which only student hubs have
_DISALLOWED = re.compile(r"[\s#@:,!?.]+")


def _bits(value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit():
        refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
    return int(text)


Bits = Annotated[int, BeforeValidator(_bits)]


class RoleColorsForm(Form):
    """A role's colours; all but the first need ENHANCED_ROLE_COLORS."""

    primary_color: Color
    secondary_color: Color | None = None
    tertiary_color: Color | None = None


class RoleForm(Form):
    """POST and PATCH of a role."""

    name: Annotated[Text, Length(0, 100)] | None = None
    permissions: Bits | None = None
    color: Color | None = None
    colors: RoleColorsForm | None = None
    hoist: Bool | None = None
    mentionable: Bool | None = None
    icon: Text | None = None
    unicode_emoji: Text | None = None

    def features(self) -> set[str]:
        """The guild features that it takes: boosts bring them."""
        colors = self.colors
        gradient = colors is not None and (colors.secondary_color is not None or colors.tertiary_color is not None)
        return ({"ROLE_ICONS"} if self.icon or self.unicode_emoji else set()) | ({"ENHANCED_ROLE_COLORS"} if gradient else set())


class PositionForm(Form):
    """A role's or channel's new position."""

    id: Snowflake
    position: Annotated[Int, Range(0, 10_000)] | None = None
    parent_id: Snowflake | None = None


class PositionsForm(Form):
    """Several of them."""

    items: list[PositionForm]


class MemberForm(Form):
    """PATCH of a member."""

    nick: Annotated[Text, Length(0, 32)] | None = None
    roles: Annotated[list[Snowflake], Length(0, 350), Distinct()] | None = None
    mute: Bool | None = None
    deaf: Bool | None = None
    channel_id: Snowflake | None = None
    communication_disabled_until: IsoTime | None = None
    flags: Int | None = None


class OverwriteForm(Form):
    """A permission overwrite; its id is in the body or in the path."""

    id: Snowflake | None = None
    type: Annotated[Int, Choice((0, 1))] = 0
    allow: Bits | None = None
    deny: Bits | None = None


class ChannelForm(Form):
    """PATCH of a channel."""

    name: Annotated[Text, Length(1, 100)] | None = None
    type: Annotated[Int, Choice(_CHANNEL_TYPES)] | None = None
    position: Annotated[Int, Range(0, 10_000)] | None = None
    topic: Annotated[Text, Length(0, 1024)] | None = None
    nsfw: Bool | None = None
    rate_limit_per_user: Annotated[Int, Range(0, 21_600)] | None = None
    flags: Int | None = None
    parent_id: Snowflake | None = None
    permission_overwrites: Annotated[list[OverwriteForm], Length(0, 100)] | None = None


class ChannelCreateForm(ChannelForm):
    """POST of a channel."""

    name: Annotated[Text, Length(1, 100)] = Field()  # pyright: ignore[reportIncompatibleVariableOverride]


class BanForm(Form):
    """PUT of a ban: how far back the user's messages go with it."""

    delete_message_seconds: Annotated[Int, Range(0, 7 * 86_400)] | None = None
    delete_message_days: Annotated[Int, Range(0, 7)] | None = None  # deprecated, still taken

    @property
    def seconds(self) -> int:
        """The span, in seconds."""
        return self.delete_message_seconds if self.delete_message_seconds is not None else (self.delete_message_days or 0) * 86_400


class BulkDeleteForm(Form):
    """Messages to delete at once."""

    messages: Annotated[list[Snowflake], Length(2, 100), Distinct()]


class RecipientForm(Form):
    """Whom to open a direct-message channel with."""

    recipient_id: Snowflake


def text_channel_name(name: str) -> str:
    """The name as Discord writes text channels: lower case, hyphens for blanks."""
    return _DISALLOWED.sub("-", name.strip().lower())
