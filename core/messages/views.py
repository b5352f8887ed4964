"""What administrators do with a message, and the pages of templates: list, edit with a preview, restore, further texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.messages import services
from core.messages.channels import CHANNELS, HAS_SUBJECT
from core.messages.contributions import MessageTemplate
from core.messages.forms import WordingForm
from core.messages.merging import merge, merge_line
from core.messages.models import Message, MessageText
from core.messages.queries import (
    Wording,
    declared_wordings,
    find_sender,
    find_text,
    get_own_text,
    get_template,
    list_changed,
    list_own_texts,
    list_templates,
    wordings_of,
)
from core.messages.receipts import PICTURE, note_opened
from core.messages.resources import MANAGE, MANAGE_TEMPLATES
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)
views = AddonViews(__name__)

LANGUAGES = {"vi": _("Vietnamese"), "en": _("English")}


@views.get("/messages/seen/<value>", public="the picture in an e-mail, under a signed address", identifies=False)
def message_seen(value: str) -> ResponseReturnValue:
    """The e-mail was opened. Always the same picture: it tells nothing to whoever makes addresses up."""
    note_opened(value)
    return Response(PICTURE, content_type="image/gif", headers={"Cache-Control": "no-store"})


@views.post("/core/messages/<uuid:id>/retry", permission=MANAGE)
def messages_retry(id: UUID) -> ResponseReturnValue:
    services.retry_message(current_session(), current_session().need(Message, id))
    toast(_("It is sent again."))
    return redirect_to(url_for("core.messages_detail", id=id))


@views.post("/core/messages/<uuid:id>/cancel", permission=MANAGE)
def messages_cancel(id: UUID) -> ResponseReturnValue:
    services.cancel_message(current_session(), current_session().need(Message, id))
    toast(_("Cancelled."), "info")
    return redirect_to(url_for("core.messages_detail", id=id))


@views.get("/core/templates", permission=MANAGE_TEMPLATES)
def templates_list() -> ResponseReturnValue:
    """The templates of all applications, by channel, each with the texts that the tenant added."""
    session = current_session()
    templates = list_templates(session)
    own: dict[str, list[MessageText]] = {}
    for text in list_own_texts(session, [template.key for template in templates]):
        own.setdefault(text.key, []).append(text)
    sendable = {channel: find_sender(session, channel) is not None for channel in CHANNELS}
    return render(
        "messages/templates.html",
        templates=templates,
        own=own,
        changed=list_changed(session),
        channels=CHANNELS,
        sendable=sendable,
    )


@views.get("/core/templates/<key>", permission=MANAGE_TEMPLATES)
def template_edit(key: str) -> ResponseReturnValue:
    """A declared template in the tenant's wording, or the declared one."""
    session = current_session()
    template = get_template(session, key)
    text = find_text(session, key)
    worded = declared_wordings(template) if text is None else wordings_of(text)
    return _page(template, _form(template, worded), text=text)


@views.post("/core/templates/<key>", permission=MANAGE_TEMPLATES)
def template_save(key: str) -> ResponseReturnValue:
    session = current_session()
    template = get_template(session, key)
    form = _form(template)
    return _save(template, form, lambda: services.save_wording(session, template, form.texts()))


@views.post("/core/templates/<key>/restore", permission=MANAGE_TEMPLATES)
def template_restore(key: str) -> ResponseReturnValue:
    services.restore_wording(current_session(), get_template(current_session(), key))
    toast(_("The default text counts again."))
    return redirect_to(url_for("core.template_edit", key=key))


@views.route("/core/templates/<key>/new", methods=("GET", "POST"), permission=MANAGE_TEMPLATES)
def template_new(key: str) -> ResponseReturnValue:
    """A further text with the template's variables; it begins with the declared one's words."""
    session = current_session()
    template = get_template(session, key)
    if request.method == "GET":
        return _page(template, _form(template, declared_wordings(template), title=""))
    form = _form(template, title="")
    return _save(template, form, lambda: services.save_own_text(session, template, None, form.title.data, form.texts()))


@views.route("/core/templates/texts/<uuid:id>", methods=("GET", "POST"), permission=MANAGE_TEMPLATES)
def text_edit(id: UUID) -> ResponseReturnValue:
    """A text that the tenant added."""
    session = current_session()
    text, template = get_own_text(session, id)
    if request.method == "GET":
        return _page(template, _form(template, wordings_of(text), title=text.title), text=text)
    form = _form(template, title=text.title)
    return _save(template, form, lambda: services.save_own_text(session, template, text, form.title.data, form.texts()))


@views.post("/core/templates/texts/<uuid:id>/delete", permission=MANAGE_TEMPLATES)
def text_delete(id: UUID) -> ResponseReturnValue:
    text, _template = get_own_text(current_session(), id)
    current_session().delete(text)
    toast(_("Deleted: %(name)s", name=text.title))
    return redirect_to(url_for("core.templates_list"))


def _form(
    template: MessageTemplate, worded: Mapping[str, Wording] | None = None, *, title: str | None = None
) -> WordingForm:
    """The form as it was sent, or with the words of ``worded``; ``title`` is None for the declared text, which has none."""
    if worded is None:
        form = WordingForm()
    else:
        data: dict[str, Any] = {"title": title}
        for language, wording in worded.items():
            data |= {f"subject_{language}": wording.subject, f"body_{language}": wording.body}
        form = WordingForm(formdata=None, data=data)
    if title is None:
        del form.title
    if template.channel not in HAS_SUBJECT:
        del form.subject_vi, form.subject_en
    return form


def _save(template: MessageTemplate, form: WordingForm, save: Callable[[], object]) -> ResponseReturnValue:
    """Save, or show what would be sent: the button says which."""
    if "preview" in request.form:
        return _page(template, form, is_preview=True)
    try:
        if form.validate():
            save()
            toast(_("The text is saved."))
            return redirect_to(url_for("core.templates_list"))
    except DomainError as refused:
        current_session().rollback()
        form.refuse(refused)
    return _page(template, form), 422


def _page(
    template: MessageTemplate, form: WordingForm, *, text: MessageText | None = None, is_preview: bool = False
) -> str:
    return render(
        "messages/template.html",
        template=template,
        form=form,
        text=text,
        channel=CHANNELS[template.channel],
        shown=_preview(template, form) if is_preview else None,
        action=request.path,
        is_own="title" in form,
    )


def _preview(template: MessageTemplate, form: WordingForm) -> list[tuple[object, str, str]]:
    """(language, subject, body) with sample values."""
    texts = form.texts()
    shown: list[tuple[object, str, str]] = []
    for language, name in LANGUAGES.items():
        values = services.sample_values(template, language)
        subject, body = texts.get(f"subject_{language}", ""), texts[f"body_{language}"]
        if body:
            shown.append((name, merge_line(subject, values), merge(body, values)))
    return shown
