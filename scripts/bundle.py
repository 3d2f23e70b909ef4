"""Make the offline bundle: dist/petition-desk-<version>-<commit>.tar, which installs without a package registry.

It holds the committed tree, the wheels of every runtime dependency for Python 3.11 and 3.12, and SHA256SUMS over all
of it. After unpacking, ``./install.sh`` checks the sums and installs; ``make run`` then finds ``wheels/`` by itself.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12")


def _git(*args: str) -> str:
    return subprocess.run(["git", *args], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def copy_tree(target: Path) -> None:
    """Unpack what is committed into ``target``; uncommitted work never ships."""
    archive = target.parent / "tree.tar"
    _git("archive", "--format=tar", "-o", str(archive), "HEAD")
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    archive.unlink()


def download_wheels(target: Path) -> None:
    """Fetch the pinned wheels for each supported Python, as pip is set up on this machine."""
    target.mkdir()
    for version in PYTHONS:
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
        what = ["--only-binary=:all:", "--python-version", version, "-r", "requirements.txt", "-c", "constraints.txt"]
        subprocess.run([*pip, *what, "--dest", str(target)], cwd=ROOT, check=True)


def write_checksums(tree: Path) -> int:
    """Write SHA256SUMS (the format of ``sha256sum -c``) over every file; return how many."""
    files = sorted(path for path in tree.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(tree).as_posix()}" for path in files]
    (tree / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(files)


def make_bundle(dist: Path) -> Path:
    """Make the bundle in ``dist`` and return its path; a ``.sha256`` file stands beside it."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"petition-desk-{version}-{_git('rev-parse', '--short', 'HEAD')}"
    dist.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=dist) as work:
        tree = Path(work) / name
        copy_tree(tree)
        download_wheels(tree / "wheels")
        shutil.copy(tree / "scripts" / "install.sh", tree / "install.sh")
        write_checksums(tree)
        bundle = dist / f"{name}.tar"
        with tarfile.open(bundle, "w") as tar:
            tar.add(tree, arcname=name)
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    bundle.with_name(bundle.name + ".sha256").write_text(f"{digest}  {bundle.name}\n", encoding="utf-8")
    return bundle


if __name__ == "__main__":
    made = make_bundle(ROOT / "dist")
    print(f"{made.relative_to(ROOT)}  {made.stat().st_size / 1e6:.0f} MB")
