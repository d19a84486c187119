use super::*;

fn redactor(operator: Operator) -> Redactor {
    Redactor::new(operator, KindSet::EMPTY.with(EntityKind::Email), ["ticket-No 1"])
}

fn hash(key: &[u8]) -> Redactor {
    redactor(Operator::Hash(HashKey::new(key).unwrap()))
}

const KEY: &[u8] = b"0123456789abcdef";

#[test]
fn replace_names_the_kind() {
    let redactor = redactor(Operator::Replace);
    assert_eq!(redactor.replacement(EntityKind::Email, "x"), "[EMAIL]");
    assert_eq!(redactor.replacement(EntityKind::Phone, "x"), "[PHONE]");
    assert_eq!(redactor.replacement(EntityKind::CreditCard, "x"), "[CREDIT_CARD]");
    assert_eq!(redactor.replacement(EntityKind::Custom(0), "x"), "[TICKET_NO_1]");
}

#[test]
fn mask_keeps_the_last_four() {
    let masked = |value| redactor(Operator::Mask).replacement(EntityKind::Email, value);
    assert_eq!(masked("4111 1111"), "*****1111");
    assert_eq!(masked("jö@äöü.é"), "****öü.é");
    assert_eq!(masked("1234"), "****");
    assert_eq!(masked("😀"), "*");
}

#[test]
fn hash_is_hmac_sha256_of_label_and_value() {
    // Reference: printf 'EMAIL\0jo@example.org' | openssl dgst -sha256 -hmac 0123456789abcdef
    let token = hash(KEY).replacement(EntityKind::Email, "Jo@Example.org");
    assert_eq!(token, "[EMAIL:e4a73b269385a9a9]");
}

#[test]
fn the_same_value_is_the_same_token_however_it_is_written() {
    let token = |kind, value| hash(KEY).replacement(kind, value);
    for phone in ["+1 (555) 010-0199", "1.555.010.0199", "＋１ ５５５ ０１０ ０１９９"] {
        assert_eq!(token(EntityKind::Phone, phone), token(EntityKind::Phone, "15550100199"), "{phone}");
    }
    assert_eq!(
        token(EntityKind::CreditCard, "4111-1111 11111111"),
        token(EntityKind::CreditCard, "4111111111111111")
    );
    let digest = |token: String| token.split_once(':').unwrap().1.to_owned();
    let (phone, card) =
        (token(EntityKind::Phone, "4111111111111111"), token(EntityKind::CreditCard, "4111111111111111"));
    assert_ne!(digest(phone), digest(card));
    assert_ne!(token(EntityKind::Email, "a@x.org"), token(EntityKind::Email, "b@x.org"));
    assert_ne!(hash(b"another key of 16").replacement(EntityKind::Email, "x"), token(EntityKind::Email, "x"));
}

#[test]
fn short_keys_are_refused_and_no_key_is_shown() {
    assert!(HashKey::new(b"").is_none());
    assert!(HashKey::new(&KEY[1..]).is_none());
    assert!(!format!("{:?}", hash(KEY)).contains("123"));
}

#[test]
fn urls_are_never_redacted_and_other_kinds_if_asked_for() {
    let redactor = redactor(Operator::Replace);
    assert!(redactor.redacts(EntityKind::Email) && redactor.redacts(EntityKind::Custom(0)));
    assert!(!redactor.redacts(EntityKind::Phone) && !redactor.redacts(EntityKind::Url));
    assert!(!Redactor::new(Operator::Replace, KindSet::ALL, []).redacts(EntityKind::Url));
}
