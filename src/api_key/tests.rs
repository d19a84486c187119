use super::*;
use crate::denial::Denial;
use crate::secret::Digest;

const AGING: Aging = Aging { max_age_days: 90, warn_before_days: 14 };
const DAY: u64 = 86_400;

fn day(n: u64) -> UnixSeconds {
    UnixSeconds(n.checked_mul(DAY).unwrap())
}

fn ring(from: Option<UnixSeconds>, to: Option<UnixSeconds>) -> KeyRing {
    let mut keys = KeyBlocks::default();
    (0..100u8).for_each(|n| keys.push("other", Digest::of(&[n]), Dates::default()));
    keys.push("good", Digest::of(b"good"), Dates { created: None, not_before: from, not_after: to });
    KeyRing::new([keys].into_iter(), AGING)
}

fn validity(created: Option<UnixSeconds>, not_after: Option<UnixSeconds>) -> Validity {
    Validity::new(Dates { created, not_before: None, not_after }, AGING)
}

#[test]
fn a_key_is_found_among_many() {
    let ring = ring(None, None);
    assert_eq!(ring.identify(Digest::of(b"good"), day(1)).unwrap().1.id, "good");
    assert_eq!(ring.identify(Digest::of(&[42]), day(1)).unwrap().1.id, "other");
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
    let validity = validity(None, Some(day(100)));
    assert_eq!(validity.rotation(UnixSeconds(day(86).0 - 1)), None);
    let rotation = validity.rotation(day(86)).unwrap();
    assert_eq!(rotation.deprecation_field(), format!("@{}", day(86).0));
    assert_eq!(rotation.sunset_field().as_deref(), Some("Sat, 11 Apr 1970 00:00:00 GMT"));
}

#[test]
fn clients_of_an_old_key_are_told_too() {
    let old = validity(Some(day(0)), None);
    assert_eq!(old.rotation(day(89)), None);
    assert_eq!(old.rotation(day(90)).unwrap().sunset_field(), None);
    let both = validity(Some(day(0)), Some(day(95)));
    assert_eq!(both.rotation(day(94)).unwrap().deprecated, day(81), "whichever comes first");
}

#[test]
fn one_credential_cannot_be_two_keys() {
    let keys = |ids: &[(&str, &[u8])]| {
        let mut keys = KeyBlocks::default();
        ids.iter().for_each(|(id, key)| keys.push(id, Digest::of(key), Dates::default()));
        keys
    };
    let ring = KeyRing::new([keys(&[("a", b"k"), ("c", b"l")]), keys(&[("b", b"k")])].into_iter(), AGING);
    let collisions: Vec<_> = ring.collisions().map(|(a, b)| [a, b].map(|key| (key.tenant, key.id))).collect();
    assert_eq!(collisions.len(), 1, "{collisions:?}");
    for key in [(0, "a"), (1, "b")] {
        assert!(collisions.iter().flatten().any(|found| *found == key), "{collisions:?}");
    }
}

/// Of more keys than one block and one bucket hold, each is found as it was added, and nobody
/// else's is.
#[test]
fn every_one_of_many_keys_is_found_as_it_was_given() {
    const TENANTS: u32 = 3;
    let id = |tenant: u32, n: u32| format!("key-{tenant}-{n}");
    let date = |n: u32| Some(UnixSeconds(u64::from(n)));
    let tenants = (0..TENANTS).map(|tenant| {
        let mut keys = KeyBlocks::default();
        for n in 0..1_000 {
            let dates =
                Dates { created: date(n), not_before: None, not_after: Some(day(u64::from(n) + 100)) };
            keys.push(&id(tenant, n), Digest::of(id(tenant, n).as_bytes()), dates);
        }
        keys.close();
        keys
    });
    let ring = KeyRing::new(tenants, AGING);
    assert_eq!(ring.len(), 3_000);
    for (tenant, n) in (0..TENANTS).flat_map(|tenant| (0..1_000).map(move |n| (tenant, n))) {
        let digest = Digest::of(id(tenant, n).as_bytes());
        let (index, key) = ring.identify(digest, UnixSeconds(1_000)).unwrap();
        assert_eq!((key.tenant, key.id), (tenant, &*id(tenant, n)));
        assert_eq!((key.validity.created, key.validity.end()), (date(n), Some(day(u64::from(n) + 100))));
        assert_eq!(ring.get(index).map(|key| key.id), Some(key.id));
    }
    assert_eq!(ring.identify(Digest::of(b"key-3-0"), UnixSeconds(0)).unwrap_err(), Denial::InvalidApiKey);
    assert_eq!(ring.digests_of(1).count(), 1_000);
    let urgent = ring.most_urgent(5);
    let created = |index: u32| ring.get(index).unwrap().validity.created;
    assert_eq!(
        urgent.into_iter().map(created).collect::<Vec<_>>(),
        [date(0), date(0), date(0), date(1), date(1)]
    );
}
