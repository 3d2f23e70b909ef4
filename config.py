"""Settings from the environment (DESK_*), and the refusal to start with weak ones in production (C18)."""

import os
import secrets
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from environs import Env, EnvError

ROOT = Path(__file__).resolve().parent
DATABASES = ("sqlite:///", "postgresql+psycopg://")
"""How the address of a database begins that the office runs on."""


class BadSettings(SystemExit):
    """The settings cannot be served; the message says which and why."""


def read(overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """Flask's configuration from the environment, with a test's overrides on top. Raises BadSettings."""
    try:
        config = _from_environment(Env())
    except EnvError as error:
        raise BadSettings(f"DESK_* 设置有误：{error}") from None
    config.update(overrides or {})
    _complete(config)
    return config


def _from_environment(env: Env) -> dict[str, Any]:
    data = Path(env.str("DESK_DATA", str(ROOT / "instance")))
    return {
        "DESK_DATA": data,
        "DESK_ENV": env.str("DESK_ENV", "development"),
        "DESK_KEY_FILE": Path(env.str("DESK_KEY_FILE", str(data / "keys.json"))),
        "DESK_PUBLIC_URL": env.str("DESK_PUBLIC_URL", ""),
        "DESK_SMTP_URL": env.str("DESK_SMTP_URL", ""),
        "DESK_TODAY": env.date("DESK_TODAY", None),
        "DESK_TZ": _zone(env),
        "DESK_INSECURE_HTTP": env.bool("DESK_INSECURE_HTTP", False),
        "SECRET_KEY": env.str("DESK_SECRET_KEY", ""),
        "SQLALCHEMY_DATABASE_URI": env.str("DESK_DATABASE_URL", f"sqlite:///{data / 'desk.db'}"),
        "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _zone(env: Env) -> ZoneInfo:
    name = env.str("DESK_TZ", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSettings(f"DESK_TZ：没有时区“{name}”，应为 Asia/Shanghai 的样子。") from None


def _complete(config: dict[str, Any]) -> None:
    if config["DESK_ENV"] == "production":
        _refuse_weak(config)
    if not config["SQLALCHEMY_DATABASE_URI"].startswith(DATABASES):
        raise BadSettings(f"DESK_DATABASE_URL：应以 {' 或 '.join(DATABASES)} 开头，请改正。")
    config["BABEL_DEFAULT_TIMEZONE"] = str(config["DESK_TZ"])
    _make_folder(Path(config["DESK_DATA"]))
    if not config["SECRET_KEY"]:
        config["SECRET_KEY"] = _kept_secret(config["DESK_DATA"])


def _refuse_weak(config: dict[str, Any]) -> None:
    if len(config["SECRET_KEY"]) < 32:
        raise BadSettings(
            "DESK_SECRET_KEY：正式环境必须设置，至少 32 个字符；可用 openssl rand -hex 32 生成一个，存好，以后每次都用它。"
        )
    if config["DESK_TODAY"]:
        raise BadSettings("DESK_TODAY：只能用于演示和测试，正式环境请去掉。")
    if not config["DESK_PUBLIC_URL"].startswith("https://") and not config["DESK_INSECURE_HTTP"]:
        raise BadSettings("DESK_PUBLIC_URL：正式环境须为 https:// 地址；内网确需 http 时设置 DESK_INSECURE_HTTP=1。")


def _make_folder(data: Path) -> None:
    os.umask(0o077)  # what the office writes is read by its own account alone, wherever the folder lies
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"DESK_DATA：建不了文件夹 {data}（{error.strerror}），请换一个能写的地方。") from None
    if not os.access(data, os.W_OK | os.X_OK):
        raise BadSettings(f"DESK_DATA：文件夹 {data} 不能写，请换一个地方，或请管理这台机器的人给予权限。")


def _kept_secret(data: Path) -> str:
    # Outside production a secret made once and kept lets sessions survive a restart and several workers agree.
    path = Path(data) / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
