"""Reading request bodies: JSON, or a form with `payload_json` and files."""

from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox import strict_json
from sandbox.errors import INVALID_JSON, TOO_LARGE, field_error, invalid_form
from sandbox.rest.router import Upload

MAX_FILE = 10 * 1024 * 1024  # one file, in bytes, in a guild without boosts
MAX_REQUEST = 25 * 1024 * 1024 + 1024 * 1024


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """The parsed body and the files. Raises 50109 for broken JSON, 50035 for another type of content and 40005 for too many bytes."""
    if not request.can_read_body:
        return None, []
    try:
        if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
            return await _read_form(request)
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TOO_LARGE from None
    if not raw:
        return None, []
    if request.content_type != "application/json":
        kinds = "{'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'}"
        raise invalid_form(field_error("CONTENT_TYPE_INVALID", f'Expected "Content-Type" header to be one of {kinds}.'))
    return _parse(raw), []


async def _read_form(request: web.Request) -> tuple[Any, list[Upload]]:
    fields = await request.post()
    uploads: list[Upload] = []
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, FileField):
            content = value.file.read()
            if name == "payload_json":
                plain[name] = content
                continue
            if len(content) > MAX_FILE:
                raise TOO_LARGE
            uploads.append(Upload(name, value.filename, value.content_type, content))
        elif isinstance(value, str):
            plain[name] = value
        else:  # a part without a file name but with a content type of its own
            plain[name] = bytes(value) if name == "payload_json" else bytes(value).decode("utf-8", "replace")
    if "payload_json" in plain:
        return _parse(plain["payload_json"]), uploads
    return plain, uploads


def _parse(raw: str | bytes) -> Any:
    try:
        return strict_json.loads(raw)
    except ValueError:
        raise INVALID_JSON from None
