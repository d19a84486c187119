"""What is personal: phones, addresses, cards and links as people write them."""

import re
import string

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat as Format
from phonenumbers import PhoneNumberType as Kind

IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
FULL_WIDTH = str.maketrans("0123456789-()+", "０１２３４５６７８９－（）＋")
IDN_HOSTS = {
    "de": ["müller.de", "xn--mller-kva.de"],
    "fr": ["éléphant.fr"],
    "sv": ["blåbär.se"],
    "da": ["smørrebrød.dk"],
    "ru": ["почта.рф", "xn--80a1acny.xn--p1ai"],
    "uk": ["пошта.укр"],
    "el": ["παράδειγμα.ελ"],
    "ja": ["例え.jp", "xn--r8jz45g.jp"],
    "zh": ["例子.中国"],
    "ko": ["실례.한국"],
    "pl": ["żółw.pl"],
    "tr": ["örnek.com.tr"],
}
EXTENSIONS = {
    "en": ["ext. {}", "x{}", "ext {}", " extension {}"],
    "de": ["Durchwahl {}", "App. {}"],
    "fr": ["poste {}"],
    "es": ["ext. {}"],
    "pt": ["ramal {}"],
    "ru": ["доб. {}"],
    "uk": ["дод. {}"],
    "pl": ["wew. {}"],
    "it": ["int. {}"],
    "zh": ["转{}", " 分机 {}"],
    "ja": ["内線{}"],
}


class People:
    """Entities of one locale, all drawn from one seeded generator."""

    def __init__(self, locale, rng):
        self.locale, self.rng = locale, rng
        self.language, self.region = locale.split("_")
        self.fake = Faker(locale)
        self.fake.seed_instance(rng.getrandbits(64))
        self.english = Faker("en_US")
        self.english.seed_instance(rng.getrandbits(64))

    # -- phones ----------------------------------------------------------

    def phone(self):
        """A phone number and where it comes from."""
        if self.rng.random() < 0.5:
            text = self.fake.phone_number()
            if sum(char.isdigit() for char in text) >= 7:
                return text, f"faker-{self.grade(text)}"
        return self.planned()

    def grade(self, text):
        """What libphonenumber says of a number as dialled in the region."""
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException:
            return "invented"
        if phonenumbers.is_valid_number(number):
            return "valid"
        return "possible" if phonenumbers.is_possible_number(number) else "invented"

    def number(self, region=None):
        """A random valid number, near an example of its region."""
        region = region or self.region
        kind = self.rng.choices([Kind.MOBILE, Kind.FIXED_LINE, Kind.TOLL_FREE], [5, 4, 1])[0]
        example = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
        national = phonenumbers.national_significant_number(example)
        for keep in (3, 3, 3, 4, 5, 6) * 4:
            tail = "".join(self.rng.choice(string.digits) for _ in national[keep:])
            number = phonenumbers.PhoneNumber(
                example.country_code, int(national[:keep] + tail), italian_leading_zero=example.italian_leading_zero
            )
            if phonenumbers.is_valid_number(number):
                return number
        return example

    def planned(self):
        rng = self.rng
        abroad = rng.random() < 0.08
        number = self.number(rng.choice(["US", "GB", "DE", "FR", "IN", "AE", "SG", "ZA"])) if abroad else self.number()
        national = phonenumbers.format_number(number, Format.NATIONAL)
        international = phonenumbers.format_number(number, Format.INTERNATIONAL)
        styles = (
            ["international"] * 5
            + ["e164"] * 4
            + ["double-zero", "dashes", "dots", "glued-plus", "rfc3966", "parens-plus"]
        )
        if not abroad:
            styles += (
                ["national"] * 8
                + ["bare"] * 2
                + ["nat-dots", "nat-dashes", "nat-spaces", "nat-slash", "trunk", "extension", "nbsp", "wide"]
            )
        style = rng.choice(styles)
        e164 = phonenumbers.format_number(number, Format.E164)
        code, rest = f"+{number.country_code}", (
            international.split(" ", 1)[-1] if " " in international else international
        )
        text = {
            "international": lambda: international,
            "e164": lambda: e164,
            "double-zero": lambda: "00" + international[1:],
            "dashes": lambda: international.replace(" ", "-"),
            "dots": lambda: international.replace(" ", ".").replace("-", "."),
            "glued-plus": lambda: f"{code} {e164[len(code):]}",
            "rfc3966": lambda: phonenumbers.format_number(number, Format.RFC3966).removeprefix("tel:"),
            "parens-plus": lambda: f"({code}) {rest}",
            "national": lambda: national,
            "bare": lambda: "".join(c for c in national if c.isdigit()),
            "nat-dots": lambda: national.translate({40: None, 41: None}).replace(" ", ".").replace("-", "."),
            "nat-dashes": lambda: national.translate({40: None, 41: None}).replace(" ", "-"),
            "nat-spaces": lambda: national.translate({40: None, 41: None}).replace("-", " "),
            "nat-slash": lambda: national.translate({40: None, 41: None}).replace(" ", "/", 1),
            "trunk": lambda: f"{code} (0){rest}" if national.lstrip("(").startswith("0") else international,
            "extension": lambda: f"{national} "
            + rng.choice(EXTENSIONS.get(self.language, EXTENSIONS["en"])).format(rng.randint(10, 9999)).strip(),
            "nbsp": lambda: international.replace(" ", rng.choice("\u00a0\u202f")),
            "wide": lambda: national.translate(FULL_WIDTH) if self.language in ("ja", "zh", "ko") else national,
        }[style]()
        if IPV4.fullmatch(text):
            text = text.replace(".", " ")
        return text, f"plan-{style}"

    # -- addresses -------------------------------------------------------

    def email(self):
        rng, fake = self.rng, self.fake
        plain = fake.email()
        local, host = plain.split("@")
        style = rng.choices(
            ["plain", "company", "safe", "tag", "upper", "dash", "sub", "idn", "odd", "short", "unicode"],
            [40, 15, 8, 8, 3, 4, 6, 5, 4, 3, 2],
        )[0]
        text = {
            "plain": lambda: plain,
            "company": fake.company_email,
            "safe": fake.ascii_safe_email,
            "tag": lambda: f"{local}+{rng.choice(['news', 'shop.2024', 'x', 'test-1'])}@{host}",
            "upper": lambda: plain.upper() if rng.random() < 0.5 else plain.title(),
            "dash": lambda: f"{local}_{rng.randint(1, 99)}-x@{host}",
            "sub": lambda: f"{local}@mail.{rng.choice(['eu', 'corp', 'ad'])}.{host}",
            "idn": lambda: f"{local}@{rng.choice(IDN_HOSTS.get(self.language, ['bücher.example']))}",
            "odd": lambda: rng.choice(["o'brien{}@{}", "a&b{}@{}", "x=y{}@{}", "no/reply{}@{}", "{{}}{}@{}", "_{}@{}"])
            .format(rng.randint(1, 99), host)
            .replace("{}", ""),
            "short": lambda: rng.choice(["q@x.io", "a1@t.co", "me@k.uk"]),
            "unicode": lambda: f"{rng.choice(['jörg', 'zoë', 'андрей', '用户', 'josé.núñez'])}@{host}",
        }[style]()
        return text, f"email-{style}"

    # -- cards -----------------------------------------------------------

    def card(self, glued=False):
        """A card number that passes Luhn, of an issuer of 13 digits or more."""
        rng = self.rng
        brand = rng.choices(
            [
                "visa16",
                "mastercard",
                "amex",
                "discover",
                "diners",
                "jcb16",
                "visa19",
                "visa13",
                "2-series",
                "unionpay",
                "maestro",
            ],
            [30, 25, 12, 6, 5, 4, 3, 3, 6, 4, 2],
        )[0]
        if brand in ("2-series", "unionpay", "maestro"):
            prefix, length = {
                "2-series": (str(rng.randint(2221, 2720)), 16),
                "unionpay": (rng.choice(["6221", "6228", "6258"]), rng.choice([16, 16, 19])),
                "maestro": (rng.choice(["6759", "5018", "6304"]), rng.choice([16, 18, 19])),
            }[brand]
            digits = prefix + "".join(rng.choice(string.digits) for _ in range(length - len(prefix) - 1))
            digits += check_digit(digits)
        else:
            own = self.fake.credit_card_number()
            digits = own if len(own) >= 13 and rng.random() < 0.3 else self.english.credit_card_number(card_type=brand)
        style = "bare" if glued else rng.choices(["bare", "spaces", "dashes", "nbsp", "wide"], [45, 35, 17, 2, 1])[0]
        cuts = {15: (4, 6, 5), 14: (4, 6, 4), 13: (4, 4, 4, 1), 19: (4, 4, 4, 4, 3), 18: (4, 4, 4, 4, 2)}.get(
            len(digits), (4, 4, 4, 4)
        )
        groups, at = [], 0
        for cut in cuts:
            groups.append(digits[at : at + cut])
            at += cut
        text = {
            "bare": digits,
            "spaces": " ".join(groups),
            "dashes": "-".join(groups),
            "nbsp": "\u00a0".join(groups),
            "wide": digits.translate(FULL_WIDTH) if self.language == "ja" else digits,
        }[style]
        return text, f"card-{brand}-{style}"

    # -- links -----------------------------------------------------------

    def url(self):
        rng, fake = self.rng, self.fake
        style = rng.choices(
            ["url", "uri", "www", "query", "port", "deep", "idn", "paren", "ftp"], [5, 5, 4, 4, 2, 4, 1, 1, 1]
        )[0]
        host = fake.domain_name()
        word = fake.uri_page()
        text = {
            "url": lambda: fake.url().rstrip("/") + rng.choice(["", "/"]),
            "uri": lambda: fake.uri(),
            "www": lambda: f"www.{host}" + rng.choice(["", f"/{word}"]),
            "query": lambda: f"https://{host}/{word}?id={rng.randint(1, 10**9)}&lang={self.language}#top",
            "port": lambda: f"http://{host}:{rng.choice([8080, 3000, 8443])}/{word}",
            "deep": lambda: f"https://shop.{host}/{rng.randint(2015, 2026)}/{rng.randint(1, 12):02}/{fake.uri_page()}-{rng.randint(1000, 10**7)}.html",
            "idn": lambda: f"https://{rng.choice(IDN_HOSTS.get(self.language, ['bücher.example']))}/{word}",
            "paren": lambda: f"https://en.wikipedia.org/wiki/{word.title()}_(disambiguation)",
            "ftp": lambda: f"ftp://ftp.{host}/pub/{word}.tar.gz",
        }[style]()
        return text, f"url-{style}"


def check_digit(digits):
    """The Luhn digit to append."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
