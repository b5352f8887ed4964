"""The stable code of each thing that can be wrong with an addon: what programs rely on, and what the guide explains.

A code is never given to another meaning. ``BAN0..`` can be told without anybody working with the addon (``banyan addon
check``), ``BAN1..`` shows while it runs (``core.testing.contract``).
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The codes, by what they mean."""

    UNREADABLE_MANIFEST = "BAN001"
    UNKNOWN_KEY = "BAN002"
    MISSING_VALUE = "BAN003"
    WRONG_FORM = "BAN004"
    DOUBLED = "BAN005"
    NOT_OWN = "BAN006"

    EMPTY_ROOT = "BAN010"
    HIDDEN_NAMESPACE = "BAN011"
    NO_CODE = "BAN012"
    NO_MANIFEST = "BAN013"
    TWO_ORIGINS = "BAN014"
    BAD_ENTRY_POINT = "BAN015"

    UNKNOWN_ADDON = "BAN020"
    CIRCLE = "BAN021"
    PREFIX = "BAN022"
    FOREIGN_PERMISSION = "BAN023"
    WEBHOOK_PATH = "BAN024"

    IMPORT_FAILS = "BAN030"
    UNDECLARED_EXTENSION = "BAN031"
    WRONG_PLACE = "BAN032"
    NO_INIT = "BAN033"

    NO_ACCESS = "BAN040"
    DOUBLED_ENDPOINT = "BAN041"
    UNKNOWN_ENDPOINT = "BAN042"
    UNDECLARED_PERMISSION = "BAN043"
    RESOURCE = "BAN044"
    JOB = "BAN045"
    DOES_NOT_BOOT = "BAN046"

    IMPORT_CONTRACT = "BAN050"
    PYTHON_RULE = "BAN051"
    TEMPLATE_RULE = "BAN052"
    STALE_ALLOWANCE = "BAN053"
    VIETNAMESE = "BAN054"
    UNUSED_PERMISSION = "BAN055"

    NO_MIGRATIONS = "BAN060"
    SCHEMA = "BAN061"
    TABLE_NAME = "BAN062"
    SHARED_TABLE = "BAN063"

    ANONYMOUS = "BAN101"
    UNPERMITTED = "BAN102"
    SWITCHED_OFF = "BAN103"
    FOREIGN_ID = "BAN104"
    NOTHING_PROVED = "BAN105"
    FORGED = "BAN106"
    MENU = "BAN107"
    NOT_GRANTABLE = "BAN108"
    JOB_FAILS = "BAN109"
    JOB_REPEATS = "BAN110"
    JOB_WHILE_OFF = "BAN111"
    QUERIES = "BAN112"
    DEMO_DOUBLES = "BAN113"
    DATA_LOST = "BAN114"
    LEFT_OVER = "BAN115"
    CRASHES = "BAN116"


MEANINGS: dict[Code, tuple[str, str]] = {
    Code.UNREADABLE_MANIFEST: ("The manifest cannot be read.", "Write valid TOML, as UTF-8."),
    Code.UNKNOWN_KEY: ("The manifest has a key that does not exist.", "Correct its spelling, or remove it."),
    Code.MISSING_VALUE: ("A value of the manifest is missing or of another type.", "Write what the message shows."),
    Code.WRONG_FORM: ("A value has not the right form, or is none of the possible ones.", "Choose one that is."),
    Code.DOUBLED: ("The manifest says something twice, or two things that exclude each other.", "Remove one of them."),
    Code.NOT_OWN: (
        "The manifest names what neither the addon nor one that it depends on has.",
        "Declare it, or correct it.",
    ),
    Code.EMPTY_ROOT: ("A root holds neither `addons/` nor `manifests/`.", "Name the folder above them."),
    Code.HIDDEN_NAMESPACE: ("`addons/__init__.py` hides the addons of every other root.", "Remove the file."),
    Code.NO_CODE: ("A manifest without code.", "Add the package, or remove the manifest."),
    Code.NO_MANIFEST: ("Code without a manifest that counts.", "Add the manifest, or announce the package."),
    Code.TWO_ORIGINS: ("Two places bring one and the same name.", "Remove or rename one of them."),
    Code.BAD_ENTRY_POINT: ("An entry point that leads to no package with a manifest.", "Correct the distribution."),
    Code.UNKNOWN_ADDON: ("An addon or a profile that is wanted was not found.", "Correct the name, or add its root."),
    Code.CIRCLE: ("Addons depend on each other in a circle.", "Make one dependency optional, or an event."),
    Code.PREFIX: ("Tables of one addon could be taken for another's.", "Rename one of the two."),
    Code.FOREIGN_PERMISSION: ("A permission of another addon that it does not declare.", "Correct the name."),
    Code.WEBHOOK_PATH: ("Two addons want one webhook path.", "Choose another one."),
    Code.IMPORT_FAILS: ("A module cannot be imported.", "Correct the code at that place."),
    Code.UNDECLARED_EXTENSION: ("It extends an addon that its manifest does not name.", "Add it to `optional`."),
    Code.WRONG_PLACE: ("The package was imported from another folder.", "Take that folder off the import path."),
    Code.NO_INIT: ("A folder of modules without `__init__.py`.", "Add an empty one."),
    Code.NO_ACCESS: ("A route says neither `permission=` nor `public=`.", "Say who may call it."),
    Code.DOUBLED_ENDPOINT: ("Two views have one endpoint.", "Rename one of them."),
    Code.UNKNOWN_ENDPOINT: ("A menu entry or a slot leads to no route.", "Name the endpoint of a view or resource."),
    Code.UNDECLARED_PERMISSION: ("A route wants a permission that no manifest declares.", "Declare it."),
    Code.RESOURCE: ("A resource is declared wrongly: a path, a sort, a key, a board.", "Follow the message."),
    Code.JOB: ("A job and its declaration do not go together.", "Follow the message."),
    Code.DOES_NOT_BOOT: ("The application does not start with this addon.", "Correct what the error names."),
    Code.IMPORT_CONTRACT: (
        "An import that the manifest does not permit.",
        "Declare the dependency; use its public modules.",
    ),
    Code.PYTHON_RULE: (
        "A house rule on Python is broken.",
        "Follow it, or name the exception in `checks/allowances.toml`.",
    ),
    Code.TEMPLATE_RULE: ("A house rule on templates is broken.", "Follow it: the browser's policy would refuse it."),
    Code.STALE_ALLOWANCE: ("An entry of `checks/allowances.toml` excepts nothing.", "Remove it."),
    Code.VIETNAMESE: (
        "A text without Vietnamese, or a catalogue entry that is wrong.",
        "Complete `translations/vi.po`.",
    ),
    Code.UNUSED_PERMISSION: ("A permission that nothing asks for.", "Ask for it, or take it out of the manifest."),
    Code.NO_MIGRATIONS: ("Tables without a migration.", "`banyan db revision NAME -m …`"),
    Code.SCHEMA: ("The migrations do not end at the models.", "`banyan db revision NAME -m …`, or correct them."),
    Code.TABLE_NAME: ("A table whose name does not begin with the addon's.", "Rename it: NAME or NAME_…"),
    Code.SHARED_TABLE: (
        "A table outside the tenants that the manifest does not name, or the other way round.",
        "Derive the model from `TenantModel`, or name its table in `shared_tables`.",
    ),
    Code.ANONYMOUS: ("A route answers somebody who has not logged in.", "Give it `permission=`."),
    Code.UNPERMITTED: ("A route answers somebody without its permission.", "Let the kernel guard it."),
    Code.SWITCHED_OFF: ("A route answers where the business has the addon off.", "Let the kernel guard it."),
    Code.FOREIGN_ID: (
        "A route answers another business's id, or tells it from an absent one.",
        "`session.need(Model, id)`",
    ),
    Code.NOTHING_PROVED: (
        "The contract could not make what it needs to prove something.",
        "Override `fill` in the test.",
    ),
    Code.FORGED: ("A route that changes something takes a request without token.", "Let the kernel guard it."),
    Code.MENU: ("Somebody sees a menu entry and may not follow it.", "Give entry and route one permission."),
    Code.NOT_GRANTABLE: ("An administrator cannot tick a permission.", "Declare it under `[permissions]`."),
    Code.JOB_FAILS: ("A job does not come to its end.", "Correct it, or give `job_arguments` in the test."),
    Code.JOB_REPEATS: ("A job that runs again changes rows again.", "Ask the data what there is to do."),
    Code.JOB_WHILE_OFF: (
        "A job works for a business that has the addon off.",
        "Enqueue it under the addon's own name.",
    ),
    Code.QUERIES: ("A list asks the database too often.", "Load what rows show with them; no query in a row or tab."),
    Code.DEMO_DOUBLES: ("Demo data are loaded twice.", "Return when they are there already."),
    Code.DATA_LOST: (
        "Switching off and on changes rows.",
        "A handler of AddonEnabled looks first what is there.",
    ),
    Code.LEFT_OVER: ("`banyan addon purge` leaves something.", "Keep tables and names under the addon's own name."),
    Code.CRASHES: ("A page fails with an error of its own.", "Correct the code that the error names."),
}
"""Code → what it means, and how it is usually put right; each finding says it more precisely."""
