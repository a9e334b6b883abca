//! The one class.

use http::{Method, request::Parts};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    answer, control, host,
    look::{self, look},
    options,
    request::{self, Flags},
};
use crate::{
    Exchange, Progress, Registry,
    content::{Content, Step},
    control::{Ask, Control, Token},
    guard::{Guard, Refusal, check_head},
    image::Seed,
    spec::{Digest, Error, Reference, RepositoryName, Timestamp},
    store::Snapshot,
    wire::AllowedOrigin,
};

/// A registry, its requests on their way, and the sockets it is asked on.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    pub(super) registry: Registry,
    /// By their numbers.
    exchanges: Vec<(u32, Box<Exchange>)>,
    begun: u32,
    guards: Vec<Guard>,
    control: Option<Control>,
}

/// A state to come back to.
#[wasm_bindgen]
#[derive(Debug)]
pub struct State(Snapshot);

#[wasm_bindgen]
impl Core {
    /// A registry with these options, as JSON.
    ///
    /// # Errors
    /// A sentence that says which option makes no sense.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsValue> {
        std::panic::set_hook(Box::new(|panic| host::panicked(&panic.to_string())));
        Ok(Self::of(Registry::new(
            options::config(options).map_err(sentence)?,
        )))
    }

    fn of(registry: Registry) -> Self {
        Self {
            registry,
            exchanges: Vec::new(),
            begun: 0,
            guards: Vec::new(),
            control: None,
        }
    }

    /// Gives a number to the rules of a server, for `begin`.
    ///
    /// # Errors
    /// A sentence that says which option makes no sense.
    pub fn guard(&mut self, options: &str) -> Result<i32, JsValue> {
        self.guards.push(options::guard(options).map_err(sentence)?);
        Ok(i32::try_from(self.guards.len() - 1).unwrap_or(i32::MAX))
    }

    /// Begins a request, under the rules of a server or, with -1, none.
    ///
    /// Gives its answer, or a number when it wants the body, or more time.
    pub fn begin(
        &mut self,
        now: f64,
        method: &str,
        target: &str,
        headers: &str,
        flags: u32,
        guard: i32,
    ) -> JsValue {
        let flags = Flags::new(flags);
        let mut head = match request::head(method, target, headers, flags) {
            Ok(head) => head,
            Err(reason) => return refusal(&Refusal::Unreadable(reason), method),
        };
        if guard >= 0
            && let Err(instead) = self.admit(&mut head, method, guard)
        {
            return instead;
        }
        let now = timestamp(now);
        let mut exchange = self.registry.begin(now, head);
        let is_done =
            exchange.is_answered() || !flags.has_body() && exchange.work(LITTLE) == Progress::Done;
        if is_done {
            return answer::array(&self.registry.settle(now, exchange));
        }
        self.begun = self.begun.wrapping_add(1);
        let (Ok(at) | Err(at)) = self.place(self.begun);
        let held = (self.begun, Box::new(exchange));
        self.exchanges.insert(at, held);
        self.begun.into()
    }

    /// Where an exchange is, or would be.
    fn place(&self, exchange: u32) -> Result<usize, usize> {
        let number = |(number, _): &(u32, Box<Exchange>)| *number;
        self.exchanges.binary_search_by_key(&exchange, number)
    }

    fn exchange(&mut self, exchange: u32) -> Option<&mut Exchange> {
        let at = self.place(exchange).ok()?;
        self.exchanges
            .get_mut(at)
            .map(|(_, exchange)| &mut **exchange)
    }

    /// Hands over a piece of the body: a chunk of the host's table, which the registry gives back when it does not
    /// need it any more. `true`: no more is wanted.
    pub fn body(&mut self, exchange: u32, chunk: u32, length: u32) -> bool {
        let chunk = host::chunk(chunk, length);
        match self.exchange(exchange) {
            Some(exchange) => {
                exchange.body(chunk);
                exchange.is_answered()
            }
            None => true,
        }
    }

    /// Computes about so many bytes of what is left to compute. `true`: there is more.
    pub fn work(&mut self, exchange: u32, budget: f64) -> bool {
        let exchange = self.exchange(exchange);
        exchange.is_some_and(|exchange| exchange.work(whole(budget)) == Progress::More)
    }

    /// Finishes a request and gives its answer; `cut` says that its body broke off.
    pub fn finish(&mut self, now: f64, exchange: u32, cut: bool) -> JsValue {
        let Ok(at) = self.place(exchange) else {
            return JsValue::UNDEFINED;
        };
        let (_, mut exchange) = self.exchanges.remove(at);
        if cut {
            exchange.cut();
        }
        let answer = self.registry.settle(timestamp(now), *exchange);
        answer::array(&answer)
    }

    /// Gives a request up: it did nothing.
    pub fn forget(&mut self, exchange: u32) {
        if let Ok(at) = self.place(exchange) {
            self.exchanges.remove(at);
        }
    }

    /// Lets control be asked; a token that is not empty is then asked of everybody. `clock` is what the clock is set to
    /// when a snapshot is come back to.
    ///
    /// # Errors
    /// A sentence that says why that is no token.
    #[wasm_bindgen(js_name = openControl)]
    pub fn open_control(&mut self, now: f64, clock: f64, token: &str) -> Result<(), JsValue> {
        let token = (!token.is_empty()).then(|| Token::new(token));
        let token = token.transpose().map_err(sentence)?;
        self.control = Some(Control::new(&self.registry, timestamp(now), clock, token));
        Ok(())
    }

    /// Asks control, under the rules of a server: gives an answer, with what the clock is to be set to where it is to be
    /// set; or what the host has to do, as text.
    #[expect(clippy::too_many_arguments, reason = "the boundary is flat")]
    pub fn control(
        &mut self,
        now: f64,
        clock: f64,
        method: &str,
        target: &str,
        headers: &str,
        body: &[u8],
        flags: u32,
        guard: i32,
    ) -> JsValue {
        let mut head = match request::head(method, target, headers, Flags::new(flags)) {
            Ok(head) => head,
            Err(reason) => return refusal(&Refusal::Unreadable(reason), method),
        };
        if let Err(instead) = self.admit(&mut head, method, guard) {
            return instead;
        }
        let ask = Ask {
            now: timestamp(now),
            clock,
            method: &head.method,
            target,
            headers: &head.headers,
            body,
        };
        match &mut self.control {
            Some(control) => control::reply(control.handle(&mut self.registry, &ask)),
            None => JsValue::UNDEFINED,
        }
    }

    /// What is answered by the rules of a server to a request that is not for the registry; `undefined`: it may be asked.
    pub fn refuse(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        flags: u32,
        guard: i32,
    ) -> JsValue {
        match request::head(method, target, headers, Flags::new(flags)) {
            Ok(mut head) => match self.admit(&mut head, method, guard) {
                Ok(()) => JsValue::UNDEFINED,
                Err(instead) => instead,
            },
            Err(reason) => refusal(&Refusal::Unreadable(reason), method),
        }
    }

    /// Lets a head through by the rules of a server; else gives what is answered instead.
    fn admit(&self, head: &mut Parts, method: &str, guard: i32) -> Result<(), JsValue> {
        let refuse = |refused| refusal(&refused, method);
        check_head(head).map_err(refuse)?;
        let number = usize::try_from(guard).ok();
        let Some(rules) = number.and_then(|number| self.guards.get(number)) else {
            return Ok(());
        };
        rules.check(head).map_err(refuse)?;
        if let Some(answer) = rules.preflight(head) {
            return Err(answer::array(&answer));
        }
        if let Some(origin) = rules.shares_with(head) {
            head.extensions.insert(AllowedOrigin(origin));
        }
        Ok(())
    }

    /// The answer to what is no request.
    pub fn unreadable(reason: &str) -> JsValue {
        refusal(&Refusal::Unreadable(reason.to_owned()), "GET")
    }

    /// Puts an array of seeds in, all or none: JSON, and the parts that stand for bytes there, which nobody changes any
    /// more. Gives their descriptors, as JSON.
    ///
    /// # Errors
    /// A sentence that starts with the place at fault.
    pub fn seed(&mut self, seeds: &str, parts: &Array) -> Result<String, JsValue> {
        let parts: Vec<Content> = parts.iter().map(host::part).collect();
        let seeds = Seed::read(seeds.as_bytes(), &parts).map_err(|fault| shown(&fault))?;
        let made = self.registry.seed(seeds).map_err(|fault| shown(&fault))?;
        serde_json::to_string(&made).map_err(|fault| shown(&fault))
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: f64) {
        self.registry.tick(timestamp(now));
    }

    /// The state, to come back to.
    pub fn snapshot(&self) -> State {
        State(self.registry.snapshot())
    }

    /// Comes back to a state; with `forget`, as if nobody had asked yet.
    ///
    /// # Errors
    /// A sentence that says why nothing was changed.
    pub fn restore(&mut self, state: &State, forget: bool) -> Result<(), JsValue> {
        self.registry.restore(&state.0).map_err(error)?;
        if forget {
            self.registry.forget();
        }
        Ok(())
    }

    /// A second registry with the same state.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::of(self.registry.fork())
    }

    /// Absolute URLs start with what the client asked, from now on.
    ///
    /// # Errors
    /// A sentence that says why nothing was changed.
    #[wasm_bindgen(js_name = forgetPublicUrl)]
    pub fn forget_public_url(&mut self) -> Result<(), JsValue> {
        let mut settings = self.registry.settings().clone();
        settings.public_url = None;
        self.registry.configure(settings).map_err(error)
    }

    /// Behaves like another registry, from the next request on: a profile, its switches, and those below names, as JSON.
    ///
    /// # Errors
    /// A sentence that says what is not known, or why nothing was changed.
    #[wasm_bindgen(js_name = setProfile)]
    pub fn set_profile(&mut self, likeness: &str) -> Result<(), JsValue> {
        let mut settings = self.registry.settings().clone();
        options::set_profile(&mut settings, likeness).map_err(sentence)?;
        self.registry.configure(settings).map_err(error)
    }

    /// What differs between a state and now, as JSON.
    #[must_use]
    pub fn diff(&self, state: &State) -> String {
        look::diff(&self.registry.diff(&state.0)).to_string()
    }

    /// Looks for `repositories`, the `tags` of one, `stats`, `calls`, what is made of those: JSON.
    #[must_use]
    pub fn look(&self, question: &str, name: &str) -> String {
        look(&self.registry, question, name).to_string()
    }

    /// Forgets all calls.
    #[wasm_bindgen(js_name = forgetCalls)]
    pub fn forget_calls(&mut self) {
        self.registry.forget_calls();
    }

    /// A manifest as `[media type, digest, bytes]`; `undefined` where there is none.
    #[must_use]
    pub fn manifest(&self, repository: &str, reference: &str) -> JsValue {
        let found = Reference::parse(reference).ok().and_then(|reference| {
            let repository = look::repository(&self.registry, repository)?;
            let (digest, manifest) = repository.resolve(&reference)?;
            Some(Array::of3(
                &manifest.media_type.as_str().into(),
                &digest.to_string().into(),
                &Uint8Array::from(&*manifest.bytes),
            ))
        });
        found.map_or(JsValue::UNDEFINED, JsValue::from)
    }

    /// The chunks of a blob, in whatever repository; `undefined` where there is none.
    #[must_use]
    pub fn blob(&self, digest: &str) -> JsValue {
        let content = Digest::parse(digest)
            .ok()
            .and_then(|digest| Some(self.registry.store().holders(&digest).next()?.1.clone()));
        content.map_or(JsValue::UNDEFINED, |content| {
            let chunks = content.chunks().iter().map(host::array);
            chunks.collect::<Array>().into()
        })
    }

    /// Copies everything of a repository into another.
    ///
    /// # Errors
    /// A sentence that says why nothing was changed.
    #[wasm_bindgen(js_name = cloneRepository)]
    pub fn clone_repository(&mut self, from: &str, to: &str) -> Result<(), JsValue> {
        let name = |text: &str| RepositoryName::parse(text).map_err(error);
        let (from, to) = (name(from)?, name(to)?);
        self.registry.clone_repository(&from, &to).map_err(error)
    }

    /// Deletes the blobs that no manifest names: `[blobs, bytes]`.
    ///
    /// # Errors
    /// A sentence that says why nothing was changed.
    pub fn gc(&mut self) -> Result<Vec<f64>, JsValue> {
        let swept = self.registry.gc().map_err(error)?;
        #[expect(clippy::cast_precision_loss, reason = "JavaScript counts in these")]
        Ok(vec![swept.blobs as f64, swept.bytes as f64])
    }
}

/// How much is computed in `begin` for a request without a body, in bytes: as good as nothing.
const LITTLE: u64 = 64 << 10;

fn refusal(refusal: &Refusal, method: &str) -> JsValue {
    let mut answer = refusal.answer();
    if method == Method::HEAD {
        let is_sent = |step: &Step| matches!(step, Step::Send(_));
        answer.body_mut().steps.retain(|step| !is_sent(step));
    }
    answer::array(&answer)
}

pub(super) fn timestamp(now: f64) -> Timestamp {
    Timestamp::from_millis(whole(now))
}

/// A number of JavaScript without its fraction; what is below zero is zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and nothing else is wanted"
)]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn sentence(sentence: String) -> JsValue {
    JsValue::from_str(&sentence)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn error(error: Error) -> JsValue {
    shown(&error)
}

fn shown(error: &impl std::error::Error) -> JsValue {
    JsValue::from_str(&error.to_string())
}
