"""The town itself: without canaries everywhere in it, the probes would find nothing."""

from __future__ import annotations

from tests.isolation.probing import Prober
from tests.isolation.town import HERE, HIDDEN, STRANGERS, tenant_tables
from tests.isolation.walking import unknown_targets

CANARY_FREE = {
    "activity": {"kind", "subject_entity", "state", "result"},
    "activity_absence": {"kind"},
    "activity_person": {"role"},
    "activity_type": {"entity", "tone"},
    "automation_rule": {"kind", "trigger", "field", "moment"},
    "automation_run": {"kind", "state"},
    "core_audit": {"action", "entity", "request_id"},
    "core_attachment": {"entity", "media_type", "sha256"},
    "core_comment": {"entity"},
    "core_reading": {"entity"},
    "core_counter": {"key"},
    "core_custom_field": {"entity", "key", "type"},
    "core_export": {"resource"},
    "core_import": {"resource", "sha256", "state"},
    "core_import_row": {"phase", "outcome"},
    "core_group": {"shipped_key"},
    "core_group_view": {"resource"},
    "core_list_choice": {"resource", "opens"},
    "core_saved_view": {"resource"},
    "core_group_permission": {"permission"},
    "core_job": {"name", "state", "language"},
    "core_message": {"channel", "state", "entity"},
    "core_message_text": {"key"},
    "core_notice_preference": {"kind", "way"},
    "core_notification": {"kind"},
    "core_recovery_code": {"mark", "code_hash"},
    "core_session": {"address"},
    "core_setting": {"key"},
    "core_tenant_addon": {"addon"},
    "core_user": {"phone", "password_hash", "language", "theme", "density"},
    "order": {"state", "phone"},
    "order_contract": {"state", "phone", "kind"},
    "order_field_value": {"key"},
    "order_contract_field_value": {"key"},
    "order_invoice": {"state", "phone"},
    "order_invoice_field_value": {"key"},
    "order_payment": {"state", "kind", "method"},
    "order_product_field_value": {"key"},
    "order_quotation": {"state", "phone"},
    "order_quotation_field_value": {"key"},
    "shipping_account": {"carrier"},
    "shipping_event": {"carrier", "state", "cause", "code"},
    "shipping_shipment": {"carrier", "state", "cause", "cause_by_hand", "order_number"},
    "boom_lookup": {"phone_key"},
    "boom_report": {"phone", "reason", "state", "order_code"},
    "customer": {"salutation", "phone", "phone_raw", "phone2", "phone2_raw", "tax_code"},
    "customer_contact": {"phone", "phone_raw"},
    "customer_contact_time": {"kind"},
    "customer_field_value": {"key"},
    "customer_relationship": {"tone"},
}
"""Columns whose texts nobody types: keys, states, formats. Telephone numbers have ranges of their own."""


def test_every_text_of_all_businesses_carries_its_canary(prober: Prober) -> None:
    lacking = []
    for table in tenant_tables(prober.watch.base):
        rows, columns = prober.watch.base[table.name], prober.watch.columns[table.name]
        for column in table.columns:
            if column.type._type_affinity.__name__ not in {"String", "Text"} or column.name.startswith("sort_"):
                continue
            if column.name in CANARY_FREE.get(table.name, ()):
                continue
            texts = [str(row[columns.index(column.name)]).lower() for row in rows]
            lacking += [
                f"{table.name}.{column.name} has no {word}"
                for word in (HERE, *STRANGERS)
                if not any(word in text for text in texts)
            ]
    assert not lacking, "give tests/isolation/town.py rows for these:\n" + "\n".join(lacking)


def test_every_table_has_rows_of_all_businesses(prober: Prober) -> None:
    town = prober.town
    empty = [name for name in town.here.ids if not all(each.ids[name] for each in town.businesses)]
    assert not empty, f"give tests/isolation/town.py rows for these: {empty}"


def test_every_path_finds_a_row_of_the_town(prober: Prober) -> None:
    assert not unknown_targets(prober), "give tests/isolation/town.py rows for these paths"


def test_a_colleague_has_something_to_hide(prober: Prober) -> None:
    hidden = {table for table, ids in prober.town.hidden.items() if ids}
    assert hidden >= {
        "customer", "customer_contact", "customer_group_member", "customer_share", "core_comment", "core_attachment",
        "core_job", "core_notification", "core_session", "core_import", "core_import_row", "core_export",
    }  # fmt: skip
    assert not any(HIDDEN in str(row) for row in prober.watch.base["core_user"])
