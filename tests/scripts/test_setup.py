"""`script/setup`: what it says when it cannot go on, and that it leaves alone what is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]


def executable(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Programs that make this machine look like one where someone works who is not root."""
    programs = tmp_path / "programs"
    programs.mkdir()
    executable(programs / "id", "echo 1000")
    executable(programs / "apt-get", "echo apt-get was called >&2; exit 99")
    return programs


def run(script: str, programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(
        [BASE_DIR / "script" / script, *arguments],
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("script", ["setup", "server", "test", "bench"])
def test_a_missing_package_without_root_is_one_sentence(machine, script):
    executable(machine / "dpkg-query", 'case "$*" in *gettext|*fonts-inter) exit 1;; esac; echo installed')
    answer = run(script, machine)
    assert answer.returncode == 1
    assert answer.stdout == ""
    needs = "Watertight needs these Debian packages first: sudo apt-get install gettext fonts-inter\n"
    assert answer.stderr == needs


def test_the_tests_need_a_browser_too(machine):
    executable(machine / "dpkg-query", 'case "$*" in *chromium) exit 1;; esac; echo installed')
    assert "apt-get install chromium\n" in run("test", machine).stderr
    assert run("setup", machine, "--packages").returncode == 0


def test_a_package_that_was_removed_but_configured_counts_as_missing(machine):
    executable(machine / "dpkg-query", 'case "$*" in *gettext) echo config-files;; *) echo installed;; esac')
    assert "apt-get install gettext\n" in run("setup", machine, "--packages").stderr


def test_installed_packages_are_left_alone(machine):
    executable(machine / "dpkg-query", "echo installed")
    answer = run("setup", machine, "--packages")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_scripts_are_clean_shell():
    scripts = [*sorted((BASE_DIR / "script").iterdir()), BASE_DIR / ".ci" / "run"]
    answer = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
    assert answer.stdout == ""
