"""House rules on Python source, judged on its syntax tree.

They cover what ruff has no rule for. Tests are free of them: a test may need what the product must not do.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from core.vetting.breaches import Breach

SCOPE = ("core/", "addons/", "bench/", "checks/", "wsgi.py")

SQL_CALLS = {"text", "execute", "exec_driver_sql", "scalar", "scalars", "executemany", "literal_column", "DDL"}
SQL_TEXT = {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"}
SERIALISERS = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "jsonpickle", "shelve", "marshal"}
HTTP_CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "smtplib", "ftplib"}
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
}
SYSTEM_SESSIONS = {
    f"{module}.{name}" for module in ("core.db", "core.db.session") for name in ("system", "with_rights")
}
EVALUATORS = {"eval", "exec", "compile", "builtins.eval", "builtins.exec", "builtins.compile"}
REQUEST_ADDRESSES = {"base_url", "host_url", "root_url", "url", "url_root"}
DYNAMIC_IMPORTS = {"importlib", "runpy", "pkgutil"}


@dataclass(frozen=True)
class Source:
    """One module; ``path`` is relative to the repository and uses slashes."""

    path: str
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text, self.path)))

    @cached_property
    def names(self) -> dict[str, str]:
        """Local name → what it was imported as, in full."""
        known: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    known[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return known

    def qualified(self, node: ast.expr) -> str:
        """``sa.text`` → ``sqlalchemy.text``; the empty string for what is no dotted name."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.qualified(node.value)
            return f"{base}.{node.attr}" if base else ""
        return ""

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported module, and every imported name as if it were one."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def is_under(self, *prefixes: str) -> bool:
        return self.path.startswith(prefixes)


Places = Iterator[tuple[int, str]]
Rule = Callable[[Source], Places]


def sql_from_string(source: Source) -> Places:
    """A statement put together from strings is an injection waiting for its input; row security does not stop it."""
    for call in source.calls():
        name = (
            call.func.attr if isinstance(call.func, ast.Attribute) else source.qualified(call.func).rpartition(".")[2]
        )
        if name in SQL_CALLS and call.args and _is_built_string(call.args[0]):
            yield call.lineno, f"{name}() gets a string that was put together; bind parameters instead"


def text_outside_db(source: Source) -> Places:
    """Loader criteria do not reach ``text()``: such a statement sees deleted and invisible rows."""
    if source.is_under("core/db/"):
        return
    conditions = _index_conditions(source) if "/migrations/" in source.path else []
    for call in source.calls():
        if source.qualified(call.func) in SQL_TEXT and call not in conditions:
            yield call.lineno, "text() belongs in core/db; write an ORM statement"


def _index_conditions(source: Source) -> list[ast.expr]:
    """``sqlite_where=sa.text("…")``: the condition of a partial index, as a revision is written."""
    return [
        keyword.value
        for call in source.calls()
        for keyword in call.keywords
        if keyword.arg in {"sqlite_where", "postgresql_where"}
    ]


def raw_connection(source: Source) -> Places:
    """A connection or an engine goes round the session, and with it round tenant, visibility and audit."""
    if not source.is_under("addons/"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"connection", "get_bind", "engine", "engines"}:
            if node.attr == "connection" and not _is_session(node.value):
                continue
            yield node.lineno, f".{node.attr} goes round the session's scope; use ORM statements"


def system_session(source: Source) -> Places:
    """Seeing more than the user may is granted in one reviewed place: the allowances (architecture §3)."""
    for line, name in source.imports():
        if name in SYSTEM_SESSIONS and source.path != "core/db/__init__.py":
            yield (
                line,
                "it sees more than the user may; name this module and its reason in checks/allowances.toml",
            )


def markup(source: Source) -> Places:
    """``Markup`` declares text safe; templates escape, and rich text has its own cleaned type."""
    for call in source.calls():
        if source.qualified(call.func).rpartition(".")[2] == "Markup":
            yield call.lineno, "Markup() switches escaping off"


def template_string(source: Source) -> Places:
    """A template from a string is code from a string."""
    for call in source.calls():
        if source.qualified(call.func).rpartition(".")[2] in {"render_template_string", "from_string"}:
            yield call.lineno, "templates are files of the package, never strings"


def serialiser(source: Source) -> Places:
    """Reading these formats runs what the data says."""
    for line, module in source.imports():
        if module.partition(".")[0] in SERIALISERS:
            yield line, f"{module} executes what it reads; use JSON"


def evaluation(source: Source) -> Places:
    for call in source.calls():
        if source.qualified(call.func) in EVALUATORS:
            yield call.lineno, f"{source.qualified(call.func)}() runs data as code"


def wall_clock(source: Source) -> Places:
    """One place tells the time, so that tests can set it and no naive time slips in."""
    if source.path == "core/clock.py":
        return
    for call in source.calls():
        if source.qualified(call.func) in CLOCKS:
            yield call.lineno, f"{source.qualified(call.func)}(): ask core.clock for the time"


def outgoing(source: Source) -> Places:
    """Only the egress client may call out: it alone refuses addresses inside our own network."""
    if source.is_under("core/egress", "core/testing/", "bench/"):
        return
    for line, module in source.imports():
        if any(module == client or module.startswith(f"{client}.") for client in HTTP_CLIENTS):
            yield line, f"{module}: outgoing calls go through the egress client"


def dynamic_import(source: Source) -> Places:
    """An import that no tool can see would escape the import contract."""
    if not source.is_under("addons/"):
        return
    for line, module in source.imports():
        if module.partition(".")[0] in DYNAMIC_IMPORTS:
            yield line, f"{module}: an addon imports by statement, so that its dependencies can be checked"
    for call in source.calls():
        if source.qualified(call.func) == "__import__":
            yield call.lineno, "__import__: an addon imports by statement, so that its dependencies can be checked"


def host_header(source: Source) -> Places:
    """Whoever sends a request names its host: a link made from that leads people's one-time tokens to him."""
    if source.is_under("core/testing/"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in REQUEST_ADDRESSES and _is_request(node.value):
            yield node.lineno, f"request.{node.attr} is the visitor's word; absolute links begin with Config.public_url"
        if isinstance(node, ast.keyword) and node.arg == "_external":
            yield node.value.lineno, "_external takes the visitor's word for our host; see Config.public_url"


RULES: dict[str, Rule] = {
    "sql-from-string": sql_from_string,
    "text-outside-db": text_outside_db,
    "raw-connection": raw_connection,
    "system-session": system_session,
    "markup": markup,
    "template-string": template_string,
    "serialiser": serialiser,
    "evaluation": evaluation,
    "wall-clock": wall_clock,
    "outgoing": outgoing,
    "dynamic-import": dynamic_import,
    "host-header": host_header,
}


def check_source(path: str, text: str) -> list[Breach]:
    """Every breach in one module; a module outside the rules' scope has none."""
    if not path.startswith(SCOPE) or not path.endswith(".py"):
        return []
    source = Source(path, text)
    return [Breach(path, line, rule, message) for rule, judge in RULES.items() for line, message in judge(source)]


def _is_built_string(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(_is_string(side) or _is_built_string(side) for side in (node.left, node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"format", "join", "replace"} and _is_string(node.func.value)
    return False


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_session(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return "session" in name or name == "s"


def _is_request(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "request"
