from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


# What stands on panels already keeps "grandfathered" NULL: the bot looks at it once, as soon as it sees the guild.
async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "channel_power" (
            "channel_id" BIGINT NOT NULL PRIMARY KEY,
            "guild_id" BIGINT NOT NULL,
            "power" JSONB NOT NULL
        );
        CREATE INDEX "idx_channel_pow_guild_i_066a1b" ON "channel_power" ("guild_id");
        COMMENT ON TABLE "channel_power" IS 'The dangerous overwrites of one channel. Where the bot cannot see the channel any more, what it last saw goes on to count.';
        ALTER TABLE "panel_role" ADD "grandfathered" JSONB;
        CREATE INDEX "panel_role_not_looked_at" ON "panel_role" ("panel_id") WHERE "grandfathered" IS NULL;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX "panel_role_not_looked_at";
        ALTER TABLE "panel_role" DROP COLUMN "grandfathered";
        DROP TABLE "channel_power";"""


MODELS_STATE = (
    "eJztXe1z2jga/1c0fLnuDJdp03abozc3kzQ0m2sK3YRs9yU7IGwB2tgSK8mlzN7+7/dIfs"
    "HGNsGEgHH9ZbuR9Mji99jS866/Gi63iSOPTj2bqjZTYt5oob8aDLsE/iejt4kaeDpd9OkG"
    "hYeOGY71uD6JBg6lEthS0DXCjiTQZBNpCTpVlDNN0GUECWJxYRMbkS9AeYQG95TZA0Qlws"
    "jmSkGPXg6SnjVBWKKB4A6RR5ZDrfsB4gINppgR58gSBCsyeKv/njscwxwT7tgSUSXh+ZaS"
    "R3pRNrdgVZSN9/D8O3bHBoJIzyVh52yCFcKMqwkRaCq4RaREjBDoUhyNKKMSnoosB1MXVm"
    "Keip5RNvVgVsxsRJkiGmRAFCjuCfvuLTxRL5+4gDPQzCaEIUmUcogNS/ikVwu0gpjfZaPh"
    "HH3BjgfsgWXov+7JvImGxMKeJAgWFkCEuKcc+oVI3eYaMD1G//RIX/Ex0T8AIP3td2gGAM"
    "lXIvWfvzXGHnXsPrX1eB8ju49VA8b91pAK/tQdUy7j7XGaRRf8EfwMM1A/aXrfH1Hi2Im3"
    "1qcz7X01n5q2Mzq+ZOq9GavfgmHf4o7nssX46VxNOIsIAFfdOiYM4IUFQJsSGqQG8xwneO"
    "PD19rHYTHEByBGY5MR9hz9JWhqfwGLtka/3+n2+jftXr/fSH0lIUXsxQ2aLM70FwZLlQaA"
    "sV7CP/91fPzy5Zvj5y+/P3n96s2b1yfPT2CsWW+6683f/mIWaPlTGcwuLy47Pb0gDm+Y/4"
    "nrhr8NDVbYpzJ8XqAf5936PEhw/EFOhLivYkXYsODFYhOqGDMW4Ou9Kw38uwkW2bCH45cg"
    "hx9yiJC7+GvfIWysJvDny+MVaP50ev3uh9PrZy+Pv0tC2gl6jk1XElzYZbko/GbHqTZ6s4"
    "MtpDQo7+XFVljAGVMY/ARZjf6m6BsJJxP8XOTjJBUC/vjFqzevTl5+/yrCO2pZBXMa0pjc"
    "VvitTtNuBeFvRniJv9hGVE/D/9+bbifvxY5IllC3qaXQ/5BD5ZMJLI1/jzzmC/tDkJgUZf"
    "JIP/Y/jSdiywqENUR6ZlfKP5342fns4+nPy8fqu6vuWSjNj4WZxUxwtsQQXzsqwo8FxaPY"
    "UbLtZte4R5pYWnJsM8810F/CCjGzSIoFCzWuxGJk48fb9m37vIXgIR6x79hNu9NrgWLM1B"
    "0773baLVD3Gblj1+33tzd6oCAj0IBh5G3nQ6f7udNCHrtnfMaW7QjriKMna0ijJ7nC6Mmy"
    "LBrTpFNMO4ceRV2S/b0kKZe/mYD0KPyf8vBvG59O7/Jj+6Z3+vFT4vs5P+21dc+xaZ0vtT"
    "77fokr0STo82XvB6T/RL/C+7P8mUXjer829Jqwp3gfXp8+tuOYhM1hU/KzXNg7CrI5SbkF"
    "Nh/OBnlwXE6YuIowOUFY87hsPNYWytF9zEqmG4bYup9hYfcTPTGbO5ESj4nMUAkCyvcfro"
    "mDDZhptgcme2Pl/ehPdbCMX7QGSzSI8mOeB2m6yz12l1swA0zs4Nn6SQFk5wKPVCPD/eF3"
    "NFd5PuxoyIM+j8/G4o+mREjOjPiBKIMGmBU7SOneGZah8HGEBpYnFXdB0TNOCW2PN0P/IZ"
    "toYAz3cuD7GMzP1AZ8GEMFiugyHB/7WsTDDoNCVv1vxaT/SKtDbawvpfEBPq3i5uQYUQ39"
    "xtBH21IRZ0mCqMyq7oYekxfPn6+hpMKoXDXV9CWR9g+HIgadBcXu7WsVsugcloVgl4fqN6"
    "RWPKW83BZYeoJcE4sAD7IE56URKyVo4o/ti9jgB2Xp9hci4PUEZiPYmgWx0YgLEGONgGIk"
    "WD0tsVtoNuEIy/tgBFVNExbTNCE0Ez5Dro7uoUbqPUKXyoTGSMQ4cok7JCItQe/u0SZqyL"
    "jTZN+bguwcieCMzIhUyPQhaiM+0s2spQV5X/XTTX7gUjDKxXNYL3UcpG25NpLcJbAcQfz1"
    "QONcIptgHSk08OO5rAlmvi9vYMYMHG5hhwxMCFGMFhSI2YTCsxzMxh48vGkW6QMCK/Yfqz"
    "gaEvivY5ZL1dtknJJRPWCwNsXWGkOtMZT0CNmP1FoHoOwPe38330CaShDW7pbSSVOpOJcM"
    "ZWV1lEuWrnLQyvjWglx0KDjNNGWv2K9iRFUCddcBcyBWQb+Y9028eoF3OoOySnzY2ssdF8"
    "kLbxkLst1h+/xAgF1WOwqKOxnUtdiz6Tbi63pFrKQLio1MpGVDfdtBPCUx3lxohewdZyM6"
    "bmRYbuLdzVVmG1+xsxYjH7TZ9CbEZCMB6lKbAEDR920EbxfWEwovjqcdlILP0AT71o6Atx"
    "nezMdPaWws/s4hKbOIMbEEBgmCTAcKthRj24GntfzcrSDOBg3JiAuiyXQWlR+YoYkFOUID"
    "h4wUaADJWYdcBXPpBm0WuWOMI4ezMRHamhJZT+BnjBS0aWMN0mqCzlXLsD4FeV9G4Xis8a"
    "Qsen4ZjCl7zqiqz8N982aZF2aPKGoIWCKtw7XKbAnwD05hVCAdvVLEgZlFW45UAf28yqQK"
    "1KLpE8aXBxJL0T0uRlbvb2Xb30qiepjQ1EaG0uF3rFQ3ptGQB/WMU6T338DtCUpBoAkcoc"
    "8TrsVnI8+PiTQeWSM8S0MhmwhYLqFjAKMkzDYIhXGp60DAY5n0k+/SmsiuHpoh2CerJhho"
    "f689pbWn9Jv0lJp/C0gG4fg6qm+9qD5FVTHRKyKoIMLHr79fA2EYlYuw6UsiHF9ZCuce+Z"
    "qzfSyRVUHOXSV2tX/urdYrIqnrqtu5CIcvKxvLURYWYUpjyj1R4FxM0VXIyrI1345U87yN"
    "Y5084/muN5HG0FMKICmoNDfObnu9buemhQL6O3Z+3f10brKIbcGnNp+xO/bp8t2H9nULTa"
    "l1T8SyNLnW7r7O1vMif+d5kdp4tNS9KYNC2h3yB0TgsUOKsqfXvbi4asPXZqjv2On5eb/b"
    "ufqlhUCH6nPmzHUe+MfuT+2gWRCXfyFBz23n8sfbtk4H1ysFNravP552TDr5lAhQfIj/qe"
    "+fmdQFHazvCafIWZ0gqsIJsnRcP3+1jrFED8s/sE3nkkw08dwhw9QpineKsMZ8XcxHnCuS"
    "cUjng72gqFFeF+XgDOtPjVF7VkAmyqDcXbzL6wORiVzKCgdpJWhqQTMDVPgwCoMap6lBTY"
    "MqyJ8eFcTeyC2WSVz7xbbuF4twxk6GGHLGAX3MHmBRQLrEnSHQPhVbopbdcuCs271KcODs"
    "ctlEcPvxrA1it2EHDKIqx+Y4dDhocZt9G1m09aex9U/Doey+PxbcmxYRGZNU1RMbn8RCLB"
    "W17ucF958FUb3zFNh5Zpiq/oiLPqyREKYXVAz37AlqHhTgQeC2LSBtxih2pxO9OBBJ87Cq"
    "F5TGH3IIYSiJEjhTe0M2JylrNpeOzQWijerid2sVv0sqeV+oPj22gdR1MNfhfiQPYJVtBi"
    "qOE3cOeCPZbTHFxCeYF+sX+0QfCPnru7Gha4T+heVPVFDn0K+QIsO8nKDSCjTonCA+Qvqc"
    "0NVLHIIGggCftBFkEYkn0ZBMgH0mIM9M9g+Jgu6sIMBdPt6kLrlUSnj6oGVyhIbcniMAku"
    "iHUViBQudU6juc3qJ7MlXIY4o6i9niSxvDG9KEWYJKLEoiYlPFBbIwQ4o4zhEaML5IkTKD"
    "dB7THTNlJHWiVfBTNDE1pV+CutlAai4HiwrYBBdLhUVfwlwqkyKFHSfEUfojhkTnRulUKf"
    "2bdGLVEtJULyJWZSaEILq4Sq/Iv62r0cwMoqwDJvcYMLlphtMWcpvKtmfvJ2oy+JgKMyBJ"
    "V99Fshn6yxt/gR0mi7RK38EWXa3mnCxoHotR1TaxAjaxcl8qktpRGlpIKOjqaHzq3vQuOx"
    "ctI0AB5Hfs6vKndgvpue7Yefuq7XcbWSR4ifac22XEtyIOkIiger6P49drhW6viNxeRtdI"
    "uIWP0DjVE0UeVP8Era+p28qBmbLcLSGchvc9F4SO2QcyT+3pK+wph4dunikFmgWeRXpi4q"
    "2CH+/roWaPPb15d3rebqR3jC2Amrym+6D2i3WBjW+T2cDuMac1sqPm2bvihtaHDF4iPnYN"
    "i5dvyMEysMZom48ugxNaidBAMjyVE67Cm8e1fcVYTbRhZ6htMX4lmWaYeDriwjU5rAyRr1"
    "MuVJala1ePzUx4jXajUO15VMJrfUX4ds/lfEPPgfjKS35MJ8vSACgblAaOk1VI/Nn1bSJ1"
    "sEJVvdgJc0ZwlKWZnB/YGaeprzN5ROjmPnS7smFeMeWubPBuT7vbpxLCDbY5CkgQwfCg8h"
    "GOe1Dx6IKwb0recBY6urVv2zh+zQ0jUsv1i1sAjWvZr1PJTEEcfb+g73X2L1BhXMv3Zs60"
    "vvHkT1utZgTR+XVdnb26iUMuFJJ0Y0RVOgp2XQ0aD7NOiBWpEyFBBcu+nKyTNXGSnzRxks"
    "qZIC7/gxaBNyKonmPmSZJSVhbVyYe5gkV1dgA2SPQ0G+l8iT1GUt+LkDIz5FQkWs+fnluX"
    "6Cmrs0gCmNjY90gUqp9zdXv9SVdomQrqAv0du7hu/9JC0YSmod1p6evtLCKlrtdy3kK2Lq"
    "9Ykko6piq+cImtyx+YGJLseO1VoW15U1Tm69i1qS4CdJiVnLgWK4ZZGYq1uXRtHtieMOH2"
    "ff9jLlKhIYu0QozY3lGBp9iiKuMVz3+/YyQ1pPmQAmQePGKD6go5M9QhhUWKLHjMBk1+ox"
    "oLadK6xMLW7fR1iZhDYlJdIqYuEVN/GnEWjQVm9gibm7sybMz5/EkRPoo5mwhTWbzRT60M"
    "b2ofcO0Drn3AK33A2sN7ATuRamT4gBedzVU+YHPCjKNx6960EiQ7u8QdEqGvWPRvOJHoD0"
    "8qNPbvZ2yikeDuwnk7iMwqA5NdbO5HND7ZIGMZSaydu/wtGpCvU5A8pLlI0aQIU4UIszMu"
    "hNz7inRS9qVCCt8TaQJi+chPt3awRcwdleHNL9qVHaUlw5QgO2jXdZQiHfntw4RsE2arJ2"
    "Zm4U2dbG1NdLgs6DccuXiOBDHPgVUkbp6URAWZ2XriABVoxzOgMSBEN06ud8mMJ0kYPLgV"
    "13gdgbtdk9sh3k3zDdg/Y5/N+tjHiGroN4a+jh2pk/P2DvzWTNKBrFAA0RhFdbJMt+hgDy"
    "S/oob9OF1tECtgEDNaxkaZE0nKOnOi1JkTCz2pKJuTlDu5U3YPea+VYHJ9ZXD1+JuyFO7H"
    "qnVDCHvnV/n6xGfGFJEybqXGNFfZuMKaYdNo6INmrt6EBOFl3JOIfyFiJuBgM9YcbeIJpt"
    "R3/RLh21iG3OQ5M/hHEr8pGIUwmyOXC9KMaug5WMIwPENjboxGuoidiRRI27f2u5RH1M0r"
    "U4m32gxUYjNQVXkRD4+eZd1clu9gjAjqPNKCPsSSnGKnRFBrknV2BT0rTyy8GPPQUZUPfl"
    "3ytFy5bLmVMPKTUfJLYVQhqer49XoF2VZVZEuVZNMfVQGEg+EVRPdJ8nzgiSq48HbdoyxG"
    "Uh9mh3SY/f1/fUz1ow=="
)
