//! What every host of wasm has under the same name, be it a browser, a worker or Node.js.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::RequestInit;

#[wasm_bindgen]
extern "C" {
    pub(crate) fn fetch(url: &str, init: &RequestInit) -> Promise;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(wake: &Closure<dyn FnMut()>, milliseconds: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// A monotonic clock.
pub(crate) fn now() -> Duration {
    Duration::try_from_secs_f64(performance_now() / 1000.0).unwrap_or_default()
}

pub(crate) fn seed() -> u64 {
    let mut bytes = [0; 8];
    get_random_values(&mut bytes);
    u64::from_ne_bytes(bytes)
}

/// The longest that the host's timer takes; it fires at once for what is longer.
const LONGEST: f64 = i32::MAX as f64;

/// A wait by the host's timer, which is given back when this is dropped.
pub(crate) struct Sleep {
    until: Duration,
    timer: Option<Timer>,
}

impl Sleep {
    /// Until the [clock](now) says so.
    pub(crate) fn until(until: Duration) -> Self {
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
        // A timer that fires early, or at its longest, is set again.
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
        Timer { id: set_timeout(&wake, milliseconds), _wake: wake }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}
