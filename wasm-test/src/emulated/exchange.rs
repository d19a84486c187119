//! One request through the filter, callback by callback, and its answer back.

mod request;
mod response;

use super::stream::{LocalReply, Stream};
use super::vm::Vm;
use crate::message::{Request, Response, Seen};

/// What came of one request.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended for the client.
    pub ending: Ending,
    /// What upstream got of it, if anything.
    pub upstream: Option<Seen>,
    /// Instructions executed for it, as wasmtime counts them.
    pub fuel_used: u64,
    /// What the module stored as filter state, for the access log.
    pub filter_state: Vec<(String, Vec<u8>)>,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The client got this.
    Answered(Response),
    /// The module paused for good in this callback: the client would wait for a timeout.
    Hung(&'static str),
    /// The module trapped: the client gets 503, and so does everyone after it on this worker.
    Trapped(String),
    /// The client left before an answer.
    Left,
}

/// Why an exchange could not go on.
enum Broken {
    Hung(&'static str),
    Trapped(String),
}

/// How the request phase went.
enum Passage {
    /// The whole request went upstream.
    Forwarded,
    /// The filter, or Envoy because of a limit, answers.
    Replied(LocalReply),
    /// The client left.
    Left,
}

/// An exchange in progress.
pub(crate) struct Exchange<'a> {
    vm: &'a mut Vm,
    request: &'a Request,
    id: u32,
    /// The request headers went upstream.
    released: bool,
    /// All of the request went upstream.
    forwarded: bool,
    fuel_before: u64,
}

impl<'a> Exchange<'a> {
    /// Opens the stream.
    pub(crate) fn begin(vm: &'a mut Vm, stream: Stream, request: &'a Request) -> Self {
        let id = vm.new_context();
        let fuel_before = vm.fuel_used();
        vm.store.data_mut().streams.insert(id, stream);
        Self { vm, request, id, released: false, forwarded: false, fuel_before }
    }

    /// Plays the request; upstream would answer `answer`.
    pub(crate) fn run(mut self, answer: &Response) -> Outcome {
        let ending = self.pass_through(answer, usize::MAX);
        self.end(ending)
    }

    /// Plays the request until so many pieces of the body were sent; then the client leaves.
    pub(crate) fn run_cut(mut self, pieces: usize) -> Outcome {
        let ending = self.pass_through(&Response::new(200), pieces);
        self.end(ending)
    }

    fn pass_through(&mut self, answer: &Response, pieces: usize) -> Result<Ending, Broken> {
        let root = self.stream().root;
        self.call("proxy_on_context_create", &[root.cast_signed()])?;
        let answered = match self.send_request(pieces)? {
            Passage::Forwarded => {
                self.forwarded = true;
                self.send_response(answer.clone())?
            }
            Passage::Replied(reply) => self.send_local_reply(reply)?,
            Passage::Left => return Ok(Ending::Left),
        };
        Ok(Ending::Answered(answered))
    }

    /// `on_log`, `on_done`, `on_delete`: they come also for a request that was cut off, but not from a dead VM.
    fn end(mut self, ending: Result<Ending, Broken>) -> Outcome {
        let ending = match ending.and_then(|ending| self.call_last().map(|()| ending)) {
            Ok(ending) => ending,
            Err(Broken::Hung(callback)) => Ending::Hung(callback),
            Err(Broken::Trapped(message)) => Ending::Trapped(message),
        };
        let stream = self.vm.store.data_mut().streams.remove(&self.id).expect("the stream was opened");
        Outcome {
            ending,
            upstream: self.released.then(|| Seen { complete: self.forwarded, ..seen_upstream(&stream) }),
            fuel_used: self.vm.fuel_used() - self.fuel_before,
            filter_state: stream.filter_state.into_iter().collect(),
        }
    }

    fn call_last(&mut self) -> Result<(), Broken> {
        self.stream().logging = true;
        self.call("proxy_on_log", &[])?;
        self.call("proxy_on_done", &[])?;
        self.call("proxy_on_delete", &[])?;
        Ok(())
    }

    fn call(&mut self, name: &'static str, arguments: &[i32]) -> Result<Option<i32>, Broken> {
        self.vm.call(name, self.id, arguments).map_err(Broken::Trapped)
    }

    fn stream(&mut self) -> &mut Stream {
        self.vm.store.data_mut().streams.get_mut(&self.id).expect("the stream is open until it ends")
    }

    fn is_head(&self) -> bool {
        self.request.method == "HEAD"
    }
}

fn seen_upstream(stream: &Stream) -> Seen {
    let headers = &stream.request_headers.fields;
    let lines = headers.iter().filter(|(name, _)| !name.starts_with(':'));
    Seen {
        method: headers.text(":method").unwrap_or_default(),
        path: headers.text(":path").unwrap_or_default(),
        fields: lines.collect(),
        body: stream.request_body.forwarded.clone(),
        trailers: stream.request_trailers.fields.clone(),
        complete: false,
    }
}

/// A size as the ABI passes it.
fn size(length: usize) -> i32 {
    i32::try_from(length).expect("no body of a test is 2 GiB")
}
