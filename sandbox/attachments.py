"""Files of messages: stored in the world and served by the sandbox itself."""

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.errors import ApiError, field_error, invalid_form
from sandbox.rest.router import Upload
from sandbox.validate.forms import Path, Problems
from sandbox.validate.messages import AttachmentForm
from sandbox.world import StoredFile

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MAX_ATTACHMENTS = 10
TOO_MANY = ApiError(400, 30015, f"Maximum number of attachments in a message reached ({MAX_ATTACHMENTS})")
REFERENCE = "attachment://"
IS_SPOILER = 1 << 3
_FIELD = re.compile(r"^files\[(\d+)\]$")
_UNSAFE = re.compile(r"[^\w.\-]")


def register(app: web.Application, sandbox: "Sandbox") -> None:
    """Serve the stored files under /attachments."""

    async def serve(request: web.Request) -> web.Response:
        file = sandbox.world.files.get(int(request.match_info["file_id"]))
        if file is None:
            raise web.HTTPNotFound
        # never let an uploaded page run as one of the sandbox's own
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type=file.content_type, headers=headers)

    app.router.add_get(r"/attachments/{channel_id:[0-9]{1,20}}/{file_id:[0-9]{1,20}}/{filename}", serve)


def store(
    sandbox: "Sandbox",
    channel_id: int,
    uploads: list[Upload],
    described: list[AttachmentForm] | None,
    present: list[dict[str, Any]],
    ephemeral: bool,
    at: Path,
) -> list[dict[str, Any]]:
    """The attachments a message has after a request: those of `present` that it keeps, and its new files.

    Raises 50035 ATTACHMENT_NOT_FOUND for a described file that neither came along nor is present, 30015 for more than ten of them.
    """
    if len(uploads) + len(present if described is None else []) > MAX_ATTACHMENTS:
        raise TOO_MANY
    by_number = {int(match[1]): upload for upload in uploads if (match := _FIELD.match(upload.field))}
    loose = [upload for upload in uploads if not _FIELD.match(upload.field)]
    kept = {int(a["id"]): a for a in present}
    if described is None:
        new = [_add(sandbox, channel_id, u, None, ephemeral) for u in [*by_number.values(), *loose]]
        return [*present, *new]
    result = []
    for i, form in enumerate(described):
        if form.id in kept:
            result.append(_redescribed(kept[form.id], form))
        elif form.id in by_number:
            result.append(_add(sandbox, channel_id, by_number.pop(form.id), form, ephemeral))
        else:
            path: dict[str, Any] = {"attachments": {str(i): field_error("ATTACHMENT_NOT_FOUND", "Attachment data not found")}}
            for part in reversed(at):
                path = {str(part): path}
            raise invalid_form(path)
    return result + [_add(sandbox, channel_id, u, None, ephemeral) for u in [*by_number.values(), *loose]]


def link(stored: Any, attachments: list[dict[str, Any]], new_id: int) -> Any:
    """Embeds or components with every `attachment://name` replaced by the file's address, and media objects completed."""
    if isinstance(stored, list):
        return [link(item, attachments, new_id) for item in stored]
    if not isinstance(stored, dict):
        return stored
    out = {key: link(value, attachments, new_id) for key, value in stored.items()}
    for key in ("url", "icon_url"):
        value = out.get(key)
        found = _referenced(value, attachments)
        if found:
            out[key] = found["url"]
    for key in ("media", "file"):
        if isinstance(out.get(key), dict) and "url" in out[key]:
            out[key] = _media(out[key]["url"], attachments, new_id)
            if key == "file":
                found = next((a for a in attachments if a["url"] == out[key]["url"]), None)
                out |= {"name": found["filename"] if found else None, "size": found["size"] if found else None}
    return out


def check_media(components: list[dict[str, Any]], attachments: list[dict[str, Any]], at: Path) -> None:
    """50035 when media in components refer to a file that the message does not have."""
    problems = Problems()

    def check(part: Any, path: Path) -> None:
        if isinstance(part, list):
            for i, item in enumerate(part):
                check(item, (*path, i))
        elif isinstance(part, dict):
            for key, value in part.items():
                if key in ("media", "file") and value["url"].startswith(REFERENCE) and not _referenced(value["url"], attachments):
                    message = f'The referenced attachment ("{value["url"]}") was not found'
                    problems.add((*path, key, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
                else:
                    check(value, (*path, key))

    check(components, (*at, "components"))
    problems.raise_any()


def _referenced(url: Any, attachments: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The file that `attachment://name` names; the name is cleansed as that of the file was."""
    if not isinstance(url, str) or not url.startswith(REFERENCE):
        return None
    name = _UNSAFE.sub("_", url.removeprefix(REFERENCE))
    return next((a for a in attachments if a["filename"] == name), None)


def _media(url: str, attachments: list[dict[str, Any]], new_id: int) -> dict[str, Any]:
    found = next((a for a in attachments if a["url"] == url), None)
    media: dict[str, Any] = {"id": str(new_id), "url": url, "proxy_url": url, "width": None, "height": None}
    media["content_type"] = found.get("content_type") if found else None
    if found:
        media["attachment_id"] = found["id"]
    return media


def _describe(attachment: dict[str, Any], form: AttachmentForm) -> None:
    """What a request says about a file: its alt text, and whether it is hidden behind a spoiler (June 2026)."""
    if "description" in form.model_fields_set:
        attachment.pop("description", None)
        if form.description:
            attachment["description"] = form.description
    if form.is_spoiler is not None:
        flags = attachment.pop("flags", 0) & ~IS_SPOILER | (IS_SPOILER if form.is_spoiler else 0)
        if flags:
            attachment["flags"] = flags


def _redescribed(attachment: dict[str, Any], form: AttachmentForm) -> dict[str, Any]:
    """The file that stays, with what this request says of it (https://docs.discord.com/developers/resources/message#edit-message)."""
    described = dict(attachment)
    _describe(described, form)
    return described


def _add(sandbox: "Sandbox", channel_id: int, upload: Upload, form: AttachmentForm | None, ephemeral: bool) -> dict[str, Any]:
    file_id = sandbox.world.new_id()
    name = _UNSAFE.sub("_", form.filename if form and form.filename else upload.filename) or "file"
    sandbox.world.files[file_id] = StoredFile(channel_id, name, upload.content_type, upload.content)
    url = f"{sandbox.url}/attachments/{channel_id}/{file_id}/{name}"
    out: dict[str, Any] = {
        "id": str(file_id),
        "filename": name,
        "size": len(upload.content),
        "url": url,
        "proxy_url": url,
        "content_type": upload.content_type,
    }
    if name.startswith("SPOILER_"):
        out["flags"] = IS_SPOILER
    if form:
        _describe(out, form)
    if ephemeral:
        out["ephemeral"] = True
    return out
