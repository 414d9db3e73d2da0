"""`script/setup`: what it says when it cannot go on, and that it leaves alone what is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")


def executable(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


class Checkout:
    """A copy of the scripts with packages of its own, on a machine where someone works who is not root.

    Its Python installs nothing: it writes down what it was asked to. So no test depends on what happens to be
    installed here, and none installs anything beside another.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.programs = folder / "programs"
        self.asked = folder / "asked.txt"
        shutil.copytree(BASE_DIR / "script", self.folder / "script")
        for lock in LOCKS:
            shutil.copy(BASE_DIR / lock, self.folder)
        python = self.folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        executable(python, f'[ "$1" = -c ] || echo "$@" >>{self.asked}')
        self.programs.mkdir()
        executable(self.programs / "id", "echo 1000")
        executable(self.programs / "apt-get", "echo apt-get was called >&2; exit 99")
        self.debian_has("echo installed")

    def debian_has(self, answer: str) -> None:
        """What dpkg-query says, as shell; the packages that it is asked about are its arguments."""
        executable(self.programs / "dpkg-query", answer)

    def installed(self, lock: str) -> None:
        """As a setup with this lock file leaves it."""
        shutil.copy(self.folder / lock, self.folder / ".venv")

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "script" / script, *arguments],
            cwd="/",
            env=os.environ | {"PATH": f"{self.programs}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("script", ["setup", "server", "test", "bench"])
def test_a_missing_package_without_root_is_one_sentence(checkout, script):
    checkout.debian_has('case "$*" in *gettext|*fonts-inter) exit 1;; esac; echo installed')
    answer = checkout.run(script)
    assert answer.returncode == 1
    assert answer.stdout == ""
    needs = "Watertight needs these Debian packages first: sudo apt-get install gettext fonts-inter\n"
    assert answer.stderr == needs


def test_the_tests_need_a_browser_too(checkout):
    checkout.debian_has('case "$*" in *chromium-headless-shell) exit 1;; esac; echo installed')
    assert "apt-get install chromium-headless-shell\n" in checkout.run("test").stderr
    assert checkout.run("setup", "--packages").returncode == 0


def test_a_package_that_was_removed_but_configured_counts_as_missing(checkout):
    checkout.debian_has('case "$*" in *gettext) echo config-files;; *) echo installed;; esac')
    assert "apt-get install gettext\n" in checkout.run("setup", "--packages").stderr


def test_installed_packages_are_left_alone(checkout):
    checkout.installed("requirements.txt")
    answer = checkout.run("setup", "--packages")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert not checkout.asked.exists()


@pytest.mark.parametrize(("options", "lock"), [([], LOCKS[0]), (["--tests"], LOCKS[1])])
def test_packages_are_installed_by_hash_when_the_lock_file_is_new(checkout, options, lock):
    with (checkout.folder / lock).open("a") as file:
        file.write("# changed\n")
    answer = checkout.run("setup", *(options or ["--packages"]))
    assert (answer.returncode, answer.stdout) == (0, f"Installing the packages of {lock} …\n")
    assert f"--require-hashes -r {lock}\n" in checkout.asked.read_text()
    assert checkout.run("setup", "--packages" if not options else "--tests").stdout == ""


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_scripts_are_clean_shell():
    scripts = [*sorted((BASE_DIR / "script").iterdir()), BASE_DIR / ".ci" / "run"]
    answer = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, timeout=60)
    assert answer.stdout == ""
