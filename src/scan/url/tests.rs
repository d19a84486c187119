//! Where links start and end.

use crate::scan::tests::check;

#[test]
fn schemes_in_any_case_and_www() {
    check("{U:http://a.example} {U:HTTPS://A.EXAMPLE} {U:ftp://a.example/x}");
    check("{U:www.a.example} {U:WwW.a.example}");
    check("gopher://a.example //a.example mailto:x a.example xhttp://a.example");
    check("http:// https:/a.example http//a.example http:a.example");
}

#[test]
fn hosts() {
    check("{U:http://localhost:8080/x} {U:http://10.0.0.1} {U:http://[2001:db8::1]:80/}");
    check("{U:http://host-name} {U:http://bücher.example/} {U:http://xn--bcher-kva.example}");
    check("{U:http://президент.рф/} {U:http://例え.テスト/道}");
    check("{U:http://a_b.c-d.example} {U:http://user:pw@a.example:8080/}");
    check("http://.a.example http://-a.example http://a-.example http://_a.example");
    check("http://a.exa_mple http://a.example_ http://a_b.example http://short.x");
    check("http://[::1 http://? http://# www.example");
    check("{U:http://a.example}:800000 {U:http://a.example}: {U:http://a.example}-");
}

#[test]
fn punctuation_of_the_sentence_stays_outside() {
    check("({U:http://a.example/b}) [{U:http://a.example/b}], {U:http://a.example/b}.");
    check("<{U:http://a.example/b}> \"{U:http://a.example/b}\" '{U:http://a.example/b}'");
    check("`{U:http://a.example/b}` *{U:http://a.example/b}*");
    check("{U:http://a.example/b_(c)} ({U:http://a.example/b_(c)}) {U:http://a.example/b[c]}");
    check("{U:http://a.example/b}...!?; {U:http://a.example/b?c=d}. {U:http://a.example/it's_b}");
    check("[one]({U:http://a.example/b}) [{U:http://a.example}]({U:http://b.example})");
    check("\"u\":\"{U:http://a.example/b}\",\"v\":1 <a href='{U:http://a.example/}'>x</a>");
    check("the size of {U:http://a.example/b}'s page");
}

#[test]
fn scripts_without_spaces_end_a_link() {
    check("{U:http://a.example/b}を見て、{U:www.a.example}から。{U:https://a.example/道}。");
    check("{U:http://a.example/слова_и} {U:http://a.example/c}，");
}

#[test]
fn links_side_by_side() {
    check("{U:http://a.example/1},{U:http://b.example/2};{U:http://c.example/3}|{U:http://d.example}");
    check("{U:http://web.example/2010/http://a.example/}");
}

#[test]
fn tags_and_mentions_are_no_links() {
    check("#http://a.example @http://a.example $http://a.example _http://a.example");
    check("x@{U:http://a.example} jo.www.a.example -www.a.example /www.a.example/");
    check("{E:jo@www.a.example}");
}
