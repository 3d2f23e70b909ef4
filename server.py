"""The production WSGI server: gunicorn on Linux, waitress elsewhere; no banner, printed address and accounts file."""

import os
import sys
from pathlib import Path
from typing import Any


def run(host: str, port: int, workers: int, data: Path) -> None:
    """Serve until stopped. `data`: the folder whose demonstration accounts, if any, are named."""
    print(f"信访工作台：http://{host}:{port}", flush=True)
    accounts = data / "demo-accounts.json"
    if accounts.exists():
        print(f"演示账号：{accounts}", flush=True)
    if sys.platform.startswith("linux"):
        _gunicorn(host, port, workers)
    else:
        _waitress(host, port)


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
