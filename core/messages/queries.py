"""Which channels a tenant has, and what the texts of a template are for him."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.contributions import contributed
from core.db.session import ActorSession
from core.errors import NotFound
from core.i18n import LOCALES, translator, use_locale
from core.messages.contributions import MessageTemplate, Sender, message_templates, senders
from core.messages.models import MessageText

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and body before the variables are filled in."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A text that can be chosen for a message: ``value`` is what a form sends, ``vi:customer.thanks`` or ``en:<id>``."""

    value: str
    label: str
    template: MessageTemplate
    wording: Wording


def find_sender(session: ActorSession, channel: str) -> Sender | None:
    """Who takes this tenant's messages of ``channel`` away; None where nobody does."""
    ready = [
        each for each in contributed(senders, session=session) if each.channel == channel and each.is_ready(session)
    ]
    return ready[-1] if ready else None


def list_templates(session: ActorSession) -> tuple[MessageTemplate, ...]:
    """The templates of the addons that the tenant has enabled."""
    return contributed(message_templates, session=session)


def get_template(session: ActorSession, key: str) -> MessageTemplate:
    """The declared template ``key``. NotFound where no enabled addon declares it."""
    for template in list_templates(session):
        if template.key == key:
            return template
    raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))


def declared_wordings(template: MessageTemplate) -> dict[str, Wording]:
    """What the addon says, by language."""
    found = {}
    for language in LOCALES:
        with use_locale(language):
            found[language] = Wording(str(template.subject), str(template.body))
    return found


def find_text(session: ActorSession, key: str) -> MessageText | None:
    """The tenant's own wording of a declared template."""
    return session.scalar(select(MessageText).where(MessageText.key == key, MessageText.title == ""))


def list_own_texts(session: ActorSession, keys: Sequence[str]) -> Sequence[MessageText]:
    """The further texts that the tenant added to templates, by title."""
    query = select(MessageText).where(MessageText.key.in_(keys), MessageText.title != "")
    return session.scalars(query.order_by(MessageText.title, MessageText.id)).all()


def list_changed(session: ActorSession) -> set[str]:
    """The keys of the templates that the tenant words himself."""
    return set(session.scalars(select(MessageText.key).where(MessageText.title == "")))


def wording_of(session: ActorSession, template: MessageTemplate, language: str) -> Wording:
    """The tenant's wording where he has one, else the declared one."""
    text = find_text(session, template.key)
    own = wordings_of(text)[language] if text is not None else None
    return own if own is not None and own.body else declared_wordings(template)[language]


def wordings_of(text: MessageText) -> Mapping[str, Wording]:
    """A tenant's text by language; one that he left empty has an empty body."""
    return {"vi": Wording(text.subject_vi, text.body_vi), "en": Wording(text.subject_en, text.body_en)}


def list_choices(session: ActorSession, templates: Sequence[MessageTemplate]) -> list[Choice]:
    """Every text of these templates, declared and added, in each language that it is worded in; Vietnamese first."""
    own = list_own_texts(session, [template.key for template in templates])
    changed = {
        text.key: text
        for text in session.scalars(
            select(MessageText).where(MessageText.key.in_([each.key for each in templates]), MessageText.title == "")
        )
    }
    choices = []
    for template in templates:
        worded = declared_wordings(template)
        if (text := changed.get(template.key)) is not None:
            worded |= {language: each for language, each in wordings_of(text).items() if each.body}
        choices += _choices(template, template.key, str(template.title), worded)
        for text in own:
            if text.key == template.key:
                choices += _choices(template, str(text.id), text.title, wordings_of(text))
    return choices


def _choices(template: MessageTemplate, value: str, title: str, worded: Mapping[str, Wording]) -> list[Choice]:
    labels = {"vi": title, "en": str(_("%(title)s (English)", title=title))}
    return [
        Choice(f"{language}:{value}", labels[language], template, wording)
        for language, wording in worded.items()
        if wording.body
    ]


def get_own_text(session: ActorSession, id: UUID) -> tuple[MessageText, MessageTemplate]:
    """A further text with its template. NotFound too where the template's addon is off."""
    text = session.need(MessageText, id)
    return text, get_template(session, text.key)
