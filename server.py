"""The production WSGI server: gunicorn on Linux, waitress elsewhere; no banner, printed address and accounts file."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PAUSE = 2.0
"""Seconds before a worker that died is replaced."""


def run(host: str, port: int, workers: int, data: Path, mail_merge: bool) -> None:
    """Serve until stopped. `data`: the folder whose demonstration accounts, if any, are named.

    `mail_merge`: with a process beside it that issues mail merges; without, `flask jobs run` does.
    """
    print(f"信访工作台：http://{host}:{port}", flush=True)
    accounts = data / "demo-accounts.json"
    if accounts.exists():
        print(f"演示账号：{accounts}", flush=True)
    if mail_merge:
        _start_worker()
    if sys.platform.startswith("linux"):
        _gunicorn(host, port, workers)
    else:
        _waitress(host, port)


def _start_worker() -> None:
    """A worker for mail merges beside the server; a light process of its own keeps it running."""
    subprocess.Popen([sys.executable, str(Path(__file__).resolve()), str(os.getpid())])


def keep(parent: int) -> None:
    """Keep a worker running, a new one for one that died, until the server is gone."""
    here = Path(__file__).resolve().parent
    command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work", str(os.getpid())]
    worker = subprocess.Popen(command, cwd=here)
    while os.getppid() == parent:
        time.sleep(PAUSE)
        if worker.poll() is not None:
            worker = subprocess.Popen(command, cwd=here)
    worker.terminate()
    worker.wait()


def _gunicorn(host: str, port: int, workers: int) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.http import wsgi

    wsgi.SERVER = "desk"  # the banner off

    class Desk(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            chosen: dict[str, Any] = {
                "bind": f"{host}:{port}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": 8,
                "timeout": 120,
                "graceful_timeout": 20,
                "accesslog": None,
                "errorlog": "-",
                "loglevel": "warning",
                "limit_request_line": 4094,
                "forwarded_allow_ips": os.environ.get("DESK_PROXY", "127.0.0.1"),
            }
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from app import create_app

            return create_app()

    Desk().run()


def _waitress(host: str, port: int) -> None:
    import waitress

    from app import create_app

    waitress.serve(create_app(), host=host, port=port, threads=16, ident="")


if __name__ == "__main__":
    keep(int(sys.argv[1]))
