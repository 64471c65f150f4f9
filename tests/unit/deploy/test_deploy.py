"""What is in deploy/ loads as it is: names of metrics, the compose file, certificates, the image's steps."""

import importlib.util
import ipaddress
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hive_mind.server.config import ServerConfig
from hive_mind.server.core.metrics.meters import Meters

DEPLOY = Path(__file__).parents[3] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))


def dashboard() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        (DEPLOY / "grafana" / "dashboards" / "hive-mind.json").read_text("utf-8")
    )
    return told


def expressions() -> Iterator[str]:
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    rules = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def known_samples() -> set[str]:
    names = {"up"}
    for metric in Meters("1", 0.0).registry.collect():
        names.add(metric.name)
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(metric.type, ())
        names |= {metric.name + ending for ending in endings}
    return names


def test_every_metric_that_is_shown_or_watched_exists() -> None:
    known = known_samples()
    named = {name for text in expressions() for name in re.findall(r"\b(?:hive_mind|process)_\w+", text)}
    assert len(named) > 25
    assert named <= known, named - known


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    shown = " ".join(expressions())
    ours = {m.name for m in Meters("1", 0.0).registry.collect() if m.name.startswith("hive_mind")}
    assert {name for name in ours if name not in shown} <= {"hive_mind_build"}


def test_labels_that_are_asked_for_exist() -> None:
    meters = Meters("1", 0.0)
    labels: dict[str, set[str]] = {}
    for value in vars(meters).values():
        if hasattr(value, "_labelnames"):
            labels[value._name] = set(value._labelnames)
    for text in expressions():
        names = [re.sub(r"_(total|bucket)$", "", n) for n in re.findall(r"\bhive_mind_\w+", text)]
        asked = {part.strip() for by in re.findall(r"by \(([^)]*)\)", text) for part in by.split(",")}
        for name in names:
            assert asked <= labels.get(name, set()) | {"le", "instance"}, (name, asked)


def test_the_dashboard_is_the_one_that_the_program_writes() -> None:
    path = DEPLOY / "grafana" / "make_dashboard.py"
    space: dict[str, Any] = {"__name__": "made", "__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), space)
    assert space["dashboard"]() == dashboard()


def test_panels_do_not_overlap_and_have_one_source() -> None:
    taken: set[tuple[int, int]] = set()
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    uid = source["datasources"][0]["uid"]
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken and all(x < 24 for x, _ in cells), panel["title"]
        taken |= cells
        assert all(target["datasource"]["uid"] == uid for target in panel.get("targets", ()))


def test_the_compose_file_fits_the_schema_of_the_compose_specification() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**COMPOSE, "servces": {}})


def test_every_container_is_confined() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists(), volume
        for needed in service.get("depends_on", ()):
            assert needed in COMPOSE["services"]
    assert {"monitoring", "proxy"} == {p for s in COMPOSE["services"].values() for p in s.get("profiles", ())}


def test_settings_that_are_named_exist() -> None:
    known = {f"HIVE_MIND_{name.upper()}" for name in ServerConfig.model_fields}
    outside = {"HIVE_MIND_SITE", "HIVE_MIND_PUBLISH", "HIVE_MIND_MEMORY", "HIVE_MIND_BACKUP_PASSPHRASE"}
    for path in sorted(DEPLOY.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            named = set(re.findall(r"HIVE_MIND_[A-Z_]+", path.read_text(encoding="utf-8")))
            assert named <= known | outside, (path.name, named - known)


def test_only_prometheus_reads_metrics_and_only_the_proxy_is_believed() -> None:
    services = COMPOSE["services"]
    settings = services["server"]["environment"]
    address = {name: services[name]["networks"]["house"]["ipv4_address"] for name in ("prometheus", "proxy")}
    assert settings["HIVE_MIND_METRICS_ALLOW"] == f"{address['prometheus']}/32"
    assert settings["HIVE_MIND_PROXIES"] == address["proxy"]
    subnet = ipaddress.ip_network(COMPOSE["networks"]["house"]["ipam"]["config"][0]["subnet"])
    assert all(ipaddress.ip_address(each) in subnet for each in address.values())


def test_the_image_copies_what_is_there_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (DEPLOY.parent / name).exists(), name
    last = text[text.rindex("FROM ") :]
    assert "\nUSER hive\n" in last and "HEALTHCHECK" in last and "VOLUME" in last
    assert "PYTHONDONTWRITEBYTECODE=1" in last


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda p: p.name)
def test_units_can_be_read(unit: Path) -> None:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    assert "Unit" in parser.sections()
    if unit.suffix == ".service":
        assert parser["Service"]["ExecStart"].startswith("/") and parser["Service"]["UMask"] == "0077"


def test_certificates_are_made_once_and_are_what_they_say(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.x509.verification import PolicyBuilder, Store

    make = [sys.executable, str(DEPLOY / "redis" / "make_certificates.py"), str(tmp_path), "127.0.0.1"]
    subprocess.run(make, check=True)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    subprocess.run(make, check=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert sorted(first) == ["ca.crt", "client.crt", "client.key", "redis.crt", "redis.key"]
    assert (tmp_path / "redis.key").stat().st_mode & 0o777 == 0o400
    root, leaf = (x509.load_pem_x509_certificate(first[f"{name}.crt"]) for name in ("ca", "redis"))
    verifier = PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName("redis"))
    assert verifier.verify(leaf, [])


def test_the_steps_of_the_image_are_all_understood_by_what_proves_them() -> None:
    path = DEPLOY / "prove_image.py"
    spec = importlib.util.spec_from_file_location("prove_image", path)
    assert spec is not None and spec.loader is not None
    prove = importlib.util.module_from_spec(spec)
    sys.modules["prove_image"] = prove  # its dataclass looks itself up there
    try:
        spec.loader.exec_module(prove)
        steps = list(prove.instructions((DEPLOY / "Dockerfile").read_text(encoding="utf-8")))
        cases = set(
            re.findall(r'case "(.*)":', path.read_text(encoding="utf-8").replace('" | "', '":\n case "'))
        )
    finally:
        del sys.modules["prove_image"]
    assert {word for word, _ in steps} <= cases
    assert [word for word, _ in steps].count("FROM") == 2 and all(rest for _, rest in steps)
    assert json.loads(dict(steps)["ENTRYPOINT"]) == ["hive-mind"] and json.loads(dict(steps)["CMD"]) == [
        "serve"
    ]
