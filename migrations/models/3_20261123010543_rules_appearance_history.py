from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "draft" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "guild_id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "custom_id" VARCHAR(100) NOT NULL,
    "values" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_draft_created_2230b8" ON "draft" ("created_at");
COMMENT ON TABLE "draft" IS 'What a person sent in a modal that was refused. `custom_id` is the modal''s, `values` its fields by their custom_ids.';
        CREATE TABLE IF NOT EXISTS "role_grant" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "guild_id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "role_id" BIGINT NOT NULL,
    "panel_id" INT,
    "item_id" INT,
    "confirmed" BOOL NOT NULL,
    "granted_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "left_at" TIMESTAMPTZ,
    CONSTRAINT "uid_role_grant_guild_i_842976" UNIQUE ("guild_id", "user_id", "role_id")
);
CREATE INDEX IF NOT EXISTS "idx_role_grant_item_id_06189f" ON "role_grant" ("item_id");
CREATE INDEX IF NOT EXISTS "idx_role_grant_expires_26d775" ON "role_grant" ("expires_at");
COMMENT ON TABLE "role_grant" IS 'A role that a member has, or is just getting, from a panel. `confirmed` tells whether Discord said so; `expires_at` when it ends.';
        CREATE TABLE IF NOT EXISTS "panel_revision" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "version" INT NOT NULL,
    "author_id" BIGINT,
    "created_at" TIMESTAMPTZ NOT NULL,
    "snapshot" JSONB NOT NULL,
    "panel_id" INT NOT NULL REFERENCES "panel" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_panel_revis_panel_i_b2d92f" UNIQUE ("panel_id", "version")
);
COMMENT ON TABLE "panel_revision" IS 'A panel as it was at one version. `snapshot` holds all that can be restored, in the form of an export.';
        ALTER TABLE "guild_config" ADD "manager_role_ids" JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE "panel" ADD "required_all" BOOL NOT NULL DEFAULT False;
        ALTER TABLE "panel" ADD "max_roles" INT;
        ALTER TABLE "panel" ADD "min_roles" INT;
        ALTER TABLE "panel" ADD "sticky" BOOL NOT NULL DEFAULT False;
        ALTER TABLE "panel" ADD "thumbnail_url" VARCHAR(2048);
        ALTER TABLE "panel" ADD "link_group" VARCHAR(100);
        ALTER TABLE "panel" ADD "image_url" VARCHAR(2048);
        ALTER TABLE "panel" ADD "wait_for_screening" BOOL NOT NULL DEFAULT False;
        ALTER TABLE "panel" ADD "blocked_role_ids" JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE "panel" ADD "required_role_ids" JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE "panel" ADD "buttons_per_row" INT NOT NULL DEFAULT 5;
        ALTER TABLE "panel" ADD "footer" VARCHAR(2048);
        ALTER TABLE "panel_role" ADD "required_all" BOOL NOT NULL DEFAULT False;
        ALTER TABLE "panel_role" ADD "duration_seconds" INT;
        ALTER TABLE "panel_role" ADD "capacity_counts_all" BOOL NOT NULL DEFAULT False;
        ALTER TABLE "panel_role" ADD "blocked_role_ids" JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE "panel_role" ADD "required_role_ids" JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE "panel_role" ADD "bundle_role_ids" JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE "panel_role" ADD "capacity" INT;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "panel" DROP COLUMN "required_all";
        ALTER TABLE "panel" DROP COLUMN "max_roles";
        ALTER TABLE "panel" DROP COLUMN "min_roles";
        ALTER TABLE "panel" DROP COLUMN "sticky";
        ALTER TABLE "panel" DROP COLUMN "thumbnail_url";
        ALTER TABLE "panel" DROP COLUMN "link_group";
        ALTER TABLE "panel" DROP COLUMN "image_url";
        ALTER TABLE "panel" DROP COLUMN "wait_for_screening";
        ALTER TABLE "panel" DROP COLUMN "blocked_role_ids";
        ALTER TABLE "panel" DROP COLUMN "required_role_ids";
        ALTER TABLE "panel" DROP COLUMN "buttons_per_row";
        ALTER TABLE "panel" DROP COLUMN "footer";
        ALTER TABLE "panel_role" DROP COLUMN "required_all";
        ALTER TABLE "panel_role" DROP COLUMN "duration_seconds";
        ALTER TABLE "panel_role" DROP COLUMN "capacity_counts_all";
        ALTER TABLE "panel_role" DROP COLUMN "blocked_role_ids";
        ALTER TABLE "panel_role" DROP COLUMN "required_role_ids";
        ALTER TABLE "panel_role" DROP COLUMN "bundle_role_ids";
        ALTER TABLE "panel_role" DROP COLUMN "capacity";
        ALTER TABLE "guild_config" DROP COLUMN "manager_role_ids";
        DROP TABLE IF EXISTS "role_grant";
        DROP TABLE IF EXISTS "panel_revision";
        DROP TABLE IF EXISTS "draft";"""


MODELS_STATE = (
    "eJztXVtz2zYW/isYvTSd8XoSJ068zs7O2LHiunGk1JabtnGHgkhIQk0CCgDG0XTz3/cAvE"
    "ukLCqybsVTYgAHhL6Dy7kCfzcC7hFf7p+EHlVNpsS4cYz+bjAcEPhPSe0eauDRKKvTBQr3"
    "fNMc63YOSRv2pBLYVVDVx74kUOQR6Qo6UpQzTdBmBAnicuERD5EvQLmPuneUeV1EJcLI40"
    "pBjR4OkqE7RFiiruA+kfuuT927LuICdUeYEX/fFQQr0n2t/x77HEMfQ+57ElEl4fuukvt6"
    "UB53YVSUDdbw/Vt2y7qCyDAgSeX9ECuEGVdDItBIcJdIiRghUKU46lNGJXwVuT6mAYzEfB"
    "U9oWwUQq+YeYgyRTTIgChQ3BH242v4oh4+CQBnoLkfEoYkUconHgzhgx4t0ApifpeHemP0"
    "BfshsAeGof+6I+M91CMuDiVBMLAYIsRD5dMvROqywIAZMvo5JI7iA6J/AED66U8oBgDJVy"
    "L1n58ag5D6nkM93T7CyHOwakC7Tw2p4E9dMeIyX56nyargj/hnmIb6S6M7p0+J7xVmbURn"
    "yh01HpmyUzq4YOqtaatnQc9xuR8GLGs/GqshZykB4KpLB4QBvDAAKFNCg9Rgoe/HMz6Z1h"
    "EOWZMIgByNR/o49PVK0NTRALKyhuO02h3nutlxnMbUKkkochM3LnI50ysMhioNAAM9hH/9"
    "++Dg+fNXB0+fvzw6fPHq1eHR0yNoa8Y7XfXqWzSYDK2oK4PZxflFq6MHxGGGRUtcF3wzNF"
    "jhiMrwOUM/z7v5eVDg+IOcSHCfxYqkIONFtgntGDMy8PXeNQ38myEW5bAn7Scghx+yjZAH"
    "+KvjEzZQQ/jz+cEMNH89uXrz08nVk+cHPxYhbcU1B6aqCC7sslzUntl5qoVmdryFbAzKa5"
    "nYCgs4Y2qDXyCz6C+KvpFwSsGvRD5PskPAHzx78erF0fOXL1K805JZME9DmpPbas/qadql"
    "IPyPEV7yE9uI6tPw/3zdblVN7JRkAnWPugr9D/lUPprA0vhPP2SRsN8DiUlRJvf1Z//beC"
    "S2zEBYQ6R7DqT87OfPzifvT36bPFbfXLZPE2l+IEwvpoPTCYZE2lEdfmQU38WODdtuVo17"
    "qolNS45NFgYG+gsYIWYumWJBpsZtsBjZ+OWmedM8O0bwkZB4t+y62eocg2LM1C07a7eax6"
    "DuM3LLrppvb651Q0H6oAFDy5vWu1b7Y+sYheyO8Xs2aUeYRxw9mkMaPaoURo8mZdGcJj3F"
    "tDOoUTQg5eulSDm5ZmLS/eQ/m8O/ZSydzsX75nXn5P2Hwvo5O+k0dc2BKR1PlD55OcGVtB"
    "P08aLzE9J/oj9g/kwus7Rd54+GHhMOFXdg+jjYy2OSFCdFxWWZ2TtqsrlIuQQ2b88GuXVc"
    "Lpi46jC5QGh5vGk81hbK/l3OSqYLeti9u8fCc6Zq+AGvajtdFRwEkyWY4YFhkkZTjzM235"
    "8J3FeNErt+VLE3y6TvpU0eNOZ/NKZsNCJCcmbOVUQZFECv2EdK195jmZyq+6jrhlLxADQY"
    "Y23XhmbT9Ae5h7rGIi27kfHc/ExtmYY2VKCUrsSiv65BPGwJr2Wu/qfYqr9TnbZW6I3Uqm"
    "Fp1beT5ogs9AtDn25LdbwABaJN1uEWdAU8e/p0Du0LWlXqX6auiHR0ONSxVGQUqzcc7ZCp"
    "YrtU31UeqlZeXoq8fK6lgDec9emgTGrOV8+UnSNpws1aPihCd0D81Io7MFki3kecEWR6eQ"
    "0irPkPuqcwa0Mt4wp+j4Y4klnjqVQiEH9/lyZqJQrtkZS5xAjKJqhENzMVyB1ixohvZGv4"
    "2nEU1xLbIFCP9LkgmkxHmERKqyYW5Htl500R8zZBll5z3Ec0Q+KJUN9LXkK9Q27DFUuBud"
    "Va94ycILVGpU07JPN8jo4w4eiQRG2KqCONltFuhkNTf29nHJo+d7Ff4VkrZ0xGsZAqtmHL"
    "belesA0REk0YbZl4GFXMFAxHaZMHJcITpNcnMhRafItltn30ccjJFyKM5DUgOsp4Twcja1"
    "OlCVDeQ8ADCRVdaCWht642hGqJTepoZvgsk1EIybTMuKqPlgh+xdhfA+2f1pBqDalr1qzX"
    "I8aZf2ucHEl7a8Kbz4SnqKp3NKcEO4jwweHLORCGVpUIm7oiwvmRTeHcIV8rto8Jsl2Qg2"
    "apHc3fOrPlzlTruGy3zpPmk8LoZLC6S5jSmPJQ1DgXp+h2SAtfWvCuVOOqjWOeaLnxqjeR"
    "Ri9UCiCpqVQ1Tm86nXbr+hjF9Lfs7Kr94czEwnmCj7wFg+GezbPVPKveaZ5NbTRayl6UIQ"
    "ntCvkBIu/AJ3XZ0Wmfn182YXUZ6lt2cnbmtFuXvx8j7IE6w/yxjl583/61GRcLEvAvJK65"
    "aV38ctPUQYxmpBvBNhqAduWEwq9zCheIduFsmDiIn76YR03WzaqPYlM5Ie0Mw6DHMPXr4j"
    "1FaDGfF/M+54qUHL/VYGcUFuV5UY5PJ2dkzJn3NaSdEsrVBZ8cbom0E1BmrMQl5uVKYAs0"
    "VoQsARUWRm1Q8zQW1GlQBfkcUkG8hRwipcTWI7J0j0iKM/ZLxJBTDuhj9gCLYtIJ7vSA9r"
    "HYkpaslgOn7fZlgQOnF5PK/8370yaI3YYd0IiqCmtiz+fu3YJro4zWLo3lOwspu3MGgoej"
    "Wg7DAtXuiY2PYvuVirp345r7T0Zkd54aO889psrpc+HAGAlhekD1cC/vwPKgBg9ih2wNaT"
    "NHsTqd6NmWSJrbFYS8MZ6ObQuwCkfegmwuUlo2bxyba8QR5bR2IiUelCntpzHl23dXxMcV"
    "nst8iND7qKvt5XxWGguQE1reF6qPj2VAdRX3tbNYlduB6uPE/Z2aT48ev5eswaowvtwafS"
    "CazwlyTeeI6oubRxnJOA61ozJJjsByH12YWzx1YgbvI31QoPsh9QnqCgJ80laQLMhOoh4Z"
    "AvtMrJ3p7AeJ4uqy+L5Vft7kjwRUSvh69xhJHpAe98YIgCT6YxRGoNAZlfqS0dfojowUCp"
    "miftZbfmgDmCF70Es0dh16SDyquEAuZkgR37f52BsYRrhoXsgSMkI2bbtbTyxhvOJrM6BI"
    "Z7OlFoR/ctOsscWUke7SQliin9KcMTVtSzkqa1CqYVBax52guziDp/TQCYin8X3LBaED9o"
    "6Mp+LaZigHWwhvlWIAxQLfp6JbYV7Br48ES13x5uT6zclZs/FtjTlCqfJapWTktduHtAyR"
    "bzuHmhFJz1hn6pjcbJCYdQJ4IpqjrmR4JIdcJe8RYD++JUlL0z199b8E2Zp4e0kiT5+LwO"
    "QEMUS+jrhQZerFqj5bmkCUrprkvPyuBCL7cMByRaJqFWFLPBQbfpwU08ABlAVurM+T7VCY"
    "0aqvYrIuol31HRQCCeKjbJrJ1eE0eRp7F9R3BMxYJcQqIVYJmUMJ4X61lyNxGz2ofCTt5n"
    "vXTV8hwFniXdAOBdAHPKTniX4VjeWuUDX2/OjVMmYuGNCXs0amfi35pw+k6T4rXnF7zK/N"
    "VjPimEh7T8FaHQwJF2pJujmiXToKVizoAhplJ8SMgNWEYAfT6I/miVU9qg5VPZqKVCUB/4"
    "vWgTclsKHAc4UCz7ykoBrmHbykYAVgg0RPy5GulthzJKvbpp9u9EGYMzNU3PAwX+575T0P"
    "j5n9Lglg4uHoleBa9xFc3lx90BnwI0EDoL9l51fN3/UjPnGHpqDZOtav9eqndHU+/Nkx8v"
    "R1VWJScJxrDSw95d3cBysC4umkU+N8LA+SmxUUUdXFzqyOVZvqUkB7ZSkhc7GiV5YXYs2l"
    "c/PAC4WJcXSixVwnL7aMdIcYsbyjAo+wS1XJFK+e3zkSC2k1pABZCJ9YIKe1ogcbi1IntT"
    "VkHmjyC2W2TpPaxNal2+ltYv42Mckm5tvEfLs0rJ/R+hmtn3FuP6P2Ip4LbMY95WfMKvdm"
    "+RnNLjZI2817O3qcxRSQoEeEfsAmupVcor9CqdAgev1mD/UFDzIHYTdV3bsmbci8aWP8fn"
    "EqEpJYOxD5a9QlX0dwuoFsrrrRyzdUIcLK3p9c+4hMthUcNYUnLVM3L7TlkqBE59BUkdoR"
    "uT+lglH4pK9Mv9S85ROnfZmXMaOfA+X4Ho+j0evy6Hb4Sk9p/jLw3Ct/S/Gb2vDM5dpjtv"
    "Ei+H+Accy+qLm+zC0bWLAu6Nchde+4vTKWDGogmqN4JEC3LwypxHNU1+qbp7PWkhrWEqMe"
    "LBRWX6S0YfUbHVafKTh12VykXMkDhvaR38WYHKuadTmcI7PvU24af2vcq/WY5qgTIqg7bJ"
    "TYouKavVmGKJy1ecgIVc1YewfNZoWIVyaYVsd4VmeY7kKs8sHh4RzRbdBqxpNfh5PxbXpR"
    "1UA4br6D6D5K+Cx8URFWK9kwR2JzDWv6ANd6mH37P97PNfI="
)
