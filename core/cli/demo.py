"""``banyan demo``."""

from __future__ import annotations

import json
import os

import click

from core.app import create_app
from core.config import Config
from core.demo.business import NAME, load_demo


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print url and logins as JSON.")
def demo(as_json: bool) -> None:
    """Make the demonstration business and print its logins. Safe to repeat."""
    config = Config.from_environment(os.environ)
    host = "localhost" if config.host in {"0.0.0.0", "127.0.0.1", "::"} else config.host  # noqa: S104  (compared, not bound)
    url = f"http://{host}:{config.port}"
    with create_app(config).app_context():
        logins = load_demo()
    if as_json:
        click.echo(json.dumps({"url": url, "logins": logins}, ensure_ascii=False))
        return
    click.echo(f"{NAME}: {url}")
    width = max(len(login["username"]) for login in logins)
    for login in logins:
        click.echo(f"  {login['tenant']}  {login['username']:{width}}  {login['password']}  {login['role']}")
