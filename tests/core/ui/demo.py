"""An application that only shows the shell and the macros, with real-looking data: for tests and for looking at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask, Response, make_response, redirect, render_template, request, send_from_directory
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional, Regexp

from core.resources.finding import Hit, Hits
from core.ui.assets import STATIC
from core.ui.macros import TEMPLATES, install_macros
from core.ui.shell import MenuItem, MenuSection, Shell, ToastNote
from core.web.rendering import render

CATALOGUE = Path(TEMPLATES).parents[1] / "translations" / "vi.po"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
LONG_NAME = "Công ty TNHH MTV Sản xuất và Thương mại Nguyễn Thị Huyền Trang"


class MoneyField(IntegerField):
    ui = "money"

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text.replace(".", "") for text in valuelist])


class PickerField(StringField):
    ui = "picker"
    url = "/people"
    text = ""


class SeveralField(StringField):
    ui = "picker"
    url = "/people"
    chosen = (("u1", "Lê Minh Quân"), ("u2", "Trần Ngọc Ánh"))


class ContactForm(Form):
    name = StringField("Họ tên", [DataRequired()])
    phone = TelField("Điện thoại")


class CustomerForm(FlaskForm):
    name = StringField(
        "Tên khách hàng",
        [DataRequired("Hãy ghi tên khách hàng.")],
        description="Họ và tên đầy đủ, không dùng biệt danh.",
    )
    phone = TelField("Điện thoại", default="0912 345 678")
    email = StringField(
        "E-mail",
        [Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message="Thiếu phần sau dấu @, ví dụ ten@congty.example.")],
        default="huyentrang@",
    )
    source = SelectField(
        "Nguồn khách hàng",
        [DataRequired()],
        choices=[SelectChoice("", "Chọn nguồn"), SelectChoice("fb", "Facebook"), SelectChoice("ref", "Giới thiệu")],
    )
    groups = SelectMultipleField(
        "Nhóm khách hàng",
        [DataRequired("Hãy chọn ít nhất một nhóm.")],
        choices=[SelectChoice("n", "Miền Bắc"), SelectChoice("s", "Miền Nam"), SelectChoice("d", "Đại lý")],
    )
    kind = RadioField("Loại", choices=[SelectChoice("p", "Cá nhân"), SelectChoice("c", "Công ty")], default="c")
    owner = PickerField("Người phụ trách", [DataRequired("Hãy chọn người phụ trách.")])
    viewers = SeveralField("Người xem")
    limit = MoneyField("Hạn mức công nợ", default=50_000_000)
    days = IntegerField("Số ngày nợ", default=30)
    born = DateField("Ngày thành lập", [Optional()])
    note = TextAreaField("Ghi chú")
    active = BooleanField("Kích hoạt", default=True)
    secret = PasswordField("Mật khẩu cổng khách hàng")
    contacts = FieldList(FormField(ContactForm), "Người liên hệ", min_entries=1, max_entries=4)


def make_demo(language: str = "vi", theme: str = "light", *, hostile: str = "", density: str = "comfortable") -> Flask:
    """The application; ``hostile`` replaces the names, to see that they are escaped."""
    app = Flask("demo", static_folder=str(STATIC), static_url_path="/static", template_folder=None)
    app.config.update(SECRET_KEY="demo", WTF_CSRF_ENABLED=True, TESTING=True)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(Path(__file__).parent / "pages")])  # type: ignore[assignment]
    CSRFProtect(app)
    install_macros(app)
    _install_words(app, language)

    def shell() -> dict[str, Any]:
        asked_theme = request.args.get("theme", theme)
        return {"shell": make_shell(language, asked_theme, density, hostile, anonymous=request.path == "/login")}

    app.context_processor(shell)
    app.after_request(_add_policy)
    _add_pages(app, hostile)
    return app


def make_shell(language: str, theme: str, density: str, hostile: str, *, anonymous: bool = False) -> Shell:
    in_customers = request.path in {"/customers", "/customer", "/form", "/empty"}
    menu = (
        MenuSection(
            title="",
            items=(
                MenuItem(title="Tổng quan", url="/sink", icon="home"),
                MenuItem(title="Việc của tôi", url="/x", icon="checklist", count=7),
            ),
        ),
        MenuSection(
            title=hostile or "Khách hàng",
            items=(
                MenuItem(
                    title=hostile or "Khách hàng", url="/customers", icon="users", current=in_customers, count_new=12
                ),
                MenuItem(title="Cơ hội", url="/x", icon="target-arrow", count=64),
            ),
        ),
        MenuSection(title="Quản trị", open=False, items=(MenuItem(title="Thiết lập", url="/x", icon="settings"),)),
    )
    bottom = (
        menu[0].items[0],
        menu[1].items[0],
        MenuItem(title="Tạo đơn", url="/x", icon="plus", primary=True),
        menu[1].items[1],
    )
    toasts = (ToastNote(message=hostile or "Đã xóa 12 khách hàng", undo="/undo"),) if request.args.get("toast") else ()
    return Shell(
        tenant_name=hostile or "Thiết bị Hải Đăng",
        user_name="" if anonymous else hostile or "Lê Minh Quân",
        user_key="u1",
        menu=menu,
        bottom=bottom,
        language=language,
        theme=theme,
        density=density,
        unread=3,
        help_url="/help",
        hotline="1900 0000",
        csrf=generate_csrf(),
        query=hostile,
        toasts=toasts,
    )


def _install_words(app: Flask, language: str) -> None:
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale="vi")

    def text(msgid: str, /, **values: object) -> str:
        entry = catalogue.get(msgid) if language == "vi" else None
        found = str(entry.string) if entry and entry.string else msgid
        return found % values if values else found

    def plural(singular: str, plural: str, n: int, /, **values: object) -> str:
        entry = catalogue.get(singular) if language == "vi" else None
        found = str(entry.string[0]) if entry else singular if n == 1 else plural
        return found % {"n": n, **values}

    app.jinja_env.globals.update(_=text, _n=plural)
    app.jinja_env.filters["number"] = lambda value: f"{value:,}".replace(",", "." if language == "vi" else ",")


def _add_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _add_pages(app: Flask, hostile: str) -> None:
    def page(rule: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return app.route(rule, **options)

    names = [
        LONG_NAME,
        "Anh Đặng Hữu Phước",
        "Cửa hàng Điện máy Xuân Trường",
        "Bà Vũ Thị Ngọc Diễm",
        "Công ty CP Xây lắp Ứng Hòa",
        "Chị Hoàng Thị Kiều Oanh",
    ]
    tones = [
        ("Khách thân thiết", "green"),
        ("Đang thương lượng", "blue"),
        ("Mới", "violet"),
        ("Tạm ngừng", "grey"),
        ("Có nguy cơ rời bỏ", "red"),
    ]
    rows = [
        {
            "id": f"c{n}",
            "name": hostile or names[n % 6],
            "code": f"KH-048{n:02}",
            "state": tones[n % 5],
            "revenue": 1_284_500_000 - n * 77_100_000,
        }
        for n in range(12)
    ]

    @page("/customers")
    def customers() -> str:
        return render_template("demo_list.html", rows=rows)

    @page("/empty")
    def nothing() -> str:
        return render_template("demo_list.html", rows=[])

    @page("/customer")
    def customer() -> str:
        return render_template("demo_detail.html", name=hostile or LONG_NAME)

    @page("/form", methods=["GET", "POST"])
    def form() -> Any:
        filled = CustomerForm(meta={"csrf": False})
        if hostile:
            filled.name.label.text = hostile
            filled.name.data = hostile
            filled.name.description = hostile
            filled.owner.text = hostile
        if request.method == "POST" and not filled.validate():
            return render_template("demo_form.html", form=filled), 422
        if request.method == "POST":
            return redirect("/customers?toast=1", 303)
        return render_template("demo_form.html", form=filled)

    @page("/sink")
    def sink() -> str:
        return render_template("demo_sink.html", text=hostile or "Đơn hàng DH-10482")

    @page("/search")
    def search() -> str:
        query = request.args.get("q", "")
        people = [Hit(name, "/customer", "KH-1") for name in ("Đặng Thu Hà", "Đặng Văn Ấn") if query]
        pages = [Hit("Khách hàng", "/customers", icon="users")]
        return render(
            "resource/search.html",
            query=query,
            found=[Hits("Khách hàng", "users", people), Hits("Đi tới", "list", pages)],
        )

    @page("/login")
    def login() -> str:
        return render_template(
            "login.html", error=hostile or "Tên đăng nhập hoặc mật khẩu chưa đúng.", username=hostile, next="/customers"
        )

    @page("/error/<int:status>")
    def error(status: int) -> Any:
        return render_template(
            "error.html", status=status, problems=[hostile] if hostile else [], reference="01J9Z"
        ), status

    @page("/error-bare")
    def bare() -> str:
        return render_template("error_bare.html", status=503, message="Hệ thống đang bận.", shell=None)

    @page("/people")
    def people() -> str:
        people = [("quan.le", "Lê Minh Quân"), ("anh.tran", "Trần Ngọc Ánh"), ("thang.nguyen", "Nguyễn Đức Thắng")]
        query = request.args.get("q", "").lower()
        items = [
            {"value": key, "label": hostile or name, "under": key}
            for key, name in people
            if query in name.lower() or query in key
        ]
        return render_template("demo_options.html", items=items, query=query)

    @page("/dialog")
    def dialog() -> str:
        return render_template("demo_dialog.html")

    @page("/preferences", methods=["POST"])
    def preferences() -> Any:
        return redirect(request.form.get("next") or "/sink", 303)

    @page("/undo", methods=["POST"])
    def undo() -> Any:
        answer = make_response("", 204)
        answer.headers["HX-Trigger"] = '{"toast": {"message": "Restored", "level": "success"}}'
        return answer

    @page("/refuse/<int:status>", methods=["POST"])
    def refuse(status: int) -> Any:
        return make_response("", status)

    @page("/bulk", methods=["POST"])
    def bulk() -> Any:
        return {
            "ids": request.form.getlist("ids"),
            "all": request.form.get("all"),
            "action": request.form.get("action"),
        }

    @page("/static-check")
    def static_check() -> Any:
        return send_from_directory(STATIC, "brand.svg")
