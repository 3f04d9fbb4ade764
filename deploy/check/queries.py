"""Writes the dashboard's queries as rules, so that promtool can read them."""

import json
import re

with open("deploy/grafana/dashboards/gateway.json", encoding="utf-8") as file:
    panels = json.load(file)["panels"]
print("groups:\n  - name: dashboard\n    rules:")
number = 0
for panel in panels:
    for target in panel.get("targets", []):
        if target["datasource"]["type"] == "prometheus":
            number += 1
            query = re.sub(r"\$__rate_interval", "1m", target["expr"])
            print(f"      - record: panel_{number}\n        expr: {json.dumps(query)}")
