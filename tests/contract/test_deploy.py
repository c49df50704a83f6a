"""What stands in ``pipelines/deploy`` fits together, and with what it is written for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "pipelines" / "deploy"

#: Of Dagster's Helm chart, what our values use: helm/dagster/schema/schema/charts/dagster (values.py,
#: subschema/*.py) and charts/dagster_user_deployments in dagster-io/dagster, which forbid other keys.
CHART = {
    "": "global generatePostgresqlPasswordSecret generateCeleryConfigSecret telemetry "
    "dagsterWebserver dagster-user-deployments postgresql rabbitmq redis flower computeLogManager "
    "runLauncher dagsterDaemon retention",
    "global": "postgresqlSecretName dagsterHome serviceAccountName celeryConfigSecretName",
    "telemetry": "enabled",
    "dagsterWebserver.image": "repository tag pullPolicy digest",
    "dagsterDaemon.image": "repository tag pullPolicy digest",
    "postgresql": "image enabled postgresqlHost postgresqlUsername postgresqlPassword "
    "postgresqlDatabase postgresqlParams postgresqlScheme service",
    "computeLogManager": "type config",
    "runLauncher": "type config",
    "runLauncher.config": "celeryK8sRunLauncher k8sRunLauncher customRunLauncher",
    "runLauncher.config.customRunLauncher": "module class config",
    "dagster-user-deployments": "enabled enableSubchart imagePullSecrets deployments",
    "dagsterDaemon": "enabled image runCoordinator runMonitoring runRetries sensors schedules "
    "heartbeatTolerance env envConfigMaps envSecrets volumeMounts volumes resources",
    "dagsterDaemon.runCoordinator": "enabled type config",
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator": "maxConcurrentRuns "
    "tagConcurrencyLimits dequeueIntervalSeconds dequeueNumWorkers dequeueUseThreads",
    "dagsterDaemon.runMonitoring": "enabled startTimeoutSeconds maxResumeRunAttempts "
    "pollIntervalSeconds",
    "dagsterDaemon.runRetries": "enabled maxRetries",
    "retention": "enabled sensor schedule",
}
DEPLOYMENT = (
    "name image port dagsterApiGrpcArgs codeServerArgs includeConfigInLaunchedRuns env "
    "envConfigMaps envSecrets annotations nodeSelector affinity tolerations resources volumeMounts "
    "volumes labels schedulerName"
)

#: What the chart's own schema (helm/dagster/values.schema.json) takes for each value that we set: a kind,
#: or the words it knows. Keys it wants and we leave out have defaults in the chart, which Helm merges in.
PULL = {"Always", "IfNotPresent", "Never"}
LEAVES = {
    "global.postgresqlSecretName": str,
    "global.dagsterHome": str,
    "generatePostgresqlPasswordSecret": bool,
    "generateCeleryConfigSecret": bool,
    "telemetry.enabled": bool,
    "dagsterWebserver.image.repository": str,
    "dagsterWebserver.image.tag": str,
    "dagsterWebserver.image.pullPolicy": PULL,
    "dagsterWebserver.service.type": str,
    "dagsterWebserver.service.port": int,
    "dagster-user-deployments.enabled": bool,
    "dagster-user-deployments.enableSubchart": bool,
    "dagster-user-deployments.deployments": list,
    "postgresql.enabled": bool,
    "postgresql.postgresqlUsername": str,
    "postgresql.postgresqlDatabase": str,
    "postgresql.service.port": int,
    "rabbitmq.enabled": bool,
    "redis.enabled": bool,
    "flower.enabled": bool,
    "computeLogManager.type": {
        f"{x}ComputeLogManager" for x in ("NoOp", "AzureBlob", "GCS", "S3", "Local", "Custom")
    },
    "computeLogManager.config": dict,
    "runLauncher.type": {"CeleryK8sRunLauncher", "K8sRunLauncher", "CustomRunLauncher"},
    "runLauncher.config.customRunLauncher.module": str,
    "runLauncher.config.customRunLauncher.class": str,
    "runLauncher.config.customRunLauncher.config": dict,
    "dagsterDaemon.enabled": bool,
    "dagsterDaemon.image.repository": str,
    "dagsterDaemon.image.tag": str,
    "dagsterDaemon.image.pullPolicy": PULL,
    "dagsterDaemon.runCoordinator.enabled": bool,
    "dagsterDaemon.runCoordinator.type": {"QueuedRunCoordinator", "CustomRunCoordinator"},
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator.maxConcurrentRuns": int,
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator.tagConcurrencyLimits": list,
    "dagsterDaemon.runMonitoring.enabled": bool,
    "dagsterDaemon.runMonitoring.startTimeoutSeconds": int,
    "dagsterDaemon.runMonitoring.pollIntervalSeconds": int,
    "dagsterDaemon.runMonitoring.maxResumeRunAttempts": int,
    "dagsterDaemon.runRetries.enabled": bool,
    "dagsterDaemon.runRetries.maxRetries": int,
    "retention.enabled": bool,
    "retention.sensor.purgeAfterDays.skipped": int,
    "retention.sensor.purgeAfterDays.failure": int,
    "retention.sensor.purgeAfterDays.success": int,
    "retention.schedule.purgeAfterDays": int,
}


def leaves(found: object, path: str = "") -> dict[str, object]:
    """Return every value of a file by its path; lists and empty blocks are values."""
    if not isinstance(found, dict) or not found:
        return {path: found}
    return {
        name: value
        for key, each in found.items()
        for name, value in leaves(each, f"{path}.{key}".lstrip(".")).items()
    }


def read(name: str) -> dict:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


def at(found: dict, path: str) -> dict:
    for name in path.split(".") if path else []:
        found = found[name]
    return found


def test_workers_beside_the_chart_find_its_settings_and_its_secret():
    values = read("values.yaml")
    _, workers = yaml.safe_load_all((DEPLOY / "workers.yaml").read_text("utf-8"))
    pod = workers["spec"]["template"]["spec"]
    (worker,) = pod["containers"]
    (image,) = {each["image"] for each in pod["containers"]}
    ours = values["dagsterDaemon"]["image"]
    assert image == f"{ours['repository']}:{ours['tag']}"
    given = {each["name"]: each for each in worker["env"]}
    secret = given["DAGSTER_PG_PASSWORD"]["valueFrom"]["secretKeyRef"]
    assert secret["name"] == values["global"]["postgresqlSecretName"]
    home = values["global"]["dagsterHome"]
    assert given["DAGSTER_HOME"]["value"] == home
    assert f"{home}/dagster.yaml" in {each["mountPath"] for each in worker["volumeMounts"]}
    mounted = {each["name"] for each in worker["volumeMounts"]}
    assert mounted == {each["name"] for each in pod["volumes"]}


def test_the_helm_values_use_keys_that_the_chart_knows():
    values = read("values.yaml")
    for path, known in CHART.items():
        assert set(at(values, path)) <= set(known.split()), path
    for each in values["dagster-user-deployments"]["deployments"]:
        assert set(each) <= set(DEPLOYMENT.split())


def test_every_helm_value_is_of_the_kind_that_the_charts_schema_takes():
    found = leaves(read("values.yaml"))
    assert set(found) == set(LEAVES)
    for path, value in found.items():
        wanted = LEAVES[path]
        assert value in wanted if isinstance(wanted, set) else type(value) is wanted, path
    (code,) = found["dagster-user-deployments.deployments"]
    assert {"name", "image", "port"} <= set(code) and type(code["port"]) is int
    assert all(isinstance(each, str) for each in code["dagsterApiGrpcArgs"])
    (limit,) = found[
        "dagsterDaemon.runCoordinator.config.queuedRunCoordinator.tagConcurrencyLimits"
    ]
    assert set(limit) == {"key", "value", "limit"} and set(limit["value"]) == {
        "applyLimitPerUniqueValue"
    }


def test_values_and_dagster_yaml_say_the_same():
    values, home = read("values.yaml"), read("dagster.yaml")
    launcher = values["runLauncher"]["config"]["customRunLauncher"]
    assert {"module": launcher["module"], "class": launcher["class"]} == home["run_launcher"]
    queue = at(values, "dagsterDaemon.runCoordinator.config.queuedRunCoordinator")
    runs = home["concurrency"]["runs"]
    assert queue["maxConcurrentRuns"] == runs["max_concurrent_runs"]
    assert queue["tagConcurrencyLimits"] == runs["tag_concurrency_limits"]
    monitor = values["dagsterDaemon"]["runMonitoring"]
    assert monitor["startTimeoutSeconds"] == home["run_monitoring"]["start_timeout_seconds"]
    assert monitor["pollIntervalSeconds"] == home["run_monitoring"]["poll_interval_seconds"]
    assert values["dagsterDaemon"]["runRetries"]["maxRetries"] == home["run_retries"]["max_retries"]
    assert values["computeLogManager"]["type"] == home["compute_logs"]["class"]
    assert values["telemetry"] == home["telemetry"] == {"enabled": False}


def test_compose_keeps_the_interface_to_this_machine_and_the_password_out_of_sight():
    compose = read("compose.yml")
    services = compose["services"]
    assert services["web"]["ports"] == ["127.0.0.1:3000:3000"]
    assert [name for name, each in services.items() if "ports" in each] == ["web"]
    for name in ("web", "daemon", "worker"):
        given = services[name]["environment"]
        assert given["LUNATTIVA_DATABASE"] == "postgresql://lunattiva@database:5432/lunattiva"
        assert not any("PASSWORD" in each for each in given), name
        assert services[name]["restart"] == "unless-stopped"
    ignored = (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()
    assert Path(compose["secrets"]["database_password"]["file"]).name in ignored


def test_docker_takes_the_compose_file():
    for command in (["docker", "compose"], ["docker-compose"]):
        there = shutil.which(command[0])
        if there and subprocess.run([*command, "version"], capture_output=True).returncode == 0:
            whole = [*command, "-f", str(DEPLOY / "compose.yml"), "config", "-q"]
            done = subprocess.run(whole, capture_output=True, text=True, env=dict(os.environ))
            assert done.returncode == 0, done.stderr
            return
    pytest.skip("no docker compose here")


def test_what_the_files_name_exists():
    text = "\n".join(path.read_text("utf-8") for path in DEPLOY.glob("*") if path.is_file())
    for module in set(re.findall(r"pipelines\.deploy\.(\w+)", text)):
        assert (DEPLOY / f"{module}.py").is_file(), module
    code = "\n".join(
        path.read_text("utf-8")
        for room in ("pipelines", "assets")
        for path in (REPOSITORY / room).rglob("*.py")
    )
    for variable in set(re.findall(r"\bLUNATTIVA_[A-Z_]+\b", text)):
        assert variable in code, variable
    for copied in re.findall(r"^COPY (\S+)", (DEPLOY / "Dockerfile").read_text("utf-8"), re.M):
        assert (REPOSITORY / copied).exists(), copied
