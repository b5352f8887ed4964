"""The environment becomes one Config, or one error that lists everything that is wrong with it."""

from __future__ import annotations

import os
import stat
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from core.config import Config, ConfigError, documentation

KEY = "k" * 32
TOKEN = "t" * 16


def read(tmp_path: Path, **environ: str) -> Config:
    return Config.from_environment({"BANYAN_DATA": str(tmp_path / "data"), **environ})


def problems(tmp_path: Path, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, **environ)
    return [problem.variable for problem in caught.value.problems]


def test_an_empty_environment_is_a_working_deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    config = Config.from_environment({})

    assert (config.host, config.port, config.profile, config.runner) == ("127.0.0.1", 8000, "standard", "embedded")
    assert config.data == tmp_path / "var"
    assert config.database_url == f"sqlite:///{tmp_path}/var/banyan.sqlite3"
    assert (config.addons, config.addons_path, config.database_owner_url, config.redis_url) == (None, (), None, None)
    assert (config.max_upload_mb, config.trusted_proxies, config.cookie_secure, config.debug) == (25, 0, False, False)
    assert (config.log_format, config.log_level, config.metrics_token) == ("auto", "INFO", None)


def test_every_variable_is_read(tmp_path: Path) -> None:
    root = tmp_path / "roots"
    root.mkdir()

    config = read(
        tmp_path,
        BANYAN_HOST="0.0.0.0",
        BANYAN_PORT="80",
        BANYAN_SECRET_KEY=KEY,
        BANYAN_ADDONS="customer, order,,customer",
        BANYAN_ADDONS_PATH=os.pathsep.join([str(root), ""]),
        BANYAN_PROFILE="small",
        DATABASE_URL="postgresql://app:pw@db/banyan",
        DATABASE_OWNER_URL="postgresql://owner:pw@db/banyan",
        REDIS_URL="redis://redis/0",
        BANYAN_BASE_URL="https://crm.example.vn/",
        BANYAN_SMTP_URL="smtps://crm%40haidang.vn:p%2Fw@mail.haidang.vn",
        BANYAN_RUNNER="none",
        BANYAN_MAX_UPLOAD_MB="5",
        BANYAN_API_PER_MINUTE="90",
        BANYAN_TRUSTED_PROXIES="1",
        BANYAN_COOKIE_SECURE="no",
        BANYAN_LOG_FORMAT="JSON",
        BANYAN_LOG_LEVEL="debug",
        BANYAN_METRICS_TOKEN=TOKEN,
        BANYAN_DEBUG="true",
    )

    assert config == Config(
        host="0.0.0.0",
        port=80,
        data=tmp_path / "data",
        secret_key=KEY,
        addons=("customer", "order"),
        addons_path=(root,),
        profile="small",
        database_url="postgresql+psycopg://app:pw@db/banyan",
        database_owner_url="postgresql+psycopg://owner:pw@db/banyan",
        redis_url="redis://redis/0",
        base_url="https://crm.example.vn",
        smtp_url="smtps://crm%40haidang.vn:p%2Fw@mail.haidang.vn",
        mail_from="crm@haidang.vn",
        runner="none",
        max_upload_mb=5,
        api_per_minute=90,
        trusted_proxies=1,
        cookie_secure=False,
        log_format="json",
        log_level="DEBUG",
        metrics_token=TOKEN,
        debug=True,
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d?sslmode=require", "postgresql+psycopg://u@h/d?sslmode=require"),
        ("postgresql+psycopg://u:p%40@h/d", "postgresql+psycopg://u:p%40@h/d"),
        ("sqlite:////srv/b.sqlite3", "sqlite:////srv/b.sqlite3"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_database_addresses_name_the_driver(tmp_path: Path, given: str, meant: str) -> None:
    assert read(tmp_path, DATABASE_URL=given).database_url == meant


def test_a_relative_sqlite_file_lies_where_the_operator_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert read(tmp_path, DATABASE_URL="sqlite:///b.sqlite3").database_url == f"sqlite:///{tmp_path}/b.sqlite3"


def test_redis_and_https_change_the_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, REDIS_URL="redis://r/0", BANYAN_BASE_URL="https://crm.example.vn")

    assert (config.runner, config.cookie_secure) == ("rq", True)


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"BANYAN_BASE_URL": "https://crm.example.vn/"}, "https://crm.example.vn"),
        ({"BANYAN_HOST": "0.0.0.0", "BANYAN_PORT": "81"}, "http://localhost:81"),
        ({"BANYAN_HOST": "crm.lan"}, "http://crm.lan:8000"),
    ],
)
def test_absolute_links_begin_with_what_the_deployment_says(tmp_path: Path, environ: dict[str, str], url: str) -> None:
    assert read(tmp_path, **environ).public_url == url


def test_an_empty_variable_counts_as_absent(tmp_path: Path) -> None:
    assert read(tmp_path, BANYAN_PORT=" ", BANYAN_ADDONS="").addons is None


def test_no_addons_at_all_can_be_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, BANYAN_ADDONS=",").addons == ()


WRONG = [
    ("BANYAN_PORT", "http"),
    ("BANYAN_PORT", "0"),
    ("BANYAN_PORT", "65536"),
    ("BANYAN_SECRET_KEY", "k" * 31),
    ("BANYAN_ADDONS_PATH", "/nowhere/at/all"),
    ("DATABASE_URL", "not an address"),
    ("DATABASE_URL", "mysql://u:p@h/d"),
    ("DATABASE_URL", "postgresql+pg8000://h/d"),
    ("DATABASE_OWNER_URL", "postgresql://h/d"),
    ("REDIS_URL", "http://r"),
    ("BANYAN_BASE_URL", "crm.example.vn"),
    ("BANYAN_BASE_URL", "https://example.vn/crm"),
    ("BANYAN_SMTP_URL", "mail.example.vn:587"),
    ("BANYAN_SMTP_URL", "smtp://a%40b.vn@mail.example.vn:port"),
    ("BANYAN_SMTP_URL", "smtp://a%40b.vn@mail.example.vn/inbox"),
    ("BANYAN_RUNNER", "celery"),
    ("BANYAN_RUNNER", "rq"),
    ("BANYAN_MAX_UPLOAD_MB", "0"),
    ("BANYAN_API_PER_MINUTE", "0"),
    ("BANYAN_TRUSTED_PROXIES", "-1"),
    ("BANYAN_COOKIE_SECURE", "maybe"),
    ("BANYAN_LOG_FORMAT", "xml"),
    ("BANYAN_LOG_LEVEL", "LOUD"),
    ("BANYAN_METRICS_TOKEN", "t" * 15),
    ("BANYAN_DEBUG", "2"),
]


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_wrong_value_is_named_with_its_fix(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, **{variable: value})

    (problem,) = caught.value.problems
    assert problem.variable == variable
    assert problem.message
    assert problem.fix
    assert not (tmp_path / "data").exists()


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    listed = problems(tmp_path, BANYAN_PORT="x", BANYAN_DEBUG="x", BANYAN_RUNNER="x", BANYAN_RUNER="x")

    assert sorted(listed) == ["BANYAN_DEBUG", "BANYAN_PORT", "BANYAN_RUNER", "BANYAN_RUNNER"]


def test_a_mistyped_variable_is_told_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='Did you mean "BANYAN_ADDONS"'):
        read(tmp_path, BANYAN_ADONS="customer")


def test_the_test_suites_own_variables_are_let_be(tmp_path: Path) -> None:
    assert read(tmp_path, BANYAN_TEST_ENGINE="sqlite", BANYANA="x")


@pytest.mark.parametrize("variable", ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BANYAN_SECRET_KEY"])
def test_no_error_and_no_printed_config_gives_a_secret_away(tmp_path: Path, variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, **{variable: "mysql://u:s3cret@h"})
    config = read(
        tmp_path,
        BANYAN_SECRET_KEY=KEY,
        DATABASE_URL="postgresql://u:s3cret@h/d",
        REDIS_URL="redis://:s3cret@h",
        BANYAN_METRICS_TOKEN="s3cret" * 3,
    )

    assert "s3cret" not in f"{caught.value} {config!r}"
    assert KEY not in repr(config)


def test_the_generated_key_is_kept_and_private(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    file = tmp_path / "data" / "secret_key"
    assert first.secret_key == second.secret_key == file.read_text()
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_a_given_key_writes_no_file(tmp_path: Path) -> None:
    read(tmp_path, BANYAN_SECRET_KEY=KEY)

    assert not (tmp_path / "data").exists()


def test_a_kept_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "data" / "secret_key").chmod(0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        read(tmp_path)


def test_a_kept_key_that_is_too_short_is_refused(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "data" / "secret_key").write_text("short")

    assert problems(tmp_path) == ["BANYAN_SECRET_KEY"]


def test_a_data_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    assert problems(tmp_path) == ["BANYAN_DATA"]


def test_a_config_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        read(tmp_path).port = 1  # type: ignore[misc]


def test_every_variable_is_documented() -> None:
    entries = documentation()

    assert all(entry["default"] and entry["meaning"] for entry in entries)
    assert len({entry["variable"] for entry in entries}) == len(entries) == 22
