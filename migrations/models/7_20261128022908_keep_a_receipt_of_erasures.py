from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "erasure_receipt" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "guild_id" BIGINT NOT NULL,
    "actor_id" BIGINT,
    "erased_at" TIMESTAMPTZ NOT NULL,
    "panels" INT NOT NULL,
    "entries" BIGINT NOT NULL,
    "temporary_roles" INT NOT NULL,
    "panels_up_to" INT NOT NULL,
    "audit_channel_id" BIGINT,
    "locale" VARCHAR(8)
);
CREATE INDEX IF NOT EXISTS "idx_erasure_rec_guild_i_e4af9a" ON "erasure_receipt" ("guild_id");
COMMENT ON TABLE "erasure_receipt" IS 'Everything stored for a guild was erased: who asked for it, when, and how much it was. It names no member.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "erasure_receipt";"""


MODELS_STATE = (
    "eJztXVtz2zYW/isYvTSd0XoS5+ZVdnbGjhXXjSOlttz04o4EkZCEmgRUAIyi6fa/7wF4F0"
    "lZVGRdGL60MYADQN8hgHMF/m643CaOPDr1bKraTIl5o4X+bjDsEvhHTm0TNfB0GtfpAoWH"
    "jmmOdbs+iRoOpRLYUlA1wo4kUGQTaQk6VZQzTdBlBAlicWETG5HPQHmEBveU2QNEJcLI5k"
    "pBjZ4Okp41QViigeAOkUeWQ637AeICDaaYEefIEgQrMnij/547HEMfE+7YElElYXxLySM9"
    "KZtbMCvKxjsY/47dsYEg0nNJWDmbYIUw42pCBJoKbhEpESMEqhRHI8qohFGR5WDqwkzMqO"
    "gJZVMPesXMRpQpokEGRIHinrDv38CIevrEBZyBZjYhDEmilENsmMJHPVugFcT8LhsN5+gz"
    "djxgD0xD/3VP5k00JBb2JEEwsQAixD3l0M9E6jLXgOkx+pdH+oqPif4BAOnvf0AxAEi+EK"
    "n//L0x9qhj96mt2/sY2X2sGtDu94ZU8KeumHKZLE/SxFXwR/AzTEM90vS+P6LEsVNfrU9n"
    "yvtqPjVlZ3R8ydQ701Z/BcO+xR3PZXH76VxNOIsIAFddOiYM4IUJQJkSGqQG8xwn+OLDz9"
    "rHIW7iA5CgsckIe45eCZran0Bc1uj3O91e/6bd6/cbmVUSUiQ+3KDI4kyvMJiqNACM9RT+"
    "9e/j4+fPXx8/ff7q5OWL169fnjw9gbZmvtmq1//4k4nR8rsymF1eXHZ6ekIcvjB/ieuCfw"
    "wNVtinMnyO0U/ybnUepDj+ICdC3JexIiyIeRFvQhVjRgy+3ruywL+dYJEPe9h+AXL4IYcI"
    "uYu/9B3CxmoCfz4/XoLmz6fXb384vX7y/Pj7NKSdoObYVKXBhV2Wi9JfdpJqrS872EL2Bu"
    "WdfNgKCzhjSoOfIqvRXxd9I+Hkgl+IfJKkQsAfP3vx+sXJ81cvIryjkmUwZyFNyG2lv+os"
    "7UYQ/maEl+SHbUT1LPw/3nQ7RR92RLKAuk0thf6HHCofTWBp/GfkMV/YH4LEpCiTR3rY/z"
    "YeiS1LENYQ6Z5dKf9ykmfnkw+nvyweq2+vumehND8WphfTwdkCQ3ztqAw/YoqvYseebTfb"
    "xj3SxLKSY5t5roH+EmaImUUyLIjVuD0WIxs/3bZv2+ctBIN4xL5jN+1OrwWKMVN37Lzbab"
    "dA3Wfkjl23393e6IaCjEADhpa3nfed7qdOC3nsnvEZW7QjrCKOnqwgjZ4UCqMni7JoQpPO"
    "MO0cahR1Sf56SVMurpmA9Cj8x/7wbxNLp3f5oX3TO/3wMbV+zk97bV1zbErnC6VPXi1wJe"
    "oEfbrs/YD0n+g3+H4Wl1nUrvdbQ88Je4r34fPpYzuJSVgcFqWXZWzvKMnmNOUG2Hw4G+TB"
    "cTll4irD5BRhzeN947G2UI7uE1YyXTDE1v0MC7ufqknY3ImUeExkjkoQUL57f00cbMDMsj"
    "0w2Rsr7we/q4NlfFwaTNEgyo95EaTZKvfYXSzBDDCxg7H1SAFk5wKPVCPH/eFXNJd5Puyo"
    "yYM+j0/G4o+mREjOjPiBKIMC6BU7SOnaGZah8HGEBpYnFXdB0TNOCW2PN02/k000MIZ7Of"
    "B9DOZnagM+tKECRXQ5jo9dTeJhh0Epq/63YtL/SqtDbazfS+MDLK3y5uQEUQ392tBH21IZ"
    "Z0mKaJ9V3TU9Js+ePl1BSYVWhWqqqUsj7R8OZQw6McX27WsVsugcloVgm4fqN6RWPKa83B"
    "ZYeoJcE4sAD/IE54UWSyVo4rfti0TjB2Xp9mci4PMEZiPYmgWx0YgLEGONgGIkWN0tsVto"
    "NuEIy/ugBVVNExbTNCE0Ez5Dro7uoUbqPUKXyoTGSMQ4cok7JCIrQW9vaBM1ZNxpsu9NQX"
    "aORHBGZkQqZOoQtREf6WLW0oK8r/rpIj9wKWjl4jnMlzoO0rZcG0nuEpiOIP58oHAukU2w"
    "jhQa+PFc1gQz35c3MG0GDrewQwYmhChBCwrEbEJhLAezsQeDN80kfUBgxv6wiqMhgf86Zr"
    "pUvUnHKRnVAxprU2ytMdQaw54eIbuRWusAlN1h7+/ma0hTKcLa3bJ30lQmziVHWVke5ZKn"
    "qxy0Mr6xIBcdCk5zTdlL9qsEUZVA3XbAHIhVUC/mfROvXuKbzqGsEh829nEnRfLSW0ZMtj"
    "1snx4IsItqR0lxJ4e6FnvW3UZ8Xa+MlTSmWMtEum+obzqIZ0+MNxdaIXvL2YiOGzmWm2R1"
    "c5nZxlfsrLjlgzab3oSYbCRAXWoTACj6vo3gTWw9ofDheNpBKfgMTbBv7Qh4m+PN/PoujY"
    "3F3zkkZRYxJpbAIEGQqUDBlmJsOzBay8/dCuJs0JCMuCCaTGdR+YEZmliQIzRwyEiBBpDu"
    "dchV0Jcu0GaRO8Y4cjgbE6GtKZH1BH7GSEGZNtYgrSboXLUc61OQ92UUjq81nuyLnr8Pxp"
    "QdZ1TV5+GuebPIC7NHlDUELJDW4Vr7bAnwD05hVCAdvVLGgZlHux+pAnq8yqQK1KLpI8aX"
    "BxJL2T0uQVbvb/u2v+2J6mFCUxs5SodfsVTdmEZNHtQzTpHefwO3JygFgSZwhD5NuBafjT"
    "w/JtJ4ZI3wLA2FbCJguYSKAbSS0NsgFMalvgcChmXST77LaiLbGjRHsE/fmmCg/aP2lNae"
    "0m/SU2r+X0IyCNvXUX2rRfUpqsqJXhFBBRE+fvlqBYShVSHCpi6NcHJmGZx75EvB9rFAVg"
    "U5d5nY1f6lt1yviKSuq27nImy+qGwsRllYhCmNKfdEiXMxQ1chK8vGfDtSzYs2jlXyjOfb"
    "3kQaQ08pgKSk0tw4u+31up2bFgro79j5dffjuckitgWf2nzG7tjHy7fv29ctNKXWPRGL0u"
    "RKu/sqW8+z4p3nWWbj0VL3ugwKabfIHxCBxw4py55e9+Liqg2rzVDfsdPz8363c/VrC4EO"
    "1efMmes88A/dn9tBsSAu/0yCmtvO5U+3bZ0OrmcKbGxffzjtmHTyKRGg+BB/qe+emdQFHa"
    "zvCafMWZ0iqsIJsnBcP32xirFENys+sE3lgkw08dwhw9Qpi3eGsMZ8VcxHnCuSc0gXgx1T"
    "1CivinJwhvWnxqg9KyET5VBuL97l5YHIRC5lpYO0UjS1oJkDKiyM0qAmaWpQs6AK8pdHBb"
    "HXcovlEtd+sY37xSKcsZMjhpxxQB+zB1gUkC5wZwi0j8WWqGS7HDjrdq9SHDi7XDQR3H44"
    "a4PYbdgBjagqsDkOHQ5a3HprI4+2XhobXxoOZff9seDetIzImKaqntj4KBZiqah1Py+5/8"
    "RE9c5TYueZYar6Iy76MEdCmJ5QOdzzO6h5UIIHgdu2hLSZoNieTvTsQCTNw7q9YG/8IYcQ"
    "hpK6Amdqr8nmNGXN5r1jc4loo/ryu5Uuv0sreZ+pPj02gdR10NfhLpIHsMo3A5XHiTsHvJ"
    "Fs9zLF1BIsivVLLNEHQv76bqLpCqF/4fUnKrjn0L8hRYZ5OcFNK1Cgc4L4COlzQt9e4hA0"
    "EAT4pI0gcSSeREMyAfaZgDzT2XcSBdV5QYDbHN6kLrlUShh90DI5QkNuzxEASfRgFGag0D"
    "mV+g2nN+ieTBXymKJO3FtyamP4QprQS3ATi5KI2FRxgSzMkCKOc4QGjMcpUqaRzmO6Y+Ya"
    "SZ1oFfwUTUzN1S/BvdlAah4Hiy6wCR6WCi99CXOpTIoUdpwQR+m3GBKdG6VTpfRv0olVC0"
    "hTPYnELTMhBNHDVXpG/mtdjWZuEGUdMLnDgMl1M5w2kNu0b3v2bqImg8VUmgFpuvotkvXQ"
    "X9z4S+wweaRVWgcbdLWac7KkeSxBVdvEStjE9vtRkcyO0tBCQklXR+Nj96Z32bloGQEKIL"
    "9jV5c/t1tI93XHzttXbb/ayCLBR7Tj3C4jvpVxgEQE1fN9HL9cKXR7SeT2IrpGwi19hCap"
    "HinyoPonaP1M3UYOzIzlbgHhLLzvuCB0zN6TeWZPX2JPOTx0i0wpUCzwLNITU18V/HhfDz"
    "V77OnN29PzdiO7Y2wA1PQz3Qe1X6wKbHKbzAd2hzmtkR21yN6VNLQ+ZPASybYrWLx8Qw6W"
    "gTVG23z0NTihlQgNJMNTOeEqfHlc21eM1UQbdobaFuPfJNMME09HXLgmh5Uh8mXKhcqzdG"
    "1r2NyE12g3CtWer0p4rZ8I3+y5XGzoORBf+Z4f0+lraQCUNa4GTpJVSPzZ9msidbBCVb3Y"
    "KXNGcJRlmVwc2JmkqZ8z+YrQzV3odvuGecWUu32Dd3Pa3S6VEG6wLVBAggiGB5WPsN2Dik"
    "cXhH1z5Q1noaNb+7aN49e8MCK1XB+/Amhcy/49lcxciKPfF/S9zv4DKoxr+d70mdU3Hn20"
    "5WpGEJ1f36uzUzdxyIVSkm6CqEpHwbZvg8bDvBNiSepESFDBa19OVsmaOClOmjjJ5EwQl/"
    "9Jy8AbEVTPMfMoSSlLL9UphrmCl+psAWyQ6Gk+0sUSe4KkfhchY2YouJFoNX964b1Ej3k7"
    "iySAiY19j0Sp+3Oubq8/6htapoK6QH/HLq7bv7ZQ1KEpaHda+nk7i0ip72s5byFbX6+4Jz"
    "fpmFvxhUtsff2BiSHJj9deFtpW1EVlVse2TXURoMO85MSVWDHMy1CszaUr88D2hAm37/uL"
    "ucwNDXmkFWLE5o4KPMUWVTmfePH3nSCpIS2GFCDzYIg1blco6KEOKSxzyYLHbNDk17pjIU"
    "taX7GwcTt9fUXMITGpviKmviKmXhq1n7H2M9Z+xpX9jNqLeCGwmXfGzxhXNpf5Gc0uNo7a"
    "rfqaR5BQ6xJ3SIR+xs9/RUOiPz2p0Nh/A7CJRoK7sYNwEKnuA5PBat7gM36/ICsWSawdiP"
    "wNGpAvUzjdpHmsz6ShUoUIKJqFT33sbkY68fdSIYXviTRBl3zkp/Q62CLmHcTwdRHtLo1S"
    "X6FLOJ+0ezRKw418w2HSrwnl1B0zM/GmTui1JjokE2Rojlw8R4KYcWAWqdcNJVFB9q/uOE"
    "AFyvEMaAwI0auGqz1k4kkSBqhtxP1aR3lu1qxziO+ffAM2tsSyWR37BFEN/drQ1/EJdQLY"
    "zoHfmNkzkBVKIJqgqE4m4waduIHkV9Z4nKSrjS4ljC5Gy1grOj9NWUfn73V0fqwnlWVzmn"
    "Ir75buILeyEkyun6WtHn8zlsLdWLVOiaDWpJFj0gpqmsvsWThu85Atq5ix9YVk+xVpXpin"
    "WhwqWpyoWoWQ5+OXq12Xsuy+lMyFKXpRlUA4aF5BdB8lChdGVMFzdKt6GhMkdcpiSVfiTg"
    "+zf/4PTfZFdw=="
)
