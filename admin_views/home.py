"""The workbench (工作台): what is due, overdue, waiting for me; every number is a link."""

from typing import Any

from flask_admin import AdminIndexView, expose

from admin_views.base import Gated, current_actor
from models import db
from services import workbench


class Home(Gated, AdminIndexView):
    """The first page after login."""

    verbs = {"index": "home.view"}

    @expose("/")
    def index(self) -> Any:
        return self.render("home.html", board=workbench.board(db.session(), current_actor()))
