"""The floor: the same two calls for a click with a bare aiohttp client, which knows no caches, no limits and no failures."""

import asyncio
import json
import os
import zlib

import aiohttp

API, TOKEN = os.environ["API_URL"] + "/v10", os.environ["TOKEN"]
HEADERS = {"Authorization": f"Bot {TOKEN}", "X-Audit-Log-Reason": "Role panel: Colours"}


async def toggle(session: aiohttp.ClientSession, click: dict) -> None:
    """Give or take the role that a button names, and say so."""
    role_id = click["data"]["custom_id"].removeprefix("role:")
    holds = role_id in click["member"]["roles"]
    member = f"{API}/guilds/{click['guild_id']}/members/{click['member']['user']['id']}"
    async with session.request("DELETE" if holds else "PUT", f"{member}/roles/{role_id}", headers=HEADERS) as response:
        await response.read()
    said = {"content": f"{'Removed' if holds else 'Added'}: <@&{role_id}>.", "flags": 64}
    answer = {"type": 4, "data": said}
    async with session.post(f"{API}/interactions/{click['id']}/{click['token']}/callback", json=answer) as response:
        await response.read()


async def main() -> None:
    """Connect, and answer clicks for ever."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session, asyncio.TaskGroup() as tasks:
        async with session.get(f"{API}/gateway") as response:
            url = (await response.json())["url"]
        async with session.ws_connect(f"{url}?v=10&encoding=json&compress=zlib-stream", max_msg_size=0) as socket:
            inflate = zlib.decompressobj()
            await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1, "properties": {}}})
            async for frame in socket:
                event = json.loads(inflate.decompress(frame.data))
                if event.get("t") == "INTERACTION_CREATE":
                    tasks.create_task(toggle(session, event["d"]))


asyncio.run(main())
