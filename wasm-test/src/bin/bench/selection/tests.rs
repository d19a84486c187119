use super::select;
use crate::cell::Cell;

fn chosen(words: &[&str]) -> Vec<String> {
    let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
    select(&words).expect("known words").iter().map(Cell::to_string).collect()
}

#[test]
fn nothing_chooses_all() {
    assert_eq!(chosen(&[]).len(), Cell::all().len());
}

#[test]
fn contenders_and_work_are_told_apart_in_any_order() {
    assert_eq!(chosen(&["native,tollgate", "get"]), ["tollgate get", "native get"]);
    assert_eq!(chosen(&["get,native", "tollgate"]), ["tollgate get", "native get"]);
}

#[test]
fn one_sort_of_words_leaves_the_other_open() {
    assert_eq!(
        chosen(&["limited"]),
        ["tollgate limited", "native limited", "lua limited", "ext_authz limited"]
    );
    assert!(chosen(&["bare"]).contains(&"bare large-answer".to_owned()));
}

#[test]
fn a_word_that_names_nothing_is_told_with_those_that_do() {
    let problem = select(&["tolgate".to_owned()]).expect_err("no such contender");
    assert!(
        problem.contains("'tolgate'") && problem.contains("ext_authz") && problem.contains("get-100000-keys")
    );
}

#[test]
fn what_nobody_measures_is_refused() {
    select(&["bare".to_owned(), "limited".to_owned()]).expect_err("Envoy alone has no limit");
}
