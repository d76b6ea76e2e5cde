"""DATABASE_URL: what operators and providers write there, and what the driver takes of it."""

import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode

# Read from the address itself, or said once more in the query; there the query wins, as with libpq.
_ADDRESS = {"host", "port", "user", "password", "dbname", "database", "sslmode", "ssl"}
# What asyncpg takes only as a part of an address. https://magicstack.github.io/asyncpg/current/api/index.html#connection
_FILES = {"sslrootcert", "sslcert", "sslkey", "sslcrl"}
_PASSED_ON = _FILES | {
    "gsslib",
    "krbsrvname",
    "passfile",
    "sslnegotiation",
    "sslpassword",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "target_session_attrs",
}
# What other drivers and poolers understand, and what would change nothing here: the bot has time-outs and keepalives of its own.
_OF_NO_USE = {
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "connection_limit",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "pgbouncer",
    "pool_mode",
    "pool_size",
    "pool_timeout",
    "prepared_statement_cache_size",
    "prepareThreshold",
    "socket_timeout",
    "sslaccept",
    "sslcompression",
    "sslsni",
    "statement_cache_size",
    "supa",
    "tcp_user_timeout",
    "uselibpqcompat",
    "workaround",
}
ENCODE = (
    "In a user name or password these characters have to be written differently: "
    "% as %25, / as %2F, ? as %3F, # as %23, @ as %40, : as %3A, [ as %5B, ] as %5D"
)


EMBEDDED = "postgresql://rolepanel@/postgres?host="  # begins the address of the embedded server, which no operator wrote


class UrlFault(ValueError):
    """A URL that cannot be used; the text says why and holds nothing of a password."""


def check_url(url: str) -> None:
    """Raise UrlFault unless this is a PostgreSQL URL that names a database."""
    parts = _split(url)
    query = _query(parts)
    if not (parts.path.strip("/") or query.get("dbname") or query.get("database")):
        raise UrlFault(f"it names no database. {ENCODE}")
    connect_arguments(url)
    for name in sorted(_FILES & query.keys()):
        if query[name] != "system" and not Path(query[name]).exists():
            raise UrlFault(f"there is no file {query[name]!r}, which its {name} names")


def with_password(url: str, password: str | None) -> str:
    """The URL with this password, which is written as it is."""
    if not password:
        return url
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    account, at, _ = authority.rpartition("@")
    user = account.partition(":")[0]
    return f"{scheme}://{user}:{quote(password, safe='')}@{rest[len(account + at) :]}"


def of_no_use(url: str) -> list[str]:
    """The parameters of the URL that are ignored."""
    return sorted(_OF_NO_USE & _query(_split(url)).keys())


def connect_arguments(url: str) -> dict[str, Any]:
    """The URL as asyncpg's arguments. Raises UrlFault."""
    parts = _split(url)
    query = _query(parts)
    account, _, listed = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    hosts, ports = _hosts(query.get("host") or listed, query.get("port", ""))
    arguments: dict[str, Any] = {
        "host": hosts[0] if len(hosts) == 1 else hosts or None,
        "port": ports[0] if len(ports) == 1 else ports,
        "user": query.get("user") or unquote(user) or None,
        "password": query.get("password") or unquote(password) or None,
        "database": query.get("dbname") or query.get("database") or unquote(parts.path.lstrip("/")) or None,
        "server_settings": {"application_name": "rolepanel"},
    }
    if mode := query.get("sslmode") or query.get("ssl"):
        arguments["ssl"] = mode
    if query.get("sslrootcert") == "system":  # libpq's word for the certificates of this machine, which are always verified fully
        arguments["ssl"] = ssl.create_default_context()
        del query["sslrootcert"]
    if passed_on := {name: value for name, value in query.items() if name in _PASSED_ON}:
        arguments["dsn"] = "postgresql:///?" + urlencode(passed_on)
    if schema := query.pop("schema", None):
        query["search_path"] = schema
    settings = {name: value for name, value in query.items() if name not in _ADDRESS | _PASSED_ON | _OF_NO_USE}
    arguments["server_settings"] |= settings  # PostgreSQL itself knows its own settings, and names those that it does not know
    return arguments


def where(url: str) -> str:
    """The server and the database, for a sentence."""
    arguments = connect_arguments(url)
    host, port = arguments["host"] or "the local socket", arguments["port"]
    pairs: list[tuple[str, int]] = [(host, port)] if isinstance(host, str) else list(zip(host, port, strict=True))
    servers = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in pairs]
    return f"{','.join(servers)}/{arguments['database']}"


def _split(url: str) -> SplitResult:
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgresql", "postgres"):
        raise UrlFault("it does not begin with postgresql://")
    address, _, query = rest.partition("?")
    authority, _, path = address.partition("/")
    account, _, listed = authority.rpartition("@")
    astray = "#" in rest or "@" in path or "@" in account or re.search(r"%(?![0-9A-Fa-f]{2})", address)
    astray = astray or ("@" in query and "@" not in authority) or re.search(r"[][]", account) or listed.count("[") != listed.count("]")
    if not astray:
        return SplitResult(scheme, authority, f"/{path}", query, "")
    raise UrlFault(ENCODE)


def _query(parts: SplitResult) -> dict[str, str]:
    return dict(parse_qsl(parts.query))


def _hosts(listed: str, listed_ports: str) -> tuple[list[str], list[int]]:
    """The hosts, each with its port: host:port, [IPv6]:port, or a socket's directory, which may be %-encoded."""
    found = [re.fullmatch(r"(\[[^]]*\]|[^:]*|[^:]*:[^:]*:.*)(?::([^:]*))?", one) for one in listed.split(",")]
    if not all(found):
        raise UrlFault(ENCODE)
    pairs = [(unquote(match[1].strip("[]")), match[2] or "") for match in found if match]
    ports = listed_ports.split(",") if listed_ports else [port or "5432" for _, port in pairs]
    if len(ports) == 1:
        ports *= len(pairs)
    if len(ports) != len(pairs) or not all(re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536 for port in ports):
        # The text may be a part of a password that was not encoded, so it is not shown.
        raise UrlFault(f"its port is not a number from 1 to 65535, or there is not one for each host. {ENCODE}")
    return [host for host, _ in pairs if host], [int(port) for port in ports]
