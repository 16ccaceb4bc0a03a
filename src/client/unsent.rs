//! What the compiler says where a call is awaited, spawned or joined and was not sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Call, Client, WaitCall};

/// Nothing implements it, so neither a call nor a wait is a future. The bounds are on the client: where one is on the call,
/// the compiler prints a message about `Future` instead.
#[diagnostic::on_unimplemented(
    message = "a call is not a future until it is sent",
    label = "a call that is not sent",
    note = "send it first, by `.send().await`; over a blocking backend by `.send_blocking()`"
)]
pub trait AwaitWithoutSend {
    type Output;
}

#[doc(hidden)]
impl<B, E> Future for Call<B, E>
where
    Client<B>: AwaitWithoutSend,
{
    type Output = <Client<B> as AwaitWithoutSend>::Output;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}

#[doc(hidden)]
impl<B> Future for WaitCall<B>
where
    Client<B>: AwaitWithoutSend,
{
    type Output = <Client<B> as AwaitWithoutSend>::Output;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}
