"""Real servers that tests and benches start for themselves, in a folder of their own, on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

#: Where Debian puts the server's programs, which are not on the path.
_DEBIAN = Path("/usr/lib/postgresql")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def postgres_programs() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``, or ``None``."""
    found = shutil.which("initdb")
    newest = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda each: float(each.parts[-3]))
    return newest[-1].parent if newest else Path(found).parent if found else None


def server_user() -> list[str]:
    """Return what a command is put behind to run as a server may: PostgreSQL refuses root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    import pwd

    known = {each.pw_name for each in pwd.getpwall()}
    user = next((each for each in ("postgres", "nobody") if each in known), None)
    if not user or not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and there is no other account here")
    return ["runuser", "-u", user, "--"]


@dataclass
class Postgres:
    """A PostgreSQL server of one's own; the password stands in a file that only libpq reads."""

    folder: Path
    port: int
    as_user: list[str]
    programs: Path

    @property
    def address(self) -> str:
        """The address without the password."""
        return f"postgresql://lunattiva@127.0.0.1:{self.port}/lunattiva"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to use it."""
        return {"LUNATTIVA_DATABASE": self.address, "PGPASSFILE": str(self.folder / "pgpass")}

    def ctl(self, *words: str) -> None:
        """Call ``pg_ctl``."""
        data = str(self.folder / "data")
        command = [*self.as_user, str(self.programs / "pg_ctl"), "-D", data, "-w", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd="/")
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it, or start it again."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        options += " -c fsync=off"
        self.ctl("-o", options, "-l", str(self.folder / "data" / "log.txt"), "start")

    def stop(self) -> None:
        """Stop it as a machine that loses its power."""
        self.ctl("-m", "immediate", "stop")

    def close(self) -> None:
        """Stop it and remove all of it."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


PASSWORD = "a-password-that-must-stand-nowhere"


def new_postgres() -> Postgres:
    """Make and start a server; skip where there is none to start."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (initdb)")
    as_user = server_user()
    # Not below a test's folder: the server's account could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="lunattiva-server-"))
    given = folder / "given"
    given.write_text(PASSWORD, encoding="utf-8")
    if as_user:
        import pwd

        account = pwd.getpwnam(as_user[2])
        for each in (folder, given):
            os.chown(each, account.pw_uid, account.pw_gid)
    command = [*as_user, str(programs / "initdb"), "-D", str(folder / "data"), "-U", "lunattiva"]
    command += ["-A", "scram-sha-256", "--pwfile", str(given), "-N", "-E", "UTF8", "--locale=C"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd="/")
    port = free_port()
    known = folder / "pgpass"
    known.write_text(f"127.0.0.1:{port}:*:lunattiva:{PASSWORD}\n", encoding="utf-8")
    known.chmod(0o600)
    if as_user:
        os.chown(known, os.geteuid(), -1)
    server = Postgres(folder, port, as_user, programs)
    server.start()
    import psycopg2

    at = server.address.removesuffix("lunattiva") + "postgres"
    connection = psycopg2.connect(at, passfile=str(known))
    connection.autocommit = True
    connection.cursor().execute("CREATE DATABASE lunattiva")
    connection.close()
    return server


_CEPH = """\
[global]
fsid = {fsid}
mon host = [v1:127.0.0.1:{port}]
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
ms bind msgr2 = false
run dir = {folder}
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
log file = {folder}/$name.log
[mon]
mon data = {folder}/mon
mon initial members = a
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 268435456
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{s3}
rgw enable usage log = false
"""


@dataclass
class Bucket:
    """A Ceph cluster of one's own, in memory, with its S3 gateway (Debian: ceph-mon ceph-osd radosgw)."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]]

    @property
    def environment(self) -> dict[str, str]:
        """What an S3 client needs to use it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "lunattiva",
            "AWS_SECRET_ACCESS_KEY": PASSWORD,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def call(self, *words: str) -> str:
        """Call one of Ceph's commands."""
        command = [words[0], "-c", str(self.folder / "ceph.conf"), *words[1:]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{words[0]}: {done.stderr}"
        return done.stdout

    def begin(self, program: str, *words: str) -> None:
        """Start one of its servers."""
        command = [program, "-c", str(self.folder / "ceph.conf"), "-f", *words]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.processes.append(subprocess.Popen(command, **silent))

    def close(self) -> None:
        """Stop it and remove all of it."""
        for each in reversed(self.processes):
            each.kill()
            each.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def new_bucket(name: str) -> Bucket:
    """Make and start a cluster with one bucket; skip where Ceph is not installed."""
    missing = [x for x in ("ceph", "ceph-mon", "ceph-osd", "radosgw") if not shutil.which(x)]
    if missing:
        pytest.skip(f"no Ceph is installed ({', '.join(missing)})")
    folder = Path(tempfile.mkdtemp(prefix="lunattiva-bucket-"))
    for each in ("mon", "osd", "rgw"):
        (folder / each).mkdir()
    found, fsid, port = Bucket(folder, free_port(), []), str(uuid.uuid4()), free_port()
    text = _CEPH.format(fsid=fsid, port=port, folder=folder, s3=found.port)
    (folder / "ceph.conf").write_text(text, "utf-8")
    try:
        _fill(found, fsid, port, name)
    except subprocess.TimeoutExpired:
        found.close()
        pytest.skip("Ceph did not start within two minutes: the machine is too busy for it")
    except BaseException:
        found.close()
        raise
    return found


def _fill(found: Bucket, fsid: str, port: int, name: str) -> None:
    from pyarrow.fs import S3FileSystem

    plan, disk = str(found.folder / "monmap"), str(uuid.uuid4())
    at = f"[v1:127.0.0.1:{port}]"
    made = ["monmaptool", "--create", "--addv", "a", at, "--fsid", fsid, plan]
    subprocess.run(made, check=True, capture_output=True)
    found.call("ceph-mon", "--mkfs", "-i", "a", "--monmap", plan)
    found.begin("ceph-mon", "-i", "a")
    found.call("ceph", "osd", "new", disk)
    found.call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
    found.begin("ceph-osd", "-i", "0")
    user = ("--uid", "lunattiva", "--display-name", "lunattiva")
    keys = ("--access-key", "lunattiva", "--secret-key", PASSWORD)
    found.call("radosgw-admin", "user", "create", *user, *keys)
    found.begin("radosgw", "-n", "client.rgw")
    end = time.monotonic() + 90
    while True:
        try:
            S3FileSystem(
                access_key="lunattiva", secret_key=PASSWORD, region="us-east-1",
                endpoint_override=f"http://127.0.0.1:{found.port}", allow_bucket_creation=True,
            ).create_dir(name)  # fmt: skip
            return
        except OSError:
            assert time.monotonic() < end, "the gateway does not answer"
            time.sleep(0.5)
