"""A modal on a user's screen: its fields, and what the client checks and sends when it is submitted."""

from typing import TYPE_CHECKING, Any

from sandbox.driver import options, picks
from sandbox.driver.errors import ClientRefusal
from sandbox.interactions.record import Interaction, Kind

if TYPE_CHECKING:
    from sandbox.driver.actor import Actor
    from sandbox.driver.results import Result

ROW, TEXT_INPUT, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 1, 4, 18, 19, 21, 22, 23
_FIELDS = (TEXT_INPUT, *picks.SELECTS, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
LONGEST_TEXT = 4000


class ModalView:
    """An open modal. It stays open, as in the client, until a submission succeeds."""

    def __init__(self, actor: "Actor", opened_by: Interaction) -> None:
        assert opened_by.modal is not None
        self.actor, self.opened_by, self.data = actor, opened_by, opened_by.modal
        self._submitted: Interaction | None = None

    @property
    def title(self) -> str:
        """Its heading."""
        return self.data["title"]

    @property
    def custom_id(self) -> str:
        """What the application gave it."""
        return self.data["custom_id"]

    @property
    def components(self) -> list[dict[str, Any]]:
        """Its components as JSON."""
        return self.data["components"]

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """Its input components by custom_id."""
        return {part["custom_id"]: part for part in picks.walk(self.components) if part["type"] in _FIELDS}

    @property
    def labels(self) -> dict[str, str]:
        """The caption of each field, by custom_id."""
        captions = {part["component"]["custom_id"]: part["label"] for part in self.components if part["type"] == LABEL}
        return {custom_id: captions.get(custom_id) or part.get("label") or "" for custom_id, part in self.fields.items()}

    @property
    def text(self) -> str:
        """All that can be read besides the fields: title, captions, descriptions and texts, a line each."""
        shown = [self.title]
        for part in picks.walk(self.components):
            shown += [part[name] for name in ("label", "description", "content") if isinstance(part.get(name), str)]
        return "\n".join(shown)

    async def submit(self, values: dict[str, Any] | None = None) -> "Result":
        """Send it, filled in by custom_id or caption; what is left out keeps what it was opened with. Raises ClientRefusal.

        Texts take a str, a checkbox a bool, a radio group one label or value (or None), checkbox groups and selects a list (roles,
        users and channels as records), file fields a list of (name, bytes).
        """
        if self._submitted and self._submitted.state != "failed":
            raise ClientRefusal("the modal was submitted before")
        given = self._by_custom_id(values or {})
        resolved: dict[str, Any] = {}
        components = [self._row(part, given, resolved) for part in self.components]
        data: dict[str, Any] = {"custom_id": self.custom_id, "components": components}
        if resolved:
            data["resolved"] = resolved
        application = self.actor.sandbox.world.applications[self.opened_by.application_id]
        result = self.actor.begin(application, Kind.MODAL, data, message=self.opened_by.message, opened_by=self.opened_by)
        self._submitted = result.interaction
        return result

    def _by_custom_id(self, values: dict[str, Any]) -> dict[str, Any]:
        by_caption = {caption: custom_id for custom_id, caption in self.labels.items()}
        given: dict[str, Any] = {}
        for name, value in values.items():
            custom_id = name if name in self.fields else by_caption.get(name)
            if custom_id is None:
                raise ClientRefusal(f"the modal has no field {name!r}, only {list(self.fields)}")
            given[custom_id] = value
        return given

    def _row(self, part: dict[str, Any], given: dict[str, Any], resolved: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"type": part["type"], "id": part["id"]}
        if part["type"] == ROW:
            out["components"] = [self._field(field, given, resolved) for field in part["components"]]
        elif part["type"] == LABEL:
            out["component"] = self._field(part["component"], given, resolved)
        return out

    def _field(self, field: dict[str, Any], given: dict[str, Any], resolved: dict[str, Any]) -> dict[str, Any]:
        kind, custom_id = field["type"], field["custom_id"]
        touched = custom_id in given
        value = given.get(custom_id)
        out: dict[str, Any] = {"type": kind, "id": field["id"], "custom_id": custom_id}
        if kind == TEXT_INPUT:
            out["value"] = _text(field, value if touched else field.get("value") or "")
        elif kind == CHECKBOX:
            out["value"] = _yes_or_no(value if touched else bool(field.get("default")))
        elif kind == RADIO_GROUP:
            out["value"] = _one(field, picks.option_value(field, value) if value is not None else None if touched else _first(field))
        else:
            out["values"] = self._several(field, value if touched else None, resolved)
        return out

    def _several(self, field: dict[str, Any], value: Any, resolved: dict[str, Any]) -> list[str]:
        if value is not None and not isinstance(value, (list, tuple)):
            raise ClientRefusal(f"{field['custom_id']!r} takes a list")
        if value is None:
            values = picks.preselected(field)
            found = self._resolve(field, values)
        elif field["type"] == FILE_UPLOAD:
            values = [options.upload(self.actor, one, field.get("file_types")) for one in value]
            found = options.entities(self.actor, [(options.ATTACHMENT, int(one)) for one in values])
        elif field["type"] == CHECKBOX_GROUP:
            values, found = [picks.option_value(field, one) for one in value], {}
        else:
            values, found = picks.chosen(self.actor, field, list(value))
        for name, entries in found.items():
            resolved.setdefault(name, {}).update(entries)
        _check_several(field, len(values))
        return values

    def _resolve(self, field: dict[str, Any], values: list[str]) -> dict[str, Any]:
        kinds = {"user": options.USER, "role": options.ROLE, "channel": options.CHANNEL}
        types = {entry["id"]: kinds[entry["type"]] for entry in field.get("default_values") or []}
        return options.entities(self.actor, [(types[one], int(one)) for one in values if one in types])


def _required(field: dict[str, Any]) -> bool:
    return field.get("required", True) is not False


def _text(field: dict[str, Any], value: Any) -> str:
    if not isinstance(value, str):
        raise ClientRefusal(f"{field['custom_id']!r} takes a text")
    low, high = field.get("min_length") or 0, field.get("max_length") or LONGEST_TEXT
    if not value.strip() and _required(field):
        raise ClientRefusal(f"{field['custom_id']!r} is required")
    if value and not low <= len(value) <= high:
        raise ClientRefusal(f"{field['custom_id']!r} takes {low} to {high} characters, not {len(value)}")
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ClientRefusal("a checkbox takes a bool")
    return value


def _first(field: dict[str, Any]) -> str | None:
    return next(iter(picks.preselected(field)), None)


def _one(field: dict[str, Any], value: str | None) -> str | None:
    if value is None and _required(field):
        raise ClientRefusal(f"{field['custom_id']!r} is required")
    return value


def _check_several(field: dict[str, Any], count: int) -> None:
    if not count and not _required(field):
        return
    everything = len(field["options"]) if field["type"] == CHECKBOX_GROUP else 1
    low = field.get("min_values", 1)
    picks.check_count(field, count, max(low, 1) if _required(field) else low, field.get("max_values", everything))
