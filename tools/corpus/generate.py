#!/usr/bin/env python3
"""Makes labelled text: a JSON object a line with `text`, `spans`, `kind`, `locale` and `clean`."""

import argparse
import json
import random

import presidio
from documents import KINDS, WEIGHTS, Writer
from entities import People

CORE = (
    """en_US en_GB de_DE fr_FR es_ES it_IT pt_BR pt_PT nl_NL pl_PL cs_CZ sv_SE no_NO da_DK fi_FI tr_TR el_GR ru_RU uk_UA
          ja_JP ko_KR zh_CN zh_TW en_IN he_IL id_ID hu_HU ro_RO""".split()
)
MORE = """en_AU en_CA en_IE en_NZ de_AT de_CH fr_BE fr_CA es_MX es_AR es_CO es_CL hi_IN ar_SA ar_EG ar_AE vi_VN th_TH hr_HR sl_SI sk_SK
          bg_BG nl_BE fr_CH en_US en_GB de_DE fr_FR zu_ZA""".split()
LOCALES = {"core": CORE, "more": MORE}


def documents(seed, count, locales, clean_share, templates, other):
    rng = random.Random(seed)
    people = {locale: People(locale, random.Random(rng.getrandbits(64))) for locale in locales}
    kinds, weights = KINDS + (["template"] if templates else []), WEIGHTS + ([4] if templates else [])
    for _ in range(count):
        locale = rng.choice(locales)
        clean = rng.random() < clean_share
        kind = rng.choices(kinds, weights)[0]
        writer = Writer(people[locale], templates, other)
        writer.rng = writer.like.rng = people[locale].rng
        text = getattr(writer, kind)(clean)
        yield {"text": text.text, "spans": text.spans, "kind": kind, "locale": locale, "clean": not text.spans}


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--seed", type=int, required=True)
    ask.add_argument("--documents", type=int, default=6000)
    ask.add_argument("--locales", choices=LOCALES, default="core")
    ask.add_argument("--clean", type=float, default=0.35, help="share of documents without personal data")
    ask.add_argument("--wordings", choices=["first", "other"], default="first")
    ask.add_argument(
        "--presidio", action="store_true", help="with the templates of presidio-evaluator, which are fetched"
    )
    ask = ask.parse_args()
    templates = presidio.templates() if ask.presidio else ()
    for document in documents(
        ask.seed, ask.documents, LOCALES[ask.locales], ask.clean, templates, ask.wordings == "other"
    ):
        print(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    main()
