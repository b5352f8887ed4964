"""What the environment says, and what does not go together in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from core.config import Config, ConfigError
from core.manifest import BootError
from core.operations.doctor.findings import Finding, Findings, error, ok, warning

FEWEST_CHARACTERS = 8
"""Different ones in a key: of 32 hexadecimal digits drawn by lot, fewer come up less than once in a million."""

TYPED = re.compile(r"secret|change|passw|example|banyan|qwert|12345", re.IGNORECASE)
"""What stands in keys that people think up, or copy."""


def unusable_environment(problems: ConfigError) -> Findings:
    """Why there is no configuration at all."""
    for each in problems.problems:
        what = f"{each.variable} {each.value} {each.message}.".replace("  ", " ")
        yield error("configuration", what, "Nothing starts with it.", each.fix)


def unusable_addons(problems: BootError) -> Findings:
    """Why the application does not start."""
    for each in problems.problems:
        yield error("addons", f"{each.file} {each.key}: {each.message}", "Nothing starts with it.", each.fix)


def check_configuration(config: Config) -> Findings:
    """Keys, addresses and switches."""
    yield from _secret_key(config)
    yield from _addresses(config)
    yield from _cookies(config)
    yield from _switches(config)


def _secret_key(config: Config) -> Findings:
    if len(set(config.secret_key)) < FEWEST_CHARACTERS or TYPED.search(config.secret_key):
        why = "Who guesses it forges page cookies and one-time links."
        fix = "Set BANYAN_SECRET_KEY to what this prints: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        yield error("secret-key", "The secret key looks typed, not drawn by lot.", why, fix)
    elif config.runner == "rq" and _is_kept(config):
        why = "A process on another machine, or with another data folder, would sign with a key of its own."
        fix = f"Set BANYAN_SECRET_KEY for all of them to what stands in {config.data / 'secret_key'}."
        yield warning("secret-key", "The secret key is kept in the data folder.", why, fix)
    else:
        yield ok("secret-key", f"The secret key has {len(config.secret_key)} characters.")


def _is_kept(config: Config) -> bool:
    file = config.data / "secret_key"
    return file.is_file() and file.read_text(encoding="ascii").strip() == config.secret_key


def _addresses(config: Config) -> Findings:
    is_open = not _is_loopback(config.host) or config.trusted_proxies > 0
    if config.base_url is None and is_open:
        why = f"Links in invitations and messages would begin with {config.public_url}."
        fix = "Set BANYAN_BASE_URL to what people type into the browser, such as https://crm.example.vn."
        yield error("base-url", "BANYAN_BASE_URL is not set, and others than this machine are served.", why, fix)
    elif config.base_url and not _is_safe(config.base_url):
        why = "Passwords and cookies cross the network unencrypted."
        fix = "Let a proxy do HTTPS and begin BANYAN_BASE_URL with https://."
        yield warning("base-url", f"People are led to {config.base_url}.", why, fix)
    else:
        yield ok("base-url", f"Links begin with {config.public_url}.")
    yield from _proxies(config)


def _proxies(config: Config) -> Findings:
    is_https = (config.base_url or "").startswith("https://")
    if is_https and config.trusted_proxies == 0:
        why = (
            "The browser says https, the application believes http: every form, the log-in first, is refused with 403."
        )
        fix = "Set BANYAN_TRUSTED_PROXIES to the number of proxies in front, which is 1 with nginx on this machine."
        yield error("proxy", "HTTPS is promised, and no proxy is believed.", why, fix)
    elif config.trusted_proxies and not _is_loopback(config.host):
        why = "Who reaches that port past the proxy may invent his address and the host name."
        fix = "Set BANYAN_HOST=127.0.0.1, or let a firewall admit the proxy alone."
        yield warning("proxy", f"Proxies are believed, and the server listens on {config.host}.", why, fix)
    else:
        yield ok("proxy", f"Proxies that are believed: {config.trusted_proxies}.")


def _cookies(config: Config) -> Findings:
    is_https = (config.base_url or "").startswith("https://")
    if config.cookie_secure and not is_https and not _is_safe(config.public_url):
        why = "Browsers send such cookies over HTTPS alone: nobody can stay signed in."
        fix = "Begin BANYAN_BASE_URL with https://, or take BANYAN_COOKIE_SECURE away."
        yield error("cookies", "Cookies are for HTTPS, and the address is not.", why, fix)
    elif is_https and not config.cookie_secure:
        why = "One request over http, typed or provoked, shows them to everybody on the way."
        yield error("cookies", "Cookies are sent without HTTPS too.", why, "Take BANYAN_COOKIE_SECURE=false away.")
    else:
        yield ok("cookies", f"Cookies are sent {'over HTTPS alone' if config.cookie_secure else 'over http too'}.")


def _switches(config: Config) -> Iterator[Finding]:
    is_production = not config.database_url.startswith("sqlite") or config.base_url is not None
    if config.debug and is_production:
        why = "Templates are looked at on the disk for every page."
        yield warning("debug", "BANYAN_DEBUG is on.", why, "Take BANYAN_DEBUG away.")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and is_production:
        why = "What a mistake in the application may touch is then the whole machine."
        yield warning("user", "This runs as root.", why, "Run web and workers as an account of their own.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_safe(url: str) -> bool:
    """Whether nobody can listen in: HTTPS, or this machine."""
    return url.startswith("https://") or _is_loopback(urlsplit(url).hostname or "")
