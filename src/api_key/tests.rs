use super::*;

const AGING: Aging = Aging { max_age_days: 90, warn_before_days: 14 };
const DAY: u64 = 86_400;

fn day(n: u64) -> UnixSeconds {
    UnixSeconds(n.checked_mul(DAY).unwrap())
}

fn key(id: &str, validity: Validity) -> ApiKey {
    ApiKey { id: id.into(), tenant: 0, validity }
}

fn ring(from: Option<UnixSeconds>, to: Option<UnixSeconds>) -> KeyRing {
    let validity = Validity::new(None, from, to, AGING);
    let others = (0..100u8).map(|n| (Digest::of(&[n]), key("other", Validity::new(None, None, None, AGING))));
    KeyRing::new(others.chain([(Digest::of(b"good"), key("good", validity))]).collect()).unwrap()
}

#[test]
fn a_key_is_found_among_many() {
    let ring = ring(None, None);
    assert_eq!(&*ring.identify(Digest::of(b"good"), day(1)).unwrap().1.id, "good");
    assert_eq!(&*ring.identify(Digest::of(&[42]), day(1)).unwrap().1.id, "other");
    assert_eq!(ring.identify(Digest::of(b"nobody's"), day(1)).unwrap_err(), Denial::InvalidApiKey);
}

#[test]
fn a_key_is_good_from_its_first_second_to_before_its_last() {
    let ring = ring(Some(day(10)), Some(day(20)));
    let at = |now: UnixSeconds| ring.identify(Digest::of(b"good"), now).map(|(_, key)| key.id.to_string());
    assert_eq!(at(UnixSeconds(day(10).0 - 1)), Err(Denial::InvalidApiKey));
    assert_eq!(at(day(10)), Ok("good".into()));
    assert_eq!(at(UnixSeconds(day(20).0 - 1)), Ok("good".into()));
    assert_eq!(at(day(20)), Err(Denial::ExpiredApiKey));
}

#[test]
fn clients_are_told_before_the_end() {
    let validity = Validity::new(None, None, Some(day(100)), AGING);
    assert_eq!(validity.rotation(UnixSeconds(day(86).0 - 1)), None);
    let rotation = validity.rotation(day(86)).unwrap();
    assert_eq!(rotation.deprecation_field(), format!("@{}", day(86).0));
    assert_eq!(rotation.sunset_field().as_deref(), Some("Sat, 11 Apr 1970 00:00:00 GMT"));
}

#[test]
fn clients_of_an_old_key_are_told_too() {
    let validity = Validity::new(Some(day(0)), None, None, AGING);
    assert_eq!(validity.rotation(day(89)), None);
    assert_eq!(validity.rotation(day(90)).unwrap().sunset_field(), None);
    let both = Validity::new(Some(day(0)), None, Some(day(95)), AGING);
    assert_eq!(both.rotation(day(94)).unwrap().deprecated, day(81), "whichever comes first");
}

#[test]
fn one_credential_cannot_be_two_keys() {
    let validity = Validity::new(None, None, None, AGING);
    let twice = vec![(Digest::of(b"k"), key("a", validity)), (Digest::of(b"k"), key("b", validity))];
    assert_eq!(KeyRing::new(twice).unwrap_err().len(), 1);
}
