"""The sentence templates of presidio-research, which Presidio is measured with.

They are fetched from PyPI into .parts/corpus; nothing of them is in this repository.
"""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

VERSION = "0.3.2"
PARTS = Path(".parts/corpus")
TEMPLATES = "presidio_evaluator/data_generator/raw_data/templates.txt"
# What our slots are called; names of any kind are `name`, all else is a word.
SLOTS = {
    "phone_number": "phone",
    "email": "email",
    "credit_card_number": "card",
    "url": "url",
    "person": "name",
    "address": "address",
    "city": "city",
    "organization": "company",
    "date_time": "date",
    "date_of_birth": "date",
    "iban": "iban",
    "ip_address": "ip",
    "us_driver_license": "serial",
    "ssn": "ssn",
    "postcode": "postcode",
    "zipcode": "postcode",
    "building_number": "small",
    "secondary_address": "small",
    "age": "small",
}


def templates():
    """Templates with entities, and those without."""
    own, other = [], []
    for line in fetch().splitlines():
        line = line.strip().replace("\\n", "\n").replace("\\,", ",")
        line = re.sub(r"{{(\w+)}}", lambda slot: "{" + name(slot[1]) + "}", line)
        (own if re.search(r"{(phone|email|card|url)}", line) else other).append(line)
    return own, other


def name(slot):
    return SLOTS.get(slot) or ("name" if "name" in slot and "street" not in slot else "word")


def fetch():
    wheel = PARTS / f"presidio_evaluator-{VERSION}-py3-none-any.whl"
    if not wheel.exists():
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", PARTS]
        subprocess.run([*download, f"presidio-evaluator=={VERSION}"], check=True)
    return zipfile.ZipFile(wheel).read(TEMPLATES).decode("utf-8", errors="replace")
