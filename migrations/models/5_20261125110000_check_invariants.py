from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "audit_entry"
            ADD CONSTRAINT "audit_entry_is_settled_or_not" CHECK (("state" IN ('queued', 'sent')) = ("settled_at" IS NULL)),
            ADD CONSTRAINT "audit_entry_settled_has_no_token" CHECK ("settled_at" IS NULL OR "resume" IS NULL),
            ADD CONSTRAINT "audit_entry_settled_before_posted" CHECK ("posted_at" IS NULL OR "settled_at" IS NOT NULL);
        ALTER TABLE "panel"
            ADD CONSTRAINT "panel_version" CHECK ("version" >= 1),
            ADD CONSTRAINT "panel_buttons_per_row" CHECK ("buttons_per_row" BETWEEN 1 AND 5),
            ADD CONSTRAINT "panel_limits" CHECK ("min_roles" >= 0 AND "max_roles" >= 1 AND "min_roles" <= "max_roles");
        ALTER TABLE "panel_role"
            ADD CONSTRAINT "panel_role_capacity" CHECK ("capacity" >= 1),
            ADD CONSTRAINT "panel_role_duration" CHECK ("duration_seconds" >= 1);
        ALTER TABLE "panel_message"
            ADD CONSTRAINT "panel_message_rendered_version" CHECK ("rendered_version" >= 0);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "audit_entry"
            DROP CONSTRAINT "audit_entry_is_settled_or_not",
            DROP CONSTRAINT "audit_entry_settled_has_no_token",
            DROP CONSTRAINT "audit_entry_settled_before_posted";
        ALTER TABLE "panel"
            DROP CONSTRAINT "panel_version",
            DROP CONSTRAINT "panel_buttons_per_row",
            DROP CONSTRAINT "panel_limits";
        ALTER TABLE "panel_role"
            DROP CONSTRAINT "panel_role_capacity",
            DROP CONSTRAINT "panel_role_duration";
        ALTER TABLE "panel_message"
            DROP CONSTRAINT "panel_message_rendered_version";"""


MODELS_STATE = (
    "eJztXVtz2zYW/isYvTSd8XoSJ068zs7O+KK4bmwpteWmbdyhIBKSUJOAAoBRNN389z0ASY"
    "mkSJlUZF1YPiUGcEDoO7icK/B3w+MOceX+ie9Q1WRKTBrH6O8Gwx6B/2TU7qEGHo1mdbpA"
    "4Z5rmmPdziLThj2pBLYVVPWxKwkUOUTago4U5UwTtBlBgthcOMRB5AtQ7qPuA2VOF1GJMH"
    "K4UlCjh4Okbw8RlqgruEvkvu1S+6GLuEDdEWbE3bcFwYp03+q/Jy7H0MeQu45EVEn4vq3k"
    "vh6Uw20YFWWDDXz/nt2zriDS90hUOR5ihTDjakgEGgluEykRIwSqFEd9yqiEryLbxdSDkZ"
    "ivomeUjXzoFTMHUaaIBhkQBYoHwn58C1/Uwyce4Aw04yFhSBKlXOLAED7o0QKtIOZ3Oag3"
    "QV+w6wN7YBj6rwcy2UM9YmNfEgQDCyFC3Fcu/UKkLvMMmD6jn31iKT4g+gcApJ/+hGIAkH"
    "wlUv/5qTHwqetY1NHtA4wcC6sGtPvUkAr+1BUjLuPlcZpZFfwR/gzTUH9p9GD1KXGdxKwN"
    "6Ey5pSYjU3ZKB5dMvTNt9SzoWTZ3fY/N2o8masjZlABw1aUDwgBeGACUKaFBajDfdcMZH0"
    "3rAIdZkwCAGI1D+th39UrQ1MEAZmUNy2q1O9Zts2NZjblVElHEJm5YZHOmVxgMVRoABnoI"
    "//r3wcHLl28Onr98fXT46s2bw6PnR9DWjHe+6s23YDAztIKuDGaXF5etjh4QhxkWLHFd8M"
    "3QYIUDKsPnGfpx3hXnQYLjj3Iiwn0RK6KCGS9mm1DFmDEDX+9d88CfDbHIhj1qn4Icfsgu"
    "Qu7hr5ZL2EAN4c+XBwvQ/PXk5uynk5tnLw9+TELaCmsOTFUSXNhluSg9s+NUS83scAvZGp"
    "Q3MrEVFnDGlAY/QVajvyz6RsLJBD8X+ThJhYA/ePHqzaujl69fTfGeliyCeR7SmNxWelbP"
    "064E4X+M8BKf2EZUn4f/59t2K29iT0lSqDvUVuh/yKXyyQSWxn/6PguE/R5ITIoyua8/+9"
    "/GE7FlAcIaIt2zJ+VnN352Prs++S19rJ5dtU8jaX4gTC+mg9MUQwLtqAw/ZhTfxY4t227W"
    "jftUE5uXHJvM9wz0lzBCzGwyx4KZGrfFYmTjl7vmXfP8GMFHfOLcs9tmq3MMijFT9+y83W"
    "oeg7rPyD27ab67u9UNBemDBgwt71rvW+2PrWPkswfGxyxtRygijh4VkEaPcoXRo7QsGtOk"
    "55h2DjWKeiR7vSQp02smJN2P/rM9/FvF0ulcXjdvOyfXHxLr5/yk09Q1B6Z0kip99jrFlW"
    "kn6ONl5yek/0R/wPxJL7Npu84fDT0m7CtuwfSxsBPHJCqOipLLcmbvKMnmJOUK2Lw7G+TO"
    "cTlh4irD5ARhzeNt47G2UPYfYlYyXdDD9sMYC8eaq+EHPK/tfJV34KVLMMMDwySNph5naL"
    "4/F7ivGhl2/aBib5FJ35k2edSY/9GYstGICMmZOVcRZVAAvWIXKV07xjI6VfdR1/al4h5o"
    "MMbarg3NpukPcg91jUVadgPjufmZ2jINbahAU7oMi/6mBvG4JbyUufqfYqv+TnW6tkJvpV"
    "YNS6u8nTRGVEO/NPTTbamMFyBBtM063JKugBfPnxfQvqBVrv5l6pJIB4dDGUvFjGL9hqMK"
    "mSp2S/Vd56Fay8srkZcvtBRwxlmfDrKk5nj1Qtk5kCbsWctHRegOiJ9acQcmS8T7iDOCTC"
    "9vQYQ1/0FjCrPW1zKu4GM0xIHMGk6lDIH4+7s0UStBaI+kzCZGUDZBJbqZqUD2EDNGXCNb"
    "w9eOg7iW0AaBeqTPBdFkOsIkUFo1sSAggLukr2BFJnvtcRX2pQs49HDPGEcuZwMitESvG0"
    "U/o6+gTHKPIL1sdRyPgKUNPxjBsSbgU/D1KCZGYC32f6fEvi3C5TZI8BuONgnmZTj9yvvm"
    "M6gr5Kxcs+wZ2yPKnswp0tqUtW1Hc5zPwcEpLB0IqQ0gZWTgLNrtcKPq71XGjepyG7s5/r"
    "xsxswollIAt2y5PanvLZRYyu5xMbJ6f9u2/W1LVA8TnN3IUDqCioXqxmja5FE94wTp/RcZ"
    "Cq0UhJrAPvo45Fp8NvL8gOjY9T1khGdpKOQeApZLqOhCKwm9dSNhXOoYefgsk0Fg0rwmsq"
    "6PZgj2yYhyA+2ftXm+Ns9v2F6zGTHd/FtCMoja14bhYoZhRVU50WtKUEGEDw5fF0AYWuUi"
    "bOqSCMdHNodzh3zN2T5SZFWQcxeJXc3fOov1iqnUddVuXUTN08pGOgXCJkxpTLkvSpyLc3"
    "QVsrKsLCRcqknexlEkBnOy7k2k0fOVAkhKKs2N07tOp926PUYh/T07v2l/ODcRlo7gI4eP"
    "2T37cHn2vnlzjEbUfiAiLU0W2t2LbD0v8neeF3Mbj5a6l2VQRLtG/oAIPHBJWfZ02hcXV0"
    "1YbYb6np2cn1vt1tXvxwh0KIszd6JjZK/bvzbDYkE8/oWENXety1/umjpUVo8U2Ni8uT5p"
    "mVDbERGg+JBgqW+emdQDHczyhVvmrE4QVeEESR3Xz18VMZboZvkHtqlMyURD3+sxTN2yeM"
    "8R1pgXxbzPuSIZh3Q+2DOKGuWiKIdnmDUyRu1xCZkog3J9gU+HOyITeZQZX0GGkyEX2ARN"
    "LWhmgAoLozSocZoa1HlQBfnsU0GcpdximcS1X2zlfrEpztjNEENOOaCP2SMsCklT3OkB7V"
    "OxZVqyXg6ctttXCQ6cXqZNBHfXp00Quw07oBFVOTbHnstBi1tubWTR1ktj5UvDpezBGgju"
    "j8qIjEmq6omNT2IhloraD5OS+8+MqN55Suw8Y0yV1efCgjESwvSAyuGe3UHNgxI8CN22Ja"
    "TNGMX6dKIXOyJp7lYA/Nb4Q3YhDCWRRTVylmRzkrJm89axuUS0UUxrJ1LiQZbSfhpSvnt/"
    "Q1yc49+MBxJdB13tLudnpaEAmdLyvlB9fKwCqpuwr8pilW0HKo8Tdys1n548yi9ag3nBfr"
    "E1+kjMn+XFmhaI/QubB9nwOAzIozJKzMFyH12abBmdFMT7SB8UaDykLkFdQYBP2goyC8WT"
    "qEeGwD4TkWc6+0GisDorCnCdnze5Sx6VEr7ePTZJQj3uTBAASfTHKIxAoXMq9QW3b9EDGS"
    "nkM0XdWW/xoQ1ghuxBL8HYdYAicajiAtmYIUVct74LYAuDDZfNDlpBXtC2bXebiTgMV3xp"
    "BiTp6py5JeFPb5oltpgs0iothBX6Kc0ZU9K2FKOqDUolDEqbuI+2ijN4Tg9NQTyP7zsuCB"
    "2w92QyF+22QDnYQXjzFAMoFng8Fd0S8wp+fSBY6oqzk9uzk/Nm49sGM4mmymuekhHXbh/T"
    "MkS8bQE1I5Cesc7nMbn8IDHrywci0Rx1JcMjOeQqegsDu+ENXVqa7ulnJ4L8/b0o3afPhW"
    "cyhxgiX0dcqCz1Yl2fzUwzmq6a6Lz8rjSj+tGK1YpE+SrCjngotvw4SV4GAKAs8VpCnKxC"
    "YUbrvgasdhFV1XeQCCQIj7J5JueH08Rp6nvIviNgplZCaiWkVkIKKCHczfdyRG6jR5WPqF"
    "2xNwX1RQOcRd4F7VAAfcBBep7oF/lY7PpeY88Pbgdj5hoCfTFwYOo3F4dFj/PpPnNeEHzK"
    "ry1WM8KYyPo2g406GCIulJJ0Y0RVOgrWLOgCGlknxIKA1Yiggsn2R0ViVY/yQ1WP5iJVic"
    "f/omXgnRLUocCFQoEXXmWQD3MFrzJYA9gg0dNspPMl9hjJ+rbp51t9EMbMDDn3QBTLiM+9"
    "DeIpc+IlAUwcHLxQXerWgqu7mw86L34kqAf09+zipvm7fkAq7NAUNFvH+qVo/YyzzpI/P0"
    "aOvtRqS+4vMHcRC484OunUOB+zg+QWBUXkdVGZ1bFuU90U0F5WSkghVvSy8kJqc2lhHji+"
    "MDGOVrCYy+TFZpFWiBGrOyrwCNtUZUzx/PkdI6khzYcUIPPhE0vktOb0UMeilElt9ZkDmv"
    "xSma3zpHVi68rt9HVi/i4xqU7MrxPz66VR+xlrP2PtZyzsZ9RexAuBzbjn/Iyzyr1Ffkaz"
    "iw2m7YreoR5mMXnE6xGhH08K7i6X6C9fKjQIXl7aQ33BvZmDsDtV3bsmbci8fGT8fmEqEp"
    "JYOxD5W9QlX0dwuknzRJJ5H4kqRFjW26cbH5HJtoKjJvGc6tTNC225JCjSOTRVoHYE7k+p"
    "Uo9BSaLCtC/zKmvwc6Acj/EkGP30Eahi977HXphcid+0Ds9crT1mF6+L/wcYx+rXXDeXuV"
    "UHFmwK+k1I3RW3V4aSQQlEYxRPBOjuhSFleI7KWn3jdLW1pIS1xKgHS4XVJynrsPqtDquf"
    "KThl2ZykXMszb/UD08sxuX7Fr3r8LXGv1lOao06IoPawkWGLCmv2Fhmi8KzNY0aofMbWd9"
    "BsV4h4boJpfoxnfoZpFWKVDw4PC0S3QasFD4MdpuPb9KIqgXDYvILoPkn4LHxRha/3FHUR"
    "xkjqXMOSPsCNHmbf/g/5LQXa"
)
