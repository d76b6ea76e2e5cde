from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "panel_message" ADD "entry_id" BIGINT;
        ALTER TABLE "panel_message" ADD "state" VARCHAR(8) NOT NULL DEFAULT 'live';
        ALTER TABLE "panel_message" ADD "nonce" VARCHAR(25);
        ALTER TABLE "panel_message" ALTER COLUMN "message_id" DROP NOT NULL;
        ALTER TABLE "panel_message" ALTER COLUMN "panel_id" DROP NOT NULL;
        COMMENT ON COLUMN "panel_message"."state" IS 'POSTING: posting\nLIVE: live\nDELETING: deleting';
        ALTER TABLE "panel_message" ADD CONSTRAINT "fk_panel_me_audit_en_bb43b31f" FOREIGN KEY ("entry_id") REFERENCES "audit_entry" ("id") ON DELETE CASCADE;
        CREATE INDEX IF NOT EXISTS "idx_panel_messa_entry_i_2e771e" ON "panel_message" ("entry_id");
        CREATE INDEX IF NOT EXISTS "idx_panel_messa_state_4ed29c" ON "panel_message" ("state");
        ALTER TABLE "panel_message"
            ADD CONSTRAINT "panel_message_id_is_known" CHECK ("message_id" IS NOT NULL OR "state" <> 'live'),
            ADD CONSTRAINT "panel_message_has_a_panel" CHECK ("panel_id" IS NOT NULL OR "state" = 'deleting');"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DELETE FROM "panel_message" WHERE "state" <> 'live';
        ALTER TABLE "panel_message"
            DROP CONSTRAINT "panel_message_id_is_known",
            DROP CONSTRAINT "panel_message_has_a_panel";
        DROP INDEX IF EXISTS "idx_panel_messa_state_4ed29c";
        DROP INDEX IF EXISTS "idx_panel_messa_entry_i_2e771e";
        ALTER TABLE "panel_message" DROP CONSTRAINT IF EXISTS "fk_panel_me_audit_en_bb43b31f";
        ALTER TABLE "panel_message" DROP COLUMN "entry_id";
        ALTER TABLE "panel_message" DROP COLUMN "state";
        ALTER TABLE "panel_message" DROP COLUMN "nonce";
        ALTER TABLE "panel_message" ALTER COLUMN "message_id" SET NOT NULL;
        ALTER TABLE "panel_message" ALTER COLUMN "panel_id" SET NOT NULL;"""


MODELS_STATE = (
    "eJztXetz2zYS/1cw+tJ0xudJnJfPubkZO1ZcN46U2nLThzsSREISahJQATCOp9f//XbBh0"
    "iRlEVF1iv8lBjAAtBvCWCxL/zd8KXLPL1/HLjcNIVR940j8ndDUJ/Bfwpq90iDjseTOiww"
    "tO/Z5hTbdVnSsK+Noo6BqgH1NIMil2lH8bHhUiBBWzCimCOVy1zCPgPlPundcuH2CNeEEl"
    "caAzU4HaIDZ0SoJj0lPab3HY87tz0iFemNqWDevqMYNaz3Bv++9ySFPkbSczXhRsP4jtH7"
    "OClXOjArLoZrGP9G3IieYjrwWVx5N6KGUCHNiCkyVtJhWhPBGFQZSQZccA2jEsej3IeZ2F"
    "HJEy7GAfRKhUu4MAxBBkSB4paJ79/AiDh95gPOQHM3YoJoZozHXJjCR5wt0Cpmf5dL+vfk"
    "M/UCYA9MA/+6Zfd7pM8cGmhGYGIRREQGxuOfmcYy34IZCP5XwLpGDhn+AID09z+gGABkX5"
    "jGP39vDAPuuV3uYvsQI7dLTQPa/d7QBv7EirHU6fI0zaQK/oh+hm2II41vuwPOPDfz1YZ0"
    "trxr7se27IQPz4V5Z9viV9DvOtILfDFpP743IykSAsAVS4dMALwwASgzCkFqiMDzoi8+/q"
    "xDHCZNQgBSNC4b0MDDlYDU4QQmZY1ut9XudK+anW63kVslMUXqw42KHClwhcFUtQVgiFP4"
    "178PDp4/f33w9Pmrw5cvXr9+efj0ENra+earXv8TTmaCVtiVxez87LzVwQlJ+MLCJY4F/1"
    "gaamhIZfk8QT/Nu/l5kOH4g5yIcZ/FirhgwovJJrRjzJiAj3tXHvi3I6qKYY/bT0EOP2Qb"
    "Iffpl67HxNCM4M/nBzPQ/Pn48u0Px5dPnh98n4W0FdUc2KosuLDLSlX5y05TLfRlR1vIxq"
    "C8lg/bUAVnTGXwM2Q1+ouibyWcQvBLkU+T7BDwB89evH5x+PzViwTvpGQWzHlIU3Jb5a86"
    "T7sUhL8Z4SX9YVtRPQ//j1ftVtmHnZBMoe5yx5D/EY/rRxNYGv8ZBCIU9vsgMRku9D4O+9"
    "/GI7FlBsIIEfbsa/2Xlz47n3w4/mX6WH170T6Jpfmhsr3YDk6mGBLejqrwY0LxVezYsO1m"
    "1bgnN7G85NgUgW+hP4cZUuGwHAsm17gNFiMbP103r5unRwQGCZh7I66arc4RXIyFuRGn7V"
    "bzCK77gt2Iy+a76ytsqNgAbsDQ8rr1vtX+1DoigbgV8k5M6xHmEUcP55BGD0uF0cNpWTR1"
    "k84x7RRqDPdZ8XrJUk6vmYh0P/7P5vBvGUunc/6hedU5/vAxs35OjztNrDmwpfdTpU9eTX"
    "El6YR8Ou/8QPBP8ht8P9PLLGnX+a2Bc6KBkV34fLrUTWMSF8dF2WU50XdUZHOWcgls3p4N"
    "cuu4nFFxVWFyhrDm8abxGDWUg9uUlgwL+tS5vaPK7WZqUjp3pjUdMl1wJYgo372/ZB61YO"
    "bZHqnsrZb3Q9jV1jJ+UhpN0SIqD2QZpPkq/8CfLqECMHGjsXGkCLJTRQemUWD+CCv2Zlk+"
    "3KTJgzaPT1bjT8ZMaSms+EG4gALolXrEYO0d1bHwsU96TqCN9OGiZ40SqI+3Tb/Te6RnFf"
    "e6F9oY7M9EBT604YokdAWGj3VN4mGDQSWt/rei0v9KrUOtrN9I5QMsrerq5BRRDf3C0Cfb"
    "UhVjSYZok6+6C1pMnj19OsclFVqVXlNtXRbp8HCootCZUKxev7ZDGp3t0hCs8lD9hq4Vjy"
    "kvn6EU8FaKAR8WSc3p6pmycyhNOJOWD4rQHRA/Ub8BTNZEDogUjNhe3oAIa/9D7jh8tQHK"
    "uErekRENZdboUyoQiL++S+vcE3pAaS4cZgVl63uDzWwFcUZUwL3MytYw2lHo/hOpakifDa"
    "RiSIaOOOHdHokVAwHcYwMDKzLba1+aqC8skNDDjRCSeFIMmUKJHhvFP2NgoExLnxFctuju"
    "pGBpww8mcKwpGApGj12HFEWx/ysl9k0RLjdBgl+zU074XUafX3UXhgLqHbLprlj2TO0RVU"
    "/mKdJa47dpR3Oaz+HBqbroL4oKkCoycBHtZlibcbydsTZ70qFeidmzmDETioUugBu23B7V"
    "RBlJLFX3uBRZvb9t2v62IVcPa91oFFw6woqZ141x0uTBe8Yxwf2XWAq8FEQ3gX3yaSRRfL"
    "by/JChi/8escKzthR6jwDLNVT0oJWG3nqxMK4xlACGFTr038rfRFY1aIFgn3W8t9D+Uavn"
    "a/X8mvU16xHT7b8VJIO4fa0Ynk8xbLipJnolBDuI8MHLV3MgDK1KEbZ1WYTTM8vh3GFfSr"
    "aPKbJdkHNniV3NXzqz7xWJ1HXRbp3FzacvG9ORIg4TBjGVgapwLubodkjLsjTPeW3uyzaO"
    "eVxV71e9iTT6gTEAScVLc+PkutNpt66OSER/I04v2x9PrSOqq+TYlXfiRnw8f/u+eXlExt"
    "y5ZWpampxrd59n63lWvvM8y208KHUvyqCYdoX8ARF46LGq7Om0z84umrDaLPWNOD497bZb"
    "F78eEbhDdaXw7tGV+EP752ZUrJgvP7Oo5rp1/tN1Ez2KcabAxublh+OW9UgeMwUXHxYu9f"
    "Uzk/twB+sGyqtyVmeIduEEmTqun76YR1mCzcoPbFs5JRONAr8vKPeq4p0jrDGfF/OBlIYV"
    "HNLlYE8oapTnRTk6w7pjq9S+qyATFVCuzvHp5ZbIRD4X1lZQYGQoBTZDUwuaBaDCwqgMap"
    "qmBjUPqmJ/BVwxdyGzWCFxbRdbul0swZl6BWLIiQT0qXiARRHpFHf6QPtYbElKVsuBk3b7"
    "IsOBk/NpFcH1h5MmiN2WHdCImxKdY9+TcItbbG0U0dZLY+lLw+PitjtUMhhXERmzVLsnNj"
    "6Khlgb7tzeV9x/JkT1zlNh57mj3HQHUnVhjowJnFA13Is7qHlQgQeR2baCtJmiWN2d6NmW"
    "SJrb5QC/MfaQbXBDyURRjd0F2ZylrNm8cWyu46eXHT+dveR95nh6LAOpy6iv7V0kD2BVrA"
    "aqjpP0tngjWW08fmYJlvn6pZboAy5/XT/VdA7Xv6h5GAxPI388ruO4HKr3ybkNlsGYIDkg"
    "eE6QuxH3GOkpBnxCJcjEE0+TPhsB+6xDnu3sO02i6iInwFUOb0OXfK41jN47sjFCfeneEw"
    "CS4WAcZmDIKdeYBvgNuWVjQwJhuDfpLT21IXwhe9BLOHf0T2QuN1IRhwpimOftk56QkxAp"
    "2wjjmG6EzUSAgVbRT0Fi7mKzKPUSkNr80kkagig3cTiUTmKpbIgU9bwYRx226DOMjcJQKf"
    "xNGFg1hTTHScAv88JwqgSCJPcxzihM+NzYK3SirB0m1+gwuWiE0xJimzZtz16P12S0mCoz"
    "IEtXp7NcDP3pjb/CDlNEukvrYImmVntOVlSPpahqnVgFndhm56XM7SgNFBIqmjoaH9tXnf"
    "PW2ZEVoADyG3Fx/nPziGBfN+K0edEMq60sEn1Ea47tsuJbFQNIQrB7to+Dl3O5bs/w3J5G"
    "10q4lY/QNNUjeR7s/glaZzpfyoGZ09xNIZyH951UjA/Fe3af29Nn6FO2D90yVQoUK3qX3B"
    "MzXxX8+PAeavfY46u3x6fNRn7HWAKo2Zeetmq/mBfY9DZZDOwaY1oTPWqZviutaH1I4aXS"
    "befQeIWKHKojbQzqfDANTqwlIj0t6FiPpIkfr0L9itWaoGKnj7qYMJPMXhx4OpDKtzGsgr"
    "AvY6lMkaZrVcMWBrwmu1F87fmqgNf6lanlnsvlip4tsZVv+DGdTUsDoCzwvFGabIfEn1Un"
    "pKydFXbVip1RZ0RHWZ7J5Y6daZo6I+ZXuG6u4263aZjv2OVu0+Bd3u1unZcQabEtuYBEHg"
    "wPXj7idvM9Aowpb6SIDd1o27aGX/xO8AldkUokb03LYZ5KYRPiYIr60OpsU1jGr+linyVP"
    "/j7maLOvGZF3fp1XZ61m4pgLlSTdFNEuHQUrFnQBjaITYkboREywg2lfDueJmjgsD5o4zM"
    "VMMF/+yavAmxDsnmHmUYJSZibVKYd5B5PqrABskOh5MdLlEnuKZHXb9NONPghTaoaSjETz"
    "2dNL8xI9ZnYWzQATl4YWiUr5cy6uLz9ihpax4j7Q34izy+av+OJj1KEtaLagJHAcpjXmaz"
    "k9Ii6mV9yQTDo2K77ymYvpD6wPSbG/9izXtrIudmZ1rFpVlwDaLwpOnIsV/aIIxVpdOjcP"
    "3EBZd/tuuJirZGgoIt0hRizvqKBj6nBT8ImXf98pkhrSckgBsgCGWCC7QkkPtUthlSQLgX"
    "DhJr9QjoU8aZ1iYel6+jpFzDYxqU4RU6eIqZdGbWes7Yy1nXFuOyNaEc8UtfPO2RknlXuz"
    "7Ix2Fxsm7eZ9zSMKqPWZ32cKn/ELX9HQ5M9AGzIM3wDcIwMl/YmBsJdc3Xs2gtW+wWftfl"
    "FULNEUDYjyDemxL2M43bR9rM+GoXJDmCh6hXvtM8LA33NDDL1l2jpdykEY0utRh9l3EOPX"
    "RdBcmoS+QpdwPmVeA09sw3HQr3XlxI6FnfgeBvQ6I3TJBBlaEp/eE8XsODCLzOuGmpko+t"
    "c+Mx6iAuX0DmgsCMmrhvM9ZJJ6Mnkp5tfay3O5ap1tfP/kG9Cx1c+Try+Ot/ZPqAPA1g38"
    "0tSekaxQAdEUxe5EMi7RiBtJflWVx2m6WulSQelibxkLeednKWvv/I32zp/ck6qyOUu5kn"
    "dL1xBbuRNMrp+l3T3+5jSF69FqHTPFnVGjQKUV1ezN0mfRSZuHdFnljK0Tkm2Wp3lpnGq5"
    "q2h5oOouuDwfvJwvXcqsfCm5hCm4qCogHDXfQXQfxQsXRjTRc3TzWhpTJHXIYkVT4loPs3"
    "/+Dx6VoEM="
)
