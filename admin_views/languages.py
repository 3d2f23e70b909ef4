"""Flask-Babel as the screens need it: an empty text has no translation."""

from functools import cached_property
from typing import Any

from flask_babel import Babel, Domain


class ScreenWords(Domain):
    """The catalog without its head: an empty text stays empty instead of being "translated" into the head."""

    def get_translations(self) -> Any:
        found = super().get_translations()
        getattr(found, "_catalog", {}).pop("", None)
        return found


class Languages(Babel):
    """Flask-Babel with that catalog."""

    @cached_property
    def domain_instance(self) -> Domain:
        return ScreenWords(domain=self.domain)
