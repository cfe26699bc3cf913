"""What lies in deploy/ names what there is: files, commands, options, addresses."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import resolve

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
SAID = re.compile(
    r"(?:^|\.venv/bin/|task |&& )linli ([a-z][a-z-]+)((?: +[^\n|`#;&]+)?)", re.MULTILINE
)
MADE_BY_HAND = {"postgres.secret", "backup.key"}


def faults_of(text):
    """Commands and options that `linli` does not have."""
    faults = []
    for name, words in SAID.findall(text):
        if name not in get_commands():
            faults.append(name)
            continue
        parser = load_command_class(get_commands()[name], name).create_parser("linli", name)
        known = {option for action in parser._actions for option in action.option_strings}
        faults += [
            f"{name} {word}" for word in re.findall(r"--[a-z-]+", words) if word not in known
        ]
    return faults


def code_in(markdown):
    """The lines that a reader would type."""
    return "\n".join(re.findall(r"^```\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE))


def test_every_command_of_the_units_exists():
    for path in [*UNITS, DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"]:
        lines = [li for li in path.read_text("utf-8").splitlines() if li.startswith("Exec")]
        assert not faults_of("\n".join(lines)), path


def test_every_command_of_the_manual_exists():
    assert not faults_of(code_in((ROOT / "docs" / "operations.md").read_text("utf-8")))


def test_a_command_that_does_not_exist_is_found():
    assert faults_of("ExecStart=/opt/linli/.venv/bin/linli bakcup --key x") == ["bakcup"]
    assert faults_of("linli backup --keys x") == ["backup --keys"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_as_nobody_in_particular_and_writes_only_its_data(path):
    told = dict(re.findall(r"^(\w+)=(.*)$", path.read_text("utf-8"), re.MULTILINE))
    data = re.search(r"^LINLI_DATA=(.*)$", (DEPLOY / "linli.env").read_text("utf-8"), re.MULTILINE)
    assert told["User"] == "linli" and told["NoNewPrivileges"] == "yes"
    assert (told["ProtectSystem"], told["ReadWritePaths"]) == ("strict", data[1])
    assert told["CapabilityBoundingSet"] == ""


def test_every_timer_has_its_service_and_is_switched_on_in_the_manual():
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for timer in DEPLOY.glob("*.timer"):
        assert timer.with_suffix(".service").exists()
        assert timer.name in manual, timer.name


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_the_compose_file_names_files_volumes_and_secrets_that_there_are(compose):
    services = compose["services"]
    for name, service in services.items():
        assert "image" in service, name
        for file in service.get("env_file", ()):
            assert (DEPLOY / file).exists(), file
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in compose["volumes"]
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()
        assert service.get("depends_on", {}).keys() <= services.keys()
    build = services["web"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert {secret["file"] for secret in compose["secrets"].values()} == MADE_BY_HAND
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])
    assert "owner.env" not in services["web"]["env_file"], "the site does not know the owner"


def test_the_image_is_made_of_what_is_in_the_checkout():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    words = {line.split(" ", 1)[0] for line in lines if line and not line.startswith("#")}
    known = "FROM RUN WORKDIR COPY ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK CMD".split()
    assert words <= set(known)
    assert lines.index("USER linli") < lines.index(next(li for li in lines if li[:3] == "CMD"))
    assert re.search(r"^setup:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert resolve("/healthz").view_name == "healthz"
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    needed = {"Makefile", "requirements.lock", "pyproject.toml", "linli", "frontend", "locale"}
    assert not needed & set(left_out)
