"""Two thousand customers for the demonstration business, the same ones on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from addons.customer.contact import BY_HAND
from addons.customer.models import (
    Customer,
    CustomerContact,
    CustomerContactTime,
    CustomerGroup,
    CustomerGroupMember,
    CustomerRelationship,
    CustomerSource,
    CustomerTier,
    CustomerType,
)
from addons.customer.provinces import province_name
from addons.customer.queries import list_all_entries
from core.access.models import Group, GroupPermission, User
from core.access.services import add_group_members, create_group, set_group_members
from core.audit import AS_STAMPED
from core.clock import ZONE, now, to_local
from core.db import ActorSession, uuid7
from core.demo.business import NORTH, SOUTH, Duty, departments_of, employees_with
from core.demo.marking import demo_data
from core.demo.people import DemoCustomer, Population
from core.discussion.models import Comment
from core.phone import format_phone, search_form

COUNT = 2_000
SEED = 2026
BATCH = 500
DAYS_BACK = 540
"""The customers were entered within the last year and a half, the newer ones more densely."""

TYPES = {
    "Khu vực": ("Miền Bắc", "Miền Trung", "Miền Nam"),
    "Ngành hàng": ("Điện gia dụng", "Thiết bị vệ sinh", "Xây dựng", "Nông nghiệp"),
}
NORTHERN = frozenset({
    "Hà Nội", "Hải Phòng", "Bắc Ninh", "Hưng Yên", "Ninh Bình", "Quảng Ninh", "Phú Thọ", "Thái Nguyên", "Lào Cai",
    "Lạng Sơn", "Cao Bằng", "Sơn La", "Lai Châu", "Điện Biên", "Tuyên Quang", "Hải Dương", "Nam Định", "Thái Bình",
    "Vĩnh Phúc", "Hà Nam", "Hòa Bình", "Bắc Giang", "Yên Bái", "Hà Giang", "Bắc Kạn",
})  # fmt: skip
CENTRAL = frozenset({
    "Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Quảng Trị", "Huế", "Thừa Thiên Huế", "Đà Nẵng", "Quảng Ngãi", "Gia Lai", "Đắk Lắk",
    "Khánh Hòa", "Lâm Đồng", "Quảng Bình", "Quảng Nam", "Bình Định", "Phú Yên", "Ninh Thuận", "Bình Thuận", "Kon Tum",
    "Đắk Nông",
})  # fmt: skip
POSITIONS = ("Giám đốc", "Trưởng phòng mua hàng", "Kế toán trưởng", "Quản lý cửa hàng", "Thủ kho", "Nhân viên mua hàng")
NOTES = (
    "Chỉ nhận hàng trước 10 giờ sáng.",
    "Thanh toán cuối tháng, cần hóa đơn VAT.",
    "Hay gọi lại vào buổi chiều.",
    "Quan tâm máy lọc nước công nghiệp, hẹn báo giá quý sau.",
    "Giao hàng tới kho, không giao văn phòng.",
)
GROUPS: dict[Duty, str] = {
    "administrator": "customer.customer_admin",
    "manager": "customer.sales_manager",
    "seller": "customer.salesperson",
}
ACCOUNTANTS = "Kế toán"
ACCOUNTANTS_MAY = ("customer.read", "customer.view_all", "customer.export")

TALK = (
    "Đã gọi, khách hẹn báo giá lại vào đầu tuần sau.",
    "Khách hỏi giá máy lọc nước RO 50 lít, em đã gửi catalogue qua Zalo.",
    "Chị bên kế toán xác nhận sẽ chuyển khoản trong ngày mai.",
    "Khách phàn nàn giao hàng chậm lần trước, cần gọi xin lỗi.",
    "Gửi hợp đồng mẫu rồi, chờ khách xem lại điều khoản bảo hành.",
    "Khách đồng ý giá, chờ duyệt chiết khấu.",
)
OPENING, WORKING_MINUTES = time(8), 9 * 60

TALKED_ABOUT = 0.06
"""Share of the customers that have comments."""

TIERS = (("Bạc", 50_000_000, 3), ("Vàng", 200_000_000, 5), ("Kim cương", 1_000_000_000, 8))
"""Name, milestone in đồng and discount in percent."""

TIER_WEIGHTS = (70, 18, 9, 3)
"""Without tier, then those of the tiers."""

RELATIONSHIP_WEIGHTS = (22, 26, 18, 24, 6, 4)
"""For the six relationships that a business starts with, in their order."""


@demo_data
def load(session: ActorSession) -> None:
    """Groups by region and trade, customers with contacts; about one in forty has nobody in charge."""
    if session.scalar(select(Customer.id).limit(1)) is not None:
        return
    _give_rights(session)
    _make_groups(session)
    _make_tiers(session)
    session.info[AS_STAMPED] = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    maker = _Maker(session)
    for start in range(0, COUNT, BATCH):
        maker.make(start, BATCH)
        session.flush()
        session.expunge_all()


def _give_rights(session: ActorSession) -> None:
    """Put the employees into the ready-made groups, and the accountants into one of the business's own."""
    for duty, key in GROUPS.items():
        group = session.scalars(select(Group).where(Group.shipped_key == key)).one()
        add_group_members(session, group, [user.id for user in employees_with(session, duty)])
    books = create_group(session, name=ACCOUNTANTS)
    session.add_all(GroupPermission(group_id=books.id, permission=each) for each in ACCOUNTANTS_MAY)
    session.flush()
    set_group_members(session, books, [user.id for user in employees_with(session, "accountant")])


def _make_groups(session: ActorSession) -> None:
    for at, (title, names) in enumerate(TYPES.items(), 1):
        kind = CustomerType(name=title, position=at * 10)
        session.add(kind)
        session.flush()
        session.add_all(
            CustomerGroup(name=name, type_id=kind.id, position=at * 100 + 10 * number)
            for number, name in enumerate(names, 1)
        )
    session.flush()


def _make_tiers(session: ActorSession) -> None:
    for at, (name, milestone, discount) in enumerate(TIERS, 1):
        session.add(CustomerTier(name=name, position=at * 10, min_amount=milestone, discount=Decimal(discount)))
    session.flush()


class _Maker:
    """Draws customers with everything that hangs on them."""

    def __init__(self, session: ActorSession) -> None:
        self.session = session
        self.chance = random.Random(SEED)  # noqa: S311  (invented customers are no secrets)
        self.today = now()
        self.population = Population(SEED, self.today.date().replace(month=1, day=1))
        self.sources = [entry.id for entry in list_all_entries(session, CustomerSource)]
        self.relationships = [entry.id for entry in list_all_entries(session, CustomerRelationship)]
        self.tiers = [None, *session.scalars(select(CustomerTier.id).order_by(CustomerTier.position))]
        self.tier_chance = random.Random(SEED)  # noqa: S311  (of its own, so that the other draws stay what they were)
        self.groups = {entry.name: entry.id for entry in list_all_entries(session, CustomerGroup)}
        teams = departments_of(session)
        self.north: Sequence[User] = [user for user in teams[NORTH] if user not in teams[SOUTH]]
        self.south: Sequence[User] = [user for user in teams[SOUTH] if user not in teams[NORTH]]
        self.newest: list[tuple[UUID, str]] = []

    def make(self, start: int, count: int) -> None:
        """Customers number ``start`` and following, from the oldest to the newest."""
        for number, drawn in enumerate(self.population.customers(count), start):
            self._add(number, drawn)

    def _add(self, number: int, drawn: DemoCustomer) -> None:
        customer = self._customer(number, drawn)
        self.session.add(customer)
        if customer.last_contact_at:
            noted = CustomerContactTime(customer_id=customer.id, kind=BY_HAND, at=customer.last_contact_at)
            self.session.add(noted)
        region = self._region(drawn)
        trade = self.chance.choice(TYPES["Ngành hàng"]) if drawn.is_company else None
        kind = self.chance.choice(("Đại lý", "Doanh nghiệp", "Khách sỉ")) if drawn.is_company else "Khách lẻ"
        for name in filter(None, (region, kind, trade)):
            self.session.add(CustomerGroupMember(customer_id=customer.id, group_id=self.groups[name]))
        if drawn.is_company:
            self._add_contacts(customer, drawn)
        if customer.owner_id and self.chance.random() < TALKED_ABOUT:
            self._add_talk(customer, customer.owner_id)
        self.newest = [*self.newest[-49:], (customer.id, f"{customer.name}")]

    def _customer(self, number: int, drawn: DemoCustomer) -> Customer:
        chance = self.chance
        age = DAYS_BACK * (1 - number / COUNT) ** 1.6
        created = self._at_work(self.today - timedelta(days=age, minutes=chance.randrange(30, 500)))
        owner = None if chance.random() < 1 / 40 else chance.choice(self._team(drawn))
        touched = self._since(created) if chance.random() < 0.7 else None
        customer = Customer(
            name=drawn.name,
            salutation=None if drawn.is_company else drawn.contact.salutation,
            phone=drawn.phone,
            phone_raw=format_phone(drawn.phone),
            email=drawn.email if chance.random() < 0.75 else None,
            website=f"https://www.khach{number:04}.example" if drawn.is_company and chance.random() < 0.5 else None,
            tax_code=drawn.tax_code or None,
            address=drawn.address.street,
            ward=drawn.address.ward,
            district=drawn.address.district or None,
            province=province_name(drawn.address.province),
            birthday=None if drawn.is_company or chance.random() < 0.4 else drawn.contact.birthday,
            note=chance.choice(NOTES) if chance.random() < 0.12 else None,
            source_id=chance.choice(self.sources),
            relationship_id=chance.choices(self.relationships, RELATIONSHIP_WEIGHTS[: len(self.relationships)])[0],
            owner_id=owner.id if owner else None,
            tier_id=self.tier_chance.choices(self.tiers, TIER_WEIGHTS)[0],
            last_contact_at=touched,
            created_at=created,
            created_by_id=owner.id if owner else None,
        )
        if self.newest and chance.random() < 0.08:
            customer.referrer_customer_id, customer.referrer_label = chance.choice(self.newest)
        return customer

    def _add_contacts(self, customer: Customer, drawn: DemoCustomer) -> None:
        people = [drawn.contact, *(self.population.person() for _each in range(self.chance.choice((0, 0, 1, 2))))]
        terms = []
        for sequence, person in enumerate(people):
            contact = CustomerContact(
                customer_id=customer.id,
                sequence=sequence,
                name=person.name,
                position=POSITIONS[0] if sequence == 0 else self.chance.choice(POSITIONS[1:]),
                phone=person.phone,
                phone_raw=format_phone(person.phone),
                email=person.email,
                is_main=sequence == 0,
                created_at=customer.created_at,
                created_by_id=customer.created_by_id,
            )
            self.session.add(contact)
            terms += [person.name, search_form(person.phone)]
        customer.contact_terms = " ".join(terms)

    def _add_talk(self, customer: Customer, author_id: UUID) -> None:
        """What the person in charge has noted since."""
        for body in self.chance.sample(TALK, self.chance.choice((1, 1, 2, 3))):
            moment = self._since(customer.created_at)
            self.session.add(
                Comment(
                    entity=Customer.__tablename__,
                    entity_id=customer.id,
                    author_id=author_id,
                    body=body,
                    created_at=moment,
                    post_key=uuid7(),
                )
            )

    def _at_work(self, moment: datetime) -> datetime:
        """A moment of that day between eight and five in Vietnam, or of the day before where it is not five yet."""
        minutes = self.chance.randrange(WORKING_MINUTES)
        shown = datetime.combine(to_local(moment).date(), OPENING, ZONE) + timedelta(minutes=minutes)
        return shown if shown < self.today else shown - timedelta(days=1)

    def _since(self, created: datetime) -> datetime:
        """Some working hour after ``created``."""
        return max(created, self._at_work(created + (self.today - created) * self.chance.random()))

    def _region(self, drawn: DemoCustomer) -> str:
        province = province_name(drawn.address.province)
        return "Miền Bắc" if province in NORTHERN else "Miền Trung" if province in CENTRAL else "Miền Nam"

    def _team(self, drawn: DemoCustomer) -> Sequence[User]:
        return self.north if self._region(drawn) == "Miền Bắc" else self.south
