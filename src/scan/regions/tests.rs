//! Regions and calling codes.
#![allow(clippy::arithmetic_side_effects)]

use super::{Region, UnknownRegion, calling_code, plans};
use crate::scan::shapes::Shapes;

#[test]
fn every_region_is_found_by_its_code() {
    for code in Region::supported() {
        assert_eq!(code.parse::<Region>().unwrap().code(), code);
    }
    assert_eq!("us".parse::<Region>(), Err(UnknownRegion));
    assert_eq!(Region::try_from(""), Err(UnknownRegion));
    assert!(UnknownRegion.to_string().contains(" US, CA, GB"));
}

#[test]
fn every_plan_is_sound() {
    for (index, plan) in plans().enumerate() {
        let name = plan.region;
        assert!(plans().take(index).all(|other| other.region != name), "{name} twice");
        let (fewest, most) = plan.national;
        assert!(fewest >= 5 && fewest <= most && most <= 14, "{name}");
        assert!(plan.trunk.0 <= plan.trunk.1 && plan.trunk.1 < 16, "{name}");
        for form in plan.forms {
            assert!(Shapes::reads(form), "{name}: {form} does not parse");
        }
    }
}

#[test]
fn calling_codes_have_one_to_three_digits() {
    assert_eq!(calling_code(&[1, 2, 3]).map(|found| found.0), Some(1));
    assert_eq!(calling_code(&[4, 9, 3]).map(|found| found.0), Some(2));
    assert_eq!(calling_code(&[3, 5, 8]).map(|found| found.0), Some(3));
    assert_eq!(calling_code(&[9, 9, 9]), None);
    assert_eq!(calling_code(&[0, 1, 2]), None);
    assert_eq!(calling_code(&[3]), None);
}
