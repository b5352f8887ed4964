"""The page of an export and its file: for whoever asked for it, until it is removed."""

from __future__ import annotations

from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now
from core.exchange.downloads import send_path
from core.exchange.models import Export
from core.exchange.storage import export_path
from core.i18n import translator
from core.jobs import Job
from core.jobs.progress import progress_of
from core.kernel import current_session
from core.resources.base import find_resource
from core.resources.links import may_call
from core.web import SIGNED_IN, AddonViews, redirect_to, render
from core.web.answers import is_htmx

_ = translator(__name__)

views = AddonViews(__name__)


@views.get("/exports/<uuid:id>", permission=SIGNED_IN)
def export(id: UUID) -> ResponseReturnValue:
    """How far the export is; then the link to its file."""
    session = current_session()
    export = session.need(Export, id)
    job = session.find(Job, export.job_id)
    progress = progress_of(job) if job is not None else None
    is_working = progress is not None and not progress.is_over
    if is_htmx() and request.headers.get("HX-Target") == "progress" and not is_working:
        return redirect_to(url_for("core.export", id=id))
    endpoint = f"{export.resource}_list"
    return render(
        "exchange/export_ready.html",
        export=export,
        progress=progress,
        is_working=is_working,
        is_gone=export.expires_at < now(),
        size=export_path(export).stat().st_size if export.rows is not None and export_path(export).exists() else 0,
        resource=find_resource(export.resource),
        list_url=url_for(endpoint) if may_call(session, endpoint) else "",
    )


@views.get("/exports/<uuid:id>/file", permission=SIGNED_IN)
def export_file(id: UUID) -> ResponseReturnValue:
    """The finished workbook, for its owner while he may export."""
    session = current_session()
    export = session.need(Export, id)
    path = export_path(export)
    if export.rows is None or export.expires_at < now() or not path.exists():
        abort(404)
    if not may_call(session, f"{export.resource}_export"):
        abort(403)
    return send_path(path, export.file_name)
