//! The list of an answer that is one.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::envelope::{Fields, object};
use crate::model::AsJson;

/// Takes one list of objects, which must be there, once.
pub(crate) struct Items<F: Fields> {
    name: &'static str,
    list: Option<Vec<F::Output>>,
}

impl<F: Fields> Items<F> {
    /// The list is the member `name`.
    pub(crate) fn new(name: &'static str) -> Self {
        Items { name, list: None }
    }
}

impl<F: Fields + Default> Fields for Items<F> {
    type Output = Vec<F::Output>;

    #[inline]
    fn field<'de, R: AsJson<'de>, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if name != self.name {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        match self.list.replace(map.next_value_seed(List::<F, R>(PhantomData))?) {
            None => Ok(()),
            Some(_) => Err(A::Error::custom(format_args!("the list `{name}` is there twice"))),
        }
    }

    fn finish(self) -> Result<Vec<F::Output>, &'static str> {
        self.list.ok_or(self.name)
    }
}

/// Reads a list of objects.
struct List<F, R>(PhantomData<(F, R)>);

impl<'de, F: Fields + Default, R: AsJson<'de>> DeserializeSeed<'de> for List<F, R> {
    type Value = Vec<F::Output>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<F::Output>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: Fields + Default, R: AsJson<'de>> Visitor<'de> for List<F, R> {
    type Value = Vec<F::Output>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<F::Output>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(One::<F, R>(PhantomData))? {
            list.push(item);
        }
        Ok(list)
    }
}

/// Reads one object that is no envelope.
struct One<F, R>(PhantomData<(F, R)>);

impl<'de, F: Fields + Default, R: AsJson<'de>> DeserializeSeed<'de> for One<F, R> {
    type Value = F::Output;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<F::Output, D::Error> {
        object::<F, R, D>(deserializer)
    }
}
