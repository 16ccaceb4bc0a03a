//! Functions that the global object has in browsers, workers and Node.js alike.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RequestInit;

/// Calls a function of an object.
fn call(object: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    function.apply(object, arguments)
}

pub(super) fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue> {
    call(&js_sys::global(), "fetch", &Array::of2(&url.into(), init))?.dyn_into()
}

/// A monotonic clock.
pub(super) fn now() -> Duration {
    let performance = Reflect::get(&js_sys::global(), &"performance".into());
    let milliseconds = performance.and_then(|performance| call(&performance, "now", &Array::new()));
    let milliseconds = milliseconds.ok().and_then(|now| now.as_f64()).unwrap_or_else(js_sys::Date::now);
    Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default()
}

/// A random number of the host, which seeds its generator anew in each process.
pub(super) fn seed() -> u64 {
    js_sys::Math::random().to_bits()
}

/// The longest time-out of the host's timer, in milliseconds. A longer one would fire at once.
const LONGEST: f64 = i32::MAX as f64;

/// A sleep by the host's timer, which is cleared on drop.
pub(super) struct Sleep {
    until: Duration,
    timer: Option<Timer>,
}

impl Sleep {
    /// Sleeps until the [clock](now) has reached this time.
    pub(super) fn until(until: Duration) -> Self {
        Sleep { until, timer: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.until.saturating_sub(now());
        if left.is_zero() {
            return Poll::Ready(());
        }
        // The timer may have fired early, or at its longest.
        self.timer = Some(Timer::set(left, cx.waker().clone()));
        Poll::Pending
    }
}

struct Timer {
    id: JsValue,
    _wake: Closure<dyn FnMut()>,
}

impl Timer {
    fn set(after: Duration, waker: Waker) -> Self {
        let wake = Closure::once(move || waker.wake());
        let milliseconds = (after.as_secs_f64() * 1000.0).ceil().min(LONGEST);
        let id = call(&js_sys::global(), "setTimeout", &Array::of2(wake.as_ref(), &milliseconds.into()));
        Timer { id: id.unwrap_or_default(), _wake: wake }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // Every host has `clearTimeout`. Without it the timer would fire with no effect.
        let _ = call(&js_sys::global(), "clearTimeout", &Array::of1(&self.id));
    }
}
