from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


# Tortoise has no words for indexes of a part of the rows. Each of them serves the statement that stands above it.
async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- What a member had of late.
        CREATE INDEX "idx_audit_entry_guild_i_1252c4" ON "audit_entry" ("guild_id", "target_id", "created_at");
        -- What is not recorded to its end.
        CREATE INDEX "audit_entry_unsettled" ON "audit_entry" ("id") WHERE "settled_at" IS NULL;
        -- What is due in a guild's audit channel, in the order in which it is posted.
        CREATE INDEX "audit_entry_unposted" ON "audit_entry" ("guild_id", "settled_at", "id")
            WHERE "posted_at" IS NULL AND "settled_at" IS NOT NULL;
        -- What was taken off a panel; which panels were made.
        CREATE INDEX "audit_entry_clean_up" ON "audit_entry" ("panel_id") WHERE "kind" = 'panel.clean_up';
        CREATE INDEX "audit_entry_panel_create" ON "audit_entry" ("guild_id", "actor_id", "created_at") WHERE "kind" = 'panel.create';
        DROP INDEX IF EXISTS "idx_audit_entry_guild_i_71a126";
        DROP INDEX IF EXISTS "idx_audit_entry_state_68c185";
        DROP INDEX IF EXISTS "idx_audit_entry_guild_i_1a27dc";

        -- Who takes a place of a panel's role.
        CREATE INDEX "role_grant_place" ON "role_grant" ("guild_id", "role_id", "panel_id", "id") INCLUDE ("user_id") WHERE "left_at" IS NULL;
        -- The members of a role come from few panels; without this, the places of a large role seem few, and all of them are read.
        CREATE STATISTICS "role_grant_places" (dependencies) ON "guild_id", "role_id", "panel_id" FROM "role_grant";
        -- Who got a role since Discord counted its holders, and who is just getting it.
        ALTER TABLE "role_grant" ADD "claimed_at" TIMESTAMPTZ;
        CREATE INDEX "role_grant_of_role" ON "role_grant" ("guild_id", "role_id", "claimed_at");
        -- What ends next: anywhere, in a guild, and what is tried again.
        CREATE INDEX "role_grant_end" ON "role_grant" ("expires_at") WHERE "expires_at" IS NOT NULL;
        CREATE INDEX "role_grant_guilds_end" ON "role_grant" ("guild_id", "expires_at") WHERE "expires_at" IS NOT NULL;
        CREATE INDEX "role_grant_retry" ON "role_grant" ("retry_at") WHERE "retry_at" IS NOT NULL;
        -- Whose roles wait for them.
        CREATE INDEX "role_grant_away" ON "role_grant" ("guild_id", "user_id") WHERE "left_at" IS NOT NULL;
        DROP INDEX IF EXISTS "idx_role_grant_expires_26d775";
        DROP INDEX IF EXISTS "idx_role_grant_item_id_06189f";

        CREATE INDEX "panel_role_limited" ON "panel_role" ("panel_id", "role_id") WHERE "capacity" IS NOT NULL;
        CREATE INDEX "idx_panel_messa_panel_i_91ac58" ON "panel_message" ("panel_id");
        CREATE INDEX "idx_panel_messa_channel_0b183d" ON "panel_message" ("channel_id");
        CREATE INDEX "panel_message_unfinished" ON "panel_message" ("id") WHERE "state" <> 'live';
        DROP INDEX IF EXISTS "idx_panel_messa_state_4ed29c";

        -- A fifth of a table that grows for years is too much to be left dead.
        ALTER TABLE "audit_entry" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
            autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
        ALTER TABLE "role_grant" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
            autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
        ANALYZE "audit_entry", "role_grant", "panel_message";"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "audit_entry" RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
            autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
        ALTER TABLE "role_grant" RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
            autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
        CREATE INDEX "idx_panel_messa_state_4ed29c" ON "panel_message" ("state");
        DROP INDEX "panel_message_unfinished";
        DROP INDEX "idx_panel_messa_channel_0b183d";
        DROP INDEX "idx_panel_messa_panel_i_91ac58";
        DROP INDEX "panel_role_limited";
        CREATE INDEX "idx_role_grant_item_id_06189f" ON "role_grant" ("item_id");
        CREATE INDEX "idx_role_grant_expires_26d775" ON "role_grant" ("expires_at");
        DROP INDEX "role_grant_away";
        DROP INDEX "role_grant_retry";
        DROP INDEX "role_grant_guilds_end";
        DROP INDEX "role_grant_end";
        DROP INDEX "role_grant_of_role";
        ALTER TABLE "role_grant" DROP COLUMN "claimed_at";
        DROP STATISTICS "role_grant_places";
        DROP INDEX "role_grant_place";
        CREATE INDEX "idx_audit_entry_guild_i_1a27dc" ON "audit_entry" ("guild_id", "posted_at", "settled_at");
        CREATE INDEX "idx_audit_entry_state_68c185" ON "audit_entry" ("state", "posted_at");
        CREATE INDEX "idx_audit_entry_guild_i_71a126" ON "audit_entry" ("guild_id", "created_at");
        DROP INDEX "audit_entry_panel_create";
        DROP INDEX "audit_entry_clean_up";
        DROP INDEX "audit_entry_unposted";
        DROP INDEX "audit_entry_unsettled";
        DROP INDEX "idx_audit_entry_guild_i_1252c4";"""


MODELS_STATE = (
    "eJztXetz2zYS/1cw+tJ0RudJnJdPubkZO1ZcXxwrteWmD3ckiIQkViSgAqAVXa//++2CD5"
    "EiJYuyLFMKv7QxgAWg34LAvrD4q+YJm7nq4Ni3Hd3kWk5rDfJXjVOPwT9yauukRsfjWR0W"
    "aNpzTXOK7TosbthTWlJLQ1WfuopBkc2UJZ2xdgRHghZnRDJLSJvZhN0B5QHpjhxud4mjCC"
    "W20BpqcDpE+daQUEW6UrhMHViuY426REjSHVPO3ANLMqpZ9x3+PXUFhT6GwrUVcbSC8S2t"
    "DnBStrBgVg4fPMH4t/yWdyVTvseiysmQakK50EMmyVgKiylFOGNQpQXpO9xRMCqxXOp4MB"
    "MzKnnm8LEPvVJuE4drhiADokAxYvz7dzAiTp95gDPQTIaME8W0dpkNU/iMswVayczvsklv"
    "Su6o6wN7YBr414hN66THLOorRmBiIURE+Np17pjCMs+A6XPnT591tBgw/AEA6W+/QzEAyL"
    "4yhX/+Vhv4jmt3HDtYKRJahn8EgNkdqmu/I9V41Ok7zLVTKzBoaso7ejo2ZSfO4JzrD6Yt"
    "crTXsYTre3zWfjzVQ8FjAsAISweMA1QwJJRpiT+4xn3XDVdvtESD3zRrEvyYBI3N+tR3cV"
    "UjdTCBWVmt07lstTvXzXanU8us+IgisQjDIktw/FpgqsoAMMAp/OOfh4cvX749fP7yzdHr"
    "V2/fvj56fgRtzXyzVW//DiYzQyvoymB2fnZ+2cYJCVgtweeKBX8bGqppQGV4NkM/ybvVeZ"
    "Ckup8TEe7LWBEVzHgx21D2jBkz8HEfygL/fkhlPuxR+znI4YfsIuQe/dpxGR/oIfz58nAJ"
    "mj8dX73/4fjq2cvD79OQXoY1h6YqDS7smEIWXtlJqrVWdriFlAblJ1nYqVNgdfBTZBX666"
    "JvpJVc8BcinyTZI+APX7x6++ro5ZtXMd5xyTKYs5AmZLDCqzpLuxGEvxnhJbmwjdidhf8/"
    "163LRQs7JplD3XYsTf5HXEc9msBS+1ff54Hg3gOJSTtcHeCw/649EluWIIwQYc+eUn+6yb"
    "Pz2afjn+eP1fcXrRMDmVB6IE0vpoOTOYYEmk4RfswoHsSOkm0328ZdaYAmX3Jsct8z0J/D"
    "DCm3WIYFMXGZxcjajzfNm+Zpg8AgPrNv+XXzst0AJZfrW37aumw2QHXn7JZfNT/cXGNDyf"
    "qgzULLm8uPl60vlw3i8xEXEz5vE1hFHD1aQRo9WiiMHs3LoglFOMO0U6jRoPrnfy9pyvlv"
    "JiQ9iP5RHv5t4tNpn39qXrePP31OfT+nx+0m1hya0ulc6bM3c1yJOyFfzts/EPyT/ArrZ/"
    "4zi9u1f63hnKivRQeWT4faSUyi4qgo/VkGJpg12Jym3ACbd2eD3DkuY39rMTlFWPG4bDxG"
    "C2V/lLCSYUGPWqMJlXYnVZOwnzOl6ICpHJUgpPzw8Yq51ICZZXtofjcW209BVzvL+FlpOE"
    "WDqDgUiyDNVnmH3nwJ5YCJHY6NI4WQnUra17UcV0ZQUV/mxbDjJvf6L74Y6z0ZM6kEN+IH"
    "cTgUQK/UJRprJ1RFwscB6Vq+0sIDRc84GNC2bpp+p+qka4zwqhv4C8zPRGM8tHEkielynB"
    "hPNYn7jf+FrPrfikn/gVaHylhfSuMDfFrFzckJogr6taGPt6UizpIUUZlV3TU9Ji+eP19B"
    "SYVWC9VUU5dGOjgcihh0ZhTbt6/tkUVntywE2zxUvyG14jHl5aakypfsilkMeJAnOM+1WC"
    "pBs6BtRyYa3ytLN++YhOUJzCawNUtmk76QIMYaAcVIsNgtsxtkMhSEqlHYwtF1E+JSN+Ew"
    "QzEhHkbqOEbqPSDn2oS5KMIF8ZjXYzIrQW9vaBMBZNxpquOPQXaORXDOJkxpYuqIYxPRx2"
    "LeQEE+UP2wKAhCClt5dArzdVyXoC3XJkp4DKYjWTAfKJwqYjOKUT/dIDbLGlIe+PK6pk3X"
    "FRZ1WdeEAyVoQYGYDB0Yy6V84MPgdTPJABCYcTCsFqTH4L+uma6j36VjjozqAY3RFFtpDJ"
    "XGUNIj5Gmk1ioA5emwD3bzNaSpFGHlbimdNJWJc8lRVpZHueTpKjutjG8syAXDup1cU/aS"
    "/SpBtE+gbjtgDsQqqJfTjok9L7Cmcyj3iQ8bW9xJkbzwljEj2x62z3cE2Hm1o6C4k0NdiT"
    "3rbiOBrlfESjqjWMtEWjbUNx3EUxLjzRkqZO8F7zuDWo7lJlldX2a2CRQ7a9byXptNe8jM"
    "zSJAXaEJABT9wEbwbmY9cWDh+OiglGJChjSwdoS8zfFmPrxLY2MJdg7lcIsZE0tokGDEVJ"
    "BwSzG2HRitEdzDCuNsSI/1hWRIhjeigsAMJJbsgHRd1tegAaR77Qkd9oUFaBa55VwQV/AB"
    "k2hNia0n8DP6GsrQWENQTcB7ZznWp/AOl1E4Hmo8KYueXwZjyhPfqKrOw6fmzTwvzB5R1B"
    "AwR1qFa5XZEhAcnNKoQBi9UsSBmUdbjqsCON7eXBWoRNNHjC8PJZaie1yCrNrfyra/lUT1"
    "MKGptRylI6hYqm6M4yb36hnHBPff0O0JSkGoCRyQL0OB4rOR5wdMGY+sEZ6VoVB1AixXUN"
    "GFVgp660bCuMKcDjAsV8Hlu6wmsq1BcwT7dNYEA+3vlae08pR+k55S8/8CkkHUvorqWy2q"
    "Tzu6mOgVE+whwoev36yAMLRaiLCpSyOcnFkG5zb7umD7mCPbBzl3mdjV/Lm9XK+Ipa6L1u"
    "VZ1Hxe2ZiPsrAY14ip8GWBczFDt0dWlo35dpSeLto4VrlnPN32JlLr+VoDJAWV5trJTbvd"
    "urxukJD+lp9etT6fmlvEthRjW0z4Lf98/v5j86pBxo41YnJemlxpd19l63mxeOd5kdl4UO"
    "pel0ER7Rb5AyLwwGVF2dNunZ1dNOFrM9S3/Pj0tNO6vPilQUCH6gjuTvEe+KfWT82wWDJP"
    "3LGw5uby/MebJl4Hx5kCG5tXn44vzXXyMZOg+LDgU396Zjoe6GAdX7pFzuoU0T6cIHPH9f"
    "NXqxhLsNniA9tUzslEQ9/rceq4RfHOEFaYr4p5XwjNcg7pxWDPKCqUV0U5PMM6Y2PUnhSQ"
    "iXIotxfv8npHZCLP4YWDtFI0laCZAyp8GIVBTdJUoGZBlexP35HMXsstlktc+cU27heLca"
    "ZujhhyIgB9yu9hUUg6x50e0D4WW+KS7XLgpNW6SHHg5HzeRHDz6aQJYrdhBzRy9AKbY88V"
    "oMWt923k0VafxsY/Ddfho85ACn9cRGRMU+2f2PgoFmKlHWs0Lbj/zIiqnafAzjOhju70he"
    "zAHBnjOKFiuOd3UPGgAA9Ct20BaTNBsT2d6MWOSJq7lb2gNP6QXQhDSaXAGdtrsjlNWbG5"
    "dGwuEG1UJb9bKfldWsm7c/D02ARSV2Ffu/uR3INVvhmoOE7C3eGNZLvJFFOf4KJYv8Qnek"
    "/IX8dLNF0h9C9Kf6LDPIdBhhQV3csJM61AAd4JEn2C5wRmL3EZ6UoGfEIjyCwST5EeGwL7"
    "TECe6ew7RcLqvCDAbQ5vri55jlIwerdh7gj1hD0lACTDwRyYgSanjsL3mN6RERtr4nPtuL"
    "PeklMbwAqpQy9hJhatCLMdLSSxKCeaue4B6XIxuyJlGuE9pltu0kjiRavwpyCxY1K/hHmz"
    "gdQ89BUnsAkfiYqSvkR3qcwVKeq6EY4qaNFjeDcKr0rhb8KLVXNIOziJRJaZCIL4ESqcUf"
    "DyFuJsclt2mCf+cFSQzQbnBBK+p6JfT9RQTFR8eyzIaWkoZq9dhdDCmGKEJFzoKnNNCeMx"
    "171AtYGrU1VM5ky2K4x/mq566WQ99OePlQIbTB5plREi15FrTuGCxrcEVWVxK2Bx27UnS2"
    "oogxT0pNQ+t67b55dnDSOfAea3/OL8p2aDYF+3/LR50QyqjagTrqInvjqWFqyKeYjnKSsf"
    "2MZ9YEZ4L+L+ign2z/N1+HqlwP0lcfvzi9/oN4VFnCTVI8Wd7L+EU85HCndNg8qYbecAzq"
    "L7QUjmDPhHNs0cuUuMaTsH7iIzGhRLOomV+NSagt8e2CDMDnt8/f74tFnL7hcbwDT93Ppe"
    "ApvcJPOBfcL7zLENfZGtM2lkv8/YKZNtV7B2BkY8qkJLHNr7MAVSZCEkXcXpWA2Fjl6QR9"
    "uasXChUa+Hdrggi1A9unTcF9Iz95c5YV/HQuo6dOL8lwWPvATnJ7btTTXLSchUjinlXpKO"
    "N7FImX3QJenqWfnNnuaLrXc7El9R8tM9ncoIQFkjnXSSbI+CpLf9Ak0V4LKvkQ8pI1V4zB"
    "UxgyRpqidwHvKoMYgHBQ6MqHmVkbcMqnXZFu+eKddlg3dz6vVTaoHCYLtAAwzDh+7V/qJ2"
    "92p+LdCoTL4pwaMoEwwsMVEX5nkfhQrR7AlOE9cRJInlJhsVWtuDkI/g9SIuUFEyfWaVuk"
    "cfbbm+Fl6NqZJaPWkQRcSFQipDgmifjoJtp2KnvbwTYsm9pYhgD3MuHa1yZelo8Y2lo8yF"
    "JeN0LAJvTLB/frFHuRG2NKPVYpj3MKPVFsAG1cjJR3qxxJ4gqVSgjL1mQTqw1cJNFiYFe8"
    "x4E8UAE5sGLqEiQScnFzdXnzE90lg6HtDf8rOr5i8NEndoCpqXDXxb0mJKYbKk0waxMbdp"
    "SdJYmScppMdszD1iQqzyL0ssC/xc1MXefB3btnnGgPbybgavxIpe3vXgyu68Mg9sX5q7Lp"
    "3gYy6SHiWPdI8Ysbmjgo6p5eicJb54fSdIKkgXQwqQ+TDEGqlNFvRQRdwWyXDicxs0+bUS"
    "nGRJq9jOjTs8qvxMu8SkKj9TlZ+p+jSSLBpIyu0+Nc/m5diYF/MnQ/gg5qwjTOXxBkfdG9"
    "5UPuDKB1z5gJf6gNHDewY7ka7l+IBnlfVlPmBzwgzidqs+cxRmGvCY12MS3zcNnhdS5A9f"
    "aTIIHketk74U3sx5243NKl1ztd88Tmp8stGddkXRuSvekS77OgbJQ5lXTM39fEcTxu3c4N"
    "8nnpHJiGC51PFMlNzs1VVKLNexRsSlMAMgZfLOJEh4R3zuOiNGugb4iEqjW3sa0kbjhxNU"
    "6RwJ5oPBcfABNEJdjHWGaWN2hnNNNB0xZeKfRT/IuuBSi5mnaqMHoNCpHmcngB+HWQhghc"
    "eZEuIIgjgzAUZVY8fcQFjHnAvWEKOjQdMSxKNT+IVmHJhD6gFaxXSYoAE7DvkD5XQCNIYd"
    "8cOzB6QFGw2Ohi/m4jVgG0ZAEHzXNg/d9lg4CfyC6qTbp47rA7RdEujZpi9YGkzVbzmSdi"
    "XDMP75x3A5+xpEiOPELeEtiQhIvpDkAw/Df24kPqCK596s3XEXX8f6BozAic9mdewTRBX0"
    "a0NfBdBUF0SfHPiN2eVDMaUAogmKCtAlLtKi7o0kXWUWLGAWnIn8WciXX8RJU1YXcUp9EW"
    "emDxZlc5qyeta6zFye2QSKcjlNWXG5zFyuHqffb/5GRqQCYmWSZG/C8zb4blNgcyv6xSTp"
    "qk+mbJ9MxpP0NF6Pa8b4+yBH6mcxMVbajPMj06a+zAcSZVwdx03vdYO0hywMPxa+IuKOyY"
    "kEkd/Y2NGsHHZ5QL6gi9iYnHvCJBtBK7ZiQVHYilA+JZ6QrB4nODYuA0UnZCCMKR8zDBsL"
    "d9b/8bRTeUDW4TIlyK0s5CW2kO8rL5LXZyZ5z8ouDkCJCaqEDQVjTEpyih0z6VjDvLMrrF"
    "l6YtFZm/uOqsXgVwnjy3XXeWHKqcWXFRfnnNqHS7eHr1fLl7osYWomYyp+VAUQDpvvIbqP"
    "cg8URtSMF0o/lCCpDrNdOsz+/j9chANT"
)
