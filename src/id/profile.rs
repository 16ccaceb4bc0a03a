//! Ids of profiles, each of one of two kinds.

use std::{fmt, slice};

use super::{ArtisanId, Id, SharedUserId};
use crate::error::Error;

/// The id of a profile: an Artisan id or a shared user id.
///
/// ```
/// use useartisan::ProfileId;
///
/// let by_device = ProfileId::artisan("555652247d891c8b7a000002")?;
/// let by_user = ProfileId::shared_user("z5k5x7tcpmmr5p4on3aw")?;
/// assert_ne!(by_device, by_user);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProfileId(pub(crate) Which<ArtisanId, SharedUserId>);

/// The profiles to export: a list of Artisan ids or a list of shared user ids.
///
/// It is never empty. No id in it holds a comma, because the service reads the ids from one text, joined by commas.
///
/// ```
/// use useartisan::ProfileIds;
///
/// let ids = ProfileIds::shared_user(["id_1", "id_2", "id_3"])?;
/// assert_eq!(ids.chunks(2).map(|ids| ids.len()).collect::<Vec<_>>(), [2, 1]);
/// assert!(ProfileIds::shared_user(["a,b"]).is_err());
/// assert!(ProfileIds::artisan([] as [&str; 0]).is_err());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProfileIds(pub(crate) Which<Vec<ArtisanId>, Vec<SharedUserId>>);

/// The iterator of [`ProfileIds::iter`]: the ids as text, in order.
///
/// ```
/// use useartisan::ProfileIds;
///
/// let ids = ProfileIds::artisan(["id_1", "id_2"])?;
/// assert_eq!(ids.iter().rev().collect::<Vec<_>>(), ["id_2", "id_1"]);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone)]
pub struct ProfileIdIter<'a>(Which<slice::Iter<'a, ArtisanId>, slice::Iter<'a, SharedUserId>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Which<A, S> {
    Artisan(A),
    SharedUser(S),
}

impl ProfileId {
    /// Names a profile by an [`ArtisanId`], or by text that is checked here.
    ///
    /// # Errors
    /// As for [`ArtisanId::new`].
    pub fn artisan<I>(id: I) -> Result<Self, Error>
    where
        I: TryInto<ArtisanId, Error: Into<Error>>,
    {
        Ok(ProfileId(Which::Artisan(id.try_into().map_err(Into::into)?)))
    }

    /// Names a profile by a [`SharedUserId`], or by text that is checked here.
    ///
    /// # Errors
    /// As for [`SharedUserId::new`].
    pub fn shared_user<I>(id: I) -> Result<Self, Error>
    where
        I: TryInto<SharedUserId, Error: Into<Error>>,
    {
        Ok(ProfileId(Which::SharedUser(id.try_into().map_err(Into::into)?)))
    }

    /// The Artisan id, if the profile is named by one.
    #[must_use]
    pub fn as_artisan(&self) -> Option<&ArtisanId> {
        match &self.0 {
            Which::Artisan(id) => Some(id),
            Which::SharedUser(_) => None,
        }
    }

    /// The shared user id, if the profile is named by one.
    #[must_use]
    pub fn as_shared_user(&self) -> Option<&SharedUserId> {
        match &self.0 {
            Which::Artisan(_) => None,
            Which::SharedUser(id) => Some(id),
        }
    }

    /// The id as text, of either kind.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Which::Artisan(id) => id.as_str(),
            Which::SharedUser(id) => id.as_str(),
        }
    }
}

impl ProfileIds {
    /// Names profiles by their Artisan ids.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty list, for a text that is not an id, and for an id with a
    /// comma. The last two name the index.
    pub fn artisan<I>(ids: impl IntoIterator<Item = I>) -> Result<Self, Error>
    where
        I: TryInto<ArtisanId, Error: Into<Error>>,
    {
        Ok(ProfileIds(Which::Artisan(listed("artisan ids", ids)?)))
    }

    /// Names profiles by their shared user ids.
    ///
    /// # Errors
    /// As for [`artisan`](Self::artisan).
    pub fn shared_user<I>(ids: impl IntoIterator<Item = I>) -> Result<Self, Error>
    where
        I: TryInto<SharedUserId, Error: Into<Error>>,
    {
        Ok(ProfileIds(Which::SharedUser(listed("shared user ids", ids)?)))
    }

    /// The number of ids, at least one.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        match &self.0 {
            Which::Artisan(ids) => ids.len(),
            Which::SharedUser(ids) => ids.len(),
        }
    }

    /// The ids as text, in order.
    #[must_use]
    pub fn iter(&self) -> ProfileIdIter<'_> {
        ProfileIdIter(match &self.0 {
            Which::Artisan(ids) => Which::Artisan(ids.iter()),
            Which::SharedUser(ids) => Which::SharedUser(ids.iter()),
        })
    }

    /// Splits a long list into lists of at most `size` ids, in order, so that each is one export. A `size` of zero counts as one.
    pub fn chunks(&self, size: usize) -> impl Iterator<Item = ProfileIds> {
        let size = size.max(1);
        (0..self.len().div_ceil(size)).map(move |chunk| {
            let (skip, take) = (chunk * size, size);
            ProfileIds(match &self.0 {
                Which::Artisan(ids) => Which::Artisan(ids.iter().skip(skip).take(take).cloned().collect()),
                Which::SharedUser(ids) => {
                    Which::SharedUser(ids.iter().skip(skip).take(take).cloned().collect())
                }
            })
        })
    }
}

impl<'a> Iterator for ProfileIdIter<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match &mut self.0 {
            Which::Artisan(ids) => ids.next().map(ArtisanId::as_str),
            Which::SharedUser(ids) => ids.next().map(SharedUserId::as_str),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Which::Artisan(ids) => ids.size_hint(),
            Which::SharedUser(ids) => ids.size_hint(),
        }
    }
}

impl DoubleEndedIterator for ProfileIdIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Which::Artisan(ids) => ids.next_back().map(ArtisanId::as_str),
            Which::SharedUser(ids) => ids.next_back().map(SharedUserId::as_str),
        }
    }
}

impl ExactSizeIterator for ProfileIdIter<'_> {}
impl std::iter::FusedIterator for ProfileIdIter<'_> {}

impl<'a> IntoIterator for &'a ProfileIds {
    type Item = &'a str;
    type IntoIter = ProfileIdIter<'a>;

    fn into_iter(self) -> ProfileIdIter<'a> {
        self.iter()
    }
}

fn listed<T: Id, I>(field: &str, ids: impl IntoIterator<Item = I>) -> Result<Vec<T>, Error>
where
    I: TryInto<T, Error: Into<Error>>,
{
    let mut list = Vec::new();
    for (index, id) in ids.into_iter().enumerate() {
        let id: T =
            id.try_into().map_err(|error| Error::invalid(format_args!("{field}[{index}]:"), error.into()))?;
        if let Some(at) = id.as_str().find(',') {
            return Err(Error::invalid(
                format_args!("{field}[{index}]"),
                format_args!("has a comma at byte {at}, which separates ids in an export"),
            ));
        }
        list.push(id);
    }
    if list.is_empty() {
        return Err(Error::invalid(field, "are empty: an export names at least one profile"));
    }
    Ok(list)
}

impl From<ArtisanId> for ProfileId {
    fn from(id: ArtisanId) -> Self {
        ProfileId(Which::Artisan(id))
    }
}

impl From<SharedUserId> for ProfileId {
    fn from(id: SharedUserId) -> Self {
        ProfileId(Which::SharedUser(id))
    }
}

impl From<&ArtisanId> for ProfileId {
    fn from(id: &ArtisanId) -> Self {
        ProfileId::from(id.clone())
    }
}

impl From<&SharedUserId> for ProfileId {
    fn from(id: &SharedUserId) -> Self {
        ProfileId::from(id.clone())
    }
}

impl From<&ProfileId> for ProfileId {
    fn from(id: &ProfileId) -> Self {
        id.clone()
    }
}

impl From<&ProfileIds> for ProfileIds {
    fn from(ids: &ProfileIds) -> Self {
        ids.clone()
    }
}

/// Shows the id's text.
impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Which::Artisan(id) => id.fmt(f),
            Which::SharedUser(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for ProfileIdIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileIdIter").field("len", &self.len()).finish()
    }
}

impl fmt::Debug for ProfileIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Which::Artisan(_) => "artisan",
            Which::SharedUser(_) => "shared user",
        };
        write!(f, "ProfileIds({} {kind} ids)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 6: a list is never empty, and no id in it holds a comma.
    #[test]
    fn a_list_for_an_export_is_checked() {
        let message = |ids: &[&str]| ProfileIds::artisan(ids.iter().copied()).unwrap_err().to_string();
        assert_eq!(message(&[]), "artisan ids are empty: an export names at least one profile");
        assert_eq!(
            message(&["a", "b,c"]),
            "artisan ids[1] has a comma at byte 1, which separates ids in an export"
        );
        assert_eq!(message(&["a", ""]), "artisan ids[1]: artisan id is empty");
    }

    #[test]
    fn a_long_list_is_split_in_order() {
        let ids = ProfileIds::artisan((0..7).map(|n| n.to_string())).unwrap();
        let chunks: Vec<Vec<String>> =
            ids.chunks(3).map(|ids| ids.iter().map(str::to_owned).collect()).collect();
        assert_eq!(chunks, [vec!["0", "1", "2"], vec!["3", "4", "5"], vec!["6"]]);
        assert_eq!(ids.chunks(0).count(), 7);
    }
}
