#!/usr/bin/env python3
"""Makes labelled text for the scanner: JSON lines with text and spans.

    corpus.py --seed 1 --documents 5000 > corpus.jsonl

Needs `faker` and `phonenumbers` from PyPI; see README.md.
"""

import argparse
import datetime
import json
import random
import re
import string
import sys
import uuid

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat as Format
from phonenumbers import PhoneNumberType as Type

import phrases

# Locale of Faker, region of libphonenumber, language of the sentences.
LOCALES = {
    "core": [
        ("en_US", "US", "en"), ("en_CA", "CA", "en"), ("en_GB", "GB", "en"), ("en_IE", "IE", "en"), ("en_AU", "AU", "en"),
        ("en_NZ", "NZ", "en"), ("en_IN", "IN", "en"), ("de_DE", "DE", "de"), ("de_AT", "AT", "de"), ("de_CH", "CH", "de"),
        ("fr_FR", "FR", "fr"), ("fr_CH", "CH", "fr"), ("nl_BE", "BE", "nl"), ("nl_NL", "NL", "nl"), ("es_ES", "ES", "es"),
        ("es_MX", "MX", "es"), ("it_IT", "IT", "it"), ("pt_PT", "PT", "pt"), ("pt_BR", "BR", "pt"), ("pl_PL", "PL", "pl"),
        ("cs_CZ", "CZ", "cs"), ("da_DK", "DK", "da"), ("no_NO", "NO", "no"), ("sv_SE", "SE", "sv"), ("fi_FI", "FI", "fi"),
        ("tr_TR", "TR", "tr"), ("ru_RU", "RU", "ru"), ("ja_JP", "JP", "ja"),
    ],
    "more": [
        ("uk_UA", "UA", "uk"), ("ko_KR", "KR", "ko"), ("zh_CN", "CN", "zh"), ("zh_TW", "TW", "zh_TW"), ("el_GR", "GR", "el"),
        ("hu_HU", "HU", "hu"), ("ro_RO", "RO", "ro"), ("sk_SK", "SK", "sk"), ("he_IL", "IL", "he"), ("ar_AE", "AE", "ar"),
        ("ar_SA", "SA", "ar"), ("ar_EG", "EG", "ar"), ("th_TH", "TH", "th"), ("id_ID", "ID", "id"), ("vi_VN", "VN", "vi"),
        ("es_AR", "AR", "es"), ("es_CL", "CL", "es"), ("es_CO", "CO", "es"), ("hi_IN", "IN", "hi"), ("en_PH", "PH", "en"),
        ("fr_BE", "BE", "fr"), ("de_LU", "LU", "de"), ("zu_ZA", "ZA", "en"), ("en_NG", "NG", "en"), ("en_KE", "KE", "en"),
        ("zh_TW", "HK", "zh_TW"), ("en_US", "SG", "en"), ("en_US", "MY", "en"),
    ],
}
LABELS = {"phone": "PHONE", "email": "EMAIL", "card": "CREDIT_CARD", "url": "URL"}


class Source:
    """Values of one locale."""

    def __init__(self, locale, region, language, rng):
        self.rng, self.region, self.language = rng, region, language
        try:
            self.fake = Faker(locale)
        except AttributeError:
            self.fake = Faker("en_US")
        self.locale = locale
        self.own_phones = self.fake.locales[0] == locale and locale[-2:] == region
        self.fake.seed_instance(rng.getrandbits(64))

    def digits(self, count):
        return self.rng.choice("123456789") + "".join(self.rng.choices(string.digits, k=count - 1))

    def phone(self):
        if self.own_phones and self.rng.random() < 0.5:
            number = self.fake.phone_number()
            # Emergency and service numbers are nobody's personal data.
            if sum(c.isdigit() for c in number) >= 6:
                return number
        number = self.valid_number()
        style = self.rng.choice(["national"] * 3 + ["international"] * 3 + ["e164", "plain", "dots", "dashes", "zeros", "ext"])
        national = phonenumbers.format_number(number, Format.NATIONAL)
        international = phonenumbers.format_number(number, Format.INTERNATIONAL)
        if style == "international":
            return international
        if style == "e164":
            return phonenumbers.format_number(number, Format.E164)
        if style == "plain":
            return re.sub(r"\D", "", national)
        if style == "dots":
            return re.sub(r"[ -]+", ".", international)
        if style == "dashes":
            return re.sub(r" +", "-", international)
        if style == "zeros":
            return "00" + international[1:]
        if style == "ext":
            return national + self.rng.choice([" ext. ", " x", "x", " ext "]) + str(self.rng.randint(1, 9999))
        return national

    def valid_number(self):
        kinds = [Type.FIXED_LINE, Type.MOBILE, Type.MOBILE, Type.TOLL_FREE]
        while True:
            example = phonenumbers.example_number_for_type(self.region, self.rng.choice(kinds))
            if example is None:
                continue
            text = str(example.national_number)
            keep = self.rng.randint(1, 4)
            text = text[:keep] + "".join(self.rng.choices(string.digits, k=len(text) - keep))
            number = phonenumbers.PhoneNumber(
                country_code=example.country_code,
                national_number=int(text),
                italian_leading_zero=example.italian_leading_zero,
            )
            if phonenumbers.is_valid_number_for_region(number, self.region):
                return number

    def card(self):
        number = self.fake.credit_card_number()
        style = self.rng.random()
        if style < 0.5 or len(number) not in (15, 16):
            return number
        sign = " " if style < 0.8 else "-"
        cuts = (4, 8, 12) if len(number) == 16 else (4, 10)
        parts, last = [], 0
        for cut in (*cuts, len(number)):
            parts.append(number[last:cut])
            last = cut
        return sign.join(parts)

    def email(self):
        kind = self.rng.random()
        if kind < 0.7:
            return self.fake.email()
        if kind < 0.8:
            return self.fake.company_email()
        user = self.fake.user_name()
        domain = self.fake.domain_name()
        return self.rng.choice([
            f"{user}+{self.digits(3)}@{domain}", f"{user}_{self.digits(4)}@mail.{domain}", f"{user.upper()}@{domain}",
            f"{user}.{self.rng.choice('abc')}@xn--bcher-kva.example", f"{user}@sub-domain.{domain}", f"info@bücher.example",
        ])

    def url(self):
        return self.rng.choice([self.fake.url, self.fake.uri, lambda: "www." + self.fake.domain_name(),
                                lambda: self.fake.url() + "a/b?x=1&y=" + self.digits(4), self.fake.image_url])()

    def value(self, name):
        rng, fake = self.rng, self.fake
        if name.startswith("int"):
            return self.digits(int(name[3:]))
        when = datetime.datetime.fromtimestamp(rng.randint(10**9, 1_800_000_000), datetime.timezone.utc)
        values = {
            "phone": self.phone, "email": self.email, "card": self.card, "url": self.url,
            "name": fake.name, "first": fake.first_name, "user": fake.user_name,
            "address": lambda: re.sub(r"\s*\n\s*", ", ", fake.address()),
            "company": fake.company, "sentence": lambda: fake.sentence(nb_words=12),
            "date": lambda: when.strftime(rng.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d %m %Y", "%Y%m%d", "%d.%m.%y", "%B %d, %Y"])),
            "time": lambda: when.strftime(rng.choice(["%H:%M", "%H:%M:%S", "%I:%M %p"])),
            "time2": lambda: when.strftime("%H:%M"),
            "iso": lambda: when.strftime(rng.choice(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S,123", "%Y-%m-%dT%H:%M:%S.123456+02:00"])),
            "clf": lambda: when.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "year": lambda: str(rng.randint(1950, 2030)), "year2": lambda: str(rng.randint(1950, 2030)),
            "exp": lambda: when.strftime("%m/%y"), "unix": lambda: str(int(when.timestamp())),
            "unixms": lambda: str(int(when.timestamp()) * 1000 + rng.randint(0, 999)),
            "price": lambda: rng.choice(["${:,.2f}", "{:.2f} EUR", "€ {:,.0f}", "{:,.2f} zł", "{:.0f} kr"]).format(rng.uniform(1, 10**rng.randint(1, 8))),
            "float": lambda: f"{rng.uniform(0, 10**rng.randint(1, 5)):.{rng.randint(1, 8)}f}",
            "order": lambda: rng.choice([self.digits(rng.randint(6, 14)), f"{self.digits(3)}-{self.digits(7)}-{self.digits(7)}", "ORD-" + self.digits(8), "#" + self.digits(10)]),
            "invoice": lambda: rng.choice(["INV-" + self.digits(6), f"{rng.randint(2015, 2026)}-{self.digits(6)}", f"{rng.randint(2015, 2026)}/{self.digits(5)}"]),
            "tracking": lambda: rng.choice(["1Z" + self.digits(16), self.digits(12), self.digits(20), "RR" + self.digits(9) + "DE"]),
            "vat": lambda: rng.choice(["DE", "ATU", "FR", "GB", "PL"]) + self.digits(9),
            "iban": lambda: self.iban(), "bban": fake.bban,
            "version": lambda: ".".join(self.digits(rng.randint(1, 3)) for _ in range(rng.randint(2, 4))),
            "version3": lambda: ".".join(self.digits(1) for _ in range(3)),
            "build": lambda: f"{self.digits(2)}.0.{self.digits(5)}.{self.digits(4)}",
            "ip": lambda: rng.choice([fake.ipv4, fake.ipv4, fake.ipv6])(), "port": lambda: str(rng.randint(1, 65535)),
            "uuid": lambda: str(uuid.UUID(int=rng.getrandbits(128))), "sha": lambda: f"{rng.getrandbits(160):040x}",
            "hex": lambda: f"{rng.getrandbits(48):012X}", "mac": fake.mac_address,
            "isbn13": fake.isbn13, "isbn10": fake.isbn10, "ean13": fake.ean13,
            "lat": lambda: f"{rng.uniform(-90, 90):.{rng.randint(3, 7)}f}", "lon": lambda: f"{rng.uniform(-180, 180):.{rng.randint(3, 7)}f}",
            "ssn": fake.ssn, "plate": fake.license_plate, "zip": fake.postcode, "agent": fake.user_agent,
            "partno": lambda: f"{self.digits(3)}-{self.digits(5)}-{self.digits(2)}", "sku": lambda: f"{''.join(rng.choices(string.ascii_uppercase, k=3))}-{self.digits(5)}-{self.digits(3)}",
            "caseno": lambda: f"{self.digits(2)}-{self.digits(5)}", "policy": lambda: f"{self.digits(3)} {self.digits(3)} {self.digits(3)}",
            "imei": lambda: "35" + self.digits(13), "iccid": lambda: "89" + self.digits(17),
            "badcard": self.bad_card,
        }
        try:
            return values[name]()
        except AttributeError:  # a provider that this locale lacks
            return self.digits(9)

    def iban(self):
        iban = self.fake.iban()
        return iban if self.rng.random() < 0.5 else " ".join(iban[i:i + 4] for i in range(0, len(iban), 4))

    def bad_card(self):
        number = "4" + self.digits(15)
        total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(number[:-1]))
        number = number[:-1] + str(-total % 10)
        wrong = number[:-1] + str((int(number[-1]) + self.rng.randint(1, 9)) % 10)
        return wrong if self.rng.random() < 0.5 else " ".join(wrong[i:i + 4] for i in range(0, 16, 4))


def fill(template, source):
    """The text of a template, and the spans of what is personal in it."""
    text, spans = "", []
    for literal, name, _, _ in string.Formatter().parse(template):
        text += literal
        if name is None:
            continue
        value = source.value(name)
        if name in LABELS:
            spans.append({"type": LABELS[name], "start": len(text), "end": len(text) + len(value)})
        text += value
    return text, spans


def document(source, rng):
    kind = rng.choices(["personal", "bare", "record", "clean"], [35, 12, 23, 30])[0]
    if kind == "personal":
        pool = phrases.PERSONAL[source.language if rng.random() < 0.7 else "en"]
        count = rng.choice([1, 1, 2])
    else:
        pool = {"bare": phrases.BARE, "record": phrases.RECORDS, "clean": phrases.CLEAN}[kind]
        count = rng.choice([1, 1, 2, 3]) if kind == "clean" else 1
    text, spans = "", []
    for template in rng.sample(pool, min(count, len(pool))):
        if text:
            text += rng.choice([" ", "\n", "\n\n"])
        part, found = fill(template, source)
        spans += [{**span, "start": span["start"] + len(text), "end": span["end"] + len(text)} for span in found]
        text += part
    return {"kind": kind, "locale": source.locale, "text": text, "spans": spans}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--documents", type=int, default=5000)
    options.add_argument("--locales", choices=LOCALES, default="core")
    options = options.parse_args()
    rng = random.Random(options.seed)
    sources = [Source(*locale, rng) for locale in LOCALES[options.locales]]
    for _ in range(options.documents):
        json.dump(document(rng.choice(sources), rng), sys.stdout, ensure_ascii=False)
        print()


if __name__ == "__main__":
    main()
