//! Finds public items without an example.
//!
//! A type, a trait and a free function need an example of their own. A method's name must occur in an example: in its own, or in
//! its type's or trait's. Getters, which take only `&self`, need none; nor do fields and variants.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Reads rustdoc's JSON, and names the items without an example.
pub(crate) fn missing(json: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let docs: Value = serde_json::from_slice(&fs::read(json)?)?;
    let mut walk = Walk { index: &docs["index"], seen: BTreeSet::new(), missing: Vec::new() };
    walk.item(&docs["root"]);
    if walk.seen.len() < 100 {
        return Err("hardly an item was found: is rustdoc's JSON of another form?".into());
    }
    Ok(walk.missing)
}

struct Walk<'a> {
    index: &'a Value,
    seen: BTreeSet<String>,
    missing: Vec<String>,
}

impl<'a> Walk<'a> {
    fn get(&self, id: &Value) -> &'a Value {
        &self.index[id.to_string()]
    }

    fn item(&mut self, id: &Value) {
        let item = self.get(id);
        let Some((kind, inner)) = item["inner"].as_object().and_then(|inner| inner.iter().next()) else {
            return;
        };
        if kind == "use" {
            return self.item(&inner["id"]);
        }
        if !self.seen.insert(id.to_string()) {
            return;
        }
        match kind.as_str() {
            "module" => each(&inner["items"], |id| self.item(id)),
            "struct" | "enum" | "union" => self.type_or_trait(item, &inherent(inner, self.index)),
            "trait" => self.type_or_trait(item, std::slice::from_ref(&inner["items"])),
            "function" | "macro" if examples(item).is_empty() => self.missing.push(place(item, "")),
            _ => {}
        }
    }

    fn type_or_trait(&mut self, item: &Value, methods: &[Value]) {
        let shown = examples(item);
        if shown.is_empty() {
            self.missing.push(place(item, ""));
        }
        for list in methods {
            each(list, |id| self.method(item, &shown, id));
        }
    }

    fn method(&mut self, owner: &Value, shown: &str, id: &Value) {
        let method = self.get(id);
        let (Some(name), Some(function)) = (method["name"].as_str(), method["inner"].get("function")) else {
            return;
        };
        let hidden = method["visibility"] != "public" && method["visibility"] != "default";
        let mut words = shown.split(|c: char| !c.is_alphanumeric() && c != '_');
        if !(hidden || is_getter(function) || words.any(|word| word == name) || !examples(method).is_empty())
        {
            let owner = owner["name"].as_str().unwrap_or_default();
            self.missing.push(place(method, &format!("{owner}::")));
        }
    }
}

fn each(list: &Value, visit: impl FnMut(&Value)) {
    list.as_array().into_iter().flatten().for_each(visit);
}

/// The methods of a type, one list for each inherent `impl`.
fn inherent(inner: &Value, index: &Value) -> Vec<Value> {
    let impls = inner["impls"].as_array().into_iter().flatten();
    let impls = impls.map(|id| &index[id.to_string()]["inner"]["impl"]);
    impls.filter(|of| of["trait"].is_null()).map(|of| of["items"].clone()).collect()
}

fn is_getter(function: &Value) -> bool {
    match function["sig"]["inputs"].as_array().map(Vec::as_slice) {
        Some([receiver]) => receiver[0] == "self" && receiver[1]["borrowed_ref"]["is_mutable"] == false,
        _ => false,
    }
}

/// The code blocks of an item's documentation, except plain text.
fn examples(item: &Value) -> String {
    let (mut code, mut inside, mut is_text) = (String::new(), false, false);
    for line in item["docs"].as_str().unwrap_or_default().lines() {
        match line.trim().strip_prefix("```") {
            Some(language) => {
                inside = !inside;
                is_text = language == "text";
            }
            None if inside && !is_text => code.extend([line, "\n"]),
            None => {}
        }
    }
    code
}

fn place(item: &Value, owner: &str) -> String {
    let span = &item["span"];
    let (file, line) = (span["filename"].as_str().unwrap_or_default(), &span["begin"][0]);
    format!("{owner}{} ({file}:{line})", item["name"].as_str().unwrap_or_default())
}
