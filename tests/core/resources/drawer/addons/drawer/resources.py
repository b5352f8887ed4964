"""Cabinets and folders as staff see them."""

from __future__ import annotations

from addons.drawer.models import Cabinet, Folder

from core.audit import Recorded
from core.db import ActorSession
from core.resources import BulkAction, BulkResult, Column, Fact, Permissions, Resource, for_each


def delete_folders(session: ActorSession, ids, **values) -> BulkResult:
    return for_each(session, Folder, ids, session.delete)


class Cabinets(Resource[Cabinet]):
    model = Cabinet
    name = "cabinets"
    title = "Cabinets"
    one = "cabinet"
    permissions = Permissions("drawer")
    columns = (Column("name", "Name", kind="title"),)


class Folders(Resource[Folder]):
    model = Folder
    name = "folders"
    title = "Folders"
    one = "folder"
    permissions = Permissions("drawer")
    columns = (Column("name", "Name", kind="title", subtitle=("code",)),)
    facts = (Fact("code", "Code"), Fact("cabinet_id", "Cabinet"), Fact("model_id", "Model"))
    bulk_actions = (BulkAction("delete", "Delete", delete_folders, "drawer.delete", icon="trash", danger=True),)


papers = Recorded("drawer_paper", one="paper", labels={"name": "Name", "folder_id": "Folder"})
loans = Recorded("drawer_loan", one="loan", labels={"name": "Name", "folder_id": "Folder"})
