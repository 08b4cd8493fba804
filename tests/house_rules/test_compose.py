"""No Docker engine is needed to hold docker-compose.yml and the Dockerfile to the code they start."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from issue_stream.cli import COMMANDS
from issue_stream.settings import Settings

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "topics", "worker-1", "worker-2", "web")


@pytest.fixture(name="compose")
def read_compose() -> dict[str, Any]:
    compose: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    return compose


def test_the_compose_file_is_what_compose_reads() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    checked = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_every_command_it_starts_exists(compose: dict[str, Any]) -> None:
    known = {name for group in COMMANDS.values() for name in group}

    for name in OURS:
        assert compose["services"][name]["command"][0] in known, name


def test_every_variable_it_sets_is_a_setting(compose: dict[str, Any]) -> None:
    settings = {f"ISSUE_STREAM_{name.upper()}" for name in Settings.model_fields}
    nested = Settings.model_fields["web"].annotation
    assert nested is not None
    settings |= {f"ISSUE_STREAM_WEB__{name.upper()}" for name in nested.model_fields}

    for name in OURS:
        for variable in compose["services"][name]["environment"]:
            assert variable in settings, variable


def test_every_part_has_limits_and_long_running_ones_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "mem_limit" in service, name
        assert "cpus" in service, name
        if service.get("restart") != "no":
            assert "healthcheck" in service, name


def test_no_password_has_a_default(compose: dict[str, Any]) -> None:
    text = json.dumps(compose)

    for variable in re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)([^}]*)\}", text):
        assert variable[1].startswith(":?"), variable[0]


def test_ports_are_open_to_this_machine_only(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_image_runs_our_command_as_a_user_without_rights() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert 'ENTRYPOINT ["issue-stream"]' in lines
    assert lines.index("USER issue-stream") < lines.index('ENTRYPOINT ["issue-stream"]')
    for copied in ("schemas", "agents", "notifiers", "issue_stream"):
        assert f"COPY {copied} {copied}" in lines
        assert (ROOT / copied).is_dir()
