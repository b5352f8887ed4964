"""The import contract is what the manifests declare."""

import pytest

from core.vetting.import_contract import check_imports, read_neighbours

MANIFESTS = {
    "customer": "depends = []",
    "order": "depends = ['customer']",
    "warehouse": "depends = ['order']\noptional = ['customer']",
}

BAD = [
    ("core/jobs/run.py", "import addons.customer.models", "the kernel imports addons.customer.models"),
    ("core/jobs/run.py", "def late():\n    from addons.customer import api", "the kernel imports addons.customer.api"),
    ("core/app.py", "from tests.core import factories", "nothing outside core"),
    ("addons/customer/jobs.py", "from addons.order.models import Order", "does not declare"),
    ("addons/order/services.py", "from addons.customer.services import merge", "private to customer"),
    ("addons/order/services.py", "from addons.customer import queries", "private to customer"),
    ("addons/order/services.py", "import addons.customer", "private to customer"),
    ("addons/warehouse/services.py", "from addons.customer.api import x", "only extends/customer.py may"),
    ("addons/warehouse/extends/order.py", "from addons.customer.api import x", "only extends/customer.py may"),
    ("addons/warehouse/extends/customer.py", "from addons.customer.views import x", "private to customer"),
    ("addons/ghost/models.py", "", "manifests/ghost.toml is missing"),
]

GOOD = [
    ("core/jobs/run.py", "from core.db import Model"),
    ("addons/order/services.py", "from addons.customer.api import get_customer"),
    ("addons/order/models.py", "from addons.customer.models.contact import Contact"),
    ("addons/order/views.py", "from addons.order import services"),
    ("addons/order/extends/customer.py", "from addons.customer.contributions import kpi_rows"),
    ("addons/warehouse/extends/customer.py", "from addons.customer import contributions"),
    ("tests/addons/order/test_order.py", "from addons.customer.services import merge"),
]


@pytest.fixture
def manifests(tmp_path):
    for name, text in MANIFESTS.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return read_neighbours(tmp_path)


@pytest.mark.parametrize(("path", "code", "complaint"), BAD)
def test_an_undeclared_import_is_found(manifests, path, code, complaint):
    (finding,) = check_imports(path, code, manifests)

    assert complaint in finding.message


@pytest.mark.parametrize(("path", "code"), GOOD)
def test_a_declared_import_is_not(manifests, path, code):
    assert check_imports(path, code, manifests) == []
