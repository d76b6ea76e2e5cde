"""The server's side of the page: Discord's client in a browser, and what goes on behind the scenes.

`/` is the page (sandbox/page/index.html), `/static/…` its files, `/attachments/…` uploaded files, `/client` a WebSocket for each window.
Everything is offered to the address in `Sandbox.url` alone: a browser that came by another loopback name is redirected there, any other
Host is refused (DNS rebinding), and so is a WebSocket whose Origin is not that address.

Protocol of `/client?user=USERNAME` (without it the owner of the first guild acts)
==================================================================================
Every frame is one JSON object as text. Ids are strings. Times are Unix seconds of the sandbox's clock unless they stand inside one of
Discord's own objects. "Discord's X" below means the JSON object of Discord's API, unchanged; what is added to it is named.

Server → window: `snapshot`, `update`, `reply`
----------------------------------------------
`{"type": "snapshot", "now": 1769860800.1, …every section…}` comes first and again after `act_as` and `reset`: throw away all you had.
`{"type": "update", "now": …, …sections that changed…}`. A section is always whole and replaces the old one, except those marked (+).
`{"type": "reply", "id": 7, "ok": true, "result": {…}}` or `{"type": "reply", "id": 7, "ok": false, "error": {"kind": K, "message": TEXT}}`
answers each request once. K: "refused" (Discord's client would not let the user do it), "failed" (the application did not answer in
time: only for `autocomplete`), "invalid" (the request names something unknown or is malformed). A reply comes before the updates that the
request causes.

Sections
~~~~~~~~
about     {api_url, gateway_url, applications: [{id, bot_id, name, token}]}
me        {user: Discord's user, locale}: who acts in this window
people    [{id, username, name, locale, kind}]: who can be acted as. kind: "owner", "admin" (ADMINISTRATOR), "moderator" (a permission that
          moderates), "member", "newcomer" (has not passed screening), "outsider" (in no guild)
guilds    [{id, name, owner_id, locale, member_count, roles, members, channels, emojis, own}] of which the acting user is a member
          (none after a kick):
            roles     Discord's roles, highest first, @everyone (its id is the guild's) last; each with {above_bot: bool} (no bot of this
                      guild that may manage roles can hand it out), {member_count} and {dangerous: [permission names]}
            members   Discord's members (user, nick, roles, pending, communication_disabled_until …), sorted by name; each with
                      {name: what is shown, color: 0xRRGGBB or 0, hoist_role_id: role under which the list groups them or null,
                      online: bool, owner: bool}; 500 at most
            channels  Discord's channels that this user sees, in the order of display (a category before its children); each with
                      {can_send, can_attach, can_manage (may delete messages of others): bool}
            emojis    Discord's emojis; each with {image: path or null}: null has no picture, draw the name
            own       {permissions: [names that the acting user holds in the guild], pending: bool, timeout_until: seconds or null}
dms       [{id, user: Discord's user}]: direct messages of the acting user with bots (an entry for every bot, `id` null until opened)
commands  [{id, application_id, application_name, type (1 slash, 2 user menu, 3 message menu), name, description, channel_ids,
          options, subcommands}] in the language of the acting user; `channel_ids` are those where the client offers it.
          `subcommands` is [{path: ["group", "name"] or ["name"], name: as shown "group name", description, options}], empty when the
          command is used itself. An option: {name (send this), label (show this), description, type, required, autocomplete,
          choices: [{name (show), value (send)}], min_value, max_value, min_length, max_length, channel_types}, absent limits are null.
          Types: 3 string, 4 integer, 5 boolean, 6 user, 7 channel, 8 role, 9 mentionable, 10 number, 11 attachment
messages  (+) [message]: new or changed, in order of id; put or replace by id. In a snapshot the last 100 of every visible channel and DM.
          Discord's message, with {failed: bool (its "thinking…" never ended), command: "panel create" or null}. flags & 64: only this
          user sees it; & 128: "thinking…"; & 32768: Components V2. `interaction_metadata.user` and `command` tell "NAME used /command"
          (type 20; type 23 of a context menu). Attachment addresses are absolute and of this server
gone      (+) [{channel_id, id}]: messages deleted, dismissed or no longer visible. Those of a channel that left `channels` are gone unsaid
interactions (+) [{id, kind, state, what, custom_id, message_id, channel_id, reply, modal}]: those begun by this window, when they change.
          kind: "command", "component", "modal". state: "pending" (show the component as loading), "deferred" ("thinking…"), "answered",
          "failed" (show "This interaction failed"; under a slash command "The application did not respond"; in a modal "Something went
          wrong. Try again."). reply: null, "message", "deferred_message", "deferred_update", "update", "modal". modal: null, or when reply
          is "modal" Discord's modal {custom_id, title, components}: open it; close it when the submission is no longer pending or failed
exchanges (+) [{n, at, method, path, route, status (0: cut), code, ms, fault, application_id}]: REST requests that ended, the oldest
          first; the last 300 are kept. `code` is Discord's error code or null, `fault` the kind of fault that struck or null
frames    (+) [{n, at, direction ("in": from the bot, "out": to it), op, name (event name or null), s, application_id, size}]
buckets   [{who, bucket, major, limit, used, resets_at}]: rate-limit windows that are open (at `resets_at` they are
          gone unsaid), the one that ends first first
limits    {enabled, invalid_requests (of the last ten minutes), invalid_limit, banned_for: seconds or null}
faults    [{id, kind, method, route, path, status, code, retry_after, scope, seconds, count, probability, hits}]: rules in force
gateway   {connections, sessions: [{id, application_id, shard: [number, count], connected, silent: bool (events are withheld from it),
          intents: [names]}], refuses, refuses_resumes, acknowledges, silences_new}

Window → server: `{"id": 7, "op": OP, …}`; `id` is any number, the reply carries it
-----------------------------------------------------------------------------------
As the user, refused exactly as Discord's client refuses (`channel_id` is the channel looked at):
act_as          {user_id} → {}; a snapshot follows
post            {channel_id, content, files?: [FILE]} → {message_id}
delete_message  {channel_id, message_id} → {}: one's own, or with MANAGE_MESSAGES
dismiss         {channel_id, message_id} → {}: an ephemeral message
command         {channel_id, command_id, path?: [names], options?: {name: VALUE}} → {interaction_id}
autocomplete    {channel_id, command_id, path?, options?: {name: VALUE} (filled before), focused: {name, value: text}}
                → {choices: [{name, value}]}
message_command {channel_id, command_id, message_id} → {interaction_id}
user_command    {channel_id, command_id, user_id} → {interaction_id}
click           {channel_id, message_id, custom_id} → {interaction_id}
select          {channel_id, message_id, custom_id, values: [option value, or id of user, role or channel]} → {interaction_id}
submit_modal    {interaction_id (the one that opened it), values: {custom_id: text | bool (checkbox) | value or null (radio) |
                [values or ids] (selects, checkbox group) | [FILE] (file upload)}} → {interaction_id}; fields left out keep their defaults
search          {channel_id, kind: "user" | "role" | "mentionable" | "channel", query, channel_types?} → {entities: [ENTITY]}, 25 at most
open_dm         {user_id (a bot's)} → {channel_id}
VALUE: text, number, bool; an id (text) for user, channel, role, mentionable; FILE for an attachment; a choice's value where there are
choices.
FILE: {name, content: base64}. ENTITY: {kind: "user" | "role" | "channel", id, name, detail, color}.

Behind the scenes:
exchange        {n} → {exchange: {…as above, query, request_headers, body, response, response_headers}}
frame           {n} → {frame: {…as above, payload}}
fault_add       {kind: "status" | "latency" | "drop_before" | "drop_after" | "freeze", method?, route?, path?, status?, code?, message?,
                retry_after?, scope?, seconds?, count?, probability?} → {fault_id} (see sandbox.faults.Fault; route and path are shell
                patterns: "*/roles/*" is every change of a member's role, "*/callback" every first answer)
fault_remove    {fault_id} → {}
faults_clear    {} → {}
gateway         {action: "drop" | "reconnect" | "invalidate" | "invalidate_resumable" | "refuse" | "accept" | "stop_acks" |
                "resume_acks" | "silence" | "end_silence" (interactions no longer come in the sessions of now) | "silence_new" |
                "end_silence_new" (nor in those that begin from now on) | "refuse_resumes" | "accept_resumes" (503 at the address
                that READY names for resuming)} → {}
limits          {enabled?: bool, reset?: true} → {}

World (by the powers of the sandbox; the guild's owner stands in Discord's audit log; `guild_id` is optional: the first guild):
add_member      {name, locale?, pending?: bool} → {user_id}
pass_screening  {user_id} → {}
set_locale      {user_id, locale} → {}
time_out        {user_id, seconds (0 ends it)} → {}
kick            {user_id} → {}: a bot hears GUILD_DELETE
rejoin          {user_id} → {}: who was kicked comes back; a bot with a new role of its own, low in the list as when invited
give_role, take_role  {user_id, role_id} → {}
add_role        {name, color?, hoist?, permissions?: [names]} → {role_id}
delete_role     {role_id} → {}
move_role       {role_id, position (1: lowest)} → {}
place_role      {role_id, above_bot: bool} → {}: just above or just below the top role of the guild's first bot
role_permission {role_id, permission: name, granted: bool} → {}
bot_permission  {user_id (the bot's), permission: name, granted: bool} → {}: on the bot's own role
add_channel     {name, type?: 0 | 4 | 5, parent_id?, topic?} → {channel_id}
delete_channel  {channel_id} → {}
reset           {} → {}: the world is as it was at the start, with the ids of then. The bots hear an outage of each guild (GUILD_DELETE with
                `unavailable`) and its return (GUILD_CREATE); their commands and their own memory stay. Faults end. Snapshots follow
"""

from sandbox.webclient.pages import register

__all__ = ["register"]
