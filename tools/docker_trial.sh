#!/bin/bash
# Tries the image and docker-compose.yml with a real Docker engine, from a clone's root and with its .venv:
#   tools/docker_trial.sh [COMMIT]    COMMIT (default: HEAD~1) is what the upgrade begins with; what is committed now is what it leads to.
# DOCKER names another client. Discord is played by the sandbox. Everything lies in .docker-trial/ and is removed at the end.
set -euo pipefail
root=$PWD work=$PWD/.docker-trial old=${1:-HEAD~1}
docker=${DOCKER:-docker}
token=$(.venv/bin/python -c 'from sandbox.seed import TOKEN; print(TOKEN)')
sandbox=

say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*"; exit 1; }
compose() { "$docker" compose "$@"; }
sql() { compose exec -T database psql -U rolepanel -d rolepanel -Atc "$1"; }
state() { "$docker" inspect -f "$1" "$(compose ps -aq bot | head -n 1)"; }
healthy() { # every container of the bot, within a minute
    for _ in $(seq 120); do
        if [ "$("$docker" inspect -f '{{.State.Health.Status}}' $(compose ps -q bot) | sort -u)" = healthy ]; then return; fi
        sleep 0.5
    done
    compose logs --tail 20 bot; fail "the bot is not healthy"
}
clean() {
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
    for folder in "$work/before" "$work/after"; do
        [ ! -e "$folder/.env" ] || (cd "$folder" && compose down -v --remove-orphans -t 5 >/dev/null 2>&1) || true
    done
    rm -rf "$work"
}
discord() { # the database is up, so the network is there: Discord is at its bridge
    local network address
    network=$("$docker" inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}' "$(compose ps -q database)")
    address=$("$docker" network inspect -f '{{(index .IPAM.Config 0).Gateway}}' "$network")
    [ -z "$sandbox" ] || { kill "$sandbox"; wait "$sandbox" || true; }
    (cd "$root" && exec .venv/bin/python -m sandbox --host "$address" --port 8090) >"$work/sandbox.log" 2>&1 &
    sandbox=$!
    sed -i '/DISCORD_API_URL/d' .env
    echo "DISCORD_API_URL=http://$address:8090/api" >>.env
}

rm -rf "$work"; mkdir "$work"; trap clean EXIT
git clone -q . "$work/before"; git -C "$work/before" checkout -q "$old"; git clone -q . "$work/after"
printf 'DISCORD_TOKEN=%s\nPOSTGRES_PASSWORD=%s\n' "$token" 'p@s/s:w#1' >"$work/after/.env"
printf 'DISCORD_TOKEN=%s\nPOSTGRES_PASSWORD=abc123\n' "$token" >"$work/before/.env"

say "the version before ($(git rev-parse --short "$old")), with data"
cd "$work/before"
compose up -d --build --wait --quiet-pull database; discord; compose up -d --build; healthy
sql "INSERT INTO guild_config (guild_id, locale) VALUES (1, 'ja')"
compose exec -T database pg_dump -U rolepanel -Fc rolepanel >"$work/before.dump"
project=$(compose config --format json | "$root/.venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["name"])')
compose down

say "upgraded in another folder, with the old volume by its project's name ($project)"
cd "$work/after"
sed "/DISCORD_API_URL/d" "$work/before/.env" >.env; echo "COMPOSE_PROJECT_NAME=$project" >>.env
compose up -d --wait database; discord; compose up -d --build; healthy
[ "$(sql 'SELECT locale FROM guild_config WHERE guild_id = 1')" = ja ] || fail "the data are gone"
compose exec -T bot env | grep -q '^POSTGRES_PASSWORD=.' && fail "the bot's container knows POSTGRES_PASSWORD"
compose exec -T bot python -V

say "gone back to the version before, and up again"
sql "UPDATE guild_config SET locale = 'en' WHERE guild_id = 1"
compose stop bot
compose exec -T database sh -c 'dropdb -U rolepanel --force rolepanel && createdb -U rolepanel -T template0 rolepanel'
compose exec -T database pg_restore -U rolepanel -d rolepanel --exit-on-error <"$work/before.dump"
cd "$work/before"; cp "$work/after/.env" .env
compose up -d --wait database; discord; compose up -d --build; healthy
[ "$(sql 'SELECT guild_id, locale FROM guild_config')" = '1|ja' ] || fail "gone back to: $(sql 'SELECT guild_id, locale FROM guild_config')"
cd "$work/after"; cp "$work/before/.env" .env
compose up -d --wait database; discord; compose up -d --build; healthy
[ "$(sql 'SELECT guild_id, locale FROM guild_config')" = '1|ja' ] || fail "up again: $(sql 'SELECT guild_id, locale FROM guild_config')"

say "stopped in its first second"
compose stop -t 20 bot
compose start bot
before=$(date +%s%N); compose stop -t 20 bot; took=$((($(date +%s%N) - before) / 1000000))
echo "ended after $took ms with $(state '{{.State.ExitCode}}')"
[ "$took" -lt 10000 ] && [ "$(state '{{.State.ExitCode}}')" = 0 ] || fail "it did not end in good order"

say "killed, and up again"
compose start bot; healthy
compose kill -s KILL bot; compose start bot; healthy

say "two of it: the second is a standby"
compose up -d --scale bot=2; healthy

for _ in $(seq 60); do
    standby=$(compose logs bot | grep 'Standby: another process serves shard 0' || true)
    [ -z "$standby" ] || break
    sleep 0.5
done
echo "${standby:?no standby}"
compose up -d --scale bot=1

say "backed up, changed, restored"
compose exec -T database pg_dump -U rolepanel -Fc rolepanel >rolepanel.dump
sql "UPDATE guild_config SET locale = 'en' WHERE guild_id = 1; INSERT INTO guild_config (guild_id) VALUES (2)"
compose stop bot
compose exec -T database pg_restore -U rolepanel -d rolepanel --clean --if-exists --exit-on-error <rolepanel.dump
[ "$(sql 'SELECT guild_id, locale FROM guild_config')" = '1|ja' ] || fail "restored: $(sql 'SELECT guild_id, locale FROM guild_config')"
compose start bot; healthy

say "restored on a new machine"
compose down -v
compose up -d --wait database; discord
compose exec -T database pg_restore -U rolepanel -d rolepanel --clean --if-exists --exit-on-error <rolepanel.dump
compose up -d; healthy
[ "$(sql 'SELECT guild_id, locale FROM guild_config')" = '1|ja' ] || fail "restored: $(sql 'SELECT guild_id, locale FROM guild_config')"
compose down -v

say "a password with every character that a URL knows, and no project's name"
printf 'DISCORD_TOKEN=%s\nPOSTGRES_PASSWORD=%s\n' "$token" "'p@s/s:w?#\$1%20'" >.env
compose up -d --wait database; discord; compose up -d; healthy
echo "the project is $(compose config --format json | "$root/.venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["name"])')"
image=$("$docker" inspect -f '{{.Image}}' "$(compose ps -q bot)")

say "the image alone, without DATABASE_URL"
if said=$("$docker" run --rm -e DISCORD_TOKEN="$token" "$image" 2>&1); then fail "it ended well"; fi
echo "$said"
case $said in *Traceback*) fail "a traceback" ;; *"Set DATABASE_URL"*) ;; *) fail "no advice" ;; esac

say "everything went well"
