"""What the layout shows around every page: plain data, built once per request and handed to the templates as ``shell``.

No database and no request in here: the web layer fills a :class:`Shell`, the templates read it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LANGUAGES = (("vi", "Tiếng Việt"), ("en", "English"))
BOTTOM_LINKS = 4  # the fifth place of the phone's bar opens the whole menu


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One link of the sidebar or of the phone's bottom bar.

    ``icon`` is a Tabler outline name; ``count`` is a quiet number, ``count_new`` a loud one (something waits for the
    user); ``primary`` lifts the entry in the bottom bar ("New order").
    """

    title: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    count_new: int | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuSection:
    """A titled group of links; without a title the links stand on their own, above all groups."""

    title: str
    items: tuple[MenuItem, ...]
    open: bool = True

    @property
    def is_current(self) -> bool:
        """Whether the page shown lies in this section."""
        return any(item.current for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellUrls:
    """Where the shell's own controls lead. An empty one hides its control.

    ``preferences`` answers POST with one of ``language``, ``theme``, ``density`` and redirects to ``next``.
    """

    home: str = "/"
    search: str = "/search"
    notifications: str = "/notifications"
    preferences: str = "/preferences"
    account: str = "/account"
    logout: str = "/logout"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastNote:
    """A passing message. ``level`` is success, info, warning or error; ``undo`` is a URL that answers POST."""

    message: str
    level: str = "success"
    undo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The context object ``shell`` of ``layout.html`` and ``login_layout.html``.

    ``user_name`` is empty for an anonymous visitor. ``user_key`` is opaque and stable per user; it keeps one person's
    drafts from another's on a shared computer. ``theme`` is light, dark or auto; ``density`` comfortable or compact.
    ``unread`` counts notifications; ``bottom`` has at most four links, the fifth place opens the menu; ``query`` fills
    the search box; ``csrf`` is the token. ``help_url`` and ``hotline`` are tenant settings, shown only when set
    (SYS-13). ``toasts`` are shown with this page.
    """

    tenant_name: str = ""
    user_name: str = ""
    user_key: str = ""
    menu: tuple[MenuSection, ...] = ()
    bottom: tuple[MenuItem, ...] = ()
    language: str = "vi"
    theme: str = "auto"
    density: str = "comfortable"
    unread: int = 0
    help_url: str = ""
    hotline: str = ""
    csrf: str = ""
    query: str = ""
    toasts: tuple[ToastNote, ...] = ()
    urls: ShellUrls = ShellUrls()
    languages: tuple[tuple[str, str], ...] = LANGUAGES


class MenuEntry(Protocol):
    """What a manifest's ``[[menu]]`` says; ``title`` and ``section`` may be lazily translated."""

    @property
    def title(self) -> object: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def permission(self) -> str | None: ...
    @property
    def icon(self) -> str: ...
    @property
    def section(self) -> object: ...
    @property
    def order(self) -> int: ...


def build_menu(
    entries: Iterable[MenuEntry],
    current_endpoint: str | None,
    url_for: Callable[[str], str],
    can: Callable[[str], bool],
    *,
    counts: Mapping[str, tuple[int | None, int | None]] | None = None,
    closed: Collection[str] = (),
) -> tuple[MenuSection, ...]:
    """The sidebar of one user: permitted entries, grouped by section, both in the order the manifests give.

    ``counts`` maps an endpoint to (count, count_new). ``closed`` names sections that start collapsed; the one with the
    current page never does. A section stands where its first entry does.
    """
    permitted = sorted(
        (entry for entry in entries if not entry.permission or can(entry.permission)),
        key=lambda entry: (entry.order, str(entry.title)),
    )
    current = _current_entry(permitted, current_endpoint)
    grouped: dict[str, list[MenuItem]] = {}
    for entry in permitted:
        count, count_new = (counts or {}).get(entry.endpoint, (None, None))
        item = MenuItem(
            title=str(entry.title),
            url=url_for(entry.endpoint),
            icon=entry.icon,
            current=entry is current,
            count=count,
            count_new=count_new,
        )
        grouped.setdefault(str(entry.section or ""), []).append(item)
    sections = [_section(title, items, closed) for title, items in grouped.items()]
    return tuple(sorted(sections, key=lambda section: bool(section.title)))


def build_bottom(menu: Iterable[MenuSection], urls: Sequence[str] = ()) -> tuple[MenuItem, ...]:
    """The phone's bottom bar: the named links that are in the menu, filled up with the first others."""
    items = [item for section in menu for item in section.items]
    by_url = {item.url: item for item in items}
    chosen = [by_url[url] for url in urls if url in by_url]
    rest = [item for item in items if item not in chosen]
    return tuple((chosen + rest)[:BOTTOM_LINKS])


def _section(title: str, items: list[MenuItem], closed: Collection[str]) -> MenuSection:
    is_current = any(item.current for item in items)
    return MenuSection(title=title, items=tuple(items), open=is_current or title not in closed)


def _current_entry(entries: Sequence[MenuEntry], endpoint: str | None) -> MenuEntry | None:
    """The entry of this very page, else of the same resource (``customer.customers_edit`` lies in its list)."""
    if endpoint is None:
        return None
    exact = next((entry for entry in entries if entry.endpoint == endpoint), None)
    if exact is not None:
        return exact
    stem = endpoint.rpartition("_")[0]
    return next((entry for entry in entries if stem and entry.endpoint.rpartition("_")[0] == stem), None)
