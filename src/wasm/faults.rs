//! Faults on demand, from JavaScript.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::core::{Core, sentence, timestamp, whole};
use crate::layer::{Fault, FaultId, Rule};

#[wasm_bindgen]
impl Core {
    /// Sets a rule as JSON, or with `many` a list of rules or one, all or none. Gives their numbers.
    ///
    /// # Errors
    /// A sentence that says where a rule is wrong.
    #[wasm_bindgen(js_name = addFaults)]
    pub fn add_faults(&mut self, now: f64, rules: &str, many: bool) -> Result<Vec<f64>, JsValue> {
        let rules = if many {
            Rule::parse_all(rules)
        } else {
            Rule::parse(rules).map(|rule| vec![rule])
        };
        let rules = rules.map_err(|fault| sentence(fault.to_string()))?;
        let now = timestamp(now);
        let set = rules.into_iter().map(|rule| {
            let id = self.registry.add_fault(now, rule);
            float(id.number())
        });
        Ok(set.collect())
    }

    /// The numbers of the faults that are set, in order.
    #[must_use]
    #[wasm_bindgen(js_name = faultIds)]
    pub fn fault_ids(&self) -> Vec<f64> {
        let faults = self.registry.faults();
        faults.map(|fault| float(fault.id.number())).collect()
    }

    /// What a fault says, as JSON; `undefined` when it is not set any more.
    #[must_use]
    #[wasm_bindgen(js_name = faultRule)]
    pub fn fault_rule(&self, id: f64) -> Option<String> {
        let id = number(id);
        let mut faults = self.registry.faults();
        let found = faults.find(|fault| fault.id == id)?;
        Some(found.rule.to_json().to_string())
    }

    /// What became of a fault: `[matches, hits]`; `undefined` when it is not set any more.
    #[must_use]
    pub fn fault(&self, id: f64) -> Option<Vec<f64>> {
        let id = number(id);
        self.registry
            .faults()
            .find(|fault| fault.id == id)
            .map(counts)
    }

    /// Takes a fault away.
    #[wasm_bindgen(js_name = removeFault)]
    pub fn remove_fault(&mut self, id: f64) {
        self.registry.remove_fault(number(id));
    }

    /// Takes all faults away.
    #[wasm_bindgen(js_name = clearFaults)]
    pub fn clear_faults(&mut self) {
        self.registry.clear_faults();
    }
}

fn counts(fault: &Fault) -> Vec<f64> {
    vec![float(fault.matches), float(fault.hits)]
}

fn number(id: f64) -> FaultId {
    FaultId::new(whole(id))
}

#[expect(clippy::cast_precision_loss, reason = "JavaScript counts in these")]
fn float(count: u64) -> f64 {
    count as f64
}
