from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "audit_entry" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "guild_id" BIGINT NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "actor_id" BIGINT,
    "target_id" BIGINT,
    "panel_id" INT,
    "interaction_id" BIGINT UNIQUE,
    "payload" JSONB NOT NULL,
    "resume" JSONB,
    "state" VARCHAR(8) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "settled_at" TIMESTAMPTZ,
    "posted_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "idx_audit_entry_guild_i_71a126" ON "audit_entry" ("guild_id", "created_at");
CREATE INDEX IF NOT EXISTS "idx_audit_entry_state_68c185" ON "audit_entry" ("state", "posted_at");
COMMENT ON COLUMN "audit_entry"."state" IS 'QUEUED: queued\nSENT: sent\nDONE: done\nREFUSED: refused\nUNKNOWN: unknown';
COMMENT ON TABLE "audit_entry" IS 'One recorded event. `kind` is a dotted name such as `roles.click` or `panel.create`; `payload` holds its facts.';
CREATE TABLE IF NOT EXISTS "guild_config" (
    "guild_id" BIGINT NOT NULL PRIMARY KEY,
    "audit_channel_id" BIGINT,
    "locale" VARCHAR(8)
);
COMMENT ON TABLE "guild_config" IS 'The settings of one guild; a guild without a row has the defaults.';
CREATE TABLE IF NOT EXISTS "panel" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "guild_id" BIGINT NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "title" VARCHAR(256) NOT NULL,
    "description" TEXT,
    "accent_colour" INT,
    "style" VARCHAR(16) NOT NULL,
    "mode" VARCHAR(16) NOT NULL,
    "version" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_panel_guild_i_995495" UNIQUE ("guild_id", "name")
);
CREATE INDEX IF NOT EXISTS "idx_panel_guild_i_2d2eb8" ON "panel" ("guild_id");
COMMENT ON COLUMN "panel"."style" IS 'BUTTONS: buttons\nDROPDOWN: dropdown';
COMMENT ON COLUMN "panel"."mode" IS 'TOGGLE: toggle\nADD_ONLY: add_only\nREMOVE_ONLY: remove_only\nUNIQUE: unique';
COMMENT ON TABLE "panel" IS 'A role panel of a guild. Whoever changes it, or its roles, raises `version` in the same transaction.';
CREATE TABLE IF NOT EXISTS "panel_message" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "channel_id" BIGINT NOT NULL,
    "message_id" BIGINT NOT NULL UNIQUE,
    "rendered_version" INT NOT NULL,
    "panel_id" INT NOT NULL REFERENCES "panel" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "panel_message" IS 'A message that a panel is posted as. It is out of date while `rendered_version` is behind the panel''s version.';
CREATE TABLE IF NOT EXISTS "panel_role" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "role_id" BIGINT NOT NULL,
    "label" VARCHAR(80) NOT NULL,
    "emoji" VARCHAR(100),
    "description" VARCHAR(100),
    "position" INT NOT NULL,
    "colour" VARCHAR(16) NOT NULL,
    "confirmed_permissions" BIGINT NOT NULL,
    "confirmed_by" BIGINT,
    "panel_id" INT NOT NULL REFERENCES "panel" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_panel_role_panel_i_58865d" UNIQUE ("panel_id", "role_id")
);
COMMENT ON COLUMN "panel_role"."colour" IS 'BLURPLE: primary\nGREY: secondary\nGREEN: success\nRED: danger';
COMMENT ON TABLE "panel_role" IS 'One role on a panel. Its id stands in custom_ids, so it is never used again for another role.';
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztXP9z2jYU/1d0/mXdXcYlpGkY3e2OBpplTaBLyLqt2RlhC9BiS9SSk3Jb//c9yTY22C"
    "aYEkJcfkp4ek+SP09fnj5P9r+Gy23iiErDt6lsMelNjDr612DYJfBPRukeMvB4HJcpgcR9"
    "R6tjpWeSqWJfSA9bEooG2BEERDYRlkfHknKmDDqMII9Y3LOJjcgdWFZQ75Yyu4eoQBjZXE"
    "ooUd1BwrdGCAvU87hDRMVyqHXbQ9xDvTFmxKlYHsGS9F6r3xOHY6hjxB1bICoFtG9JUVGd"
    "srkFvaJs+ATt37Ab1vOI8F0SFd6PsESYcTkiHhp73CJCIEYIFEmOBpRRAa0iy8HUhZ7oVt"
    "ELysY+1IqZjSiTRIEMiILFLWHfv4YWVfeJCziDzf2IMCSIlA6xoQvvVW/B1iP6uWzUn6A7"
    "7PjgHuiG+nVLJnuoTyzsC4KgYyFEiPvSoXdEKJmrwfQZ/eQTU/IhUQ8AkH78G8QAIPlMhP"
    "r50Rj61LFNaiv9ACPbxNIAvY+GkPBTFYy5iOSqgvGtOaDEsWcGY1CFlptyMtayN3R4xuRb"
    "rauc2zct7vgui/XHEznibGoAcCnpkDBADZoEmfTUsxvMd5xwIEejNXi8WCV4roSNTQbYd9"
    "QAV9ZBB2KZYZrtTte8anVN00gN/sgiMR5DkcWZmjjQVaEBGKou/PBjtXp4eFzdP3xVO3p5"
    "fHxU26+Bru5vuuj4S9CZGK2gKo3Z2elZu6s6xGHgBDNXCb5oGyxxYKXdF6OfdOPyPkhaPe"
    "yJCPdFrogEsS/itaVkzojBV0tSGviTEfayYY/05yCHB3mOkLv4s+kQNpQj+HlYXYDm743L"
    "k18aly8Oq9/PQtoOS6q6aBZcWDy5V3hkJ61WGtnhErI1KD/JwJbYg62jMPgzZjv0V0VfBy"
    "6Z4OcinzQpEfDVg5fHL2uHr15O8Z5KFsGchjQRjhUe1WnbtSD8zQQvyYGtI/A0/L9eddp5"
    "A3tqMoe6TS2J/kMOFY8WsBg/DXwWxPB9iJgkZaKimv3ZeCS3LEBYQaRqdoX45CT3zhcXjT"
    "/mt9WT886bKH4feroWXcGbOYcEh54i/ogtvsodW7bcbBr36QErHTm2mO9q6M+gh5hZJOWC"
    "+HS2xWGk8dt167rVrCNoxCf2Dbtqtbt1OO8yecOanXarDqd4Rm7YZevt9ZVS9MgADraged"
    "1+1+58aNeRz24Zv2fz9MAy4WhtiWi0lhuM1uZj0cQBOeW0JpRI6pLs+TJrOT9nQtNK9M/2"
    "+G8dU6d7dtG66jYu3s/Mn2aj21IlVS2dzElfvJrzyrQS9OGs+wtSP9FfMH7mp9lUr/uXof"
    "qEfclNGD4mtpOYROJINDstAzZmBTfPWq7Bzc9ngXx2Xo5JrYJOnjHc+XjbfKwYysFtgiVT"
    "gj62bu+xZ5upEl7lebrpIrfqzksww0PtJIWm6mfIyp8qbu2EswEdGhmkfbJ4bxFrH3B0Vq"
    "z5IG3fHRFNKIOTBeIDBPsr0rW8Rjj4B91TGLW+hN8ev0cjrEljFA6lDCZ+PVU+zEfnssvb"
    "wm9+M6e1fKo5SCNZI8zy6ImFxFyGdYmYig2fpB1uYSfnBJGNf2yx0rFh21Bfd7S/JZuHzg"
    "JmbRtBwcINYzxVeXCnaCCVLUXaQi3r4VpeQR9GnNwRD6l5OiQqSbqncqkqV6rzq3sIfCCg"
    "oAdaAmrrIcr0gi9UMhaaZSKgytJ7yaYazdhtZtOdGtq/l92BCvGwJUtufiX/+hzTlmXd12"
    "Ps9d8CO0ekv81004obx8H+/hJbB2jlbh66bC55RmWxrXlqUEKEq0evlkAYtHIR1mWzCCd7"
    "lsK5Sz7nLB9zZmWIgxad2Vt/dBcT19Mj+3mnfRqpz7PZ80l5izCpMOW+V2BfTNmVKPRfW5"
    "JSyEnewrFMVmCy6UXE6PtSAiQFs2HGm+tut9O+qqPQ/oY1Lzvvm5rztz0+tlck/Q+WWWoO"
    "8leag9RCo6LsVR0S2W7QHxDyDh1S1B3dzunpeQtml7a+YY1m0+y0z/+sI2zDcYY5E5Wlue"
    "j83grFHnH5HQlLrttnv123VLJG93Qr3BYeEwqsTwmLzd2HO3gm69Iu+7XS/vscOPOkm/2x"
    "vaKbZy13bt46NxdgtxKbHxECD4nIOKOHlm/fXRIH58TTSeLqIqjq+Xo+loZh6Ow1GsVSrQ"
    "GmS+6UCqNHZ0qjcZVHmCbG3QO8qekmVJfgT0N1JPWLIiGpSQUKcsQIiwo60697qNQYHyC1"
    "+KH7EXUI6nkE/OTBehnTmQL1yQjcp1lNXdl3AoXFWUzqppv/igzejj99BP501SzcGvJv27"
    "b6PA2JGk7Awg6YtdvlpleEf34NK7DEZJmWaSKs7dj3FK8hlBHTVPA9B3Ea37fcI3TI3pFJ"
    "imJaED0+Q3jzIkcQe/h+GkzMjCt4enhmIgMqrnF10mi2jC9PmK7XUXteBBqF9A+Fn16kt9"
    "zL2SqRzlkU+algTyBqIzVO1KvNDFm+kNwFyMQeEjx89ZjpNLu6ZY3wEOBGA+5N33JWdea8"
    "iv2YrWVm66fzQqkpv++y9U8ZbUZeKBTpJIzKtBVs+qIX7mftEAvueUUGJUwm15bJ1tfyk/"
    "W1VK6euPwfWgTeqUEZsscbuAyxMFWfD3MJU/UbAHvMBc1GOj9iT5hsbpne3+qNMEGz5Nxz"
    "WC4DnHvb4TFzwIIAJjYOPvVTKCt/fn35XuWBxx51wf6GnV62/lSv7IUVakGrXVef3FHfw1"
    "FZ4WYd2erSprcdiV/9toTnwuF+TDyXCnW+zyLmFzFkeVWUZnZsOIKJAe1PVnVFYFmiO0Pf"
    "wBclti6U3FE5Oyonn8ppEI9aIyPrM3tByd7CT+zFOg8ROPmI7pJs20V75OYW8s8t+TmFMp"
    "y/q0dHS13mPlpwmfso9Z0vmFQFEA7VS4juoxwJoUVJWMaNrvxPvCRMNv/Jnae5xLW2j7w8"
    "6WuEX/4Hgmt7cg=="
)
