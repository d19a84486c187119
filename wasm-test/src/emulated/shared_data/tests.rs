use super::*;

#[test]
fn a_write_with_an_old_number_is_refused() {
    let mut cells = SharedData::default();
    cells.write(b"k", b"1", 0).unwrap();
    let (_, number) = cells.read(b"k").unwrap();
    cells.write(b"k", b"2", number).unwrap();
    assert_eq!(cells.write(b"k", b"3", number), Err(WriteRefused));
    assert_eq!(cells.read(b"k").unwrap().0, b"2");
}

#[test]
fn a_missing_cell_takes_any_number_so_the_second_creator_overwrites_the_first() {
    let mut cells = SharedData::default();
    cells.write(b"k", b"first", 7).unwrap();
    cells.write(b"k", b"second", 0).unwrap();
    assert_eq!(cells.read(b"k").unwrap().0, b"second");
}

#[test]
fn numbers_are_never_zero() {
    let mut cells = SharedData { last_number: u32::MAX, ..SharedData::default() };
    cells.write(b"k", b"", 0).unwrap();
    assert_eq!(cells.read(b"k").unwrap().1, 1);
}

#[test]
fn contention_makes_exactly_that_many_writes_mismatch() {
    let mut cells = SharedData::default();
    cells.write(b"k", b"v", 0).unwrap();
    cells.contend(2);
    for _ in 0..2 {
        let number = cells.read(b"k").unwrap().1;
        assert_eq!(cells.write(b"k", b"w", number), Err(WriteRefused));
    }
    let number = cells.read(b"k").unwrap().1;
    assert_eq!(cells.write(b"k", b"w", number), Ok(()));
}
