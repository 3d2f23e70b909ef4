"""The production server with one more address that answers a constant text: `python -m benchmarks.public_server PORT SIZE`."""

import sys
from pathlib import Path

from flask import Flask, Response

import app as wiring
import server

CONSTANT = "/constant"


def serve(port: int, size: int) -> None:
    """One worker on 127.0.0.1 until killed; the constant has `size` bytes."""
    make = wiring.create_app

    def with_constant() -> Flask:
        made, text = make(), "x" * size
        made.add_url_rule(CONSTANT, view_func=lambda: Response(text, mimetype="text/html"), endpoint="constant")
        return made

    wiring.create_app = with_constant  # type: ignore[assignment]
    server.run("127.0.0.1", port, 1, Path(), mail_merge=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
