"""``banyan openapi``."""

from __future__ import annotations

import json

import click

from core.api.openapi import document
from core.app import create_app
from core.i18n import LOCALES, SOURCE_LOCALE, use_locale


@click.command()
@click.option("--language", type=click.Choice(LOCALES), default=SOURCE_LOCALE, help="Of titles and descriptions.")
def openapi(language: str) -> None:
    """Print the OpenAPI description of the loaded addons."""
    with create_app().app_context(), use_locale(language):
        click.echo(json.dumps(document(), ensure_ascii=False, indent=2))
