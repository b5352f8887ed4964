"""Routes of an addon: ``views = AddonViews(__name__)`` in its ``views.py``; the kernel registers them at boot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.web.access import Access
from core.web.webhooks import Receiver, receiving

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Route:
    """One rule of an addon. ``rule`` is relative to the addon's prefix (``/customer``); the kernel's own are absolute."""

    rule: str
    endpoint: str
    view: Callable[..., Any]
    methods: tuple[str, ...]
    access: Access


@dataclass
class AddonViews:
    """A list of routes, each with its access. One or several per addon; nothing happens at import."""

    import_name: str
    routes: list[Route] = field(default_factory=list)
    receivers: dict[str, Receiver] = field(default_factory=dict)
    """The functions that answer webhooks, by name."""

    def route(
        self,
        rule: str,
        *,
        methods: tuple[str, ...] = ("GET",),
        permission: str | tuple[str, ...] | None = None,
        public: str | None = None,
        identifies: bool = True,
        endpoint: str | None = None,
    ) -> Callable[[View], View]:
        """Declare a route: who may call it is ``permission`` (any one of several) or ``public`` with its reason.

        ``identifies=False`` is for a public route that has to answer while the database does not.
        """
        access = Access.of(permission, public, identifies)

        def decorate(view: View) -> View:
            self.routes.append(Route(rule, endpoint or view.__name__, view, methods, access))
            return view

        return decorate

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """A route for GET, which never writes: its transaction is read-only."""
        return self.route(rule, methods=("GET",), **options)

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """A route for POST, guarded by CSRF token and Fetch-Metadata."""
        return self.route(rule, methods=("POST",), **options)

    def webhook(self, receiver: Receiver) -> Receiver:
        """The function of a webhook that the manifest declares: ``endpoint`` there is the addon's name and the function's."""
        self.receivers[receiver.__name__] = receiver
        return receiver


def webhook_route(endpoint: str, path: str, methods: tuple[str, ...], receiver: Receiver) -> Route:
    """The whole route of a webhook; its address ends in a token (``core.web.webhooks``)."""
    access = Access.of(None, "an outside system proves itself by the token in the address and a secret", False)
    name = endpoint.partition(".")[2]
    return Route(f"{path}/<token>", name, receiving(endpoint, receiver), methods, access)
