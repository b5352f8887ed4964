"""What an addon says about itself: TOML → Manifest, strictly, without importing any of its code.

A manifest is read whole: every problem is reported, each with file, key and fix. Where manifests are found is
``core.discovery``; what depends on several manifests at once is ``core.registry``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from croniter import croniter
from croniter.croniter import CroniterError

from core.problem_codes import Code
from core.spelling import did_you_mean

KERNEL = "core"

# Order of the sidebar and of Apps; the values are msgids of the kernel.
CATEGORIES: Mapping[str, str] = {
    "sales": "Sales",
    "service": "Service",
    "logistics": "Logistics",
    "marketing": "Marketing",
    "admin": "Administration",
    "other": "Other",
}

SettingType = Literal["text", "url", "integer", "boolean", "choice", "money", "days"]
SettingValue = str | int | bool
SETTING_TYPES: tuple[SettingType, ...] = get_args(SettingType)
METHODS = ("GET", "POST", "PUT", "DELETE")
DEFAULT_ORDER = 100

NAME = re.compile(r"[a-z][a-z0-9_]*")
_DOTTED = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+([a-z]+\d+)?")
_PATH = re.compile(r"(/[a-z0-9_<>:.-]+)+/?")

_NAME_FIX = "Use small letters, digits and _, beginning with a letter."
_CRON_FIX = 'Write five fields: minute, hour, day, month, weekday, as in "0 2 * * *".'
_CRON_REFERENCE = datetime(2024, 1, 1)  # noqa: DTZ001 - a fixed start for asking whether a schedule ever comes round


@dataclass(frozen=True, slots=True)
class BootProblem:
    """One reason not to start: which file, which key in it, what is wrong, what to do; ``code`` is stable."""

    file: str
    key: str
    message: str
    fix: str
    code: Code = Code.DOES_NOT_BOOT

    def __str__(self) -> str:
        return f"{self.code} {self.where}\n  {self.message}\n  {self.fix}"

    @property
    def where(self) -> str:
        """File and key."""
        return f"{self.file}: {self.key}" if self.key else self.file


class BootError(Exception):
    """The deployment cannot start; ``problems`` holds every reason, the text one paragraph for each."""

    def __init__(self, problems: Iterable[BootProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that an administrator ticks into groups. ``label`` is a msgid of the addon's domain."""

    addon: str
    name: str
    label: str

    @property
    def full_name(self) -> str:
        """The name that routes and groups use: ``customer.read``."""
        return f"{self.addon}.{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """A ready-made group, created for a tenant when it enables the addon. ``permissions`` are full names."""

    addon: str
    key: str
    title: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the sidebar, shown to those who hold ``permission``. ``section`` groups entries of one addon."""

    addon: str
    title: str
    endpoint: str
    permission: str
    icon: str
    section: str
    order: int


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """What the addon shows in a place that another addon offers, fetched from its own guarded ``endpoint``."""

    addon: str
    slot: str
    label: str
    endpoint: str
    permission: str
    order: int
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that each tenant may change.

    ``url`` is empty or an http(s) address, ``money`` is in đồng, ``days`` in days; ``min`` and ``max`` bound the number, or
    the length of a text in characters. ``choices`` are pairs of stored value and label.
    """

    addon: str
    name: str
    type: SettingType
    default: SettingValue
    label: str
    help: str
    min: int | None
    max: int | None
    choices: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The name that ``core.settings.setting`` takes: ``customer.code_prefix``."""
        return f"{self.addon}.{self.name}"


@dataclass(frozen=True, slots=True)
class ManifestJob:
    """A background job's title and, where it runs by itself, its cron schedule in the tenant's time zone."""

    addon: str
    name: str
    title: str
    schedule: str | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that outside systems call; its route checks the caller's signature itself."""

    addon: str
    path: str
    endpoint: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One addon's declaration. Titles, labels and help texts are msgids of the addon's own domain."""

    name: str
    title: str
    summary: str
    version: str
    category: str
    icon: str
    depends: tuple[str, ...]
    optional: tuple[str, ...]
    permissions: tuple[Permission, ...]
    groups: tuple[Group, ...]
    menu: tuple[MenuEntry, ...]
    slots: tuple[SlotEntry, ...]
    settings: tuple[Setting, ...]
    jobs: tuple[ManifestJob, ...]
    webhooks: tuple[Webhook, ...]
    shared_tables: tuple[str, ...]
    profile_hints: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every msgid of the manifest, for translation; in reading order, without empty or repeated ones."""
        found = [self.title, self.summary]
        found += [permission.label for permission in self.permissions]
        found += [group.title for group in self.groups]
        found += [text for entry in self.menu for text in (entry.title, entry.section)]
        found += [slot.label for slot in self.slots]
        for setting in self.settings:
            found += [setting.label, setting.help, *(label for _, label in setting.choices)]
        found += [job.title for job in self.jobs]
        return tuple(dict.fromkeys(text for text in found if text))


def read_manifest(path: Path, expected_name: str) -> tuple[Manifest | None, tuple[BootProblem, ...]]:
    """Read one file. The manifest is None exactly where there are problems.

    ``expected_name`` is what the file or the package is called; one name is used everywhere.
    """
    file = str(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        return None, (_unreadable(file, f"This is not valid TOML: {error}.", "Correct the line that is named."),)
    except (OSError, UnicodeDecodeError) as error:
        return None, (_unreadable(file, f"It cannot be read: {error}.", "Save it as UTF-8 text."),)
    problems: list[BootProblem] = []
    manifest = _Manifest(_Table(table, file, "", problems), expected_name).read()
    return (None if problems else manifest), tuple(problems)


def _unreadable(file: str, message: str, fix: str) -> BootProblem:
    return BootProblem(file, "", message, fix, Code.UNREADABLE_MANIFEST)


class _Table:
    """One TOML table: takes typed values out of it, and reports what is wrong or left over."""

    def __init__(self, values: Mapping[str, Any], file: str, prefix: str, problems: list[BootProblem]) -> None:
        self._values = values
        self._file = file
        self._prefix = prefix
        self._problems = problems
        self._taken: set[str] = set()

    def problem(self, key: str, message: str, fix: str, code: Code = Code.WRONG_FORM) -> None:
        self._problems.append(BootProblem(self._file, self._path(key), message, fix, code))

    def missing(self, key: str, message: str, fix: str) -> None:
        self.problem(key, message, fix, Code.MISSING_VALUE)

    def doubled(self, key: str, message: str, fix: str) -> None:
        self.problem(key, message, fix, Code.DOUBLED)

    def has(self, key: str) -> bool:
        return key in self._values

    def raw(self, key: str) -> Any:
        self._taken.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None, form: re.Pattern[str] | None = None, fix: str = "") -> str:
        """A line of text; required unless there is a default, and of the form given."""
        value = self.raw(key)
        if value is None:
            if default is None:
                self.missing(key, "This key is missing.", f'Add {key} = "…".')
            return default or ""
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.missing(key, f"{_shown(value)} is not a text.", f'Write {key} = "…".')
            return ""
        if form and value and not form.fullmatch(value):
            self.problem(key, f'"{value}" does not have the right form.', fix)
        return value

    def one_of(self, key: str, choices: Iterable[str]) -> str:
        value = self.text(key)
        if value and value not in set(choices):
            self.problem(key, f'"{value}" is not one of the possible values.', did_you_mean(value, choices))
        return value

    def integer(self, key: str, default: int | None = None) -> int | None:
        value = self.raw(key)
        if value is None:
            return default
        if type(value) is not int:
            self.missing(key, f"{_shown(value)} is not a whole number.", f"Write {key} = 10, without quotes.")
            return default
        return value

    def texts(self, key: str, form: re.Pattern[str] | None = None, fix: str = "") -> tuple[str, ...]:
        """A list of different texts; empty where absent."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.missing(key, f"{_shown(value)} is not a list of texts.", f'Write {key} = ["…", "…"].')
            return ()
        for item in dict.fromkeys(value):
            if value.count(item) > 1:
                self.doubled(key, f'"{item}" stands there twice.', "Remove one of them.")
            if form and not form.fullmatch(item):
                self.problem(key, f'"{item}" does not have the right form.', fix)
        return tuple(dict.fromkeys(value))

    def table(self, key: str) -> _Table:
        """The table below ``key``; an empty one where absent."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            self.missing(key, f"{_shown(value)} is not a table.", f"Write [{self._path(key)}] and its keys below.")
            value = None
        return _Table(value or {}, self._file, self._path(key), self._problems)

    def tables(self, key: str) -> list[_Table]:
        """The tables written as ``[[key]]``."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.missing(key, f"{_shown(value)} is not a list of tables.", f"Write [[{self._path(key)}]] for each.")
            return []
        path = self._path(key)
        return [_Table(item, self._file, f"{path}[{at}]", self._problems) for at, item in enumerate(value, 1)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def finish(self) -> None:
        """Report every key that nobody asked for."""
        for key in self._values:
            if key not in self._taken:
                self.problem(key, "This key is unknown.", did_you_mean(key, self._taken), Code.UNKNOWN_KEY)

    def _path(self, key: str) -> str:
        shown = f'"{key}"' if "." in key else key
        return f"{self._prefix}.{shown}" if self._prefix and key else self._prefix or shown


class _Manifest:
    """Reads the whole manifest and checks what one manifest can tell about itself."""

    def __init__(self, top: _Table, expected_name: str) -> None:
        self._top = top
        self._expected = expected_name

    def read(self) -> Manifest:
        top = self._top
        self._name = self._read_name()
        title = top.text("title")
        summary = top.text("summary")
        version = top.text("version", form=_VERSION, fix='Write three numbers, as in "0.1.0".')
        category = top.one_of("category", CATEGORIES)
        icon = top.text("icon", form=_ICON, fix='Write the name of a Tabler outline icon, as in "users".')
        self._depends = self._read_addons("depends")
        self._optional = self._read_addons("optional")
        for both in sorted(set(self._depends) & set(self._optional)):
            top.doubled("optional", f'"{both}" stands in depends too.', "Name it in one of the two.")
        permissions = self._read_permissions()
        self._own_permissions = {permission.full_name for permission in permissions}
        manifest = Manifest(
            name=self._name,
            title=title,
            summary=summary,
            version=version,
            category=category,
            icon=icon,
            depends=self._depends,
            optional=self._optional,
            permissions=permissions,
            groups=self._read_groups(),
            menu=self._read_menu(title),
            slots=self._read_slots(),
            settings=self._read_settings(),
            jobs=self._read_jobs(),
            webhooks=self._read_webhooks(),
            shared_tables=self._read_shared_tables(),
            profile_hints=top.texts("profile_hints", NAME, _NAME_FIX),
        )
        top.finish()
        return manifest

    def _read_name(self) -> str:
        name = self._top.text("name")
        if name == KERNEL != self._expected:
            self._top.problem("name", '"core" is the kernel\'s own name.', "Choose another name.")
        elif name and name != self._expected:
            fix = f'Write name = "{self._expected}", or rename the file or package to "{name}".'
            self._top.problem("name", f'"{name}" stands in a place named "{self._expected}".', fix)
        elif name and not NAME.fullmatch(name):
            self._top.problem("name", f'"{name}" does not have the right form.', f"{_NAME_FIX} Rename the place too.")
        return self._expected  # what follows is judged by the name that the rest of the system will use

    def _read_addons(self, key: str) -> tuple[str, ...]:
        names = self._top.texts(key, NAME, _NAME_FIX)
        if KERNEL in names:
            self._top.doubled(key, "Every addon depends on the kernel anyway.", f'Remove "{KERNEL}".')
        if self._name in names:
            self._top.doubled(key, f'"{self._name}" names itself.', f'Remove "{self._name}".')
        return names

    def _read_permissions(self) -> tuple[Permission, ...]:
        table = self._top.table("permissions")
        for key in table:
            if not NAME.fullmatch(key):
                table.problem(
                    key, f'"{key}" is not a short name of a permission.', f"{_NAME_FIX} The addon is implied."
                )
        return tuple(Permission(self._name, key, table.text(key)) for key in table)

    def _read_groups(self) -> tuple[Group, ...]:
        groups: list[Group] = []
        for table in self._top.tables("groups"):
            key = table.text("key", form=NAME, fix=_NAME_FIX)
            title = table.text("title")
            permissions = table.texts("permissions")
            for permission in permissions:
                self._check_permission(table, "permissions", permission)
            if any(group.key == key for group in groups):
                table.doubled("key", f'Another group is called "{key}".', "Choose another key.")
            table.finish()
            groups.append(Group(self._name, key, title, permissions))
        return tuple(groups)

    def _read_menu(self, title: str) -> tuple[MenuEntry, ...]:
        menu: list[MenuEntry] = []
        for table in self._top.tables("menu"):
            entry = MenuEntry(
                addon=self._name,
                title=table.text("title"),
                endpoint=self._endpoint(table, self._reachable()),
                permission=self._permission(table),
                icon=table.text("icon", "", _ICON, 'Write the name of a Tabler outline icon, as in "users".'),
                section=table.text("section", title),
                order=table.integer("order", DEFAULT_ORDER) or 0,
            )
            if any((other.title, other.endpoint) == (entry.title, entry.endpoint) for other in menu):
                table.doubled("endpoint", f'The menu has "{entry.title}" already.', "Remove one of the two entries.")
            table.finish()
            menu.append(entry)
        return tuple(menu)

    def _read_slots(self) -> tuple[SlotEntry, ...]:
        slots: list[SlotEntry] = []
        for table in self._top.tables("slots"):
            entry = SlotEntry(
                addon=self._name,
                slot=self._slot(table),
                label=table.text("label"),
                endpoint=self._endpoint(table, (self._name,)),
                permission=self._permission(table),
                order=table.integer("order", DEFAULT_ORDER) or 0,
                icon=table.text("icon", ""),
            )
            if any((other.slot, other.endpoint) == (entry.slot, entry.endpoint) for other in slots):
                fix = "Remove one of the two entries."
                table.doubled("endpoint", f'"{entry.endpoint}" stands in slot "{entry.slot}" already.', fix)
            table.finish()
            slots.append(entry)
        return tuple(slots)

    def _slot(self, table: _Table) -> str:
        slot = table.text("slot", form=_DOTTED, fix='Write the owner and the place, as in "customer.tabs".')
        owner = slot.partition(".")[0]
        if _DOTTED.fullmatch(slot) and owner not in (*self._reachable(), *self._optional):
            fix = f'Add "{owner}" to depends, or to optional.'
            table.problem("slot", f'"{slot}" belongs to an addon that this one does not name.', fix, Code.NOT_OWN)
        return slot

    def _read_settings(self) -> tuple[Setting, ...]:
        settings = self._top.table("settings")
        return tuple(self._read_setting(settings, name) for name in settings)

    def _read_setting(self, settings: _Table, name: str) -> Setting:
        table = settings.table(name)
        if not NAME.fullmatch(name):
            settings.problem(name, f'"{name}" is not a short name of a setting.', f"{_NAME_FIX} The addon is implied.")
        written = table.one_of("type", SETTING_TYPES)
        kind = next((known for known in SETTING_TYPES if known == written), None)
        setting = Setting(
            addon=self._name,
            name=name,
            type=kind or "text",
            default=table.raw("default"),
            label=table.text("label"),
            help=table.text("help", ""),
            min=table.integer("min"),
            max=table.integer("max"),
            choices=self._choices(table),
        )
        table.finish()
        if kind is not None:
            _check_setting(table, setting)
        return setting

    def _choices(self, table: _Table) -> tuple[tuple[str, str], ...]:
        choices = table.table("choices")
        return tuple((value, choices.text(value)) for value in choices)

    def _read_jobs(self) -> tuple[ManifestJob, ...]:
        jobs = self._top.table("jobs")
        return tuple(self._read_job(jobs, name) for name in jobs)

    def _read_job(self, jobs: _Table, name: str) -> ManifestJob:
        table = jobs.table(name)
        if not _DOTTED.fullmatch(name) or name.partition(".")[0] != self._name:
            fix = f'Write [jobs."{self._name}.verb_noun"].'
            jobs.problem(name, f'"{name}" is not a name for a job of this addon.', fix, Code.NOT_OWN)
        schedule = table.text("schedule", "") or None
        if schedule is not None and not _comes_round(schedule):
            table.problem("schedule", f'"{schedule}" never comes round.', _CRON_FIX)
        job = ManifestJob(self._name, name, table.text("title"), schedule)
        table.finish()
        return job

    def _read_webhooks(self) -> tuple[Webhook, ...]:
        webhooks: list[Webhook] = []
        for table in self._top.tables("webhooks"):
            path = table.text("path", form=_PATH, fix='Begin with / and use small letters, as in "/hooks/bank".')
            endpoint = self._endpoint(table, (self._name,))
            methods = table.texts("methods") if table.has("methods") else ("POST",)
            for method in methods:
                if method not in METHODS:
                    table.problem("methods", f'"{method}" is not a method.', did_you_mean(method, METHODS))
            if any(other.path == path for other in webhooks):
                table.doubled("path", f'"{path}" stands there twice.', "Choose another path.")
            table.finish()
            webhooks.append(Webhook(self._name, path, endpoint, methods))
        return tuple(webhooks)

    def _read_shared_tables(self) -> tuple[str, ...]:
        tables = self._top.texts("shared_tables", NAME, _NAME_FIX)
        for table in tables:
            if table != self._name and not table.startswith(f"{self._name}_"):
                fix = f'Name tables of this addon only: they begin with "{self._name}_".'
                self._top.problem("shared_tables", f'"{table}" is not a table of this addon.', fix, Code.NOT_OWN)
        return tables

    def _reachable(self) -> tuple[str, ...]:
        return (self._name, *self._depends, KERNEL)

    def _endpoint(self, table: _Table, owners: tuple[str, ...]) -> str:
        endpoint = table.text("endpoint", form=_DOTTED, fix=f'Write it as "{self._name}.view_name".')
        owner = endpoint.partition(".")[0]
        if _DOTTED.fullmatch(endpoint) and owner not in owners:
            fix = f'Write it as "{self._name}.view_name".'
            table.problem(
                "endpoint", f'"{endpoint}" is not an endpoint that this addon may name here.', fix, Code.NOT_OWN
            )
        return endpoint

    def _permission(self, table: _Table) -> str:
        permission = table.text("permission")
        if permission:
            self._check_permission(table, "permission", permission)
        return permission

    def _check_permission(self, table: _Table, key: str, permission: str) -> None:
        """Own permissions must be declared here; those of dependencies are compared when all manifests are known."""
        owner = permission.partition(".")[0]
        if not _DOTTED.fullmatch(permission):
            fix = f'Write the full name, as in "{self._name}.read".'
            table.problem(key, f'"{permission}" is not a full name of a permission.', fix)
        elif owner == self._name and permission not in self._own_permissions:
            fix = did_you_mean(permission, self._own_permissions)
            table.problem(key, f'"{permission}" is not declared under [permissions].', fix, Code.NOT_OWN)
        elif owner not in self._reachable():
            fix = f'Add "{owner}" to depends, or name a permission of this addon.'
            table.problem(
                key, f'"{permission}" belongs to an addon that this one does not depend on.', fix, Code.NOT_OWN
            )


def _check_setting(table: _Table, setting: Setting) -> None:
    """The default must be a value that a tenant could enter, and the bounds must belong to the type."""
    if setting.type == "choice":
        if not setting.choices:
            table.missing("choices", "A choice needs its choices.", 'Write choices = { value = "Label" }.')
    elif table.has("choices"):
        table.problem(
            "choices", f"A setting of type {setting.type} has no choices.", 'Remove it, or use type "choice".'
        )
    if setting.type in ("boolean", "choice"):
        for bound in ("min", "max"):
            if table.has(bound):
                table.problem(bound, f"A setting of type {setting.type} has no {bound}.", "Remove it.")
    if setting.min is not None and setting.max is not None and setting.min > setting.max:
        table.problem("min", "The smallest value is above the largest.", "Exchange min and max.")
    elif not table.has("default"):
        table.missing("default", "This key is missing.", "Add default = …, of the setting's type.")
    elif (setting.choices or setting.type != "choice") and (wrong := setting_error(setting, setting.default)):
        table.problem("default", f"{_shown(setting.default)} {wrong}.", f"Give a default of type {setting.type}.")


def setting_error(setting: Setting, value: object) -> str | None:
    """Why this value does not suit the setting, as the end of a sentence in English; None where it does."""
    match setting.type:
        case "boolean":
            return None if isinstance(value, bool) else "is neither true nor false"
        case "choice":
            keys = [key for key, _ in setting.choices]
            return None if value in keys else f"is not one of: {', '.join(keys)}"
        case "url" if isinstance(value, str) and value and not value.startswith(("http://", "https://")):
            return "does not begin with http:// or https://"
        case "text" | "url":
            return _bounds_error(setting, len(value), "characters") if isinstance(value, str) else "is not a text"
        case _:
            return _bounds_error(setting, value, "") if type(value) is int else "is not a whole number"


def _bounds_error(setting: Setting, number: int, unit: str) -> str | None:
    low = 0 if setting.type == "days" and setting.min is None else setting.min
    if low is not None and number < low:
        return f"is less than {low} {unit}".rstrip()
    if setting.max is not None and number > setting.max:
        return f"is more than {setting.max} {unit}".rstrip()
    return None


def _comes_round(schedule: str) -> bool:
    """Five cron fields that name a moment which exists; "0 0 31 2 *" does not."""
    if len(schedule.split()) != 5 or not croniter.is_valid(schedule):
        return False
    try:
        croniter(schedule, _CRON_REFERENCE).get_next(datetime)
    except CroniterError:
        return False
    return True


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of addons for a deployment (``manifests/profiles/<name>.toml``)."""

    name: str
    title: str
    addons: tuple[str, ...]
    file: str


def read_profile(path: Path) -> tuple[Profile | None, tuple[BootProblem, ...]]:
    """Read one profile, as strictly as a manifest."""
    file = str(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return None, (_unreadable(file, f"It cannot be read: {error}.", "Correct it; it is UTF-8 TOML."),)
    problems: list[BootProblem] = []
    table = _Table(values, file, "", problems)
    profile = Profile(path.stem, table.text("title"), table.texts("addons", NAME, _NAME_FIX), file)
    if not table.has("addons"):
        table.missing("addons", "This key is missing.", 'Add addons = ["…"].')
    table.finish()
    return (None if problems else profile), tuple(problems)
