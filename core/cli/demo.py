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
    with create_app(config).app_context():
        logins = load_demo()
    if as_json:
        click.echo(json.dumps({"url": config.public_url, "logins": logins}, ensure_ascii=False))
        return
    click.echo(f"{NAME}: {config.public_url}")
    width = max(len(login["username"]) for login in logins)
    for login in logins:
        click.echo(f"  {login['tenant']}  {login['username']:{width}}  {login['password']}  {login['role']}")
