"""Discord's published schemas as checks: REST bodies and gateway frames, with unknown keys refused.

The files are no part of the project. They are looked for in `DISCORD_API_SCHEMAS`, then in `../shared/discord-api`.
"""

import copy
import functools
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest

ROOT = Path(__file__).resolve().parent.parent
WHERE = (
    "Discord's schemas are not here: put openapi.json (github.com/discord/discord-api-spec) and gateway-events.schema.json "
    "(made from the npm package discord-api-types) into a directory and name it in DISCORD_API_SCHEMAS"
)

# What Discord really sends or takes although its description does not say so, by schema.
EXTRA_KEYS: dict[str, dict[str, Any]] = {
    "ApplicationCommandCreateRequest": {"nsfw": {"type": ["boolean", "null"]}, "default_permission": {}},
    "ApplicationCommandUpdateRequest": {"nsfw": {"type": ["boolean", "null"]}, "default_permission": {}},
    "ApplicationCommandPatchRequestPartial": {"nsfw": {"type": ["boolean", "null"]}, "default_permission": {}},
    # https://docs.discord.com/developers/components/reference#string-select-select-option-structure: id, name and animated
    "ComponentEmojiForRequest": {"animated": {"type": "boolean"}},
    # deprecated and empty until API v11; interactions.py cannot do without
    "PrivateApplicationResponse": {"summary": {"const": ""}},
    # py-cord sends these with every subcommand and every option
    "ApplicationCommandSubcommandOption": {"nsfw": {"type": ["boolean", "null"]}},
    "ApplicationCommandSubcommandGroupOption": {"nsfw": {"type": ["boolean", "null"]}},
    **{
        f"ApplicationCommand{kind}Option": {"autocomplete": {"const": False}, "choices": {"maxItems": 0}}
        for kind in ("Attachment", "Boolean", "Channel", "Mentionable", "Role", "User")
    },
}
# https://docs.discord.com/developers/change-log of 5 August 2026; the description that is held to here may be older.
FILE_TYPES = {"file_types": {"type": "array", "items": {"type": "string"}, "maxItems": 10}}
for _name in ("ApplicationCommandAttachmentOption", "ApplicationCommandAttachmentOptionResponse"):
    EXTRA_KEYS[_name] = EXTRA_KEYS.get(_name, {}) | FILE_TYPES
# A 429 has a `code` only for some limits (https://docs.discord.com/developers/topics/rate-limits); the description asks for it always.
RATE_LIMITED = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "retry_after": {"type": "number"},
        "global": {"type": "boolean"},
        "code": {"type": "integer"},
    },
    "required": ["message", "retry_after", "global"],
    "additionalProperties": False,
}


def directory() -> Path | None:
    """Where the schema files are, None when nowhere."""
    named = os.environ.get("DISCORD_API_SCHEMAS")
    candidates = [Path(named)] if named else [ROOT.parent / "shared" / "discord-api"]
    return next((path for path in candidates if (path / "openapi.json").is_file()), None)


def required() -> Path:
    """The directory; skips the test when there is none."""
    found = directory()
    if found is None:
        pytest.skip(WHERE)
    return found


def answer_errors(method: str, route: str, status: int, body: Any) -> list[str]:
    """What is wrong with a REST answer of the sandbox; `route` is its template. An operation that is not described counts as right."""
    operation = _operation(method, route)
    if operation is None:
        return []
    if status == 429:
        return _errors(RATE_LIMITED, body)
    if status >= 400:
        return _errors({"$ref": "#/components/schemas/ErrorResponse"}, body)
    described = operation["responses"].get(str(status)) or operation["responses"].get("2XX")
    if described is None:
        return [f"status {status} is not among {sorted(operation['responses'])}"]
    content = described.get("content", {}).get("application/json")
    if content is None:
        return [] if body is None else ["a body where none is described"]
    return _errors(content["schema"], body)


def request_errors(method: str, route: str, body: Any) -> list[str]:
    """What is wrong with the body that a bot sent."""
    operation = _operation(method, route)
    if operation is None or body is None:
        return []
    if isinstance(body, dict) and set(body) == {"payload_json", "files"}:
        body = body["payload_json"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return [] if content is None else _errors(content["schema"], body)


def frame_errors(frame: dict[str, Any]) -> list[str]:
    """What is wrong with a dispatch frame of the gateway (`op` 0)."""
    validator = _gateway().get(frame.get("t") or "")
    if validator is None:
        return [] if frame.get("op") != 0 else [f"no schema for {frame.get('t')}"]
    return _told(validator, frame)


def described_events() -> set[str]:
    """The events that have a schema."""
    return set(_gateway())


def _told(validator: jsonschema_rs.Validator, value: Any) -> list[str]:
    return [f"{'/'.join(str(p) for p in error.instance_path)}: {error.message[:300]}" for error in validator.iter_errors(value)]


def _errors(schema: dict[str, Any], value: Any) -> list[str]:
    return _told(_validator(json.dumps(schema, sort_keys=True)), value)


@functools.cache
def _openapi() -> dict[str, Any]:
    document = json.loads((required() / "openapi.json").read_text("utf-8"))
    schemas = document["components"]["schemas"]
    for name, keys in EXTRA_KEYS.items():
        if name in schemas:
            schemas[name]["properties"].update(copy.deepcopy(keys))
    # the codes of field errors are words, not the numbers of the description
    words = {"code": {"type": "string"}, "message": {"type": "string"}}
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = {"type": "object", "properties": words, "required": list(words)}
    parts = set(re.findall(r'"allOf": \[\{"\$ref": "#/components/schemas/(\w+)"', json.dumps(schemas)))
    for name, schema in schemas.items():
        _patch(schema)
        if name not in parts:  # a part of a composed object does not know its other keys
            _close(schema)
    return document


def _patch(node: Any) -> None:
    """The gaps that hold everywhere: permissions may be strings, a nonce may be null."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            permissions = properties.get("default_member_permissions")
            if isinstance(permissions, dict) and "integer" in (permissions.get("type") or []):
                properties["default_member_permissions"] = {"type": ["integer", "string", "null"]}
        for value in node.values():
            _patch(value)
    elif isinstance(node, list):
        for value in node:
            _patch(value)


def _close(node: Any) -> None:
    """Refuse unknown keys in every plain object."""
    if isinstance(node, dict):
        composed = any(key in node for key in ("allOf", "anyOf", "oneOf", "additionalProperties", "patternProperties"))
        if isinstance(node.get("properties"), dict) and not composed:
            node["additionalProperties"] = False
        for key, value in node.items():
            if key != "allOf":
                _close(value)
    elif isinstance(node, list):
        for value in node:
            _close(value)


@functools.cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": _openapi()["components"]})


@functools.cache
def _operations() -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for path, operations in _openapi()["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict):
                found[method.upper(), _shape(path)] = operation
    return found


def _operation(method: str, route: str) -> dict[str, Any] | None:
    return _operations().get((method, _shape(route)))


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@functools.cache
def _gateway() -> dict[str, jsonschema_rs.Validator]:
    document = json.loads((required() / "gateway-events.schema.json").read_text("utf-8"))
    definitions = document["definitions"]
    found: dict[str, jsonschema_rs.Validator] = {}
    pending = list(definitions["GatewayDispatchPayload"]["anyOf"])
    while pending:
        branch = pending.pop()
        resolved = branch
        while "$ref" in resolved:
            resolved = definitions[unquote(resolved["$ref"].rsplit("/", 1)[-1])]
        if "anyOf" in resolved:
            pending += resolved["anyOf"]
            continue
        name = resolved.get("properties", {}).get("t", {})
        for event in [name["const"]] if "const" in name else name.get("enum", []):
            found[event] = jsonschema_rs.Draft7Validator({**branch, "definitions": definitions})
    return found
