//! Reads the fields of a form (`application/x-www-form-urlencoded`, WHATWG URL) into a struct. The names are those of JSON paths: `reason`,
//! `roles[0].serves_id`; a name that occurs several times is a list.
//!
//! Every value of a form is text, so the struct determines how it is read: a number or a word of a vocabulary is folded first (full-width
//! digits are digits), a text is taken as it is with LF for CR LF, and an empty field is absent if the struct has an `Option`. Fields that
//! the struct does not have are ignored: a form also carries its token, its buttons and its target. `serde_html_form` has no nested fields;
//! `serde_qs` refuses those that the struct does not have, and reads an empty field as a value.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::app::input::collect::{InputFault, collect};
use crate::app::input::{EMPTY_IS_A_VALUE, SECRETS, violation};
use crate::domain::characters::{is_blank, is_invisible};
use crate::domain::folding;
use crate::domain::violation::Violation;

/// The largest number of parts of a name; no struct has a field with more.
const MOST_PARTS: usize = 6;

/// Reads a struct from the fields of a form.
///
/// # Errors
/// Texts without visible characters; otherwise all fields that are missing or have another form than the struct, as [`super::from_json`]
/// names them.
pub fn from_fields<'a, T: DeserializeOwned>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<T, Vec<Violation>> {
    let fields: Vec<(&str, &str)> = fields.into_iter().collect();
    let (read, invisible) = read(&fields);
    if !invisible.is_empty() {
        return Err(invisible.into_iter().map(Violation::invisible).collect());
    }
    let bytes = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    read.map_err(|first| collect(bytes, first, |replaced| read_replaced::<T>(&fields, replaced)))
}

/// Returns the struct, and the names of the texts without visible characters.
fn read<T: DeserializeOwned>(fields: &[(&str, &str)]) -> (Result<T, InputFault>, Vec<String>) {
    let mut root = Node::default();
    for (name, value) in fields {
        root.insert(name, value);
    }
    let invisible = RefCell::default();
    let read = T::deserialize(FieldReader { node: &root, invisible: &invisible, keeps_empty: false });
    (read.map_err(FieldError::into_fault), invisible.into_inner())
}

/// Reads a form with other values in the place of these fields.
fn read_replaced<T: DeserializeOwned>(fields: &[(&str, &str)], replaced: &[(String, String)]) -> Result<(), InputFault> {
    let is_kept = |name: &str, at: usize| {
        let whole = format!("{name}[{at}]");
        replaced.iter().all(|(field, _)| *field != name && *field != whole)
    };
    let mut seen = BTreeMap::new();
    let mut all: Vec<(&str, &str)> = Vec::new();
    for (name, value) in fields {
        let at = seen.entry(*name).and_modify(|at| *at += 1).or_insert(0);
        all.extend(is_kept(name, *at).then_some((*name, *value)));
    }
    all.extend(replaced.iter().map(|(field, value)| (field.as_str(), value.trim_matches('"'))));
    read::<T>(&all).0.map(drop)
}

/// The fields of the form below a name.
#[derive(Debug, Default)]
struct Node<'a> {
    /// The full name.
    name: String,
    /// The values of exactly this name.
    values: Vec<&'a str>,
    /// Each of them as an item of a list.
    repeated: Vec<Node<'a>>,
    fields: BTreeMap<&'a str, Node<'a>>,
    items: BTreeMap<u32, Node<'a>>,
}

impl<'a> Node<'a> {
    fn insert(&mut self, name: &'a str, value: &'a str) {
        if name.split(['.', '[']).count() > MOST_PARTS {
            return;
        }
        let mut node = self;
        for part in name.split('.') {
            let (field, indices) = part.split_once('[').unwrap_or((part, ""));
            let called = if node.name.is_empty() { field.to_owned() } else { format!("{}.{field}", node.name) };
            node = node.fields.entry(field).or_default();
            node.name = called;
            for index in indices.split('[').filter_map(|index| index.strip_suffix(']')?.parse().ok()) {
                let called = format!("{}[{index}]", node.name);
                node = node.items.entry(index).or_default();
                node.name = called;
            }
        }
        let item = Node { name: format!("{}[{}]", node.name, node.values.len()), values: vec![value], ..Node::default() };
        node.repeated.push(item);
        node.values.push(value);
    }

    /// Returns whether the field was left empty.
    fn is_empty(&self) -> bool {
        let is_empty = |value: &&str| if self.is_secret() { value.is_empty() } else { is_blank(value) && !is_invisible(value) };
        self.values.iter().all(is_empty) && self.fields.values().chain(self.items.values()).all(Self::is_empty)
    }

    fn is_secret(&self) -> bool {
        SECRETS.contains(&self.name.rsplit('.').next().unwrap_or_default())
    }
}

/// The reason why a field gave no value, and the field.
#[derive(Debug, thiserror::Error)]
#[error("{says}")]
struct FieldError {
    field: Option<String>,
    is_empty: bool,
    says: String,
}

impl de::Error for FieldError {
    fn custom<M: Display>(message: M) -> Self {
        Self { field: None, is_empty: false, says: message.to_string() }
    }
}

impl FieldError {
    /// Sets the name of the field, unless one within it is named already.
    fn at(mut self, node: &Node<'_>) -> Self {
        if self.field.is_none() {
            self.is_empty = !node.values.is_empty() && node.is_empty();
            self.field = Some(node.name.clone());
        }
        self
    }

    fn into_fault(self) -> InputFault {
        let field = self.field.filter(|field| !field.is_empty()).unwrap_or_else(|| ".".to_owned());
        let violation = if self.is_empty { Violation::required(field) } else { violation(&field, &self.says) };
        InputFault { violation, says: self.says }
    }
}

#[derive(Clone, Copy)]
struct FieldReader<'n, 'a> {
    node: &'n Node<'a>,
    /// The names of texts without visible characters.
    invisible: &'n RefCell<Vec<String>>,
    /// Whether an empty field is a value ([`super::text_or_empty`]).
    keeps_empty: bool,
}

impl<'n, 'a> FieldReader<'n, 'a> {
    fn below(self, node: &'n Node<'a>) -> Self {
        Self { node, invisible: self.invisible, keeps_empty: false }
    }

    fn value(&self) -> &'a str {
        self.node.values.first().copied().unwrap_or_default()
    }

    /// Passes a number to the visitor, or the text as it is, so that the message equals that for JSON.
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let folded = folding::number(self.value());
        if let Ok(number) = folded.parse::<u64>() {
            return visitor.visit_u64(number);
        }
        match folded.parse::<i64>() {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => visitor.visit_str(self.value()),
        }
        .map_err(|error: FieldError| error.at(self.node))
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for FieldReader<'_, '_> {
    type Error = FieldError;

    numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        if !self.node.fields.is_empty() {
            return self.deserialize_map(visitor);
        }
        let value = self.value();
        if is_invisible(value) && !self.node.is_secret() {
            self.invisible.borrow_mut().push(self.node.name.clone());
        }
        let read = if value.contains("\r\n") { visitor.visit_string(value.replace("\r\n", "\n")) } else { visitor.visit_str(value) };
        read.map_err(|error: FieldError| error.at(self.node))
    }

    /// A checked box sends its value, and an unchecked one sends nothing.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match folding::folded(self.value()).as_str() {
            "true" | "on" | "yes" | "1" => visitor.visit_bool(true),
            "false" | "no" | "0" | "" => visitor.visit_bool(false),
            other => visitor.visit_str(other),
        }
        .map_err(|error: FieldError| error.at(self.node))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        if !self.keeps_empty && self.node.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_newtype_struct(Self { keeps_empty: name == EMPTY_IS_A_VALUE, ..self })
    }

    /// Reads the indexed items, or the values of the name; empty ones are omitted.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let items = self.node.items.values().chain(&self.node.repeated).filter(|item| !item.is_empty());
        visitor.visit_seq(ListItems(items.map(|item| self.below(item)))).map_err(|error| error.at(self.node))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let fields = self.node.fields.iter().map(|(name, node)| (*name, self.below(node)));
        visitor.visit_map(StructFields { rest: fields, value: None }).map_err(|error| error.at(self.node))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        let present = fields.iter().filter_map(|name| Some((*name, self.below(self.node.fields.get(name)?))));
        visitor.visit_map(StructFields { rest: present, value: None }).map_err(|error| error.at(self.node))
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, FieldError> {
        let word = folding::folded(self.value());
        visitor.visit_enum(StrDeserializer::new(&word)).map_err(|error: FieldError| error.at(self.node))
    }

    serde::forward_to_deserialize_any! { i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any }
}

/// The fields of a struct. A fault that a type finds after its text was read is named here too.
struct StructFields<I, R> {
    rest: I,
    value: Option<R>,
}

impl<'de, 'n, 'a: 'n, I: Iterator<Item = (&'a str, FieldReader<'n, 'a>)>> MapAccess<'de> for StructFields<I, FieldReader<'n, 'a>> {
    type Error = FieldError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FieldError> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, FieldError> {
        let value = self.value.take().ok_or_else(|| de::Error::custom("a value without a name"))?;
        seed.deserialize(value).map_err(|error| error.at(value.node))
    }
}

/// The items of a list.
struct ListItems<I>(I);

impl<'de, 'n, 'a: 'n, I: Iterator<Item = FieldReader<'n, 'a>>> SeqAccess<'de> for ListItems<I> {
    type Error = FieldError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, FieldError> {
        self.0.next().map(|item| seed.deserialize(item).map_err(|error| error.at(item.node))).transpose()
    }
}
