"""Three businesses full of canaries: words that stand in every text that one of them has, and nowhere else.

There is a fourth word: what a colleague in one's own business has and one may not see oneself.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from sqlalchemy import func, select, update
from werkzeug.datastructures import FileStorage

from core.access.models import (
    ApiToken,
    Department,
    DepartmentMember,
    Group,
    PasswordLink,
    RecoveryCode,
    SecondFactor,
    User,
    UserSession,
)
from core.api.models import ApiReply
from core.attachments import attach
from core.audit import record
from core.clock import now
from core.db import uuid7
from core.db.base import Model
from core.db.scope import is_tenant_table
from core.discussion.models import Comment, CommentLike, CommentMention, Reading
from core.exchange import storage
from core.exchange.models import Export, Import, ImportRow, ImportState, Outcome, Phase
from core.exchange.xlsx import spool
from core.jobs.models import Job, JobDispatch, JobState
from core.messages.models import Message, MessageState, MessageText
from core.notifications import Notification
from core.notifications.models import NoticeDigest, NoticePreference
from core.resources.saved_views.models import GroupView, ListChoice, SavedView
from core.settings.models import set_setting
from core.testing.world import World
from tests.isolation.watching import Rows

HERE, THERE, BEYOND, HIDDEN = "qxhere77", "qxthere88", "qxbeyond66", "qxhidden99"
"""The canaries: of one's own business, of the two others, of a colleague's customers in one's own."""

STRANGERS = (THERE, BEYOND)
PHONES = {HERE: "091200011", THERE: "098765432", BEYOND: "096633344", HIDDEN: "097755566"}
"""Telephone numbers of each begin so; one digit is missing."""

SIGHTLESS = (
    "customer.view_all", "customer.view_unassigned",
    "activity.view_all", "activity.view_department", "activity.manage_schedules", "order.view_all",
)  # fmt: skip
"""Without these, one sees one's own customers and activities, and those shared with one."""


@dataclass
class Business:
    """One of the three: its tenant, who may do everything, who sees own customers only, and the ids of its rows."""

    word: str
    tenant: Any
    boss: Any
    seller: Any
    colleague: Any
    ids: dict[str, list[UUID]] = field(default_factory=dict)


@dataclass
class Town:
    """The businesses, the ids of what the seller ``here`` may not see by table, and what probers learn of all that."""

    here: Business
    there: Business
    beyond: Business
    hidden: dict[str, list[UUID]] = field(default_factory=dict)
    cookies: dict[UUID, str] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)
    """(role, endpoint, argument) → the table whose ids stand there, and which row of it answers."""
    tokens: dict[UUID, str] = field(default_factory=dict)
    findings: dict[UUID, Any] = field(default_factory=dict)
    """User → the forms and parameters that a walk as him has found."""

    @property
    def businesses(self) -> tuple[Business, ...]:
        return self.here, self.there, self.beyond

    def cookie(self, user: Any) -> str:
        """The session cookie of a user of the town."""
        return self.cookies[user.id]


def build_town(world: World) -> Town:
    """Fill an empty database."""
    permissions = sorted(_registry(world).permissions)
    town = Town(*(_build_business(world, word, permissions) for word in (HERE, *STRANGERS)))
    _add_hidden(world, town.here)
    for business in town.businesses:
        for user in (business.boss, business.seller, business.colleague):
            town.cookies[user.id] = world.cookie(user)[1]
            town.tokens[user.id] = world.token(user)
        with world.session(business.tenant) as session:  # else a probe ten minutes hence notes that it has been
            session.execute(update(UserSession).values(last_seen_at=now() + timedelta(days=1)))
    return town


def _registry(world: World) -> Any:
    return world.app.extensions["banyan"].registry


def _build_business(world: World, word: str, permissions: list[str]) -> Business:
    tenant = world.tenant(word, name=f"{word} Company")
    own = [
        each
        for each in permissions
        if each.startswith(("customer.", "activity.", "boom.", "order.", "shipping.")) and each not in SIGHTLESS
    ]
    own.append("core.use_api")
    boss = world.user(tenant, *permissions, name=f"{word} Boss")
    seller = world.user(tenant, *own, name=f"{word} Seller")
    colleague = world.user(tenant, *own, name=f"{word} Colleague")
    business = Business(word, tenant, boss, seller, colleague)
    _name_the_kernels_rows(world, business)
    _add_messages(world, business)
    if "customer.read" in permissions:
        _name_the_catalogues(world, business)
        _add_fields(world, business)
        _add_views(world, business)
        customer = _add_customer(world, business, business.seller, word)
        _add_handover(world, business, customer)
        _add_feedback(world, business, customer)
        _add_merge(world, business, customer)
        with world.session(tenant) as session:
            gone = _add_customer_row(session, business, business.seller, word, number=8, code=None)
            session.delete(gone)
        _talk(world, business, business.seller, customer, word)
        if "activity.read" in permissions:
            _add_activities(world, business, business.seller, customer, word)
        if "order.read" in permissions:
            _add_documents(world, business, business.seller, customer, word)
        if "shipping.read" in permissions:
            _add_shipments(world, business, business.seller, customer, word)
        if "boom.read" in permissions:
            _add_boom(world, business, business.seller, customer, word)
        if "automation.manage" in permissions:
            _add_automation(world, business, customer, word)
    for user in (business.boss, business.seller):
        _add_personal(world, business, user, word)
        _add_files(world, business, user, word)
    return business


def _name_the_kernels_rows(world: World, business: Business) -> None:
    word, number = business.word, PHONES[business.word]
    with world.session(business.tenant) as session:
        for group in session.scalars(select(Group)):
            group.name = f"{word} {group.name}"
        for at, user in enumerate(session.scalars(select(User).order_by(User.id))):
            user.username = f"{word}.{at}"
            user.email = f"{word}.{at}@example.vn"
            user.phone = f"+84{number[1:]}{at}"
        department = Department(name=f"{word} Department")
        session.add(department)
        session.flush()
        session.add(DepartmentMember(department_id=department.id, user_id=business.seller.id))
        for key, declared in _registry(world).settings.items():
            if declared.type == "text":
                set_setting(session, key, word.upper()[: declared.max or 50])
            if declared.type == "url":
                set_setting(session, key, f"https://{word}.example/")


def _add_automation(world: World, business: Business, customer_id: UUID, word: str) -> None:
    """A rule of each trigger, one of them deleted, and a run that went well and one that did not."""
    from addons.automation.models import AutomationRule, AutomationRun, RunState, Trigger

    told = {"key": "automation.notify", "values": {"text": f"{word} notice", "roles": ["owner"], "user_ids": []}}
    with world.session(business.tenant, business.boss) as session:
        rules = [
            AutomationRule(
                name=f"{word} rule {trigger}", kind="customer.customers", trigger=trigger, field="phone", moment="birthday",
                value=f"{word} value", conditions=[["f.phone", "1"]], actions=[told], is_active=False, active_since=now(),
            )
            for trigger in (*Trigger, Trigger.CREATED)
        ]  # fmt: skip
        session.add_all(rules)
        session.flush()
        session.delete(rules[3])
        for rule, state in zip(rules, (RunState.DONE, RunState.FAILED), strict=False):
            effects = [{"action": "automation.notify", "text": f"{word} effect", "url": ""}]
            run = AutomationRun(
                rule_id=rule.id, rule_name=rule.name, kind=rule.kind, record_id=customer_id, record_label=f"{word} Customer",
                occasion=f"{word} occasion", at=now(), state=state, message=f"{word} message", effects=effects,
            )  # fmt: skip
            session.add(run)


def _add_messages(world: World, business: Business) -> None:
    """A message in each state that a page tells apart, and the tenant's wording of a template."""
    word = business.word
    texts = {f"{part}_{language}": f"{word} {part}" for part in ("subject", "body") for language in ("vi", "en")}
    with world.session(business.tenant) as session:
        for state in (MessageState.QUEUED, MessageState.FAILED):
            addresses = {"recipient": f"{word}@example.vn", "reply_to": f"{word}@example.vn", "recipient_name": word}
            told = {"subject": f"{word} subject", "body": f"{word} body", "error": f"{word} error", "url": f"/{word}"}
            session.add(
                Message(channel="email", state=state, key=f"{word} {state}", template=word, **addresses, **told)
            )
        for title in ("", f"{word} text"):
            session.add(MessageText(key="core.notice", title=title, **texts))


def _name_the_catalogues(world: World, business: Business) -> None:
    from addons.customer.models import (
        CustomerGroup,
        CustomerRelationship,
        CustomerSource,
        CustomerTier,
        CustomerType,
    )

    with world.session(business.tenant) as session:
        for at in (1, 2):
            session.add(CustomerTier(name=f"{business.word} Tier {at}", position=at, min_amount=at * 1_000))
        dimension = CustomerType(name=f"{business.word} Type", position=1)
        session.add(dimension)
        session.flush()
        for model in (CustomerSource, CustomerRelationship, CustomerGroup):
            for entry in session.scalars(select(model)):
                entry.name = f"{business.word} {entry.name}"
        for group in session.scalars(select(CustomerGroup)):
            group.type_id = dimension.id


def _add_fields(world: World, business: Business) -> None:
    from core.resources.custom_fields.services import create_field

    word = business.word
    texts = {"label_en": f"{word} English", "help_vi": f"{word} help", "help_en": f"{word} English help"}
    more = {"section": f"{word} section", "default": f"{word} default", "in_list": True}
    with world.app.test_request_context(), world.session(business.tenant) as session:
        create_field(session, "customer", type="text", label_vi=f"{word} Field", **texts, **more)
        gone = create_field(session, "customer", type="date", label_vi=f"{word} Gone", position=5)
        session.delete(gone)


def _add_views(world: World, business: Business) -> None:
    """A shared view of each list, and one that a group without members begins with."""
    from core.resources.base import all_resources

    with world.app.app_context():
        names = sorted(all_resources())
    with world.session(business.tenant) as session:
        group = Group(name=f"{business.word} nobody")
        session.add(group)
        for name in names:
            view = SavedView(resource=name, name=f"{business.word} view", is_shared=True, owner_id=business.boss.id)
            view.args, view.columns = [["q", business.word]], None
            session.add(view)
        session.flush()
        session.add(GroupView(resource=names[-1], group_id=group.id, view_id=view.id))
        session.add(ListChoice(user_id=business.boss.id, resource=names[-1], opens="plain"))


def _add_handover(world: World, business: Business, customer_id: UUID) -> None:
    from addons.customer.models import CustomerHandover, CustomerHandoverItem

    with world.session(business.tenant) as session:
        made = CustomerHandover(giver_id=business.boss.id, customers=1, receivers=1, boxes=[business.word])
        session.add(made)
        session.flush()
        owners = {"from_user_id": business.boss.id, "to_user_id": business.seller.id}
        session.add(CustomerHandoverItem(handover_id=made.id, customer_id=customer_id, ended_shares={}, **owners))


def _add_merge(world: World, business: Business, customer_id: UUID) -> None:
    from addons.customer.models import CustomerMerge, CustomerMergeItem

    word, gone = business.word, uuid7()
    with world.session(business.tenant) as session:
        names = {"survivor_name": f"{word} Survivor", "merged_name": f"{word} Merged"}
        ids = {"survivor_id": customer_id, "into_id": customer_id, "merged_id": gone}
        made = CustomerMerge(merger_id=business.boss.id, rows=1, changes={"fields": {}}, **names, **ids)
        session.add(made)
        session.flush()
        session.add(CustomerMergeItem(merge_id=made.id, entity=word, name=word, row_id=gone))


def _add_feedback(world: World, business: Business, customer_id: UUID) -> None:
    from addons.customer.models import CustomerFeedback

    word = business.word
    with world.session(business.tenant) as session:
        for answered_at, stars in ((now(), 4), (None, None)):
            made = CustomerFeedback(customer_id=customer_id, about=f"{word} order", body=f"{word} answer", stars=stars)
            made.expires_at, made.answered_at = now() + timedelta(days=9), answered_at
            session.add(made)


def _add_values(session: Any, record_: Any, word: str) -> None:
    from core.resources.custom_fields.definitions import definitions_of
    from core.resources.custom_fields.values import set_values

    fields = definitions_of(session, record_.__tablename__)
    set_values(session, record_, fields, {field.name: f"{word} value" for field in fields})


def _add_customer(world: World, business: Business, owner: Any, word: str, shared_with: Any = None) -> UUID:
    from addons.customer.contact import note_contact
    from addons.customer.models import CustomerShare

    with world.session(business.tenant, owner) as session:
        customer = _add_customer_row(session, business, owner, word)
        customer_id: UUID = customer.id
    with world.session(business.tenant) as session:
        note_contact(session, customer_id, "customer.by_hand")
        session.add(CustomerShare(customer_id=customer_id, user_id=(shared_with or business.boss).id, boxes=[word]))
        record(session, "update", entity="customer", entity_id=customer_id, changes={"note": [word, f"{word} more"]})
    return customer_id


def _add_customer_row(
    session: Any, business: Business, owner: Any, word: str, number: int = 0, code: str | None = ""
) -> Any:
    from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource, CustomerTier
    from addons.customer.services import create_customer

    source, relationship, group = (
        session.scalars(select(model.id).order_by(model.position)).first()
        for model in (CustomerSource, CustomerRelationship, CustomerGroup)
    )
    phone = PHONES[word]
    contact = {
        "name": f"{word} Contact",
        "position": f"{word} Position",
        "phone": f"{phone}{number + 1}",
        "email": f"{word}.contact@example.vn",
        "note": f"{word} contact's note",
        "birthday": date(1990, 1, 2),
        "is_main": True,
    }
    customer = create_customer(
        session,
        confirm=True,
        name=f"{word} Customer",
        code=f"{word}-{number}".upper() if code == "" else code,
        phone=f"{phone}{number}",
        phone2=f"{phone}{number + 1}",
        email=f"{word}.{number}@example.vn",
        website=f"https://{word}.example/",
        tax_code="0100109106",
        address=f"1 {word} Street",
        ward=f"{word} Ward",
        district=f"{word} District",
        province=f"{word} Province",
        note=f"{word} note",
        birthday=date(1980, 1, 2),
        owner_id=owner.id,
        source_id=source,
        relationship_id=relationship,
        group_ids=[group],
        referrer_user_id=business.boss.id,
        contacts=[contact],
    )
    customer.referrer_label = f"{word} Referrer"
    customer.tier_id = session.scalar(select(CustomerTier.id).order_by(CustomerTier.position))
    _add_values(session, customer, word)
    session.flush()
    told = {
        "recipient": f"{word}@example.vn",
        "recipient_name": word,
        "subject": f"{word} letter",
        "body": f"{word} body",
    }
    about = {"entity": "customer", "entity_id": customer.id, "key": f"{word} letter {number}"}
    session.add(Message(channel="email", state=MessageState.SENT, template=word, **told, **about))
    return customer


def _add_activities(world: World, business: Business, owner: Any, customer_id: UUID, word: str) -> None:
    """An activity of each kind about a customer; the appointment was rescheduled, one was cancelled, one deleted."""
    from addons.activity.models import ActivityPerson, ActivityProject, ActivityType, Kind, Role, WorkWeek
    from addons.activity.schedules import save_absence
    from addons.activity.services import cancel, log_care, plan_activity, reschedule

    with world.session(business.tenant) as session:
        for entry in session.scalars(select(ActivityType)):
            entry.name = f"{business.word} {entry.name.removeprefix(business.word).strip()}"
        project = ActivityProject(name=f"{business.word} Project {owner.id}", position=1)
        session.add(project)
        session.flush()
        project_id, type_id = project.id, session.scalars(select(ActivityType.id)).first()
    texts = {"place": f"{word} place", "content": f"{word} content", "subject": f"customer:{customer_id}"}
    day = now().date() + timedelta(days=3)
    with world.session(business.tenant, owner) as session:
        made = [
            plan_activity(session, kind, title=f"{word} {kind}", day=day, remind_minutes=30, type_id=type_id, **texts)
            for kind in (Kind.APPOINTMENT, Kind.TASK, Kind.TRANSACTION, Kind.APPOINTMENT, Kind.APPOINTMENT)
        ]
        made[1].project_id = project_id
        reschedule(session, made[0], day=day + timedelta(days=1), reason=f"{word} reason")
        session.add(ActivityPerson(activity_id=made[0].id, user_id=business.boss.id, role=Role.READER))
        cancel(session, made[3], reason=f"{word} cancelled")
        save_absence(session, None, user_id=owner.id, kind="leave", first_day=day, last_day=day, note=f"{word} leave")
        session.add(WorkWeek(user_id=owner.id, hours=[[[480, 720]]] * 7))
        session.delete(made[4])
        past = day - timedelta(days=9)
        log_care(session, title=f"{word} care", result="reached", note=f"{word} result", day=past, **texts)


def _talk(world: World, business: Business, author: Any, customer_id: UUID, word: str) -> None:
    from addons.customer.models import Customer

    with world.session(business.tenant, author) as session:
        body = f"{word} said something to @{word}"
        entity = {"entity": "customer", "entity_id": customer_id}
        comment = Comment(**entity, author_id=author.id, body=body, created_at=now(), post_key=uuid7())
        session.add(comment)
        session.flush()
        session.add(CommentMention(comment_id=comment.id, user_id=business.boss.id))
        session.add(CommentLike(comment_id=comment.id, user_id=author.id))
        session.add(Reading(**entity, user_id=author.id, until=now()))
        file = FileStorage(BytesIO(f"{word} text of a file".encode()), f"{word} file.txt")
        attach(session, session.need(Customer, customer_id), [file], comment_id=comment.id)


def _add_personal(world: World, business: Business, user: Any, word: str) -> None:
    """What belongs to one user: a job, a notice, a signed-in browser."""
    with world.session(business.tenant) as session:
        for state in (JobState.FAILED, JobState.QUEUED, JobState.DONE):
            id = uuid7()
            session.add(
                Job(
                    id=id, user_id=user.id, name="core.purge_jobs", title=f"{word} job", language="en",
                    arguments={"text": word}, state=state, cursor=word, result={"text": word}, max_attempts=3,
                    error=f"{word} error", trace=f"{word} trace", total=3,
                )
            )  # fmt: skip
            dispatch = {"name": "core.purge_jobs", "state": state, "run_at": now(), "worker": f"{word} worker"}
            session.add(JobDispatch(id=id, tenant_id=business.tenant.id, **dispatch))
        if "customer" in _registry(world).order:
            session.add(_tier_preview(user, word))
        notice = {"kind": "test", "title": f"{word} notice", "body": f"{word} body", "url": f"/search?q={word}"}
        session.add(Notification(user_id=user.id, **notice))
        session.add(NoticePreference(user_id=user.id, kind="mention", way="bell"))
        session.add(NoticeDigest(user_id=user.id, until_id=uuid7(), sent_at=now()))
        moment = now()
        browser = {"user_agent": f"{word} browser", "address": "192.0.2.1", "token_hash": uuid7().bytes * 2}
        times = {
            "created_at": moment,
            "last_seen_at": moment,
            "confirmed_at": moment,
            "expires_at": moment.replace(year=moment.year + 1),
        }
        session.add(UserSession(user_id=user.id, **browser, **times))
        token = {"name": f"{word} program", "permissions": [word], "last_address": f"{word} address"}
        made = ApiToken(user_id=user.id, token_hash=uuid7().bytes * 2, created_at=moment, expires_at=moment, **token)
        session.add(made)
        session.flush()
        reply = {"key": f"{word}-key", "location": f"/{word}", "etag": f'"{word}"', "body": f'{{"name": "{word}"}}'}
        session.add(ApiReply(token_id=made.id, fingerprint=b"", created_at=moment, status=201, **reply))
        session.add(PasswordLink(user_id=user.id, token_hash=uuid7().bytes * 2, expires_at=times["expires_at"]))
        session.add(SecondFactor(user_id=user.id, secret=b"nobody's", last_step=0, created_at=moment))
        session.add(RecoveryCode(user_id=user.id, mark="ab", code_hash="nobody's"))


def _tier_preview(user: Any, word: str) -> Job:
    """A preview of the tiers that has ended."""
    wanted = {"tier_basis": "revenue", "tier_may_fall": False, "tier_automatic": False}
    result = {
        "moves": [[f"{word} Tier 1", f"{word} Tier 2", 1]],
        "shown": [],
        "changed": 1,
        "message": f"{word} result",
    }
    return Job(
        id=uuid7(), user_id=user.id, name="customer.preview_tiers", title=f"{word} preview", language="en",
        arguments={"settings": wanted, "switch": False}, state=JobState.DONE, result=result, max_attempts=3,
    )  # fmt: skip


def _add_documents(world: World, business: Business, owner: Any, customer_id: UUID, word: str) -> None:
    """A product, and a document of each kind for a customer; of each one draft, one that went on, one deleted order."""
    from addons.customer.models import CustomerTier
    from addons.order import billing, contracts, quotations, services
    from addons.order.documents import KINDS, list_lines
    from addons.order.models import Product
    from core.resources.custom_fields.services import create_field

    with world.app.test_request_context(), world.session(business.tenant) as session:
        number = session.scalar(select(func.count(Product.id))) or 0
        if not number:
            for model in (Product, *KINDS):
                create_field(session, model.__tablename__, type="text", label_vi=f"{word} Field")
        tier_id = session.scalars(select(CustomerTier.id)).first()
        product = services.create_product(
            session,
            code=f"{business.word}-{number}".upper(),
            name=f"{business.word} Product {number}",
            unit=f"{business.word} unit",
            description=f"{business.word} description",
            price=1_000,
            discounts={tier_id: Decimal(5)} if tier_id else {},
        )
        product_id = product.id
        texts = {
            name: f"{word} {name}" for name in ("recipient_name", "address", "ward", "district", "province", "note")
        }
        fields: Any = {
            **texts,
            "customer_id": customer_id,
            "phone": f"{PHONES[word]}0",
            "seller_id": owner.id,
            "lines": [
                {"product_id": product_id, "quantity": Decimal(2), "name": f"{word} line", "unit": f"{word} unit"}
            ],
        }
        term: Any = {"effective_on": date(2026, 1, 31), "term_months": 12, "title": f"{word} title"}
        quotation = quotations.create_quotation(session, **fields)
        order = services.create_order(session, **fields, reference=f"{word} reference")
        contract = contracts.create_contract(session, **fields, **term)
        contracts.move_contract(session, contract, "approve")
        invoice = billing.create_invoice(session, **fields)
        billing.move_invoice(session, invoice, "issue")
        payment = billing.create_payment(
            session, contract_id=contract.id, amount=10, payer=f"{word} payer", note=f"{word} note"
        )
        for document in (quotation, order, contract, invoice, payment):
            document.cancel_reason = f"{word} reason"
            document.created_by_id = owner.id
            if type(document) in KINDS:
                for line in list_lines(session, document):
                    line.discount_tier = f"{word} tier"
        session.flush()
        quotations.order_of_quotation(session, quotation.id)
        session.delete(services.create_order(session, **fields))
        for record_ in (product, quotation, order, contract, invoice):
            _add_values(session, record_, word)


def _add_shipments(world: World, business: Business, owner: Any, customer_id: UUID, word: str) -> None:
    """Parcels of three orders that came back, which makes a boom customer; the address of a carrier."""
    from addons.order import services
    from addons.shipping.services import create_shipment, enter_event, open_account

    with world.app.test_request_context(), world.session(business.tenant) as session:
        line: Any = {"name": f"{word} line", "unit": f"{word} unit", "quantity": Decimal(1), "price": 1_000}
        texts = {name: f"{word} {name}" for name in ("recipient_name", "address", "note")}
        who: Any = {"customer_id": customer_id, "phone": f"{PHONES[word]}0", "seller_id": owner.id}
        for at in range(3):
            order = services.create_order(session, **texts, **who, lines=[line])
            services.move_order(session, order, "confirm")
            parcel = create_shipment(session, order, carrier="ghn", waybill=f"{word}-{at}")
            enter_event(session, parcel, state="returned", cause="refused", reason=f"{word} reason")
            parcel.unknown_code = f"{word} code"
        open_account(session, "ghn")


def _add_boom(world: World, business: Business, owner: Any, customer_id: UUID, word: str) -> None:
    """A report without an order, which stays in its shop; the terms were accepted and withdrawn; somebody asked the network."""
    from addons.boom.models import BoomLookup, BoomTerms, Reason
    from addons.boom.phone_key import phone_key
    from addons.boom.services import report_customer

    with world.session(business.tenant, owner) as session:
        customer = session.need(_customer_model(), customer_id)
        report = report_customer(session, customer, reason=Reason.OTHER, content=f"{word} report")
        report.dispute, report.answer = f"{word} dispute", f"{word} answer"
        key = phone_key(str(customer.phone))
    with world.session(business.tenant) as session:
        session.add(BoomLookup(user_id=business.boss.id, at=now(), phone_key=key, reports=0))
        when = {"accepted_at": now(), "withdrawn_at": now()}
        session.add(
            BoomTerms(terms_version=1, accepted_by_id=business.boss.id, withdrawn_by_id=business.boss.id, **when)
        )


def _add_files(world: World, business: Business, user: Any, word: str) -> None:
    """An import of each resource at each of its steps and a finished export of one user, with their files."""
    from core.resources.base import all_resources

    workbook = _workbook(word)
    with world.app.app_context():
        required = {
            name: [field.key for field in each.exchange if field.required] for name, each in all_resources().items()
        }
    with world.session(business.tenant) as session:
        made = [
            Import(id=uuid7(), user_id=user.id, resource=resource, file_name=f"{word} file.xlsx",
                   sha256=hashlib.sha256(workbook).hexdigest(), state=state, mapping={"0": key},
                   error=f"{word} error", counts={Phase.CHECK: {"created": 1}, Phase.APPLY: {"created": 1}})
            for resource, (key, *_rest) in ((name, keys) for name, keys in required.items() if keys)
            for state in (ImportState.MAPPING, ImportState.CHECKED, ImportState.DONE, ImportState.APPLYING)
        ]  # fmt: skip
        customer = session.scalar(select(_customer_model().id).where(_customer_model().owner_id == user.id))
        first: Import | None = None
        for import_ in made:
            session.add(import_)
            session.flush()
            import_.job_id = session.scalar(
                select(Job.id).where(Job.user_id == user.id, Job.state == JobState.FAILED).limit(1)
            )
            storage.store_upload(BytesIO(workbook), import_)
            if first is None:
                first = import_
                import_.sheet = spool(storage.upload_path(import_), storage.spool_path(import_)).as_json()
            else:
                shutil.copyfile(storage.spool_path(first), storage.spool_path(import_))
                import_.sheet = first.sheet
            record_id = customer if import_.resource == "customer.customers" else None
            row = {"import_id": import_.id, "number": 2, "record_id": record_id, "title": f"{word} row"}
            session.add(ImportRow(phase=Phase.APPLY, outcome=Outcome.CREATED, **row))
            problems = [[0, f"{word} problem"]]
            session.add(ImportRow(phase=Phase.CHECK, outcome=Outcome.FAILED, problems=problems, **row))
        export = Export(user_id=user.id, resource="customer.customers", file_name=f"{word} export.xlsx", rows=1,
                        expires_at=now() + timedelta(hours=9))  # fmt: skip
        session.add(export)
        session.flush()
        storage.export_path(export).parent.mkdir(parents=True, exist_ok=True)
        storage.export_path(export).write_bytes(workbook)


def _workbook(word: str) -> bytes:
    book = Workbook()
    book.active.title = f"{word} sheet"
    for row in (("Customer name", f"{word} column"), (f"{word} Imported", f"{word} cell")):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _customer_model() -> Any:
    from addons.customer.models import Customer

    return Customer


def _add_hidden(world: World, business: Business) -> None:
    if "customer" in _registry(world).order:
        customer = _add_customer(world, business, business.colleague, HIDDEN, shared_with=business.colleague)
        _talk(world, business, business.colleague, customer, HIDDEN)
        if "activity" in _registry(world).order:
            _add_activities(world, business, business.colleague, customer, HIDDEN)
        if "order" in _registry(world).order:
            _add_documents(world, business, business.colleague, customer, HIDDEN)
        if "shipping" in _registry(world).order:
            _add_shipments(world, business, business.colleague, customer, HIDDEN)
        if "boom" in _registry(world).order:
            _add_boom(world, business, business.colleague, customer, HIDDEN)
    _add_personal(world, business, business.colleague, HIDDEN)
    _add_files(world, business, business.colleague, HIDDEN)


def note_ids(town: Town, rows: Rows, columns: dict[str, list[str]]) -> None:
    """Write down which ids there are, by table, and which of them the seller may not see."""
    names = {table.name: columns[table.name] for table in tenant_tables(rows)}
    for business in town.businesses:
        tenant = _spellings(business.tenant.id)
        for table in names:
            own = [row for row in rows[table] if row[0] in tenant]
            business.ids[table] = [UUID(str(row[1])) for row in own]
    marked = {
        table: [row for row in rows[table] if any(HIDDEN in str(value).lower() for value in row)] for table in names
    }
    owners = {spelling for row in marked.get("customer", ()) for spelling in _spellings(UUID(str(row[1])))}
    imports = {spelling for row in marked.get("core_import", ()) for spelling in _spellings(UUID(str(row[1])))}
    activities = {spelling for row in marked.get("activity", ()) for spelling in _spellings(UUID(str(row[1])))}
    documents = {
        f"{table.removeprefix('order_')}_id": {
            s for row in marked.get(table, ()) for s in _spellings(UUID(str(row[1])))
        }
        for table in ("order", "order_quotation", "order_contract", "order_invoice")
    }
    for table in names:
        found = {UUID(str(row[1])) for row in marked[table]}
        links = {"customer_id": owners, "import_id": imports, "activity_id": activities, **documents}
        for link, parents in links.items():
            if link in names[table]:
                at = names[table].index(link)
                found |= {UUID(str(row[1])) for row in rows[table] if row[at] in parents}
        town.hidden[table] = sorted(found)


def _spellings(id: UUID) -> tuple[str, str]:
    return str(id), id.hex


def tenant_tables(present: Collection[str]) -> list[Any]:
    """Those of the ``present`` tables whose rows belong to a business. The metadata know other tests' addons too."""
    return [table for table in Model.metadata.sorted_tables if is_tenant_table(table) and table.name in present]
