"""Embeds: their limits (https://docs.discord.com/developers/resources/message#embed-object-embed-limits) and their stored form."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from sandbox.validate.forms import REQUIRED, Bool, Color, Form, Length, NotEmpty, Path, Problems, Text, Url, refuse

MAX_TOTAL = 6000
_LINK = Url(("http", "https"))
_PICTURE = Url(("http", "https", "attachment"))


def _moment(value: Any) -> str:
    text = str(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse("DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


# An ISO 8601 moment, UTC when it names no zone
IsoTime = Annotated[str, BeforeValidator(_moment)]


class EmbedField(Form):
    """A name and a value."""

    name: Annotated[Text, Length(0, 256), NotEmpty()]
    value: Annotated[Text, Length(0, 1024), NotEmpty()]
    inline: Bool | None = None


class EmbedFooter(Form):
    """The line below."""

    text: Annotated[Text, Length(0, 2048)]
    icon_url: Annotated[Text, Length(0, 2048), _PICTURE] | None = None


class EmbedAuthor(Form):
    """The line above."""

    name: Annotated[Text, Length(0, 256), NotEmpty()]
    url: Annotated[Text, Length(0, 2048), _LINK] | None = None
    icon_url: Annotated[Text, Length(0, 2048), _PICTURE] | None = None


class EmbedMedia(Form):
    """A picture."""

    url: Annotated[Text, Length(0, 2048), _PICTURE]


class Embed(Form):
    """A rich embed as a bot sends it."""

    title: Annotated[Text, Length(0, 256)] | None = None
    description: Annotated[Text, Length(0, 4096)] | None = None
    url: Annotated[Text, Length(0, 2048), _LINK] | None = None
    timestamp: IsoTime | None = None
    color: Color | None = None
    footer: EmbedFooter | None = None
    image: EmbedMedia | None = None
    thumbnail: EmbedMedia | None = None
    author: EmbedAuthor | None = None
    fields: Annotated[list[EmbedField], Length(0, 25)] | None = None

    def size(self) -> int:
        """The characters that count towards the 6000 of a message."""
        parts = [self.title, self.description, self.footer and self.footer.text, self.author and self.author.name]
        return sum(len(p) for p in parts if p) + sum(len(f.name) + len(f.value) for f in self.fields or [])

    def is_empty(self) -> bool:
        """Whether nothing would be shown."""
        return not any((self.title, self.description, self.fields, self.footer, self.author, self.image, self.thumbnail))

    def stored(self) -> dict[str, Any]:
        """As Discord gives it back."""
        out: dict[str, Any] = {"type": "rich"}
        for name in ("title", "description", "url", "color", "timestamp"):
            value = getattr(self, name)
            if value not in (None, ""):
                out[name] = value
        for name in ("footer", "author", "image", "thumbnail"):
            part = getattr(self, name)
            if part is not None:
                out[name] = part.model_dump(exclude_none=True)
        if self.fields:
            out["fields"] = [{"name": f.name, "value": f.value, "inline": bool(f.inline)} for f in self.fields]
        return out


def check_embeds(embeds: list[Embed], path: Path, problems: Problems) -> None:
    """Note empty embeds and a total above 6000 characters."""
    for i, embed in enumerate(embeds):
        if embed.is_empty():
            problems.add((*path, i, "description"), *REQUIRED)
    if sum(embed.size() for embed in embeds) > MAX_TOTAL:
        problems.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TOTAL}")
