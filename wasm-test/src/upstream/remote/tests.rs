use super::{RemoteUpstream, serve_record};
use crate::client;
use crate::message::Response;
use crate::scenario::post;
use crate::upstream::{Mark, Upstream};
use std::sync::Arc;
use tokio::net::TcpListener;

#[tokio::test]
async fn what_is_told_is_what_was_seen_to_the_byte() {
    let upstream = Arc::new(Upstream::start().await.expect("a free port"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let remote = RemoteUpstream::at(listener.local_addr().expect("it is bound"));
    tokio::spawn(serve_record(upstream.clone(), listener));
    let answer = Response::new(203).field("x-any", b"\xff \"").body([0, 255, 10]);
    remote.answer_with(&answer).await.expect("it can be told");

    let first = post("/a?b=c", b"\x80\xff".as_slice()).field("x-any", b"caf\xe9");
    let answered = client::send(upstream.address(), &first).await.expect("an answer");
    assert_eq!((answered.status, answered.body.as_slice()), (203, [0, 255, 10].as_slice()));
    assert_eq!(answered.fields.first("x-any"), Some(b"\xff \"".as_slice()));
    let told = remote.since(Mark::default()).await.expect("it tells");
    let (known, mark) = (upstream.record(), upstream.mark());
    assert_eq!((&told.requests, told.bytes), (&known.requests, known.bytes));
    assert_eq!(told.requests[0].body, b"\x80\xff");

    client::send(upstream.address(), &post("/second", "x").http2()).await.expect("an answer");
    let told = remote.since(mark).await.expect("it tells");
    assert_eq!(told.requests.len(), 1);
    assert_eq!(told.requests[0].path, "/second");
}

#[tokio::test]
async fn a_forgetful_one_describes_each_request_and_keeps_none() {
    let free = "127.0.0.1:0".parse().expect("an address");
    let upstream = Upstream::start_forgetful_at(free).await.expect("a free port");
    let answered = client::send(upstream.address(), &post("/a", "tea")).await.expect("an answer");
    let described: serde_json::Value = serde_json::from_slice(&answered.body).expect("JSON");
    assert_eq!((&described["path"], &described["body"]), (&"/a".into(), &"tea".into()));
    assert!(upstream.record().requests.is_empty());
}
