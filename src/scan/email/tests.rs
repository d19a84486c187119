//! What is an address.

use crate::scan::tests::check;

#[test]
fn addresses() {
    check("{E:jo@example.com}, <{E:jo.doe+tag@sub.example.co.uk}>; ({E:j_d-1%x@a-b.example}).");
    check("{E:o'neil@example.ie} mailto:{E:jo@example.com}?subject=x \"{E:jo@example.com}\"");
    check("'{E:jo@example.com}' to={E:jo@example.com}&x");
    check("{E:JO@EXAMPLE.COM} {E:1@163.com} {E:192.168.1.1@example.com} {E:a@b.co}");
}

#[test]
fn all_scripts() {
    check("{E:иван@пример.рф} {E:josé@bücher.example} {E:jo@xn--bcher-kva.example}");
    check("{E:用户@例子.公司} 联系{E:jo@example.com}请，メール：{E:jo@example.jp}まで");
    check("｜{E:jo@example.com}｜");
}

#[test]
fn what_is_around_an_address_is_no_part_of_it() {
    check("..{E:jo@example.com}.. a..{E:b@example.com} -{E:jo@example.com}-");
    check("{E:jo@example.com}:secret {E:jo@example.com},{E:mo@example.com};{E:no@example.com}");
}

#[test]
fn signs_that_make_no_address() {
    check("@jo @jo.doe a@ @ @@ root@localhost jo@example jo.@example.com jo@.com");
    check("jo@-a.com jo@a-.com icon@2x.png pkg@1.2.3 pkg@1.2.3-beta.next getty@tty1.service");
    check("a@b.c a@1.2.3.4 jo@a_b.com @jo@social.example a@b.com@c.com");
    check("git@github.com:org/repo.git scp me@host.example:/tmp/x");
    check("postgres://app:secret@db.example.com:5432/x {U:http://jo@example.com/}");
}

#[test]
fn a_local_part_has_an_end() {
    let long = "a".repeat(super::LOCAL_BYTES_MAX);
    check(&format!("{{E:{long}@example.com}}"));
    check(&format!("a{long}@example.com"));
}
