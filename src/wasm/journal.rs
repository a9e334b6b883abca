//! The journal, to a host in JavaScript that stores it; and what a host changes of a registry that runs.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::{
    core::{Core, sentence},
    host, options,
};
use crate::content::Chunk;

#[wasm_bindgen]
impl Core {
    /// The changes since the last call, as `[JSON, parts]`: where content is it has the number of a part. `undefined`
    /// where nothing changed. What lies in the host's table is given as it lies there.
    #[wasm_bindgen(js_name = takeJournal)]
    pub fn take_journal(&mut self) -> JsValue {
        let parts = Array::new();
        let journal = self.registry.take_journal(&mut kept(&parts));
        journal.map_or(JsValue::UNDEFINED, |journal| {
            Array::of2(&journal.into(), &parts).into()
        })
    }

    /// The shortest journal that makes this state, in the same form.
    #[must_use]
    #[wasm_bindgen(js_name = dumpJournal)]
    pub fn dump_journal(&self) -> JsValue {
        let parts = Array::new();
        let journal = self.registry.dump_journal(&mut kept(&parts));
        Array::of2(&journal.into(), &parts).into()
    }

    /// Makes the changes of a journal again, with parts that nobody changes any more.
    ///
    /// # Errors
    /// A sentence that says which change makes no sense; those before it are made.
    pub fn replay(&mut self, journal: &str, parts: &Array) -> Result<(), JsValue> {
        let parts = parts.iter().map(|part| host::whole(part.unchecked_ref()));
        self.registry
            .replay(journal, parts.collect())
            .map_err(sentence)
    }

    /// Changes the settings, who may ask, and how often, to those of these options, as JSON; content stays.
    ///
    /// # Errors
    /// A sentence that says which option makes no sense, or why nothing was changed.
    pub fn configure(&mut self, options: &str) -> Result<(), JsValue> {
        let config = options::config(options).map_err(sentence)?;
        self.registry
            .configure(config.settings)
            .map_err(|error| sentence(error.to_string()))?;
        self.registry.set_auth(config.auth);
        self.registry.set_rate_limit(config.rate_limit);
        Ok(())
    }
}

fn kept(parts: &Array) -> impl FnMut(&Chunk) -> usize {
    |chunk| (parts.push(&host::array(chunk)) - 1) as usize
}
