//! Adds apps, profiles and segments, and returns them.

use std::borrow::Cow;

use http::Response;

use super::artisan::FakeArtisan;
use super::data::{ProfileData, SegmentData, text_of};
use super::forms;
use super::json::Json;
use super::state::Kind;
use crate::endpoint::{Endpoint, GetProfile};
use crate::id::{AppId, ArtisanId, ProfileId, SegmentId};
use crate::model::{App, AttributeValue, Profile, Segment};

impl FakeArtisan {
    /// Adds an app with a new id. A call takes the returned app in place of its id.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::new();
    /// let app = fake.add_app("Demo");
    /// assert_eq!(fake.apps(), [app]);
    /// ```
    pub fn add_app(&self, name: impl Into<String>) -> App {
        let (id, name) = (self.state().next_id(Kind::App), name.into());
        let app = forms::readable_app(&id, &name);
        self.put_app(id, name);
        app
    }

    /// Adds an app with this id, or renames it.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::new();
    /// let app = fake.add_app("Demo");
    /// fake.put_app(&app, "Demo 2").put_app(useartisan::AppId::new("557ade8b")?, "Another");
    /// let names: Vec<_> = fake.apps().iter().map(|app| app.name().to_owned()).collect();
    /// assert_eq!(names, ["Demo 2", "Another"]);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn put_app(&self, id: impl Into<AppId>, name: impl Into<String>) -> Self {
        self.set(|state| state.with_app(id.into(), |app| app.name = name.into()))
    }

    /// Adds a profile, and returns its Artisan id: the attribute `artisanId`, or a new one.
    ///
    /// The attribute `sharedUserId` makes it a shared user too. Names and values are text; a value that is not a string is an
    /// [`AttributeValue::Raw`]. A missing app is added, with its id as its name.
    ///
    /// ```
    /// use useartisan::{AttributeValue, ProfileId};
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::new();
    /// let app = fake.add_app("Demo App 1");
    /// let id = fake.add_profile(&app, [("sharedUserId", "ann"), ("age", "54")]);
    /// fake.put_profile(&app, ProfileId::artisan("b7")?.as_artisan().unwrap(), [
    ///     ("shoeSize", AttributeValue::Raw("43")),
    /// ]);
    /// assert_eq!(fake.profile(&app, &id), fake.profile(&app, ProfileId::shared_user("ann")?));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn add_profile<'a, N: AsRef<str>, V: Into<AttributeValue<'a>>>(
        &self,
        app: impl Into<AppId>,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> ProfileId {
        let attributes = owned(attributes);
        let named = text_of(&attributes, "artisanId").and_then(|id| ArtisanId::new(id).ok());
        let id = named.unwrap_or_else(|| self.state().next_id(Kind::Profile));
        self.insert_profile(app.into(), id.clone(), attributes);
        ProfileId::from(id)
    }

    /// Adds a profile with this Artisan id, or replaces it.
    ///
    /// ```
    /// use useartisan::{ArtisanId, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::new();
    /// let (app, id) = (fake.add_app("Demo"), ArtisanId::new("b7")?);
    /// fake.put_profile(&app, &id, [("age", "54")]).put_profile(&app, &id, [("age", "55")]);
    /// assert_eq!(fake.profile(&app, &id).unwrap().age()?, Some(55));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn put_profile<'a, N: AsRef<str>, V: Into<AttributeValue<'a>>>(
        &self,
        app: impl Into<AppId>,
        id: impl Into<ArtisanId>,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.insert_profile(app.into(), id.into(), owned(attributes));
        self.clone()
    }

    /// Removes a profile. A segment keeps its id, and an export leaves it out.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::new();
    /// let app = fake.add_app("Demo");
    /// let id = fake.add_profile(&app, [("age", "54")]);
    /// assert_eq!(fake.remove_profile(&app, &id).profile(&app, &id), None);
    /// ```
    pub fn remove_profile(&self, app: impl Into<AppId>, id: impl Into<ProfileId>) -> Self {
        let (app, id) = (app.into(), id.into());
        self.set(|state| {
            for app in state.apps.iter_mut().filter(|candidate| candidate.id == app) {
                app.profiles.retain(|profile| !profile.is(&id));
            }
        })
    }

    /// Adds a segment of these profiles, with a new id.
    ///
    /// A missing app is added, with its id as its name. An export has those of the profiles that exist in the app.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::new();
    /// let app = fake.add_app("Demo");
    /// let ann = fake.add_profile(&app, [("sharedUserId", "ann")]);
    /// let segment = fake.add_segment(&app, "Over 28", [ann]);
    /// assert_eq!(fake.segments(&app), [segment]);
    /// ```
    pub fn add_segment<I: Into<ProfileId>>(
        &self,
        app: impl Into<AppId>,
        name: impl Into<String>,
        members: impl IntoIterator<Item = I>,
    ) -> Segment {
        let (id, name) = (self.state().next_id(Kind::Segment), name.into());
        let segment = forms::readable_segment(&id, &name);
        self.put_segment(app, id, name, members);
        segment
    }

    /// Adds a segment with this id, or replaces it.
    ///
    /// ```
    /// use useartisan::{SegmentId, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::new();
    /// let (app, id) = (fake.add_app("Demo"), SegmentId::new("557ee469")?);
    /// let ann = fake.add_profile(&app, [("sharedUserId", "ann")]);
    /// fake.put_segment(&app, &id, "Over 28", [ann]);
    /// assert_eq!(fake.segments(&app)[0].name(), "Over 28");
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn put_segment<I: Into<ProfileId>>(
        &self,
        app: impl Into<AppId>,
        id: impl Into<SegmentId>,
        name: impl Into<String>,
        members: impl IntoIterator<Item = I>,
    ) -> Self {
        let id = id.into();
        let segment = SegmentData {
            id: id.clone(),
            name: name.into(),
            members: members.into_iter().map(Into::into).collect(),
        };
        self.set(|state| {
            state.with_app(app.into(), |app| put(&mut app.segments, segment, |segment| segment.id == id));
        })
    }

    /// The apps, as the service lists them.
    #[must_use]
    pub fn apps(&self) -> Vec<App> {
        self.state().apps.iter().map(|app| forms::readable_app(&app.id, &app.name)).collect()
    }

    /// The segments of an app, as the service lists them. There are none if the app does not exist.
    ///
    /// ```
    /// let fake = useartisan::fake::FakeArtisan::with_sample_data();
    /// assert_eq!(fake.segments(&fake.apps()[0])[0].name(), "Philadelphians");
    /// ```
    #[must_use]
    pub fn segments(&self, app: impl Into<AppId>) -> Vec<Segment> {
        let state = self.state();
        let segments = state.app(&app.into()).map_or(&[][..], |app| &app.segments);
        segments.iter().map(|segment| forms::readable_segment(&segment.id, &segment.name)).collect()
    }

    /// A profile, as the service would answer, or `None` if it does not exist.
    ///
    /// ```
    /// use useartisan::{ProfileId, fake::FakeArtisan};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// assert_eq!(fake.profile(&fake.apps()[0], ProfileId::shared_user("nobody")?), None);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn profile(&self, app: impl Into<AppId>, id: impl Into<ProfileId>) -> Option<Profile> {
        let (app, id) = (app.into(), id.into());
        let state = self.state();
        let profile = state.app(&app)?.profile(&id)?;
        // Keyed by the Artisan id, so that both ids find the same profile.
        let answer = forms::profile(&state.api.base_url(), &app, profile, &ProfileId::from(&profile.id));
        GetProfile::new(app, id).parse(Response::new(answer.to_bytes())).ok()
    }

    fn insert_profile(&self, app: AppId, id: ArtisanId, attributes: Vec<(Cow<'static, str>, Json)>) {
        let profile = ProfileData { id: id.clone(), attributes };
        self.state().with_app(app, |app| put(&mut app.profiles, profile, |profile| profile.id == id));
    }
}

fn owned<'a, N: AsRef<str>, V: Into<AttributeValue<'a>>>(
    attributes: impl IntoIterator<Item = (N, V)>,
) -> Vec<(Cow<'static, str>, Json)> {
    let owned = |(name, value): (N, V)| (Cow::Owned(name.as_ref().to_owned()), Json::from(value.into()));
    attributes.into_iter().map(owned).collect()
}

fn put<T>(list: &mut Vec<T>, item: T, is: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|candidate| is(candidate)) {
        Some(place) => *place = item,
        None => list.push(item),
    }
}
