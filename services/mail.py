"""Outgoing mail (SMTP) by the standard library: one connection a run, short time-outs, refusals as words.

DESK_SMTP_URL: smtp://[user:password@]host[:port][?from=address&starttls=no] or smtps://… (TLS from the first byte).
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from rules.words import RuleBroken

TIMEOUT = 15
"""Seconds a server may take for one step."""
PORTS = {"smtp": 25, "smtps": 465}
HERE = ("localhost", "127.0.0.1", "::1")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])")


class MailFailed(Exception):
    """A letter did not go out; `is_down`: the server could not be reached or refused us, so no other letter will either."""

    def __init__(self, message: str, *, is_down: bool = False) -> None:
        super().__init__(message)
        self.is_down = is_down


@dataclass(frozen=True)
class Server:
    """Where letters are handed over, as DESK_SMTP_URL says."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    is_tls: bool
    starttls: bool


def server_of(url: str) -> Server:
    """The server of a DESK_SMTP_URL. Raises RuleBroken naming the setting."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise RuleBroken(
            "DESK_SMTP_URL：应为 smtp://用户:密码@主机:端口?from=地址 的样子，请改正。", "DESK_SMTP_URL"
        ) from None
    host, asked = parts.hostname or "", parse_qs(parts.query)
    user = unquote(parts.username or "")
    sender = asked.get("from", [user if "@" in user else f"petition-desk@{host}"])[0]
    if not host or not ADDRESS.fullmatch(sender):
        raise RuleBroken("DESK_SMTP_URL：缺主机名，或 from 不是邮箱地址，请改正。", "DESK_SMTP_URL")
    starttls = asked.get("starttls", ["yes"])[0] != "no"
    return Server(host, port, user, unquote(parts.password or ""), sender, parts.scheme == "smtps", starttls)


def check_address(text: str | None) -> str | None:
    """An e-mail address as it may stand on an account, or None for nothing. Raises RuleBroken (field email)."""
    plain = (text or "").strip()
    if plain and not (len(plain) <= 120 and ADDRESS.fullmatch(plain)):
        raise RuleBroken("电子邮箱：应为 name@example.org 的样子，请改正。", "email")
    return plain or None


class Post:
    """An open connection; `send` hands one letter over."""

    def __init__(self, server: Server, link: smtplib.SMTP) -> None:
        self.server, self.link = server, link

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand over one plain-text letter. Raises MailFailed with the server's words."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.server.sender, to, subject
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        try:
            self.link.send_message(letter)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            is_down = not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
            raise MailFailed(_words(error), is_down=is_down) from error


@contextmanager
def opened(server: Server) -> Iterator[Post]:
    """A connection to the server for one run. Raises MailFailed (is_down) when there is none to be had."""
    try:
        link = _connected(server)
    except OSError as error:
        raise MailFailed(_words(error), is_down=True) from error
    try:
        yield Post(server, link)
    finally:
        try:
            link.quit()
        except (OSError, smtplib.SMTPException):
            link.close()


def _connected(server: Server) -> smtplib.SMTP:
    if server.is_tls:
        link: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        _logged_in(server, link)
    except BaseException:
        link.close()
        raise
    return link


def _logged_in(server: Server, link: smtplib.SMTP) -> None:
    link.ehlo()
    is_secret = server.is_tls
    if not is_secret and server.starttls and link.has_extn("starttls"):
        link.starttls(context=ssl.create_default_context())
        is_secret = True
    if server.user and not is_secret and server.host not in HERE:
        raise MailFailed("服务器不支持加密连接，密码没有发送。", is_down=True)
    if server.user:
        link.login(server.user, server.password)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
