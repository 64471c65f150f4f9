# ruff: noqa: E501
"""Writes dashboards/hive-mind.json from the list of panels below: python deploy/grafana/make_dashboard.py"""

import json
from pathlib import Path
from typing import Any

UID = "hive-mind-prometheus"
ROWS: list[tuple[str, list[tuple[str, str, str, list[tuple[str, str]]]]]] = [
    ("La maison", [
        ("Serveurs", "stat", "short", [("sum(up{job=\"hive-mind\"})", "serveurs")]),
        ("En service depuis", "stat", "s", [("time() - min(hive_mind_start_time_seconds)", "")]),
        ("Clients", "stat", "short", [("sum(hive_mind_clients)", "connectés")]),
        ("Questions aujourd'hui", "stat", "short", [("sum(increase(hive_mind_turns_total[24h]))", "")]),
        ("Mots mal entendus", "stat", "percentunit", [("sum(hive_mind_wer_errors) / sum(hive_mind_wer_words)", "")]),
        ("Réveils pour rien aujourd'hui", "stat", "short", [("sum(increase(hive_mind_false_wakes_total[24h]))", "")]),
    ]),
    ("De la fin de la question au premier son", [
        ("Par pièce", "timeseries", "s", [
            ("histogram_quantile(0.5, sum by (le, room) (rate(hive_mind_first_audio_seconds_bucket[$__rate_interval])))", "{{room}} p50"),
            ("histogram_quantile(0.95, sum by (le, room) (rate(hive_mind_first_audio_seconds_bucket[$__rate_interval])))", "{{room}} p95"),
        ]),
        ("Par chemin", "timeseries", "s", [
            ("histogram_quantile(0.95, sum by (le, route) (rate(hive_mind_first_audio_seconds_bucket[$__rate_interval])))", "{{route}} p95"),
        ]),
        ("Par étape, p95", "timeseries", "s", [
            ("histogram_quantile(0.95, sum by (le, stage) (rate(hive_mind_stage_seconds_bucket[$__rate_interval])))", "{{stage}}"),
        ]),
    ]),
    ("Questions", [
        ("Issue", "timeseries", "short", [("sum by (outcome) (rate(hive_mind_turns_total[$__rate_interval])) * 60", "{{outcome}} /min")]),
        ("Chemin", "timeseries", "short", [("sum by (route) (rate(hive_mind_turns_total[$__rate_interval])) * 60", "{{route}} /min")]),
        ("Erreurs", "timeseries", "short", [
            ("sum by (code) (increase(hive_mind_turn_errors_total[$__rate_interval]))", "{{code}}"),
            ("sum by (code) (increase(hive_mind_refusals_total[$__rate_interval]))", "refus {{code}}"),
            ("sum by (code) (increase(hive_mind_llm_errors_total[$__rate_interval]))", "modèle {{code}}"),
        ]),
        ("Affirmations retenues", "timeseries", "short", [("increase(hive_mind_claims_withheld_total[$__rate_interval])", "{{instance}}")]),
    ]),
    ("Machines à parler", [
        ("Cœurs occupés", "timeseries", "short", [("sum by (engine) (rate(hive_mind_engine_seconds_total[$__rate_interval]))", "{{engine}}")]),
        ("Travaux", "timeseries", "short", [("sum by (engine) (rate(hive_mind_engine_calls_total[$__rate_interval])) * 60", "{{engine}} /min")]),
        ("Jetons écrits par seconde de modèle", "timeseries", "short", [
            ("sum(rate(hive_mind_llm_tokens_total[$__rate_interval])) / sum(rate(hive_mind_engine_seconds_total{engine=\"llm\"}[$__rate_interval]))", "jetons/s"),
            ("sum(increase(hive_mind_llm_fallbacks_total[$__rate_interval]))", "réponses du modèle local de secours"),
        ]),
        ("Mémoire des modèles", "timeseries", "bytes", [("hive_mind_model_memory_bytes", "{{model}} {{instance}}")]),
    ]),
    ("Plugins", [
        ("Appels", "timeseries", "short", [("sum by (plugin, outcome) (rate(hive_mind_plugin_calls_total[$__rate_interval])) * 60", "{{plugin}} {{outcome}} /min")]),
        ("Durée p95", "timeseries", "s", [("histogram_quantile(0.95, sum by (le, plugin) (rate(hive_mind_plugin_seconds_bucket[$__rate_interval])))", "{{plugin}}")]),
        ("En état", "timeseries", "short", [("min by (plugin) (hive_mind_plugin_up)", "{{plugin}}")]),
    ]),
    ("Clients et mots de réveil", [
        ("Reconnexions", "timeseries", "short", [("sum by (room) (increase(hive_mind_reconnections_total[1h]))", "{{room}} /h")]),
        ("Temps sans serveur", "timeseries", "s", [("sum by (room) (increase(hive_mind_degraded_seconds_total[1h]))", "{{room}} s/h")]),
        ("Réveils", "timeseries", "short", [
            ("sum by (word) (increase(hive_mind_wake_words_total[1h]))", "{{word}} /h"),
            ("sum by (room) (increase(hive_mind_false_wakes_total[1h]))", "pour rien, {{room}} /h"),
        ]),
        ("Clients coupés, sessions", "timeseries", "short", [
            ("increase(hive_mind_clients_cut_off_total[$__rate_interval])", "coupés {{instance}}"),
            ("hive_mind_sessions", "sessions {{instance}}"),
        ]),
    ]),
    ("Redis et processus", [
        ("Redis répond en", "timeseries", "s", [("hive_mind_redis_ping_seconds", "{{instance}}")]),
        ("Mémoire", "timeseries", "bytes", [
            ("hive_mind_redis_memory_bytes", "Redis"),
            ("process_resident_memory_bytes{job=\"hive-mind\"}", "serveur {{instance}}"),
        ]),
        ("Ce qui attend", "timeseries", "short", [
            ("sum by (queue) (hive_mind_queue_depth)", "{{queue}}"),
            ("hive_mind_context_unsaved", "pas encore gardé {{instance}}"),
        ]),
        ("État", "timeseries", "short", [
            ("hive_mind_redis_up", "Redis"),
            ("hive_mind_redis_disk_ok", "son disque"),
            ("hive_mind_component_up", "{{component}}"),
        ]),
        ("Messages gardés", "timeseries", "short", [("max(hive_mind_context_entries)", "messages")]),
        ("Fichiers ouverts", "timeseries", "short", [("process_open_fds{job=\"hive-mind\"}", "{{instance}}")]),
    ]),
]  # fmt: skip


def panel(
    number: int, at: tuple[int, int, int, int], told: tuple[str, str, str, list[tuple[str, str]]]
) -> dict[str, Any]:
    """One panel at x, y, width, height."""
    title, kind, unit, queries = told
    x, y, width, height = at
    return {
        "id": number,
        "title": title,
        "type": kind,
        "datasource": {"type": "prometheus", "uid": UID},
        "gridPos": {"x": x, "y": y, "w": width, "h": height},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}} if kind == "timeseries" else {},
        "targets": [
            {
                "refId": chr(65 + place),
                "expr": expression,
                "legendFormat": legend,
                "datasource": {"type": "prometheus", "uid": UID},
                "instant": kind == "stat",
            }
            for place, (expression, legend) in enumerate(queries)
        ],
    }


def dashboard() -> dict[str, Any]:
    """All of it."""
    panels: list[dict[str, Any]] = []
    y = 0
    for title, told in ROWS:
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": title,
                "collapsed": False,
                "panels": [],
                "gridPos": {"x": 0, "y": y, "w": 24, "h": 1},
            }
        )
        y += 1
        stats = told[0][1] == "stat"
        across = len(told) if stats else min(len(told), 4 if len(told) % 3 else 3)
        width, height = 24 // across, 4 if stats else 8
        for place, each in enumerate(told):
            at = ((place % across) * width, y + place // across * height, width, height)
            panels.append(panel(len(panels) + 1, at, each))
        y += height * -(-len(told) // across)
    return {
        "uid": "hive-mind",
        "title": "Hive Mind",
        "tags": ["hive-mind"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": panels,
        "templating": {"list": []},
        "annotations": {"list": []},
    }


if __name__ == "__main__":
    path = Path(__file__).parent / "dashboards" / "hive-mind.json"
    path.write_text(json.dumps(dashboard(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
