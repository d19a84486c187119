//! What the words before a number say about it.
//!
//! `tel`, `call me on`, `"mobile":` speak for a phone; `order`, `id`, `invoice
//! no.` against. Words are compared in lower case, names like `phoneNumber`
//! and `order_id` piece by piece, and the nearest word that says anything
//! decides.

use super::view::View;

/// How far back words are read, in bytes.
pub(super) const CONTEXT_BYTES_MAX: usize = 64;
/// How many words are read. Behind four a word like `order` is too far away to
/// mean this number.
const WORDS_MAX: usize = 8;
const WORDS_AGAINST_MAX: usize = 4;

/// What the words say: against, nothing, or for a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Against,
    Silent,
    For,
}

/// Whole words that announce a phone number.
const FOR: &[&str] = &[
    "appel", "ara", "bel", "bellen", "call", "called", "calling", "calls", "cel", "cell", "cells",
    "celular", "dial", "dt", "fax", "faxe", "fix", "fixe", "fon", "fono", "gsm", "handy",
    "hotline", "hp", "kom", "ligue", "llame", "lub", "mob", "mobil", "mov", "ph", "phn", "puh",
    "reach", "ring", "ringe", "ruf", "sms", "sun", "tel", "tele", "tele", "telex", "telf", "tels",
    "text", "tfno", "tlf", "tlfn", "tlp", "tel", "whatsapp", "wa",
];

/// Beginnings of words that announce a phone number.
const FOR_STEMS: &[&str] = &[
    "anruf",
    "anrufen",
    "callback",
    "cellul",
    "celul",
    "cellphone",
    "chiam",
    "contact",
    "contatt",
    "contat",
    "dzwon",
    "emergency",
    "facsimil",
    "freephone",
    "helpline",
    "hubungi",
    "joign",
    "kontakt",
    "landline",
    "llam",
    "mobile",
    "mobiel",
    "mobilt",
    "phone",
    "portable",
    "puhelin",
    "reachable",
    "soita",
    "telef",
    "telep",
    "teleph",
    "telnr",
    "tollfree",
    "viber",
    "voicemail",
    "whatsapp",
    "zadzwo",
    "zavol",
    "volejte",
    "smartphone",
    "signal",
    "hotline",
    "mobiln",
    "mobit",
];

/// Whole words that name another kind of number.
const AGAINST: &[&str] = &[
    "abn",
    "acct",
    "acc",
    "amount",
    "art",
    "bic",
    "bsn",
    "build",
    "case",
    "cedula",
    "cid",
    "cif",
    "claim",
    "cnpj",
    "code",
    "codice",
    "cpf",
    "cpr",
    "cuil",
    "cuit",
    "curp",
    "cvr",
    "cvv",
    "date",
    "dni",
    "doi",
    "ean",
    "ein",
    "epoch",
    "gst",
    "gtin",
    "gtins",
    "hash",
    "iban",
    "iccid",
    "id",
    "ids",
    "imei",
    "imsi",
    "inv",
    "isbn",
    "issn",
    "item",
    "kod",
    "kode",
    "kvk",
    "lat",
    "line",
    "lines",
    "lng",
    "lon",
    "long",
    "lot",
    "meid",
    "mrn",
    "ms",
    "msgid",
    "nhs",
    "nie",
    "nif",
    "nip",
    "nit",
    "nonce",
    "npi",
    "ns",
    "offset",
    "page",
    "pages",
    "pan",
    "parcel",
    "pesel",
    "pid",
    "pin",
    "plz",
    "pnr",
    "po",
    "policy",
    "port",
    "ppid",
    "price",
    "psc",
    "ref",
    "refs",
    "regon",
    "rev",
    "rfc",
    "rg",
    "row",
    "rows",
    "rut",
    "sap",
    "score",
    "seed",
    "seq",
    "siren",
    "siret",
    "sin",
    "size",
    "sku",
    "ssn",
    "svnr",
    "tckn",
    "tc",
    "tfn",
    "ticket",
    "tid",
    "timestamp",
    "tin",
    "total",
    "ts",
    "uid",
    "unix",
    "upc",
    "us",
    "uuid",
    "vat",
    "ver",
    "version",
    "vin",
    "waybill",
    "zip",
    "bestell",
    "sum",
    "sn",
    "rfid",
    "oib",
    "ico",
    "dic",
    "bytes",
    "exp",
    "code",
    "otp",
    "batch",
    "sequence",
    "aadhaar",
    "aadhar",
    "medicare",
    "insee",
    "awb",
    "gtin13",
    "cuenta",
    "conta",
];

/// Beginnings of words that name another kind of number.
const AGAINST_STEMS: &[&str] = &[
    "account",
    "artikel",
    "article",
    "auftrag",
    "barcode",
    "bestell",
    "bestilling",
    "booking",
    "buchung",
    "checksum",
    "coordin",
    "commande",
    "commit",
    "compte",
    "confirmation",
    "contract",
    "customer",
    "employee",
    "factur",
    "faktur",
    "fattura",
    "fatur",
    "identif",
    "invoice",
    "konto",
    "kontonummer",
    "kreditkart",
    "kunden",
    "latitud",
    "licen",
    "longitud",
    "matricul",
    "member",
    "objedn",
    "ordem",
    "order",
    "ordin",
    "ordre",
    "part",
    "pasap",
    "passport",
    "passeport",
    "pedido",
    "personnummer",
    "population",
    "postal",
    "postcode",
    "product",
    "produkt",
    "purchase",
    "receipt",
    "rechnung",
    "record",
    "refer",
    "rekening",
    "release",
    "reservation",
    "revision",
    "routing",
    "schedule",
    "seguro",
    "serial",
    "serien",
    "shipment",
    "shipping",
    "social",
    "sendung",
    "siparis",
    "steuer",
    "student",
    "suivi",
    "tilaus",
    "timestamp",
    "track",
    "transact",
    "transaktion",
    "vertrag",
    "verification",
    "zam\u{f3}wien",
    "zamowien",
    "quantity",
    "patient",
    "\u{f6}l\u{e7}\u{fc}",
    "sipari",
    "seri",
    "szamla",
    "sz\u{e1}ml",
    "rendel",
    "comanda",
    "comand",
    "pagamento",
    "nomor",
    "pesanan",
    "resi",
];

/// Words that only say that a number follows; what it is the words before say.
const NEUTRAL: &[&str] = &[
    "number",
    "numbers",
    "nummer",
    "num",
    "no",
    "nr",
    "numero",
    "n\u{fa}mero",
    "num\u{e9}ro",
    "numer",
    "is",
    "at",
    "on",
    "the",
    "my",
    "your",
    "\u{10d}\u{ed}slo",
];

/// The same in scripts other than Latin, anywhere in the words before.
const FOR_ELSEWHERE: &[&str] = &[
    "тел",
    "Тел",
    "ТЕЛ",
    "моб",
    "Моб",
    "звон",
    "Звон",
    "факс",
    "Факс",
    "дзвон",
    "τηλ",
    "Τηλ",
    "ΤΗΛ",
    "κιν",
    "Κιν",
    "טלפון",
    "נייד",
    "טל",
    "هاتف",
    "جوال",
    "الجوال",
    "اتصل",
    "موبايل",
    "تلفون",
    "فاكس",
    "電話",
    "携帯",
    "携帶",
    "手機",
    "连絡",
    "連絡",
    "聯絡",
    "联系",
    "手机",
    "电话",
    "传真",
    "傳真",
    "致电",
    "致電",
    "行動",
    "ファックス",
    "ＦＡＸ",
    "ＴＥＬ",
    "전화",
    "연락",
    "휴대",
    "핸드폰",
    "팩스",
    "โทร",
    "มือถือ",
    "फोन",
    "मोबाइल",
    "संपर्क",
    "điện",
    "gọi",
    "liên",
    "đt",
    "sđt",
    "ĐT",
    "SĐT",
    "téléph",
    "télép",
    "Télép",
    "tél",
    "Tél",
    "TÉL",
    "teléf",
    "Teléf",
    "móvil",
    "Móvil",
    "komór",
];

const AGAINST_ELSEWHERE: &[&str] = &[
    "заказ",
    "Заказ",
    "счет",
    "счёт",
    "Счет",
    "Счёт",
    "инн",
    "ИНН",
    "снилс",
    "СНИЛС",
    "паспорт",
    "замовлен",
    "Замовлен",
    "παραγγελ",
    "Παραγγελ",
    "ΑΦΜ",
    "注文",
    "订单",
    "訂單",
    "編號",
    "编号",
    "口座",
    "账号",
    "帳號",
    "运单",
    "番号：",
    "주문",
    "송장",
    "계좌",
    "طلب",
    "فاتورة",
    "הזמנה",
    "חשבון",
    "คำสั่ง",
    "ऑर्डर",
];

/// What the words before `at` say.
pub(super) fn words_before(view: &View, at: usize) -> Verdict {
    let from = at.saturating_sub(CONTEXT_BYTES_MAX);
    let window = view.slice(from, at);
    let words = Words {
        window,
        end: window.len(),
        lines: 0,
    };
    for (read, word) in words.take(WORDS_MAX).enumerate() {
        let verdict = if word.is_ascii() {
            latin(word)
        } else {
            elsewhere(word)
        };
        match verdict {
            Some(Verdict::Against) if read >= WORDS_AGAINST_MAX => {}
            Some(verdict) => return verdict,
            None => {}
        }
    }
    Verdict::Silent
}

/// What one word of ASCII letters says.
fn latin(word: &[u8]) -> Option<Verdict> {
    let mut lower = [0u8; 24];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    let word = std::str::from_utf8(lower).ok()?;
    let known = |words: &[&str]| words.contains(&word);
    let starts = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if known(NEUTRAL) {
        None
    } else if known(FOR) || starts(FOR_STEMS) {
        Some(Verdict::For)
    } else if known(AGAINST) || starts(AGAINST_STEMS) {
        Some(Verdict::Against)
    } else {
        None
    }
}

/// What a word with other letters says.
fn elsewhere(word: &[u8]) -> Option<Verdict> {
    let holds = |stems: &[&str]| {
        stems
            .iter()
            .any(|stem| word.windows(stem.len()).any(|part| part == stem.as_bytes()))
    };
    if holds(FOR_ELSEWHERE) {
        Some(Verdict::For)
    } else if holds(AGAINST_ELSEWHERE) {
        Some(Verdict::Against)
    } else {
        None
    }
}

/// The words of a piece of text from its end to its start.
struct Words<'a> {
    window: &'a [u8],
    end: usize,
    lines: u32,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
        loop {
            let byte = *self.window.get(self.end.checked_sub(1)?)?;
            if is_letter(byte) {
                break;
            }
            // A line speaks for itself, or for the one right below it.
            if byte == b'\n' {
                self.lines = self.lines.saturating_add(1);
                if self.lines > 1 {
                    return None;
                }
            }
            self.end = self.end.saturating_sub(1);
        }
        let mut start = self.end;
        while let Some(&byte) = start
            .checked_sub(1)
            .and_then(|before| self.window.get(before))
        {
            let behind = self.window.get(start).copied().unwrap_or(0);
            // The hump of `phoneNumber`.
            let hump = byte.is_ascii_lowercase() && behind.is_ascii_uppercase() && start < self.end;
            if !is_letter(byte) || hump {
                break;
            }
            start = start.saturating_sub(1);
        }
        let word = self.window.get(start..self.end);
        self.end = start;
        word
    }
}
