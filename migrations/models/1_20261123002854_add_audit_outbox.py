from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "guild_config" ADD "audit_since" TIMESTAMPTZ;
        CREATE INDEX IF NOT EXISTS "idx_audit_entry_guild_i_1a27dc" ON "audit_entry" ("guild_id", "posted_at", "settled_at");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "idx_audit_entry_guild_i_1a27dc";
        ALTER TABLE "guild_config" DROP COLUMN "audit_since";"""


MODELS_STATE = (
    "eJztXG1z2rgW/isaf7ndmVwmIU3DpTt3hgaazTaBbkK2u9vsGGEL8I0tsZIcyuztf98j2c"
    "YG2wRTQojLp8Q650jiOXo5eo7svw2P2cQVlYZvO7JFJZ8adfS3QbFH4J8M6QEy8Hgcy1SB"
    "xH1Xq2OlZ5KZYl9Iji0JogF2BYEimwiLO2PpMKoMOpQgTizGbWIj8gCWFdS7d6jdQ45AGN"
    "lMSpCo7iDhWyOEBepx5hJRsVzHuu8hxlFvjClxKxYnWJLeW/U8dRmGOkbMtQVypID2LSkq"
    "qlM2s6BXDh0+Q/t39I72OBG+RyLhZIQlwpTJEeFozJlFhECUEBBJhgYOdQS0iiwXOx70RL"
    "eKXjl07EOtmNrIoZIokAFRsLgn9Ie30KLqPvEAZ7CZjAhFgkjpEhu68FH1Fmw50b/LRv0p"
    "esCuD+6BbqinezI9QH1iYV8QBB0LIULMl67zQIQq8zSYPnX+8okp2ZCoHwCQfv4TigFA8o"
    "UI9fjZGPqOa5uOrfQDjGwTSwP0PhtCwqMSjJlIlidtYhE8hD9DK6qWxvfmwCGuPTdqAztd"
    "bsrpWJe9c4YXVL7XumoU9E2Lub5HY/3xVI4YnRkArqp0SCjACx2AMskVSAb1XTcc8dGwDn"
    "CIVQIAEjY2GWDfVTNBWQcdiMsM02x3uuZNq2uaRmqWRBaJgRsWWYyqGQZdFRqAoerCv/9T"
    "rR4fn1YPj9/UTl6fnp7UDmugq/ubFp1+DToToxVUpTG7OL9od1WHGIywYIqrgq/aBkscWG"
    "k/x+gnfbe6D+Y8/qgnItyXuSIqiH0RL0Ilc0YMvlq70sCfjTDPhj3SX4AcfshLhNzDX0yX"
    "0KEcweNxdQmavzauz35qXL86rv4wD2k7lFS1aB5cWGUZLzyyk1ZrjexwCdkZlJ9lYEvMYY"
    "8pDP6c2R79ddHXEU4m+LnIJ01KBHz16PXp69rxm9czvGcly2BOQ5qI2wqP6rTtRhD+boKX"
    "5MDWoXoa/p9vOu28gT0zWUDddiyJ/o9cRzxZwGL8OPBpEOz3IWKSDhUV1ex/jSdyyxKEFU"
    "SqZk+Iv9zk3vnqqvHb4rZ6dtl5F0XzQ65r0RW8W3BIcDoq4o/Y4pvcsWPLzbZxn53E0pFj"
    "i/qehv4CeoipRVIuiI9xOxxGGr/ctm5bzTqCRnxi39GbVrtbh4MxlXe02Wm36nDcp+SOXr"
    "fe394oRU4GcAIGzdv2h3bnU7uOfHpP2YQu8girhKO1FaLRWm4wWluMRRMn6ZTTmiCRjkey"
    "58u85eKcCU0r0T+7479NTJ3uxVXrptu4+jg3f5qNbktJqrp0ulD66s2CV2aVoE8X3Z+Qek"
    "R/wPhZnGYzve4fhuoT9iUzYfiY2E5iEhVHRfPTMuY7Crp53nIDbn45C+SL8/IcxVXEyXOG"
    "ex/vmo8VQzm4T7BkqqCPrfsJ5raZkrAqy9NNi7yqt1iCKR5qJyk0VT9D+v5ccWtnjA6coZ"
    "HB7ifFB8vo/YCjs2LNR/n97oho5hmcLBAbINhfka7lLcLBP2jiwKj1JTxzNkEjrNllFA6l"
    "DMr+26vULHyQqhAOhDOa69ckuVLTAmSNMIXzK5qAMbRWD3j6cE1FfTJgnCgzxZgHk1AZc7"
    "IiK55LXe8KefrdHAXzeexghIQDoTjrl2FdIhpky8f0xGwtukUumO43yV3bJJN+dpmF3Zxj"
    "aLZ7Y4u1zp475suNHxl3JALROees2CMQLI06xjOVR8ONBlK5eaQtVGwQBgQV9GnEyAPhel"
    "sfEpWSP1CZe5WZ19n8AwQ+ECDogZaA2iAmCMIBoVL/0CwVAd+aDki21WhGVDGfKNfQ/rlq"
    "pFGIzC9ZhvwbSfyXmPsua/wWY6//Ftg5Iv1d5izX3DiODg9X2DpAK3fz0LKFDKwji23NM4"
    "MSIlw9ebMCwqCVi7CWzSOc7FkK5y75krN8LJiVIQ5aFtO2fusuz37MQtrLTvs8Ul9MiSze"
    "7LAIlQpT5vMC+2LKrkRHvI1luoWc5i0cq6SWptteRIy+LyVAUjClary77XY77Zs6Cu3vaP"
    "O687GpE0c2Z2N7zczR0SpLzVH+SnOUWmhUlL2uQyLbLfoDQt6hS4q6o9s5P79swezS1ne0"
    "0Wyanfbl73UEB1KTUXeqUn1XnV9bYTEnHnsgoeS2ffHLbUtl/HRPd8Jt4TGhwPqUsNjepc"
    "qjF7Iu7VOoa+2/L41T8sf2mm6et9y7eefcXIDdSmx+RAg8JCLjjB5avv9wTVycE08niaur"
    "oKqX6/m4NAxD5+9iKZZqAzBdM7dUGD05UxqNqzzCNDHuHuFNTS+hugJ/GqojqV9LCklNR0"
    "Q5Tiwq6EK/XKTyq2yA1OKHJiPHJajHCfiJw3oZ05kC9ckI3KdZTV3ZvwQKxVlM6rab/4ZM"
    "7Z4/fQL+dN1s6wbyrLu2+jwPiRpOwMIOmLfb30FYE/7FNazAEpNlWqaJsLFj33O8y1JGTF"
    "PB9wLEaXzfM06cIf1ApimKaUn0+ALhzYscoZjjySyYmBtX8OvhNxMZUHGNm7NGs2V8fcZ0"
    "vY7a8yLQKKR/LPzkkd5qnwJQiXRGo8hPBXsCOTZS40S9SE+R5QvJPIBMHCDBwhfdqU6zq6"
    "v6CA8BbjRgfPZOvaoz58X/p2wtM1s/mxdKTfl9n61/zmgz8kKhSCdhVKatYMuBDqCRtUMs"
    "uecVGZQwmVxbJVtfy0/W11K5euKx/zlF4J0ZlCF7vIXLEEtT9fkwlzBVvwWwx0w42UjnR+"
    "wJk+0t04c7vREmaJacew6rZYBzbzs8ZQ5YEMDExsGHpQpl5S9vrz+qPPCYOx7Y39Hz69bv"
    "6r3PsEJd0GrX1Qee1NeXVFa4WUe2urTJdyPxq1+54R4c7seEe45Q5/ssYn4ZQ5ZXRWlmx5"
    "YjmBjQ/nRdVwSWJboz9B18lmTnQsk9lbOncvKpnAbhjjUysj7qGEgOln7QMdZ5jMDJR3Sf"
    "ZNst2iM3t5B/bsnPKZTh/F09OVnpMvfJksvcJ6mPxcGkKoBwqF5CdJ/kSAgtSkIzbnTlfy"
    "coYbL97zY9zyWujX0p6FlfI/z6D/PORv0="
)
